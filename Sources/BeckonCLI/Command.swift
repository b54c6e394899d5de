import Beckon

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
    /// What a shell offers here; files if the list is empty.
    var words: Words = .these([])
  }

  /// What a shell can offer for a word.
  enum Words: Sendable {
    case these([String])
    /// Kinds, and components as `kind/identifier`.
    case components
    /// Nothing: the word is the user's own.
    case none
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
    /// What a shell offers as its value; where the list is empty the value's name says whether it is a file.
    var words: [String] = []
  }
}

/// Puts components of one's own into the registry of a command line.
public typealias RegistryAddition = @Sendable (inout Registry) throws -> Void

/// A command with what was typed behind it.
struct Call: Sendable {
  /// Names from the root, such as `bench train`.
  let path: String
  /// Words that are not options, in order.
  let arguments: [String]
  /// Values by option; a switch has an empty one.
  let values: [String: [String]]
  /// The options that the command declares.
  let options: [Command.Option]
  /// Where to write to.
  let terminal: Terminal
  /// What the program that calls the command line brings along.
  let adding: RegistryAddition

  /// Everything that comes with the package, what the program adds, and what `--plugin` names.
  ///
  /// - Throws: `RegistryError.duplicate`; `Problem` if a file is no plugin, or one that cannot be loaded here.
  func registry() throws -> Registry {
    var registry = try StandardRegistry.make()
    try adding(&registry)
    for path in all("plugin") { try PrebuiltPlugin(path).register(in: &registry) }
    return registry
  }

  /// Whether a switch was given.
  func has(_ option: String) -> Bool { values[option] != nil }

  /// The value of an option that is given at most once.
  func value(_ option: String) -> String? { values[option]?.last }

  /// The options as they would be typed again, but for some.
  func words(without own: Set<String>) -> [String] {
    let switches = Set(options.filter { $0.value == nil }.map(\.name))
    return values.filter { !own.contains($0.key) }.sorted { $0.key < $1.key }.flatMap { name, values in
      values.flatMap { switches.contains(name) ? ["--\(name)"] : ["--\(name)", $0] }
    }
  }

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
