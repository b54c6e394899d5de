extension TokenBatch {
  /// Samples without their last items, as a network reads them to learn what comes next.
  public init(inputsOf samples: [TrainingSample], length: Int, keepingPads: Bool) {
    self.init(
      samples.map { $0.items.dropLast().map { Optional($0) } }, length: length, keepingPads: keepingPads)
  }
}

// What losses at every position are taken over.
extension TrainingBatch {
  /// The samples without their last items, and what follows each position, for the newest `length` positions.
  ///
  /// - Parameters:
  ///   - length: slots of a window.
  ///   - keepingPads: makes a token of every slot of a window; `next` has the real ones only.
  public func nextItems(length: Int, keepingPads: Bool = false) -> (tokens: TokenBatch, next: [Int32]) {
    let tokens = TokenBatch(inputsOf: samples, length: length, keepingPads: keepingPads)
    return (tokens, samples.flatMap { $0.items.dropFirst().suffix(length) })
  }

  /// A negative for each of these positions.
  public func negatives(length: Int, _ scope: NegativeSampler.Scope) -> [Int32] {
    var sampler = NegativeSampler(itemCount: itemCount)
    return zip(samples, wholeSequences).flatMap { sample, whole in
      var stream = stream(.negatives, sample)
      return sampler.draw(
        min(sample.items.count - 1, length), outside: scope == .outsideSequence ? whole : sample.items,
        stream: &stream)
    }
  }
}
