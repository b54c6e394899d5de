import Beckon

/// Finds the command that was typed, and its options.
struct CommandParser {
  let root: Command
  let terminal: Terminal
  var adding: RegistryAddition = { _ in }

  /// What is to be done.
  enum Action {
    case help(Command, path: String)
    case call(Command, Call)
  }

  /// - Throws: `UsageError` that names the nearest command or option.
  func parse(_ words: [String]) throws -> Action {
    if words.first == "help" { return try help(for: Array(words.dropFirst())) }
    var command = root
    var path: [String] = []
    var rest = words[...]
    while !command.commands.isEmpty, let word = rest.first, !word.hasPrefix("-") {
      command = try child(word, of: command, path)
      path.append(word)
      rest = rest.dropFirst()
      if rest.first == "help", !command.commands.isEmpty { return try help(for: path + rest.dropFirst()) }
    }
    let name = path.joined(separator: " ")
    if rest.prefix(while: { $0 != "--" }).contains(where: { ["--help", "-h"].contains($0) }) {
      return .help(command, path: name)
    }
    guard command.run != nil else {
      if let word = rest.first { throw UsageError("'\(word)' is not known here.", command: name) }
      return .help(command, path: name)
    }
    return .call(command, try call(command, name, Array(rest)))
  }

  private func help(for path: [String]) throws -> Action {
    var command = root
    var names: [String] = []
    for word in path where !word.hasPrefix("-") {
      command = try child(word, of: command, names)
      names.append(word)
    }
    return .help(command, path: names.joined(separator: " "))
  }

  private func child(_ word: String, of command: Command, _ path: [String]) throws -> Command {
    if let found = command.commands.first(where: { $0.name == word }) { return found }
    let name = path.joined(separator: " ")
    guard !command.commands.isEmpty else {
      throw UsageError("'beckon \(name)' has no commands of its own, such as '\(word)'.", command: name)
    }
    let known = command.commands.map(\.name) + (path.isEmpty ? ["help"] : [])
    let sentence = Suggestion.sentence(for: word, among: known, label: "Commands")
    throw UsageError("unknown command '\((path + [word]).joined(separator: " "))'.\(sentence)", command: name)
  }

  private func call(_ command: Command, _ name: String, _ words: [String]) throws -> Call {
    var arguments: [String] = []
    var values: [String: [String]] = [:]
    var index = 0
    var optionsAreOver = false
    while index < words.count {
      let word = words[index]
      index += 1
      if optionsAreOver || !word.hasPrefix("-") || word == "-" {
        arguments.append(word)
      } else if word == "--" {
        optionsAreOver = true
      } else {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
          String.init)
        let option = try option(parts[0], of: command, name)
        var value = parts.count > 1 ? parts[1] : nil
        if let valueName = option.value, value == nil {
          guard index < words.count else {
            throw UsageError("--\(option.name) needs a value: --\(option.name) \(valueName).", command: name)
          }
          value = words[index]
          index += 1
        } else if option.value == nil, value != nil {
          throw UsageError("--\(option.name) takes no value.", command: name)
        }
        if values[option.name] != nil, !option.repeats, option.value != nil {
          throw UsageError("--\(option.name) is given twice.", command: name)
        }
        values[option.name, default: []].append(value ?? "")
      }
    }
    try check(arguments, of: command, name)
    return Call(
      path: name, arguments: arguments, values: values, options: command.options, terminal: terminal,
      adding: adding)
  }

  private func option(_ word: String, of command: Command, _ name: String) throws -> Command.Option {
    if let option = command.options.first(where: { "--" + $0.name == word }) { return option }
    let known = command.options.map { "--" + $0.name } + ["--help"]
    throw UsageError(
      "unknown option '\(word)'.\(Suggestion.sentence(for: word, among: known, label: "Options"))",
      command: name)
  }

  private func check(_ arguments: [String], of command: Command, _ name: String) throws {
    let required = command.arguments.filter(\.isRequired)
    if arguments.count < required.count {
      let missing = required[arguments.count]
      throw UsageError("\(missing.name) is missing: \(missing.help)", command: name)
    }
    if arguments.count > command.arguments.count, command.arguments.last?.repeats != true {
      throw UsageError("'\(arguments[command.arguments.count])' is one word too many.", command: name)
    }
  }
}
