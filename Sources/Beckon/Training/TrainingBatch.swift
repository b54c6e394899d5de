/// Some samples of one training step.
public struct TrainingBatch: Sendable {
  /// The samples, in the order of the batch.
  public let samples: [TrainingSample]
  /// Where each stands in the list that `TrainableEncoder.samples` made.
  public let indices: [Int]
  /// The users' whole sequences, held-out items included: only to keep these from being drawn as negatives.
  public let wholeSequences: [ArraySlice<Int32>]
  /// Step, from 1, over all epochs.
  public let step: Int
  /// Experiment seed.
  public let seed: UInt64
  /// Number of items.
  public let itemCount: Int

  /// A batch.
  public init(
    _ indices: [Int], of samples: [TrainingSample], split: Split, step: Int, seed: UInt64
  ) {
    self.indices = indices
    self.samples = indices.map { samples[$0] }
    wholeSequences = self.samples.map { split.dataset.sequences[Int($0.user)][...] }
    itemCount = split.dataset.itemCount
    self.step = step
    self.seed = seed
  }

  /// Samples in the batch.
  public var count: Int { samples.count }

  /// A stream for one sample of this step.
  public func stream(_ purpose: Purpose, _ sample: TrainingSample) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, UInt32(truncatingIfNeeded: step), sample.key)
  }

  /// Several changed views of each sample without its last item: one token batch a view.
  ///
  /// - Parameters:
  ///   - count: views of a sample.
  ///   - length: slots of a window.
  ///   - keepingPads: makes a token of every slot of a window.
  ///   - view: makes one view; `nil` stands for a pad.
  public func views(
    _ count: Int, length: Int, keepingPads: Bool,
    _ view: (ArraySlice<Int32>, inout RandomStream) -> [Int32?]
  ) -> [TokenBatch] {
    (0..<count).map { number in
      let sequences = samples.map { sample in
        var stream = stream(.augmentation, sample).keyed(UInt32(number))
        return view(sample.items.dropLast(), &stream)
      }
      return TokenBatch(sequences, length: length, keepingPads: keepingPads)
    }
  }
}
