import Beckon
import Testing

@testable import Datasets

/// A temporary folder with small data files.
final class Fixture {
  let folder = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)")

  init(_ files: [String: String] = [:]) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in files { try write(Data(text.utf8), to: name) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ data: Data, to name: String) throws {
    let url = folder.appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url)
  }

  var locations: DataLocations { DataLocations(folders: [folder]) }

  /// Loads what a spec's `dataset` object describes.
  func load(_ spec: String) throws -> Interactions {
    try make(spec, .dataset, as: (any DatasetSource).self).load(locations)
  }

  /// The description of what loading throws, or what it gave instead.
  func complaint(_ spec: String) -> String {
    do { return "loaded \(try load(spec).count) events" } catch { return "\(error)" }
  }
}

/// A component of the module, made as a study makes it.
func make<T>(_ spec: String, _ kind: Kind, as type: T.Type = T.self) throws -> T {
  var registry = Registry()
  try DatasetComponents.register(in: &registry)
  var problems: [Problem] = []
  let made = registry.make(kind, from: try JSON(parsing: spec), path: "\(kind)", problems: &problems)
  if let problem = problems.first { throw problem }
  return try #require(made?.component as? T)
}

/// Events of (user, item) pairs, in order.
func events(_ pairs: [(user: Int32, item: Int32)], times: [Double] = []) -> Interactions {
  var events = Interactions()
  events.users = pairs.map(\.user)
  events.items = pairs.map(\.item)
  events.times = times
  events.userIdentifiers = (0...(events.users.max() ?? 0)).map { "u\($0)" }
  for item in 0...(events.items.max() ?? 0) { events.catalogue.append("i\(item)") }
  return events
}
