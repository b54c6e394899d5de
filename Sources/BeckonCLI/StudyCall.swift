import Beckon
import Lab

/// The study that a command's spec and options name.
struct StudyCall {
  let registry: Registry
  let spec: ResolvedSpec
  /// Where its results go, and its trained pieces.
  let folders: (output: URL, pieces: URL)
  private let locations: DataLocations

  /// Sets the threads and resolves the spec; nothing is read of the data.
  ///
  /// - Throws: `SpecError`, `UsageError`.
  init(_ call: Call) throws {
    try CommonOptions.setThreads(call)
    registry = try call.registry()
    var document = try CommonOptions.document(call.arguments[0], call)
    if call.has("trajectories") { try document.override("trajectories=true") }
    spec = try document.resolve(in: registry)
    folders = CommonOptions.folders(call, name: spec.name)
    locations = try CommonOptions.locations(call)
  }

  /// The study, or another spec with the same data and pieces.
  func study(
    _ other: ResolvedSpec? = nil, output: URL? = nil,
    report: @escaping @Sendable (StudyEvent) -> Void = { _ in }
  ) -> Study {
    Study(
      spec: other ?? spec, registry: registry, locations: locations, output: output ?? folders.output,
      pieces: folders.pieces, report: report)
  }
}
