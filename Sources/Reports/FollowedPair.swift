import Beckon

/// One user with one target, told in full: the fact `followed` of a run.
struct FollowedPair {
  /// An item as it is told.
  struct Item: Equatable {
    let id: String
    let title: String
    let categories: [String]

    init?(_ json: JSON?) {
      guard let id = json?["id"]?.string else { return nil }
      self.id = id
      let name = json?["name"]?.string ?? ""
      title = name.isEmpty ? id : name
      categories = (json?["categories"]?.array ?? []).compactMap(\.string)
    }
  }

  /// One round.
  struct Round {
    let items: [Item]
    let clicked: Item?
    /// Whether the click model gave a valid answer.
    let isAnswered: Bool
    /// Probability that anything is clicked.
    let probability: Double?
    /// Interest in the target after the round.
    let interest: Double?
  }

  let variant: String
  let user: String
  let target: Item
  /// Whether the target was in the user's history before the first round.
  let knewTarget: Bool
  /// The last items of the user's history.
  let history: [Item]
  /// Interest in the target before the first round.
  let interest: Double?
  let rounds: [Round]
  /// The user's vector before the first round and after each.
  let userVectors: [[Double]]
  /// The vector of the first item shown in each round; empty where nothing was shown.
  let shownVectors: [[Double]]
  let targetVector: [Double]

  /// A pair as a run has written it; nil if something is missing.
  init?(_ json: JSON, variant: String) {
    func vectors(_ key: String) -> [[Double]] {
      (json["vectors"]?[key]?.array ?? []).map { ($0.array ?? []).map { $0.number ?? 0 } }
    }
    guard let user = json["user"]?.string, let target = Item(json["target"]),
      let targetVector = vectors("target").first, let rounds = json["rounds"]?.array
    else { return nil }
    self.variant = variant
    self.user = user
    self.target = target
    self.targetVector = targetVector
    knewTarget = json["knewTarget"]?.bool ?? false
    history = (json["history"]?.array ?? []).compactMap { Item($0) }
    interest = json["interest"]?.number
    self.rounds = rounds.map { round in
      Round(
        items: (round["items"]?.array ?? []).compactMap { Item($0) }, clicked: Item(round["clicked"]),
        isAnswered: round["answered"]?.bool ?? true, probability: round["probability"]?.number,
        interest: round["interest"]?.number)
    }
    userVectors = vectors("user")
    shownVectors = vectors("shown")
  }
}
