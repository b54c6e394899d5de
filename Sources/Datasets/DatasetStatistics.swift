import Beckon

/// What a dataset looks like in numbers.
public struct DatasetStatistics: Sendable, Equatable {
  /// Number of users.
  public let users: Int
  /// Number of items.
  public let items: Int
  /// Number of events.
  public let interactions: Int
  /// Share of the user-item pairs that are events, in [0, 1]; above 1 is possible where items repeat.
  public let density: Double
  /// Fewest events of a user.
  public let shortest: Int
  /// Median number of events of a user.
  public let median: Double
  /// Mean number of events of a user.
  public let mean: Double
  /// Most events of a user.
  public let longest: Int
  /// Share of users whose last two events have the same time, in [0, 1].
  public let tiedAnswers: Double
  /// Number of different categories.
  public let categoryCount: Int
  /// The categories of the most items, most first, ties by name.
  public let topCategories: [Category]
  /// The dataset's fingerprint.
  public let fingerprint: String
  /// What is known of the terms of use.
  public let licence: Licence?

  /// A category and the number of its items.
  public struct Category: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// Items that have it.
    public let items: Int
  }

  /// Terms of use, and whether the release's file that states them is at hand.
  public struct Licence: Sendable, Equatable {
    /// The file beside the data; nil if it is missing.
    public let file: String?
    /// The terms.
    public let terms: DataTerms

    /// Looks for the file.
    public init(_ terms: DataTerms, _ locations: DataLocations) {
      file = terms.file(locations)
      self.terms = terms
    }

    /// Terms and file in one sentence.
    public var sentence: String {
      let names = terms.files.joined(separator: " or ")
      return "\(file.map { "\($0) beside the data" } ?? "no licence file (\(names)) beside the data"); "
        + "terms: \(terms.summary)"
    }
  }

  /// The numbers of a dataset, with at most `categories` categories.
  public init(_ dataset: Dataset, categories: Int = 10, licence: Licence? = nil) {
    self.licence = licence
    let lengths = dataset.sequences.map(\.count).sorted()
    users = dataset.userCount
    items = dataset.itemCount
    interactions = lengths.reduce(0, +)
    density = Double(interactions) / (Double(max(1, users)) * Double(max(1, items)))
    shortest = lengths.first ?? 0
    longest = lengths.last ?? 0
    mean = Double(interactions) / Double(max(1, users))
    let middle = lengths.count / 2
    median =
      lengths.isEmpty
      ? 0
      : lengths.count % 2 == 1
        ? Double(lengths[middle]) : Double(lengths[middle - 1] + lengths[middle]) / 2
    tiedAnswers = dataset.tiedAnswers
    fingerprint = dataset.fingerprint
    var counts: [String: Int] = [:]
    for names in dataset.catalogue.categories { for name in Set(names) { counts[name, default: 0] += 1 } }
    categoryCount = counts.count
    topCategories = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(categories)
      .map { Category(name: $0.key, items: $0.value) }
  }

  /// The numbers as an object.
  public var json: JSON {
    .members([
      ("users", .number(Double(users))), ("items", .number(Double(items))),
      ("interactions", .number(Double(interactions))), ("density", .number(density)),
      (
        "lengths",
        .members([
          ("min", .number(Double(shortest))), ("median", .number(median)), ("mean", .number(mean)),
          ("max", .number(Double(longest))),
        ])
      ),
      ("tiedAnswers", .number(tiedAnswers)), ("tieRule", .string(Dataset.tieRule)),
      ("categories", .number(Double(categoryCount))),
      (
        "topCategories",
        .array(
          topCategories.map {
            .members([("name", .string($0.name)), ("items", .number(Double($0.items)))])
          })
      ),
      ("fingerprint", .string(fingerprint)),
      (
        "licence",
        licence.map {
          .members([("file", $0.file.map(JSON.string) ?? .null), ("terms", .string($0.terms.summary))])
        } ?? .null
      ),
    ])
  }

  /// The numbers as lines of text.
  public var lines: [String] {
    var lines = [
      "users         \(Self.grouped(users))",
      "items         \(Self.grouped(items))",
      "interactions  \(Self.grouped(interactions)), \(Self.fixed(100 * density, 3))% of all pairs",
      "per user      \(shortest) to \(longest), median \(Self.fixed(median, 1)), mean \(Self.fixed(mean, 2))",
      "tied answers  \(Self.fixed(100 * tiedAnswers, 1))% of users have their last two events at one time; "
        + "they are taken in \(Dataset.tieRule)",
    ]
    if categoryCount == 0 {
      lines.append("categories    none")
    } else {
      let top = topCategories.map { "\($0.name) \(Self.grouped($0.items))" }.joined(separator: ", ")
      let all = topCategories.count == categoryCount ? "" : ", most items first"
      lines.append("categories    \(Self.grouped(categoryCount))\(all): \(top)")
    }
    lines.append("fingerprint   \(fingerprint)")
    if let licence { lines.append("licence       \(licence.sentence)") }
    return lines
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  private static func grouped(_ value: Int) -> String {
    let digits = Array(String(value))
    let parts = stride(from: digits.count, to: 0, by: -3).map { String(digits[max(0, $0 - 3)..<$0]) }
    return parts.reversed().joined(separator: ",")
  }
}
