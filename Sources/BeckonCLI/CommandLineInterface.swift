import Beckon
import BundledPlugins
import Datasets
import Lab
import Simulation
/// Placeholder until merged.
public enum CommandLineInterface { public static func main(_ arguments: [String]) -> Int32 {
  do {
    var registry = Registry(coreDigest: BundledPlugins.coreDigest)
    try registry.register(plugin: "Datasets", digest: "") { try DatasetComponents.register(in: &$0) }
    try registry.register(plugin: "Simulation", digest: "") { try SimulationComponents.register(in: &$0) }
    try BundledPlugins.register(in: &registry)
    var doc = try SpecDocument(contentsOf: arguments[0])
    for a in arguments.dropFirst() { try doc.override(a) }
    let spec = try doc.resolve(in: registry)
    let out = URL(filePath: "/tmp/runs/\(spec.name)")
    let locs = ["BECKON_DATA","BECKON_REFERENCE"].compactMap { ProcessInfo.processInfo.environment[$0].map { URL(filePath: $0) } }
    let results = try Study(spec: spec, registry: registry, locations: DataLocations(folders: locs), output: out, pieces: URL(filePath: "/tmp/runs/pieces")) { e in
      switch e {
      case .progress(.advanced(let d, let n, _, let s)): if d == n { FileHandle.standardError.write(Data("  rounds \(n) units \(s) s\n".utf8)) }
      default: FileHandle.standardError.write(Data("\(e)\n".utf8)) }
    }.run()
    try ResultFiles(results).write(to: out)
    print(ResultFiles(results).summary)
    print(results.seconds, Machine.peakMemoryMiB)
    return 0
  } catch { print("\(error)"); return 1 }
} }
