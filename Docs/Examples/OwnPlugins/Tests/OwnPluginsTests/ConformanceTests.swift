import Beckon
import BeckonTesting
import BundledPlugins
import OwnPlugins
import Testing

struct ConformanceTests {
  @Test func everyComponentKeepsTheContract() throws {
    var registry = Registry(coreDigest: BundledPlugins.coreDigest)
    try BundledPlugins.register(in: &registry)
    let known = Set(Kind.allCases.flatMap { registry.all($0) }.map { "\($0.kind) \($0.about.identifier)" })
    try IndexedPlugins.register(in: &registry)
    let own = Kind.allCases.flatMap { registry.all($0) }.filter {
      !known.contains("\($0.kind) \($0.about.identifier)")
    }
    #expect(!own.isEmpty)
    for entry in own { #expect(Conformance.problems(of: entry, in: registry) == []) }
  }
}
