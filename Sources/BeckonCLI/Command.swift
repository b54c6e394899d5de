/// A command as data: parsing, help on every level, and completion all read this.
struct Command: Sendable {
  /// What is typed.
  let name: String
  /// One line, for the list one level above.
  let summary: String
  /// Paragraphs below the usage; lines are printed as they are.
  var details = ""
  /// What stands behind the name, in order.
  var arguments: [Argument] = []
  /// What may stand anywhere.
  var options: [Option] = []
  /// Commands of this group; a command has these or `run`.
  var commands: [Command] = []
  /// Does the work.
  var run: (@Sendable (Call) throws -> Void)?

  /// A word behind the command's name.
  struct Argument: Sendable {
    let name: String
    let help: String
    var isRequired = true
    /// Whether more of the same may follow; only the last may.
    var repeats = false
  }

  /// A word with two dashes.
  struct Option: Sendable {
    /// Without the dashes.
    let name: String
    /// Name of its value; nil for a switch.
    var value: String?
    let help: String
    /// Whether it may be given more than once.
    var repeats = false
  }
}

/// A command with what was typed behind it.
struct Call: Sendable {
  /// Names from the root, such as `bench train`.
  let path: String
  /// Words that are not options, in order.
  let arguments: [String]
  /// Values by option; a switch has an empty one.
  let values: [String: [String]]
  /// Where to write to.
  let terminal: Terminal

  /// Whether a switch was given.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The value of an option that is given at most once.
  func value(_ option: String) -> String? { values[option]?.last }

  /// All values of an option, in order.
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// A whole number, or the default.
  ///
  /// - Throws: `UsageError` if it is none, or below the bound.
  func number(_ option: String, default fallback: Int, from bound: Int = 1) throws -> Int {
    guard let text = value(option) else { return fallback }
    guard let number = Int(text), number >= bound, number <= 1_000_000 else {
      throw UsageError(
        "--\(option): expected a whole number from \(bound) to 1000000, found '\(text)'.", command: path)
    }
    return number
  }
}

/// Something typed that makes no sense: exit code 2.
struct UsageError: Error, CustomStringConvertible {
  let message: String
  /// The command whose help is worth reading.
  let command: String

  init(_ message: String, command: String = "") {
    self.message = message
    self.command = command
  }

  var description: String {
    message + "\nSee 'beckon help\(command.isEmpty ? "" : " " + command)'."
  }
}

/// Work that began and could not be finished: exit code 1.
struct RunFailure: Error, CustomStringConvertible {
  let description: String
}
