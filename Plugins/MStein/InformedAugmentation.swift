import Beckon

/// A changed view of a sequence that may bring in items like those of the sequence. (CoSeRec)
///
/// Each change is as likely as the others; a short sequence is neither cropped nor reordered.
///
/// Source: Liu et al., "Contrastive Self-supervised Sequential Recommendation with Robust Augmentation", 2021, in the
/// form of the released code and with MStein's sizes.
struct InformedAugmentation: Codable, Equatable, Sendable {
  /// Share of the items before which a similar one is inserted; one at least.
  var insert = 0.3
  /// Share of the items that a similar one replaces; one at least.
  var substitute = 0.5
  /// Share of the sequence that a crop keeps.
  var crop = 0.2
  /// Share of the items that a mask turns into pads.
  var mask = 0.7
  /// Share of the sequence that is shuffled.
  var reorder = 0.7
  /// Items of the longest short sequence.
  var threshold = 16

  func check(_ checks: inout Checks) {
    for (key, share) in [
      ("insert", insert), ("substitute", substitute), ("crop", crop), ("mask", mask), ("reorder", reorder),
    ] { checks.range("augmentation.\(key)", share, 0...1) }
    checks.atLeast("augmentation.threshold", threshold, 0)
  }

  /// One view; `nil` stands for a pad.
  ///
  /// - Parameters:
  ///   - sequence: at least one item, oldest first.
  ///   - similar: by item, the most similar other one, or the item itself if there is none.
  func view(
    of sequence: ArraySlice<Int32>, similar: [Int32], stream: inout RandomStream
  ) -> [Int32?] {
    let plain = Augmentation(crop: crop, mask: mask, reorder: reorder)
    switch stream.uniform(below: sequence.count > threshold ? 5 : 3) {
    case 0: return inserted(sequence, similar, &stream)
    case 1: return substituted(sequence, similar, &stream)
    case 2: return plain.masked(sequence, &stream)
    case 3: return plain.cropped(sequence, &stream)
    default: return plain.reordered(sequence, &stream)
    }
  }

  private func inserted(
    _ sequence: ArraySlice<Int32>, _ similar: [Int32], _ stream: inout RandomStream
  ) -> [Int32?] {
    let places = Set(places(insert, of: sequence.count, &stream))
    return sequence.enumerated().flatMap { place, item -> [Int32?] in
      let other = similar[Int(item)]
      return places.contains(place) && other != item ? [other, item] : [item]
    }
  }

  private func substituted(
    _ sequence: ArraySlice<Int32>, _ similar: [Int32], _ stream: inout RandomStream
  ) -> [Int32?] {
    var view = Array(sequence)
    for place in places(substitute, of: view.count, &stream) { view[place] = similar[Int(view[place])] }
    return view.map { Optional($0) }
  }

  private func places(_ share: Double, of count: Int, _ stream: inout RandomStream) -> [Int] {
    stream.sample(max(1, Int(share * Double(count))), of: count)
  }
}

/// The most similar other item of each item by inverse user frequency; smaller numbers first on a tie.
///
/// sim(i, j) = Σ 1/ln(1 + n_u) over the users with both, divided by √(N_i·N_j); n_u items of the user, N_i users of
/// the item. (ItemCF-IUF)
///
/// - Returns: by item; the item itself if no user has it with another one.
/// - Complexity: time Σ n_u², memory linear: only the best of each row is asked for, so no table is made.
func mostSimilarItems(_ split: Split) -> [Int32] {
  let items = split.dataset.itemCount
  let met = split.training.map { Set($0).sorted().map { Int($0) } }
  var users = [[Int]](repeating: [], count: items)
  for (user, own) in met.enumerated() { for item in own { users[item].append(user) } }
  var sums = [Double](repeating: 0, count: items)
  return (0..<items).map { item in
    var touched: Set<Int> = []
    for user in users[item] {
      let weight = 1 / log(1 + Double(met[user].count))
      for other in met[user] where other != item {
        sums[other] += weight
        touched.insert(other)
      }
    }
    // The item's own √N_i does not change its order.
    let best = touched.min {
      let (one, two) = (
        sums[$0] / Double(users[$0].count).squareRoot(), sums[$1] / Double(users[$1].count).squareRoot()
      )
      return (-one, $0) < (-two, $1)
    }
    for other in touched { sums[other] = 0 }
    return Int32(best ?? item)
  }
}
