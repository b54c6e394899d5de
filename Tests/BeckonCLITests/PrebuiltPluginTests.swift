import Beckon
import Foundation
import Testing

@testable import BeckonCLI

/// Plugins in files: what is loaded, what is refused, and what results say of it.
@Suite(.serialized) struct PrebuiltPluginTests {
  private static let entry = """
    import Beckon
    enum StrollPlugin: Plugin {
      static func register(in registry: inout Registry) throws { try registry.register(StrollScorer.self) }
    }
    """

  private static func scorer(weight: Int) -> String {
    """
    import Beckon
    struct StrollScorer: Scorer {
      static let about = About("stroll", "Prefers what few have met.")
      struct Configuration: Codable, Equatable, Sendable { var power = 1.0 }
      static let defaults = Configuration()
      let configuration: Configuration
      func scores(_ batch: UserBatch) throws -> Matrix<Float> {
        let scores = batch.model.split.itemCounts.map { -\(weight) * Float(pow(Double($0), configuration.power)) }
        return Matrix(rows: batch.count, columns: scores.count, values: batch.histories.flatMap { _ in scores })
      }
    }
    """
  }

  /// Writes the folder `Stroll` and builds it by the program itself.
  private func build(_ scratch: Scratch, weight: Int = 1, to file: String) throws -> (
    code: Int32, error: String
  ) {
    let folder = scratch.url.appending(path: "Stroll")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(Self.entry.utf8).write(to: folder.appending(path: "StrollPlugin.swift"))
    try Data(Self.scorer(weight: weight).utf8).write(to: folder.appending(path: "StrollScorer.swift"))
    return try program(["plugin", "build", scratch.path("Stroll"), "--to", scratch.path(file)], scratch)
  }

  /// Runs the program, or another one. A compiler leaves its temporary folder behind where it makes one thing alone: it
  /// does so in the scratch folder.
  private func program(
    _ arguments: [String], _ scratch: Scratch, program: URL = Program.url
  ) throws -> (code: Int32, error: String) {
    let log = scratch.url.appending(path: "log")
    let environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": scratch.path("")]) { $1 }
    let process = try Program.start(arguments, program: program, environment: environment, output: log)
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: try scratch.data("log"), as: UTF8.self))
  }

  private func compile(_ words: [String], _ scratch: Scratch) throws {
    let made = try program(["swiftc"] + words, scratch, program: URL(filePath: "/usr/bin/env"))
    try #require(made.code == 0, "\(made.error)")
  }

  private static let spec = tinySpec.replacing(
    #""plain": { "scorer": "preference" }"#,
    with: #""plain": { "scorer": "preference" }, "stroll": { "scorer": { "type": "stroll", "power": 0.5 } }"#)

  @Test func aPluginIsBuiltLoadedAndNamedInTheResult() throws {
    let scratch = try Scratch()
    let made = try build(scratch, to: "Stroll.so")
    #expect(made.code == 0, "\(made.error)")
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path(""))
    #expect(
      !names.contains { $0.hasPrefix("TemporaryDirectory") || $0.hasPrefix("beckon-plugin-") }, "\(names)")
    let spec = try scratch.file("spec.json", Self.spec)
    let without = try program(["validate", spec], scratch)
    #expect(without.code == 2 && without.error.contains("nothing is registered as 'stroll'"))
    let path = scratch.path("Stroll.so")
    for command in [
      ["validate", spec], ["explain", spec], ["grid", "plan", spec], ["components", "scorer/stroll"],
    ] {
      let outcome = try program(command + ["--plugin", path], scratch)
      #expect(outcome.code == 0, "\(command): \(outcome.error)")
    }
    let run = try program(
      ["run", spec, "--out", scratch.path("out"), "--plugin", path, "--jobs", "2"], scratch)
    #expect(run.code == 0, "\(run.error)")
    let results = try scratch.json("out/results.json")
    let plugin = try #require(results["plugins"]?.array?.first)
    let loaded = try PrebuiltPlugin(path)
    #expect(plugin["path"] == .string(path) && plugin["sha256"] == .string(loaded.digest))
    #expect(plugin["stamp"]?.string?.contains(loaded.stamp.core) == true)

    // The same sources make the same bytes, wherever they lie.
    #expect(try build(scratch, to: "Again.so").code == 0)
    #expect(try scratch.data("Again.so") == scratch.data("Stroll.so"))

    // Another file of the same name: only what uses it is run again.
    #expect(try build(scratch, weight: 2, to: "Stroll.so").code == 0)
    #expect(try program(["run", spec, "--out", scratch.path("out"), "--plugin", path], scratch).code == 0)
    let again = try scratch.json("out/results.json")
    func identity(_ results: JSON, _ variant: String) -> JSON? {
      results["runs"]?.array?.first { $0["variant"]?.string == variant }?["identity"]
    }
    #expect(identity(results, "stroll") != identity(again, "stroll"))
    #expect(identity(results, "plain") == identity(again, "plain") && identity(again, "plain") != nil)

    let twice = try program(["validate", spec, "--plugin", path, "--plugin", path], scratch)
    #expect(twice.code == 2 && twice.error.contains("is given twice"))
  }

  @Test func whatIsNoPluginIsRefused() throws {
    let scratch = try Scratch()
    let text = try scratch.file("notes.so", "Not a plugin.")
    for (path, fact) in [
      (text, "is no plugin of Beckon"), (scratch.path("none.so"), "there is no file"),
      (scratch.path(""), "is a folder"), ("/bin/ls", "is no plugin of Beckon"),
    ] {
      let outcome = beckon("components", "--plugin", path)
      #expect(outcome.code == 2 && outcome.error.contains(fact), "\(outcome.error)")
    }
    // The stamp of this very program, and nothing behind it.
    let stamp = PluginStamp.host
    let hollow = try scratch.file(
      "hollow.so", "beckon-core:\(stamp.core); beckon-compiler:\(stamp.compiler);")
    let outcome = beckon("components", "--plugin", hollow)
    #expect(outcome.code == 2 && outcome.error.contains("cannot be loaded"), "\(outcome.error)")
  }

  @Test func anotherCompilerIsRefused() throws {
    let scratch = try Scratch()
    #expect(try build(scratch, to: "Stroll.so").code == 0)
    // The version of the compiler stands in the file as a text.
    var bytes = try scratch.data("Stroll.so")
    let mark = try #require(bytes.range(of: Data("beckon-compiler:".utf8)))
    let digit = try #require(bytes[mark.upperBound...].firstIndex { (48...57).contains($0) })
    bytes[digit] = bytes[digit] == 57 ? 48 : bytes[digit] + 1
    try bytes.write(to: scratch.url.appending(path: "other.so"))
    let outcome = try program(["components", "--plugin", scratch.path("other.so")], scratch)
    #expect(
      outcome.code == 2 && outcome.error.contains("it was built by another compiler"), "\(outcome.error)")
  }

  /// A core of the same names whose types lie otherwise in memory: loading it would read one field for another.
  @Test func anotherCoreIsRefused() throws {
    let scratch = try Scratch()
    let core = """
      public protocol Plugin { static func register(in registry: inout Registry) throws }
      public struct Registry { public var extra = 0; public var count = 0 }
      @export(implementation) public func beckonCoreStamp() -> StaticString {
        "beckon-core:0000000000000000000000000000000000000000000000000000000000000000 debug;"
      }
      """
    let kernels = """
      static inline const char *_Nonnull bk_compiler_stamp(void) { return "beckon-compiler:" __VERSION__ ";"; }
      """
    for folder in ["Modules", "CKernels.build", "Old"] {
      try FileManager.default.createDirectory(
        at: scratch.url.appending(path: folder), withIntermediateDirectories: true)
    }
    _ = try scratch.file("CKernels.build/CKernels.h", kernels)
    _ = try scratch.file(
      "CKernels.build/module.modulemap", "module CKernels { header \"CKernels.h\" export * }")
    let source = try scratch.file("Core.swift", core)
    try compile(
      [
        "-emit-module", "-parse-as-library", "-module-name", "Beckon", "-o",
        scratch.path("Modules/Beckon.swiftmodule"), source,
      ], scratch)
    _ = try scratch.file(
      "Old/OldPlugin.swift",
      "import Beckon\nenum OldPlugin: Plugin { static func register(in registry: inout Registry) { registry.extra = 7 } }"
    )
    let arguments = ["plugin", "build", scratch.path("Old"), "--modules", scratch.path("Modules")]
    let made = try program(arguments + ["--to", scratch.path("Old.so")], scratch)
    #expect(made.code == 1 && made.error.contains("it was built against another core"), "\(made.error)")

    // The same file made past the builder, as an older Beckon would have made it.
    _ = try scratch.file(
      "Old/Entry.swift",
      """
      import Beckon
      import CKernels
      @_cdecl("beckon_plugin_register")
      public func enter(_ registry: UnsafeMutableRawPointer, _ failure: UnsafeMutableRawPointer) {
        OldPlugin.register(in: &registry.assumingMemoryBound(to: Registry.self).pointee)
      }
      @_cdecl("beckon_plugin_core") public func core() -> UnsafePointer<UInt8> { beckonCoreStamp().utf8Start }
      @_cdecl("beckon_plugin_compiler") public func compiler() -> UnsafePointer<CChar> { bk_compiler_stamp() }
      """)
    try compile(
      [
        "-emit-library", "-module-name", "Old", "-I", scratch.path("Modules"), "-Xcc",
        "-fmodule-map-file=" + scratch.path("CKernels.build/module.modulemap"), "-o", scratch.path("Old.so"),
        scratch.path("Old/OldPlugin.swift"), scratch.path("Old/Entry.swift"),
      ], scratch)
    let outcome = try program(["components", "--plugin", scratch.path("Old.so")], scratch)
    #expect(outcome.code == 2, "\(outcome.code): \(outcome.error)")
    #expect(outcome.error.contains("it was built against another core (000000000000…)"), "\(outcome.error)")
    #expect(outcome.error.contains("Build it again: beckon plugin build"))
  }

  @Test func whatDoesNotCompileIsSaidInTheCompilersWords() throws {
    let scratch = try Scratch()
    let folder = scratch.url.appending(path: "Broken")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let none = try program(["plugin", "build", scratch.path("Broken")], scratch)
    #expect(none.code == 2 && none.error.contains("there is no BrokenPlugin.swift"))
    try Data("import Beckon\nenum BrokenPlugin: Plugin {}".utf8).write(
      to: folder.appending(path: "BrokenPlugin.swift"))
    let outcome = try program(
      ["plugin", "build", scratch.path("Broken"), "--to", scratch.path("b.so")], scratch)
    #expect(
      outcome.code == 1 && outcome.error.contains("does not conform to protocol 'Plugin'"), "\(outcome.error)"
    )
    #expect(!scratch.has("b.so"))
  }

  @Test func stampsTellWhatDiffers() {
    let host = PluginStamp(core: "abc release", compiler: "Clang 21")
    #expect(host.refusal(by: host) == nil)
    #expect(
      PluginStamp(core: "abc debug", compiler: "Clang 21").refusal(by: host)?.contains("a debug build")
        == true)
    #expect(
      PluginStamp(core: "abd release", compiler: "Clang 21").refusal(by: host)?.contains("another core")
        == true)
    #expect(
      PluginStamp(core: "abc release", compiler: "Clang 20").refusal(by: host)?.contains("compiler") == true)
    #expect(PluginStamp.host.core.hasSuffix(" debug") || PluginStamp.host.core.hasSuffix(" release"))
    #expect(PluginStamp.host.core.count > 64 && !PluginStamp.host.compiler.isEmpty)
  }
}
