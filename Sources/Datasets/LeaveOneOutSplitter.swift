import Beckon

/// Asks for each user's last item, chooses models by the one before it, and learns from the rest.
struct LeaveOneOutSplitter: Splitter {
  struct Configuration: Codable, Equatable, Sendable {
    /// What to do about users with fewer than three items: `error`, or `drop` to leave them out of the dataset.
    var shortHistories = ShortHistories.error
  }

  /// What to do about users too short to divide.
  enum ShortHistories: String, Choice {
    case error, drop
  }

  static let about = About(
    "leave-one-out", "Each user's last item is the test answer, the one before it the validation answer.",
    source: "Kang & McAuley 2018, doi:10.1109/ICDM.2018.00035, section IV-A.",
    examples: [
      Example("Of five items three are learned from; the last two are asked for.", expected: [3, 3, 3, 4, 4])
      {
        var events = Interactions()
        events.userIdentifiers = ["a"]
        for item in 0..<5 {
          events.users.append(0)
          events.items.append(Int32(item))
          events.catalogue.append("\(item)")
        }
        let split = try LeaveOneOutSplitter(configuration: Configuration()).split(Dataset(events))
        let queries = split.validation + split.test
        return [Double(split.training[0].count)]
          + queries.flatMap { [Double($0.history.count), Double($0.answer)] }
      }
    ])
  static let defaults = Configuration()

  let configuration: Configuration

  func split(_ dataset: Dataset) throws -> Split {
    let needed = 3
    let long = dataset.sequences.indices.filter { dataset.sequences[$0].count >= needed }
    var dataset = dataset
    if let first = dataset.sequences.firstIndex(where: { $0.count < needed }) {
      let short = dataset.userCount - long.count
      guard configuration.shortHistories == .drop else { throw tooShort(dataset, first, short) }
      dataset = try dataset.keeping(users: long)
    }
    var validation: [NextItemQuery] = []
    var test: [NextItemQuery] = []
    for (user, items) in dataset.sequences.enumerated() {
      let last = items.count - 1
      validation.append(
        NextItemQuery(user: Int32(user), history: items[..<(last - 1)], answer: items[last - 1]))
      test.append(NextItemQuery(user: Int32(user), history: items[..<last], answer: items[last]))
    }
    return Split(
      dataset: dataset, training: dataset.sequences.map { $0.dropLast(2) }, validation: validation, test: test
    )
  }

  private func tooShort(_ dataset: Dataset, _ user: Int, _ count: Int) -> Problem {
    let length = dataset.sequences[user].count
    let others = count == 1 ? "" : ", the first of \(count) such users"
    return Problem(
      "split",
      "user '\(dataset.users[user])' has \(length) item\(length == 1 ? "" : "s")\(others); "
        + "leave-one-out needs at least 3. Add the filter "
        + "{\"type\": \"k-core\", \"users\": 3, \"items\": 1}, or set "
        + "\"shortHistories\": \"drop\".")
  }
}
