import Beckon
import BeckonCLI
import Synchronization
import Testing

@testable import Lab

/// A training that is stopped goes on where it was, from a file, and ends as one that was not.
struct TrainingKeepingTests {
  private struct Stop: Error {}
  private let bench = Bench()

  /// Halves its step and finds its best values long before the end, so that all that is kept matters.
  private static let patch = """
    {"seeds": [1], "variants": {"ICLRec": {"scorer": "preference", "encoder": {"training": {
       "epochs": 7, "batchSize": 16, "learningRate": 0.05, "halveAfterSteps": 2,
       "earlyStopping": {"metric": "ndcg@5", "everySteps": 1, "patienceSteps": 1000}}}}}}
    """

  /// The learned values as they would be saved.
  private func values(_ keeper: TrainingKeeper? = nil, seed: UInt64 = 1) throws -> Data {
    Safetensors.data(of: try train(keeper, seed: seed))
  }

  private func train(
    _ keeper: TrainingKeeper?, seed: UInt64 = 1, patience: Int = 1000
  ) throws -> ParameterSet<Float> {
    let registry = try StandardRegistry.make()
    var base = try JSON(parsing: Bench.base)
    base.set(nil, at: ["variants"])
    let patch = Self.patch.replacing("1000", with: "\(patience)")
    let variant = try SpecDocument(base.merging(JSON(parsing: patch))).resolve(in: registry).variants[0]
    let locations = DataLocations(folders: [bench.folder])
    let assembly = Assembly(
      registry: registry, locations: locations, store: PieceStore(folder: bench.folder),
      progress: ProgressReporter())
    var encoder = try #require(variant.component(.encoder) as? any Encoder)
    try encoder.train(
      TrainingContext(
        split: assembly.split(of: variant).split, seed: seed, masking: variant.masking, embeddings: nil,
        locations: locations, rankingMetric: { try registry.rankingMetric(named: $0) },
        progress: ProgressReporter(), keeper: keeper))
    return encoder.parameters
  }

  /// What a store keeps of a training that dies after an epoch.
  private func stop(after epoch: Int, _ store: PieceStore, _ identity: String = "id") throws {
    let keeper = store.keeper("encoder", identity, note: { Issue.record("\($0)") })
    #expect(throws: Stop.self) {
      _ = try train(
        TrainingKeeper(
          kept: keeper.kept,
          keep: {
            try keeper.keep($0)
            if $0.epoch == epoch { throw Stop() }
          }))
    }
  }

  private var store: PieceStore { PieceStore(folder: bench.folder.appending(path: "kept"), interval: 0) }

  private func exists(_ url: URL) -> Bool {
    FileManager.default.fileExists(atPath: url.path(percentEncoded: false))
  }

  @Test func endsAsIfItHadNotBeenStopped() throws {
    let whole = try values()
    // Twice, so that what was restored is kept again.
    try stop(after: 2, store)
    try stop(after: 5, store)
    let keeper = store.keeper("encoder", "id", note: { Issue.record("\($0)") })
    let kept = try #require(try keeper.kept())
    #expect(kept.epoch == 5)
    // Or nothing of it would matter that is kept beside the values.
    #expect(kept.tensors["best/LayerNorm.bias"] != kept.tensors["values/LayerNorm.bias"])
    #expect(try !kept.numbers().contains("\"learningRate\":0.05,"))
    #expect(try values(keeper) == whole)
    #expect(try values(seed: 2) != whole)
  }

  /// A training whose patience was over when it was kept makes no further epoch.
  @Test func whatIsOverStaysOver() throws {
    let epochs = Mutex([Int]())
    let keeper = store.keeper("encoder", "id", note: { Issue.record("\($0)") })
    func watched() throws -> Data {
      Safetensors.data(
        of: try train(
          TrainingKeeper(
            kept: keeper.kept,
            keep: { state in
              epochs.withLock { $0.append(state.epoch) }
              try keeper.keep(state)
            }), patience: 3))
    }
    let whole = try watched()
    let made = epochs.withLock { $0 }
    #expect(made == Array(1...made.count) && made.count < 7)
    #expect(try watched() == whole)
    #expect(epochs.withLock { $0 } == made)
  }

  /// For want of space, say: the training is worth more than what is kept of it.
  @Test func whatCannotBeWrittenDoesNotEndTheTraining() throws {
    let file = bench.folder.appending(path: "a file")
    try AtomicFile.write("no folder", to: file)
    let notes = Mutex([String]())
    let keeper = PieceStore(folder: file, interval: 0).keeper(
      "encoder", "id", note: { note in notes.withLock { $0.append(note) } })
    #expect(try values(keeper) == values())
    let told = notes.withLock { $0 }
    #expect(told.count == 1 && told[0].contains("The training goes on"), "\(told)")
  }

  @Test func aFinishedPieceNeedsItNoMore() throws {
    try stop(after: 1, store)
    let file = store.stateFile("encoder", "id")
    #expect(exists(file) && store.earlierSeconds("encoder", "id") > 0)
    #expect(!store.has("encoder", "id"))
    try store.save(try train(nil), "encoder", "id", about: [:])
    #expect(!exists(file) && store.earlierSeconds("encoder", "id") == 0)
  }

  @Test func isKeptNoMoreOftenThanTheIntervalSays() throws {
    let rare = PieceStore(folder: store.folder, interval: 3600)
    try stop(after: 3, rare)
    #expect(!exists(rare.stateFile("encoder", "id")))
  }

  @Test func aDamagedFileIsSetAside() throws {
    let whole = try values()
    try stop(after: 3, store)
    let file = store.stateFile("encoder", "id")
    var bytes = try Data(contentsOf: file)
    bytes[bytes.count - 9] ^= 1
    try bytes.write(to: file)
    let notes = Mutex([String]())
    let keeper = store.keeper("encoder", "id", note: { note in notes.withLock { $0.append(note) } })
    #expect(try values(keeper) == whole)
    let told = notes.withLock { $0 }
    #expect(told.count == 1 && told[0].contains(".training.safetensors: damaged. It is set aside"), "\(told)")
    // A number that was changed is damage too.
    try FileManager.default.removeItem(at: file)
    try stop(after: 3, store)
    var other = try Data(contentsOf: file)
    let at = try #require(other.range(of: Data(#"\"epoch\":"#.utf8))).upperBound
    #expect(other[at] == UInt8(ascii: "3"))
    other[at] = UInt8(ascii: "6")
    try other.write(to: file)
    let path = file.path(percentEncoded: false)
    #expect(try Safetensors.readMetadata(path)["numbers"]?.contains("\"epoch\":6") == true)
    #expect(try keeper.kept() == nil)
  }

  /// The study finds what an earlier process left, says so, and makes the same piece.
  @Test func aStudyGoesOn() throws {
    let first = try bench.run(Self.patch)
    let piece = try #require(
      try bench.files("pieces", ending: "safetensors").first { $0.path().contains("encoder-") })
    let bytes = try Data(contentsOf: piece)
    let identity = try #require(Safetensors.readMetadata(piece.path(percentEncoded: false))["identity"])
    try FileManager.default.removeItem(at: piece)
    let pieces = PieceStore(folder: bench.folder.appending(path: "pieces"), interval: 0)
    try stop(after: 3, pieces, identity)
    let again = try bench.run(Self.patch, output: "again")
    #expect(again.log.began("going on after epoch 3") == 1 && first.log.began("going on") == 0)
    #expect(try Data(contentsOf: piece) == bytes && again.text == first.text)
    #expect(!exists(pieces.stateFile("encoder", identity)))
  }

  /// Cleaning up leaves what an unfinished plan needs.
  @Test func isNoGarbageWhileItsPieceIsNeeded() throws {
    let runs = bench.folder.appending(path: "Runs")
    _ = try bench.run(Self.patch, output: "Runs/tiny")
    let pieces = PieceStore(folder: runs.appending(path: "pieces"), interval: 0)
    let shelf = RunShelf(folder: runs)
    let needed = try #require(
      try shelf.store("tiny").known().flatMap(\.pieces).first { $0.hasPrefix("encoder-") })
    let identity = String(needed.dropFirst("encoder-".count))
    try pieces.save(ParameterSet([("w", Matrix(rows: 1, columns: 1))]), "encoder", identity, about: [:])
    try stop(after: 1, pieces, identity)
    try stop(after: 1, pieces, "nobody")
    let piece = needed + ".training.safetensors"
    // Its piece is there: a process must have been stopped between the two.
    #expect(
      try Set(shelf.garbage().map(\.lastPathComponent)) == [piece, "encoder-nobody.training.safetensors"])
    try FileManager.default.removeItem(at: pieces.folder.appending(path: needed + ".safetensors"))
    #expect(try shelf.garbage().map(\.lastPathComponent) == ["encoder-nobody.training.safetensors"])
  }
}
