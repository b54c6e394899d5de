import Foundation
import Testing

/// The built index tool, or nil: beside the test bundle, or in a folder above it.
private let indexer: URL? = {
  let started = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
  var folders = [Bundle.main.bundleURL, started, URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()]
  for folder in folders {
    folders += sequence(
      first: folder, next: { $0.pathComponents.count > 1 ? $0.deletingLastPathComponent() : nil }
    )
    .prefix(5)
  }
  for build in ["debug", "release"] { folders.append(package.appending(path: ".build/\(build)")) }
  let names = ["PluginIndexer", "PluginIndexer-tool"]
  let candidates = folders.flatMap { folder in names.map { folder.appending(path: $0) } }
  return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
}()

@Suite(.enabled(if: indexer != nil, "skipped: the executable PluginIndexer was not found beside the tests"))
struct PluginIndexerTests {
  /// Runs the tool on a package of these files.
  private func run(
    _ files: [String: String], _ words: [String] = [], in place: String = ""
  ) throws -> (status: Int32, message: String, index: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "indexer-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let modules = ["Hashing", "Networking", "CKernels", "Tensors", "Beckon", "Datasets", "Simulation", "Lab"]
      .map {
        ("Sources/\($0)/A.swift", "")
      }
    for (name, text) in files.map({ ($0.key, $0.value) }) + modules
    where files[name] == nil || files[name] == text {
      let url = folder.appending(path: name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    let output = folder.appending(path: "Index.swift")
    let process = Process()
    process.executableURL = indexer
    let read = place.isEmpty ? folder : folder.appending(path: place)
    process.arguments = words + [read.path(percentEncoded: false), output.path(percentEncoded: false)]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let message = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (
      process.terminationStatus, String(decoding: message, as: UTF8.self),
      (try? String(contentsOf: output, encoding: .utf8)) ?? ""
    )
  }

  private static let good = [
    "Plugins/Alpha/AlphaPlugin.swift": "enum AlphaPlugin: Plugin {}",
    "Plugins/Alpha/Thing.swift": "struct Thing {}",
    "Plugins/Beta/BetaPlugin.swift": "enum BetaPlugin: Plugin {}", "Plugins/Beta/README.md": "Thing",
    "Plugins/Gamma/GammaPlugin.swift": "enum GammaPlugin: Plugin {}",
    "Plugins/Gamma/Use.swift": "let used = Thing()",
  ]

  /// Digests in the generated file, by plugin; the laboratory's under an empty name.
  private func digests(_ index: String) -> [String: String] {
    var found: [String: String] = [:]
    for match in index.matches(of: #/plugin: "(\w+)", digest: "([0-9a-f]{64})", (\w+)Plugin.register/#) {
      #expect(match.output.1 == match.output.3)
      found[String(match.output.1)] = String(match.output.2)
    }
    if let core = index.firstMatch(of: #/coreDigest = "([0-9a-f]{64})"/#) {
      found[""] = String(core.output.1)
    }
    return found
  }

  @Test func everyFolderIsIndexed() throws {
    let (status, message, index) = try run(Self.good)
    #expect(status == 0 && message.isEmpty)
    #expect(digests(index).keys.sorted() == ["", "Alpha", "Beta", "Gamma"])
    #expect(try run(Self.good).index == index)
  }

  @Test func aChangeMakesStaleWhatUsesIt() throws {
    let before = digests(try run(Self.good).index)
    func changed(_ file: String) throws -> [String] {
      var files = Self.good
      files[file, default: ""] += "\n// edited"
      let after = digests(try run(files).index)
      return before.keys.filter { before[$0] != after[$0] }.sorted()
    }
    // Gamma mentions a type that Alpha declares; texts that are no code count for nothing.
    #expect(try changed("Plugins/Alpha/Thing.swift") == ["Alpha", "Gamma"])
    #expect(try changed("Plugins/Gamma/Use.swift") == ["Gamma"])
    #expect(try changed("Plugins/Beta/BetaPlugin.swift") == ["Beta"])
    #expect(try changed("Plugins/Beta/README.md") == [])
    #expect(try changed("Sources/Beckon/A.swift") == [""])
  }

  @Test func aFolderWithoutItsEntry() throws {
    let (status, message, index) = try run(
      Self.good.merging(["Plugins/Delta/Other.swift": "struct Other {}"]) { $1 })
    #expect(status == 1 && index.isEmpty)
    #expect(
      message == """
        error: Plugins/Delta: there is no DeltaPlugin.swift. It declares `enum DeltaPlugin: Plugin` with \
        `static func register(in:)`.

        """)
  }

  @Test func twoFilesOfOneName() throws {
    let (status, message, index) = try run(
      Self.good.merging(["Plugins/Beta/Thing.swift": "struct Other {}"]) { $1 })
    #expect(status == 1 && index.isEmpty)
    #expect(
      message == """
        error: Plugins: Thing.swift stands in Alpha and Beta. All plugins are one module, so each file needs a name \
        of its own.

        """)
  }

  @Test func theFoldersOfAnotherPackage() throws {
    let (status, message, index) = try run(Self.good, ["--target"], in: "Plugins")
    #expect(status == 0 && message.isEmpty)
    #expect(index.contains("public enum IndexedPlugins {") && !index.contains("BundledPlugins"))
    #expect(digests(index) == digests(try run(Self.good).index).filter { !$0.key.isEmpty })
  }

  @Test func theCoreIsStamped() throws {
    func stamp(_ changed: String) throws -> Substring {
      let (status, message, text) = try run(Self.good.merging([changed: "// edited"]) { $1 }, ["--core"])
      #expect(status == 0 && message.isEmpty)
      return try #require(text.firstMatch(of: #/"beckon-core:([0-9a-f]{64}) release;"/#)).output.1
    }
    // What a plugin shares with its host, and nothing else.
    let before = try stamp("README.md")
    for module in ["Hashing", "Networking", "CKernels", "Tensors", "Beckon"] {
      #expect(try stamp("Sources/\(module)/A.swift") != before, "\(module)")
    }
    for module in ["Datasets", "Simulation", "Lab"] {
      #expect(try stamp("Sources/\(module)/A.swift") == before)
    }
  }

  @Test func commentsOfKeysAreKept() throws {
    let source = """
      struct Alpha: Scorer {
        /// Not a key.
        static let about = 1
        struct Configuration {
          /// Weight of
          /// the "past".
          var weight = 1.0
          var silent = 2
          enum Inner: String {
            case a
          }
          /// Which one.
          ///
          /// - Note: not told.
          public private(set) var inner = Inner.a
        }
        /// Not a key of the configuration.
        let configuration: Configuration
        func f() {
          /// Not a key at all.
          let x = 1
        }
      }
      """
    let index = try run(Self.good.merging(["Plugins/Alpha/Thing.swift": source]) { $1 }).index
    let line = try #require(index.split(separator: "\n").first { $0.hasPrefix("{") })
    let found = try JSONDecoder().decode([String: [String: String]].self, from: Data(line.utf8))
    #expect(
      found == [
        "Alpha.Configuration": ["weight": "Weight of the \"past\".", "inner": "Which one."],
        "Alpha": ["configuration": "Not a key of the configuration."],
      ])
  }
}
