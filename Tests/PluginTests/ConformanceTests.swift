import Beckon
import BeckonCLI
import BeckonTesting
import LoopbackServer
import Testing

struct ConformanceTests {
  static let all: [String] = {
    guard let registry = try? StandardRegistry.make() else { return [] }
    return Kind.allCases.flatMap { kind in
      registry.all(kind).map { "\(kind.rawValue) \($0.about.identifier)" }
    }
  }()

  @Test func theRegistryIsFull() throws {
    let registry = try StandardRegistry.make()
    for kind in Kind.allCases { #expect(!registry.all(kind).isEmpty, "no \(kind.rawValue) is registered") }
    #expect(Self.all.count >= 40)
  }

  /// A language model that accepts everything, for the component that asks one.
  private static let model = try? LoopbackServer { _ in .text(chat("A: 1")) }

  /// What a component cannot keep by its nature, with the reason.
  static let exempt: [String: [Conformance.Check: String]] = [
    "scorer random": [.permutation: "its draws are keyed by item numbers"],
    "encoder bsarec": [.gradient: "the pad's row is held back, as published; BSARecTests checks the rest"],
  ]

  /// The component's registry entry, and what it needs to work in a test; nil if this machine cannot run it.
  private static func subject(_ name: String) throws -> (Registry, Registry.Entry, JSON)? {
    let registry = try StandardRegistry.make()
    let parts = name.split(separator: " ").map(String.init)
    let kind = try #require(Kind(rawValue: parts[0]))
    let entry = try #require(registry.entry(kind, parts[1]))
    var settings = Conformance.small
    if parts[1] == "external" {
      guard let program = Python.example(of: entry.kind), Python.isThere else { return nil }
      settings.set(.array([.string("python3"), .string(program)]), at: ["command"])
    }
    return (registry, entry, settings)
  }

  @Test(arguments: all)
  func keepsTheContract(name: String) throws {
    guard case (let registry, let entry, var settings)? = try Self.subject(name) else {
      print("skipped: \(name) needs python3")
      return
    }
    let transcript = FileManager.default.temporaryDirectory.appending(
      path: "conformance-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: transcript) }
    settings.set(.string(try #require(Self.model).url), at: ["baseURL"])
    settings.set(.string(transcript.path(percentEncoded: false)), at: ["transcript"])
    let found = Conformance.findings(of: entry, in: registry, settings: settings)
    let exempt = Set((Self.exempt[name] ?? [:]).keys)
    let problems = found.filter { !exempt.contains($0.check) }
    #expect(problems.isEmpty, "\(problems.map(\.description).joined(separator: "\n"))")
    for check in exempt { #expect(found.contains { $0.check == check }, "\(name) keeps \(check) after all") }
  }
}
