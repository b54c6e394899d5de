import Beckon

/// Sequences as IRN's decoder computes them: a row for the objective, then one for each item, without padding.
///
/// The published window holds the objective in its last slot and every row attends to it. Attention does not know
/// the order of its keys, so the objective may as well come first, where causal attention shows it to every row;
/// it keeps the position of the last slot. Item rows are item index + 1; row 0 is the pad, which nobody attends to.
struct IRNTokens {
  /// Row of the item table for each token.
  private(set) var items: [Int32] = []
  /// Slot of each token.
  private(set) var positions: [Int32] = []
  /// Whose impressionability counts, by sequence.
  private(set) var users: [Int32] = []
  private var lengths: [Int] = []
  private var isKey: [Bool] = []

  /// Samples, the last item of each being its objective.
  init(_ samples: [TrainingSample], length: Int) {
    for sample in samples {
      let window = sample.items.dropLast().suffix(length - 1).map { Optional($0) }
      let gap = [Int32?](repeating: nil, count: length - 1 - window.count)
      append(sample.user, objective: sample.items.last, slots: gap + window)
    }
  }

  /// Histories with their targets as objectives; without a target the objective's column is closed.
  ///
  /// - Parameter legacy: reads a history that has a target as the released ITMPRec driver does: whatever stands in the
  ///   last slot takes the objective's place, the slot before it is asked even if it is a pad, and the user is number
  ///   1 if the history has the target, number 0 otherwise.
  init(_ histories: [UserHistory], length: Int, legacy: Bool) {
    for history in histories {
      if legacy, let target = history.target {
        let slots = history.slots(length)
        append(
          history.past.contains(target) ? 1 : 0, objective: slots[length - 1], slots: slots.dropLast(),
          asksLastSlot: true)
      } else {
        append(history.user, objective: history.target, slots: history.slots(length - 1))
      }
    }
  }

  /// Where sequences begin and end, and which tokens are keys.
  var layout: RaggedLayout { RaggedLayout(lengths: lengths, isKey: isKey) }

  /// Indices of the tokens that are no objectives.
  var itemRows: [Int] {
    let layout = layout
    return (0..<layout.sequences).flatMap { layout.rows(of: $0).dropFirst() }
  }

  private mutating func append(
    _ user: Int32, objective: Int32?, slots: [Int32?], asksLastSlot: Bool = false
  ) {
    let start = items.count
    func isComputed(_ slot: Int) -> Bool {
      slots[slot] != nil || (asksLastSlot && slot == slots.count - 1)
    }
    let tokens = [(slots.count, objective)] + slots.indices.filter(isComputed).map { ($0, slots[$0]) }
    for (slot, item) in tokens {
      items.append(item.map { $0 + 1 } ?? 0)
      positions.append(Int32(slot))
      isKey.append(item != nil)
    }
    users.append(user)
    lengths.append(items.count - start)
  }
}
