/// A question of next-item prediction: what did this user meet after this history?
public struct NextItemQuery: Sendable, Equatable {
  /// User index.
  public let user: Int32
  /// Items before the answers, oldest first.
  public let history: ArraySlice<Int32>
  /// The items held out, in the order in which they came; at least one, each once.
  public let answers: [Int32]
  /// How relevant each answer is, beside `answers`; above 0, and 1 where the split does not grade.
  public let grades: [Float]

  /// A query with one answer.
  public init(user: Int32, history: ArraySlice<Int32>, answer: Int32) {
    self.init(user: user, history: history, answers: [answer], grades: [1])
  }

  /// A query with several answers.
  public init(user: Int32, history: ArraySlice<Int32>, answers: [Int32], grades: [Float]) {
    precondition(
      !answers.isEmpty && answers.count == grades.count,
      "NextItemQuery: a grade for each of one or more answers.")
    self.user = user
    self.history = history
    self.answers = answers
    self.grades = grades
  }

  /// The item that came next.
  public var answer: Int32 { answers[0] }
}

/// A dataset divided into what is learned from and what is asked.
public struct Split: Sendable {
  /// What was divided.
  public let dataset: Dataset
  /// `[user]`: the items learned from, oldest first; also each user's history when a nudge begins.
  public let training: [ArraySlice<Int32>]
  /// Queries that choose a model.
  public let validation: [NextItemQuery]
  /// Queries that judge it.
  public let test: [NextItemQuery]

  /// A split; `training` has a row for each user.
  public init(
    dataset: Dataset, training: [ArraySlice<Int32>], validation: [NextItemQuery], test: [NextItemQuery]
  ) {
    self.dataset = dataset
    self.training = training
    self.validation = validation
    self.test = test
  }

  /// Every user's training part as a history: what is known before the first round.
  public var histories: [UserHistory] {
    training.enumerated().map { UserHistory(user: Int32($0.offset), past: $0.element) }
  }

  /// Occurrences of each item in the training part, by item index.
  public var itemCounts: [Int] {
    var counts = [Int](repeating: 0, count: dataset.itemCount)
    for items in training { for item in items { counts[Int(item)] += 1 } }
    return counts
  }
}
