import Beckon

/// Asks for the last part of each user's items at once, chooses models by the part before it, and learns from the rest.
struct HoldOutSplitter: Splitter {
  struct Configuration: Codable, Equatable, Sendable {
    /// How many of a user's last items are asked for: below 1 their share (rounded down, at least one item), else
    /// their number.
    var test = 0.2
    /// How many of the items before them choose models, in the same way.
    var validation = 0.1
    /// Held-out items rated lower are no answers, though they are not learned from either; 0 keeps all.
    var minimumRating = 0.0
    /// How relevant an answer is: `equal` (1), `rating`, or `over-minimum` (rating − minimumRating + 1).
    var grades = Grades.equal
    /// What to do about users with too few items to leave one to learn from: `error`, or `drop`.
    var shortHistories = LeaveOneOutSplitter.ShortHistories.error
  }

  enum Grades: String, Choice {
    case equal, rating
    case overMinimum = "over-minimum"
  }

  static let about = About(
    "hold-out",
    "Each user's last items, a share or a number of them, are the answers of one query, with grades.",
    examples: [
      Example(
        "Of ten items seven are learned from; one validates, two are asked for.", expected: [7, 7, 1, 8, 2]
      ) {
        let split = try HoldOutSplitter(configuration: Configuration()).split(Dataset(oneUser(items: 10)))
        let queries = split.validation + split.test
        return [Double(split.training[0].count)]
          + queries.flatMap { [Double($0.history.count), Double($0.answers.count)] }
      }
    ])
  static let defaults = Configuration()

  let configuration: Configuration

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    for (key, size) in [("test", configuration.test), ("validation", configuration.validation)] {
      checks.require(
        size > 0 && (size < 1 || size == size.rounded()), key,
        "expected a share below 1 or a whole number, found \(size).")
    }
    checks.require(
      max(configuration.test, configuration.validation) >= 1
        || configuration.test + configuration.validation < 1,
      "test", "test and validation together leave nothing to learn from.")
  }

  func split(_ dataset: Dataset) throws -> Split {
    var dataset = dataset
    let long = dataset.sequences.indices.filter { trainingCount(dataset.sequences[$0].count) > 0 }
    if let first = dataset.sequences.indices.first(where: { trainingCount(dataset.sequences[$0].count) <= 0 })
    {
      guard configuration.shortHistories == .drop else {
        throw tooShort(dataset, first, dataset.userCount - long.count)
      }
      dataset = try dataset.keeping(users: long)
    }
    if needsRatings, let user = dataset.ratings.firstIndex(where: \.isEmpty) {
      throw Problem(
        "split",
        "the data has no ratings (user '\(dataset.users[user])'), which minimumRating and grades need.")
    }
    var training: [ArraySlice<Int32>] = []
    var validation: [NextItemQuery] = []
    var test: [NextItemQuery] = []
    for (user, items) in dataset.sequences.enumerated() {
      let learned = trainingCount(items.count)
      let asked = items.count - size(configuration.test, of: items.count)
      training.append(items[..<learned])
      if let query = try query(dataset, user, learned..<asked) { validation.append(query) }
      if let query = try query(dataset, user, asked..<items.count) { test.append(query) }
    }
    guard !validation.isEmpty, !test.isEmpty else {
      throw Problem(
        "split.minimumRating",
        "no held-out item is rated \(configuration.minimumRating) or more, so nothing can be asked.")
    }
    return Split(dataset: dataset, training: training, validation: validation, test: test)
  }

  private var needsRatings: Bool { configuration.minimumRating != 0 || configuration.grades != .equal }

  private func size(_ size: Double, of count: Int) -> Int {
    size < 1 ? max(1, Int(size * Double(count))) : Int(size)
  }

  private func trainingCount(_ count: Int) -> Int {
    count - size(configuration.test, of: count) - size(configuration.validation, of: count)
  }

  /// The query for some steps of a user; nil if none of their items is an answer. An item met twice among them is one
  /// answer, with its higher grade.
  private func query(_ dataset: Dataset, _ user: Int, _ steps: Range<Int>) throws -> NextItemQuery? {
    let items = dataset.sequences[user]
    var answers: [Int32] = []
    var grades: [Float] = []
    for step in steps {
      guard let grade = try grade(dataset, user, step) else { continue }
      if let place = answers.firstIndex(of: items[step]) {
        grades[place] = max(grades[place], grade)
      } else {
        answers.append(items[step])
        grades.append(grade)
      }
    }
    guard !answers.isEmpty else { return nil }
    return NextItemQuery(
      user: Int32(user), history: items[..<steps.lowerBound], answers: answers, grades: grades)
  }

  /// The grade of an event; nil if it is no answer.
  private func grade(_ dataset: Dataset, _ user: Int, _ step: Int) throws -> Float? {
    guard needsRatings else { return 1 }
    let rating = dataset.ratings[user][step]
    let minimum = Float(configuration.minimumRating)
    if configuration.minimumRating != 0, rating < minimum { return nil }
    let grade: Float =
      switch configuration.grades {
      case .equal: 1
      case .rating: rating
      case .overMinimum: rating - minimum + 1
      }
    guard grade > 0 else {
      let item = dataset.catalogue.identifiers[Int(dataset.sequences[user][step])]
      throw Problem(
        "split.grades",
        "user '\(dataset.users[user])' rates '\(item)' \(rating), which makes its grade \(grade); grades must be above 0. "
          + "Set a minimumRating, or \"grades\": \"equal\".")
    }
    return grade
  }

  private func tooShort(_ dataset: Dataset, _ user: Int, _ count: Int) -> Problem {
    let length = dataset.sequences[user].count
    let needed = (1...).first { trainingCount($0) > 0 } ?? 0
    let others = count == 1 ? "" : ", the first of \(count) such users"
    return Problem(
      "split",
      "user '\(dataset.users[user])' has \(length) item\(length == 1 ? "" : "s")\(others); these sizes need at least "
        + "\(needed). Add the filter {\"type\": \"k-core\", \"users\": \(needed), \"items\": 1}, or set "
        + "\"shortHistories\": \"drop\".")
  }

  private static func oneUser(items: Int) -> Interactions {
    var events = Interactions()
    events.userIdentifiers = ["a"]
    for item in 0..<items {
      events.users.append(0)
      events.items.append(Int32(item))
      events.catalogue.append("\(item)")
    }
    return events
  }
}
