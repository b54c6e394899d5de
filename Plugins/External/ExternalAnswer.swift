import Beckon

/// What a program said, read with suspicion: whatever is not as agreed is an `ExternalFailure.answer`.
struct ExternalAnswer {
  let json: JSON

  /// Reads a line that must answer the question of that number.
  init(line: some Collection<UInt8>, id: Int) throws {
    guard let text = String(validating: line, as: UTF8.self) else {
      throw ExternalFailure.answer("its answer is not UTF-8.")
    }
    do { json = try JSON(parsing: text) } catch {
      let isNumberless = text.contains("NaN") || text.contains("Infinity")
      let hint =
        isNumberless
        ? "NaN and Infinity are no JSON: answers hold finite numbers."
        : "Only answers belong on stdout, one a line; all else on stderr."
      throw ExternalFailure.answer("its answer is not JSON: '\(ExternalFailure.excerpt(line))'. \(hint)")
    }
    guard json.object != nil else {
      throw ExternalFailure.answer(
        "its answer is \(json.kind), not an object: '\(ExternalFailure.excerpt(line))'.")
    }
    guard json["id"] == .number(Double(id)) else {
      throw ExternalFailure.answer(
        "its answer has the id \(json["id"]?.compact ?? "(none)"), and the question had \(id): it must answer every "
          + "line once, in order.")
    }
    if let error = json["error"] {
      throw ExternalFailure.answer("it refuses: \(error.string ?? error.compact)")
    }
  }

  /// The list under a key, of so many things.
  func list(_ key: String, count: Int, of things: String) throws -> [JSON] {
    guard let list = json[key]?.array else {
      throw ExternalFailure.answer("its answer lacks the list '\(key)'; it has \(keys).")
    }
    guard list.count == count else {
      throw ExternalFailure.answer("'\(key)' has \(list.count) entries for \(count) \(things).")
    }
    return list
  }

  private var keys: String {
    let keys = json.object?.keys.filter { $0 != "id" } ?? []
    return keys.isEmpty ? "nothing" : keys.map { "'\($0)'" }.joined(separator: ", ")
  }

  /// So many finite numbers.
  static func numbers(_ json: JSON, _ place: String, count: Int, of things: String) throws -> [Double] {
    guard let list = json.array else {
      throw ExternalFailure.answer("\(place) is \(json.kind), not a list of numbers.")
    }
    guard list.count == count else {
      throw ExternalFailure.answer("\(place) has \(list.count) numbers for \(count) \(things).")
    }
    return try list.enumerated().map { try number($1, "\(place)[\($0)]") }
  }

  /// A number that a single-precision column can hold.
  static func number(_ json: JSON, _ place: String) throws -> Double {
    guard let number = json.number, Float(number).isFinite else {
      throw ExternalFailure.answer("\(place) is \(json.compact), not a finite number.")
    }
    return number
  }

  /// Items of the dataset.
  static func items(_ json: JSON, _ place: String, of count: Int) throws -> [Int] {
    guard let list = json.array else {
      throw ExternalFailure.answer("\(place) is \(json.kind), not a list of items.")
    }
    return try list.map { entry in
      guard let number = entry.number, let item = Int(exactly: number), (0..<count).contains(item) else {
        throw ExternalFailure.answer(
          "\(place) names \(entry.compact), and items are numbered 0 to \(count - 1).")
      }
      return item
    }
  }
}
