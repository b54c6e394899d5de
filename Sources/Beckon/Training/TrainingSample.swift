/// A stretch of a user's training items that a loss is taken over.
///
/// Losses at every position use all of it; losses at the last position ask for `target` after the others.
public struct TrainingSample: Sendable, Equatable {
  /// User index.
  public let user: Int32
  /// Items, oldest first; at least one.
  public let items: ArraySlice<Int32>
  /// Names the sample's random draws: the user, where each user has one sample.
  public let key: UInt32

  /// The last item, which a loss at the last position asks for.
  public var target: Int32 { items[items.index(before: items.endIndex)] }

  /// A sample.
  public init(user: Int32, items: ArraySlice<Int32>, key: UInt32) {
    self.user = user
    self.items = items
    self.key = key
  }
}

// What one pass over the data consists of.
extension [TrainingSample] {
  /// The whole training sequence of every user who has two items.
  public static func wholeSequences(of split: Split) -> [TrainingSample] {
    split.training.enumerated().filter { $0.element.count >= 2 }.map {
      TrainingSample(user: Int32($0.offset), items: $0.element, key: UInt32($0.offset))
    }
  }

  /// Every prefix of every training sequence, so that a loss at the last position meets each item once.
  ///
  /// Prefix expansion is the case `shortest` 1 (BSARec: a first item is asked for after nothing but pads), dynamic
  /// segmentation the case `shortest` 2 (ICSRec §4.1).
  ///
  /// - Parameters:
  ///   - split: the data; the training part alone is read.
  ///   - shortest: items of the shortest prefix, its last item included.
  ///   - window: newest items kept of a longer prefix, its last item included.
  ///   - newest: newest training items that are expanded at all; nil takes them all.
  public static func prefixes(
    of split: Split, shortest: Int, window: Int, newest: Int? = nil
  ) -> [TrainingSample] {
    var samples: [TrainingSample] = []
    for (user, training) in split.training.enumerated() {
      let items = newest.map { training.suffix($0) } ?? training
      for length in stride(from: shortest, through: items.count, by: 1) {
        samples.append(
          TrainingSample(
            user: Int32(user), items: items.prefix(length).suffix(window), key: UInt32(samples.count)))
      }
    }
    return samples
  }

  /// Stretches of random length that follow one another, drawn once. (IRN's released code)
  ///
  /// Where no more is left than the shortest stretch, that many of the newest items are taken: they may overlap the
  /// stretch before, and a shorter sequence is taken whole.
  ///
  /// - Parameters:
  ///   - split: the data; the training part alone is read.
  ///   - lengths: items of a stretch, its last item included; at least 2.
  ///   - seed: experiment seed.
  public static func segments(
    of split: Split, lengths: ClosedRange<Int>, seed: UInt64
  ) -> [TrainingSample] {
    var samples: [TrainingSample] = []
    for (user, training) in split.training.enumerated() where training.count >= 2 {
      func append(_ items: ArraySlice<Int32>) {
        samples.append(TrainingSample(user: Int32(user), items: items, key: UInt32(samples.count)))
      }
      var stream = RandomStream(seed: seed, purpose: Purpose("segments"), UInt32(user))
      var rest = training
      while rest.count > lengths.lowerBound {
        let stretch = rest.prefix(lengths.lowerBound + stream.uniform(below: lengths.count))
        append(stretch)
        rest = rest.dropFirst(stretch.count)
      }
      if !rest.isEmpty { append(training.suffix(lengths.lowerBound)) }
    }
    return samples
  }
}

/// Samples that end in the same item: two ways to one target share an intent. (ICSRec §4.2)
public struct SameTargetPartners: Sendable {
  /// Which of the candidates is taken.
  public enum Choice: String, Beckon.Choice {
    /// The last other one in the order of the samples, always: the released code.
    case last
    /// Any other one, drawn anew each time: the paper.
    case random
  }

  private let byTarget: [Int32: [Int32]]

  /// The partners among some samples.
  public init(_ samples: [TrainingSample]) {
    var groups: [Int32: [Int32]] = [:]
    for (index, sample) in samples.enumerated() {
      groups[sample.target, default: []].append(Int32(index))
    }
    byTarget = groups
  }

  /// The index of a sample with the same last item and other items before it; the sample itself if there is none.
  ///
  /// - Parameters:
  ///   - index: which sample asks.
  ///   - samples: those the partners were found in.
  ///   - choice: which of several.
  ///   - stream: what is drawn from.
  public func partner(
    of index: Int, in samples: [TrainingSample], _ choice: Choice, stream: inout RandomStream
  ) -> Int {
    let own = samples[index].items
    guard let candidates = byTarget[samples[index].target] else { return index }
    func isOther(_ candidate: Int32) -> Bool {
      Int(candidate) != index && !samples[Int(candidate)].items.elementsEqual(own)
    }
    switch choice {
    case .last:
      return candidates.last(where: isOther).map { Int($0) } ?? index
    case .random:
      // From a random place on round the circle, so that no list of the others has to be made.
      let start = stream.uniform(below: candidates.count)
      let order = candidates[start...] + candidates[..<start]
      return order.first(where: isOther).map { Int($0) } ?? index
    }
  }
}
