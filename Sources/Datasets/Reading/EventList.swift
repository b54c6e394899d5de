import Beckon

/// Events in the order they are met, users and items numbered by first appearance.
struct EventList {
  /// The events so far; ratings and times are for the reader to add.
  var events = Interactions()
  private var users = IdentifierTable()
  private var items = IdentifierTable()

  /// Adds an event of two fields of a line.
  mutating func append(_ line: Line, user: Field, item: Field) {
    let (userNumber, isNewUser) = users.number(of: line.bytes[user.range])
    let (itemNumber, isNewItem) = items.number(of: line.bytes[item.range])
    append(
      userNumber, isNewUser ? line.text(user) : nil, itemNumber, isNewItem ? line.text(item) : nil)
  }

  /// Adds an event.
  mutating func append(user: String, item: String) {
    let (userNumber, isNewUser) = users.number(of: user)
    let (itemNumber, isNewItem) = items.number(of: item)
    append(userNumber, isNewUser ? user : nil, itemNumber, isNewItem ? item : nil)
  }

  private mutating func append(_ user: Int32, _ newUser: String?, _ item: Int32, _ newItem: String?) {
    events.users.append(user)
    events.items.append(item)
    if let newUser { events.userIdentifiers.append(newUser) }
    if let newItem { events.catalogue.append(newItem) }
  }
}
