/// Help of a command, made from its description.
struct HelpText {
  let command: Command
  let path: String

  var text: String {
    var lines = ["\(command.summary)", "", "usage: \(usage)"]
    if !command.details.isEmpty { lines += ["", command.details] }
    if !command.arguments.isEmpty {
      lines += ["", "arguments:"] + Self.table(command.arguments.map { ($0.name, $0.help) })
    }
    if !command.commands.isEmpty {
      lines += ["", "commands:"] + Self.table(command.commands.map { ($0.name, $0.summary) })
      let example = path.isEmpty ? "COMMAND" : path + " COMMAND"
      lines += ["", "'beckon help \(example)' says more of each."]
    } else {
      let options = command.options + [Command.Option(name: "help", help: "Shows this.")]
      lines +=
        ["", "options:"]
        + Self.table(options.map { ("--\($0.name)" + ($0.value.map { " \($0)" } ?? ""), $0.help) })
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var usage: String {
    var words = ["beckon"] + (path.isEmpty ? [] : [path])
    if !command.commands.isEmpty { return (words + ["COMMAND"]).joined(separator: " ") }
    words += command.arguments.map { argument in
      let name = argument.name + (argument.repeats ? "…" : "")
      return argument.isRequired ? name : "[\(name)]"
    }
    if !command.options.isEmpty { words.append("[options]") }
    return words.joined(separator: " ")
  }

  private static func table(_ rows: [(name: String, help: String)]) -> [String] {
    let width = min(26, rows.map(\.name.count).max() ?? 0)
    return rows.flatMap { name, help in
      let lines = wrapped(help, to: 78 - width)
      let lead = name.padded(to: width)
      let indent = String(repeating: " ", count: width + 4)
      let first =
        name.count <= width
        ? ["  \(lead)  \(lines.first ?? "")"] : ["  \(lead)", indent + (lines.first ?? "")]
      return first + lines.dropFirst().map { indent + $0 }
    }
  }

  /// Words in lines of some width.
  static func wrapped(_ text: String, to width: Int) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
