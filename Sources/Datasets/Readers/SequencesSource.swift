import Beckon

/// Reads a text file with one user a line, `user item item …`, oldest item first.
///
/// `path` is the file. Items are whole numbers from 1 and keep their numbers: integer r is item index r − 1, and
/// row r of an encoder's table.
struct SequencesSource: DatasetSource {
  static let about = About(
    "sequences", "A text file with one user a line, 'user item item …', oldest first, items numbered from 1.",
    source: "The format of the S3-Rec family of trainers and of the ITMPRec release.")
  static let defaults = RecordedFiles(path: "sequences.txt")
  static func check(_ configuration: RecordedFiles, _ checks: inout Checks) { configuration.check(&checks) }

  let configuration: RecordedFiles

  func load(_ locations: DataLocations) throws -> Interactions {
    let file = try Problem.at("dataset.path") { try TextFile(locations.find(configuration.path)) }
    var events = Interactions()
    events.keepsNumbers = true
    var users = IdentifierTable()
    try file.forEachLine { try append($0, to: &events, users: &users) }
    let largest = Int(events.items.max() ?? -1) + 1
    try refuseGaps(file, events, largest: largest)
    for number in 0..<largest { events.catalogue.append(String(number + 1)) }
    try configuration.addTables(to: &events.catalogue, locations)
    return events
  }

  private func append(_ line: Line, to events: inout Interactions, users: inout IdentifierTable) throws {
    let bytes = line.bytes
    var place = 0
    var user: Int32?
    var items = 0
    while place < bytes.count {
      if bytes[place] == 0x20 || bytes[place] == 0x09 {
        place += 1
        continue
      }
      var end = place
      while end < bytes.count, bytes[end] != 0x20, bytes[end] != 0x09 { end += 1 }
      let word = place..<end
      place = end
      guard let user else {
        let (number, isNew) = users.number(of: bytes[word])
        let name = line.text(Field(range: word))
        guard isNew else {
          throw line.problem("user '\(name)' has a line already; expected one line a user.")
        }
        events.userIdentifiers.append(name)
        user = number
        continue
      }
      guard let item = Numbers.positive(bytes[word]) else {
        throw line.problem(
          "item '\(line.text(Field(range: word)))' is not a whole number from 1 to \(Int32.max).")
      }
      events.users.append(user)
      events.items.append(item - 1)
      items += 1
    }
    if items == 0 {
      throw line.problem("expected a user followed by item numbers, found '\(line.excerpt)'.")
    }
  }

  /// Item numbers are rows of tables here, so numbers from a hash or a shop would ask for terabytes.
  private func refuseGaps(_ file: TextFile, _ events: Interactions, largest: Int) throws {
    guard largest > 1_000_000 else { return }
    let distinct = Set(events.items).count
    guard largest > 20 * distinct else { return }
    throw Problem(
      "dataset.path",
      "\(file.name) numbers its \(distinct) items up to \(largest); this format keeps the numbers "
        + "as rows of tables. Number the items from 1 without gaps, or use the dataset type 'table'.")
  }
}
