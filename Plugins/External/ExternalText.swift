import Beckon

/// Pieces of a message: lists of numbers go into its text without becoming JSON values first.
enum ExternalText {
  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}"
  }

  static func list(_ parts: some Sequence<String>) -> String { "[" + parts.joined(separator: ",") + "]" }

  static func string(_ text: String) -> String { JSON.string(text).compact }

  static func strings(_ texts: some Sequence<String>) -> String { list(texts.map(string)) }

  static func integers(_ values: some Sequence<some BinaryInteger>) -> String {
    list(values.map { String($0) })
  }

  /// The shortest text that reads back as the same number; null for what JSON cannot say.
  static func number(_ value: some BinaryFloatingPoint & LosslessStringConvertible) -> String {
    value.isFinite ? String(value) : "null"
  }

  static func numbers(_ values: some Sequence<some BinaryFloatingPoint & LosslessStringConvertible>) -> String
  {
    list(values.map { number($0) })
  }

  static func rows(_ matrix: Matrix<Float>) -> String {
    list((0..<matrix.rows).map { numbers(matrix.row($0)) })
  }

  static func optional(_ value: (some BinaryInteger)?) -> String { value.map { String($0) } ?? "null" }

  /// What a program is told of the items.
  static func catalogue(_ catalogue: ItemCatalogue, counts: [Int]) -> [(String, String)] {
    [
      ("ids", strings(catalogue.identifiers)), ("names", strings(catalogue.names)),
      ("categories", list(catalogue.categories.map { strings($0) })), ("counts", integers(counts)),
    ]
  }

  /// What a program is told of a fitted recommender, once.
  static func beginning(_ model: FittedModel, seed: UInt64, sends: [String]) -> [(String, String)] {
    var members = [("seed", String(seed))]
    members += catalogue(model.split.dataset.catalogue, counts: model.split.itemCounts)
    members.append(("histories", list(model.split.training.map { integers($0) })))
    if sends.contains("vectors") { members.append(("itemVectors", rows(model.itemVectors))) }
    return members
  }

  /// What a scorer or a guard is asked about.
  static func batch(_ batch: UserBatch, sends: [String], scores: Matrix<Float>? = nil) -> [(String, String)] {
    let vectors = sends.contains("vectors") ? batch.vectors : nil
    let users = batch.histories.indices.map { row in
      let history = batch.histories[row]
      var members = [
        ("user", String(history.user)), ("history", integers(history.latest(history.count))),
        ("clicked", integers(history.clicked)),
      ]
      if sends.contains("unavailable") { members.append(("unavailable", integers(batch.unavailable[row]))) }
      if sends.contains("preferences") {
        members.append(("preferences", numbers(batch.preferences.row(row))))
      }
      if let vectors { members.append(("vector", numbers(vectors.row(row)))) }
      if let scores, sends.contains("scores") { members.append(("scores", numbers(scores.row(row)))) }
      return object(members)
    }
    var members: [(String, String)] = []
    if sends.contains("target") { members.append(("target", optional(batch.target))) }
    members += [("round", String(batch.round)), ("users", list(users))]
    return members
  }
}
