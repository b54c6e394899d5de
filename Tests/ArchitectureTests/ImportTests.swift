import Foundation
import Testing

/// The package's folder.
let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The Swift files below a folder of the package, with their texts.
func swiftFiles(_ folder: String) throws -> [(path: String, text: String)] {
  let root = package.appending(path: folder)
  let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
  let urls = (walk?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  return try urls.sorted { $0.path() < $1.path() }.map { url in
    let name = url.path(percentEncoded: false).dropFirst(package.path(percentEncoded: false).count)
    return (String(name), try String(contentsOf: url, encoding: .utf8))
  }
}

/// Modules named by the import lines of a text, whatever stands before `import`.
func imports(of text: String) -> [String] {
  // The regular expression is slow in a debug build: only lines that can match are shown to it.
  text.split(separator: "\n").filter { $0.contains("import ") }.compactMap { line in
    guard
      let found = line.prefixMatch(
        of:
          #/\s*(?:@\w+(?:\(\w+\))?\s+)*(?:(?:public|internal|private|fileprivate|package)\s+)?import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)/#
      )
    else { return nil }
    return String(found.output.1)
  }
}

struct ImportTests {
  /// The order of dependency; a module imports only what stands before it.
  static let order = [
    "Hashing", "Networking", "CKernels", "Tensors", "Beckon", "Datasets", "Simulation", "Lab", "Reports",
    "BeckonTesting",
    "BundledPlugins", "BeckonCLI", "BeckonCommand",
  ]
  /// Modules of the toolchain that any file may use.
  static let toolchain: Set = [
    "Foundation", "Synchronization", "Dispatch", "Glibc", "Darwin", "FoundationNetworking",
  ]

  /// What a module's files import against the order.
  static func violations(_ module: String, _ files: [(path: String, text: String)]) -> [String] {
    let place = order.firstIndex(of: module) ?? 0
    return files.flatMap { path, text in
      imports(of: text).filter { !toolchain.contains($0) && !order[..<place].contains($0) }
        .map { "\(path) imports \($0)" }
    }
  }

  @Test func importsPointUpwardsOnly() throws {
    for module in Self.order where module != "BundledPlugins" && module != "CKernels" {
      let files = try swiftFiles("Sources/\(module)")
      #expect(!files.isEmpty, "Sources/\(module) has no Swift files")
      #expect(Self.violations(module, files) == [])
    }
  }

  @Test func everyModuleIsInTheOrder() throws {
    let tools: Set = ["PluginIndex", "PluginIndexer"]
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: package.appending(path: "Sources").path(percentEncoded: false))
    for folder in folders where !folder.hasPrefix(".") {
      #expect(
        Self.order.contains(folder) || tools.contains(folder), "Sources/\(folder) has no place in the order")
    }
  }

  /// Beside Beckon stand two rooms below it, for a component that asks the world outside: it says so by its imports.
  @Test func pluginsImportBeckonAlone() throws {
    let allowed: Set = ["Beckon", "Foundation", "Synchronization", "Networking", "Hashing"]
    for (path, text) in try swiftFiles("Plugins") {
      for module in imports(of: text) { #expect(allowed.contains(module), "\(path) imports \(module)") }
    }
  }

  @Test func theRuleCanFail() {
    #expect(
      imports(of: "internal import CKernels\n@_exported import Tensors\n// import No\nimport struct A.B") == [
        "CKernels", "Tensors", "A",
      ])
    #expect(imports(of: "@testable import X\n@_spi(Y) public import Z\nlet important = 1") == ["X", "Z"])
    #expect(Self.violations("Beckon", [("a", "import Lab\nimport Tensors")]) == ["a imports Lab"])
    #expect(Self.violations("Beckon", [("a", "import Beckon")]) == ["a imports Beckon"])
  }
}

struct SizeTests {
  @Test func filesStayReadable() throws {
    for folder in ["Sources", "Plugins"] {
      let files = try swiftFiles(folder)
      #expect(files.count > 20)
      for (path, text) in files {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(lines <= 400, "\(path) has \(lines) lines")
      }
    }
  }

  @Test func everyPluginFolderHasItsEntry() throws {
    let plugins = package.appending(path: "Plugins")
    let folders = try FileManager.default.contentsOfDirectory(
      at: plugins, includingPropertiesForKeys: [.isDirectoryKey]
    )
    .filter(\.hasDirectoryPath)
    #expect(folders.count >= 15)
    for folder in folders {
      let name = folder.lastPathComponent
      let entry = folder.appending(path: "\(name)Plugin.swift")
      let text = try String(contentsOf: entry, encoding: .utf8)
      #expect(text.contains("enum \(name)Plugin: Plugin"), "Plugins/\(name)")
    }
  }

  @Test func noAlgorithmIsNamedInTheLaboratory() throws {
    let names = try FileManager.default.contentsOfDirectory(
      atPath: package.appending(path: "Plugins").path(percentEncoded: false)
    )
    .filter {
      !$0.contains(".")
        && !["Intents", "Guards", "Selectors", "Arousal", "Dynamics", "Controls", "Popularity"].contains($0)
    }
    for module in ["Beckon", "Simulation", "Lab", "Reports", "BeckonCLI"] {
      for (path, text) in try swiftFiles("Sources/\(module)") {
        let code = text.split(separator: "\n").filter { !$0.contains("//") && !$0.contains("\"") }.joined(
          separator: "\n")
        for name in names {
          #expect(!code.contains("\(name)Plugin") && !code.contains("\(name)Scorer"), "\(path): \(name)")
        }
      }
    }
  }
}
