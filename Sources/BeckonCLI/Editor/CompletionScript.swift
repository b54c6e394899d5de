import Beckon

/// Completion for shells, made from the tree of commands.
struct CompletionScript {
  /// A command with the names that lead to it, the root's own left out.
  struct Node {
    let path: [String]
    let command: Command

    /// The names, each led by a space: what scripts tell commands by.
    var key: String { path.map { " " + $0 }.joined() }
  }

  /// What is offered for a value or an argument.
  enum Offer: Equatable {
    case words([String])
    case files
    case folders
    case nothing
  }

  /// The root first, each group before its commands.
  let nodes: [Node]
  private let components: [String]

  init(root: Command, registry: Registry) {
    func walk(_ command: Command, _ path: [String]) -> [Node] {
      [Node(path: path, command: command)] + command.commands.flatMap { walk($0, path + [$0.name]) }
    }
    nodes = walk(root, [])
    components = Kind.allCases.flatMap { kind in
      [kind.rawValue] + registry.all(kind).map { "\(kind.rawValue)/\($0.about.identifier)" }
    }
  }

  /// Commands of a group, with their summaries.
  func children(of node: Node) -> [(name: String, help: String)] {
    let help = node.path.isEmpty ? [("help", "Explains a command.")] : []
    return node.command.commands.map { ($0.name, $0.summary) } + help
  }

  /// Options of a command with their help; a group has none of its own.
  func options(of node: Node) -> [Command.Option] {
    (node.command.run == nil ? [] : node.command.options) + [
      Command.Option(name: "help", help: "Shows help.")
    ]
  }

  /// What may be the value of an option; nil for a switch.
  func offer(for option: Command.Option) -> Offer? {
    guard let value = option.value else { return nil }
    if !option.words.isEmpty { return .words(option.words) }
    switch value {
    case "DIR": return .folders
    case "FILE", "PATH", "DATASET": return .files
    default: return .nothing
    }
  }

  /// What may stand behind a command.
  func argument(of node: Node) -> Offer {
    switch node.command.arguments.first?.words {
    case nil, .some(.none): .nothing
    case .components: .words(components)
    case .these(let words): words.isEmpty ? .files : .words(words)
    }
  }

  /// A text in single quotes.
  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: #"'\''"#) + "'" }
}

extension CompletionScript {
  /// For bash 3.2 and newer, without any other package.
  var bash: String {
    let groups = nodes.filter { !$0.command.commands.isEmpty }
    let walk = nodes.dropFirst().map { "\"\($0.key)\"" }.joined(separator: "|")
    let commands = groups.map { node in
      "    \"\(node.key)\") commands=\(Self.quoted(children(of: node).map(\.name).joined(separator: " "))) ;;"
    }
    let options = nodes.map { node in
      "    \"\(node.key)\") options=\(Self.quoted(self.options(of: node).map { "--" + $0.name }.joined(separator: " "))) ;;"
    }
    var values: [String] = []
    var arguments: [String] = []
    for node in nodes where node.command.run != nil {
      for option in node.command.options {
        guard let offer = offer(for: option) else { continue }
        values.append("    \"\(node.key) --\(option.name)\") \(bash(offer)); return ;;")
      }
      if argument(of: node) != .nothing {
        arguments.append("    \"\(node.key)\") \(bash(argument(of: node))) ;;")
      }
    }
    return """
      # Completion of beckon for bash: eval "$(beckon completion bash)"
      _beckon() {
        local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD - 1]}"
        local path="" commands="" options="" index
        for ((index = 1; index < COMP_CWORD; index++)); do
          case "$path ${COMP_WORDS[index]}" in
          \(walk)) path="$path ${COMP_WORDS[index]}" ;;
          esac
        done
        COMPREPLY=()
        case "$path $before" in
      \(values.joined(separator: "\n"))
        esac
        case "$path" in
      \(options.joined(separator: "\n"))
        esac
        case "$path" in
      \(commands.joined(separator: "\n"))
        esac
        if [[ "$current" == -* ]]; then
          COMPREPLY=($(compgen -W "$options" -- "$current"))
          return
        fi
        if [[ -n "$commands" ]]; then
          COMPREPLY=($(compgen -W "$commands" -- "$current"))
          return
        fi
        case "$path" in
      \(arguments.joined(separator: "\n"))
        esac
      }
      complete -o filenames -F _beckon beckon

      """
  }

  private func bash(_ offer: Offer) -> String {
    switch offer {
    case .words(let words):
      "compopt +o filenames 2>/dev/null; COMPREPLY=($(compgen -W \(Self.quoted(words.joined(separator: " "))) -- \"$current\"))"
    case .files: "COMPREPLY=($(compgen -f -- \"$current\"))"
    case .folders: "COMPREPLY=($(compgen -d -- \"$current\"))"
    case .nothing: ":"
    }
  }

  /// For zsh 5, as a function `_beckon` of a file of that name.
  var zsh: String {
    let cases = nodes.map { node -> String in
      if !node.command.commands.isEmpty {
        let list = children(of: node).map { Self.quoted("\($0.name.replacing(":", with: "\\:")):\($0.help)") }
        return "    \"\(node.key)\") names=(\(list.joined(separator: " "))); _describe command names ;;"
      }
      var words = options(of: node).map { option in
        Self.quoted(
          "\(option.repeats ? "*" : "")--\(option.name)[\(Self.zshHelp(option.help))]" + zshValue(of: option))
      }
      // A word that is not told of would end what follows it.
      words.append(
        Self.quoted(node.command.arguments.isEmpty ? "*: : " : "*:argument:\(zsh(argument(of: node)))"))
      return "    \"\(node.key)\") _arguments \(words.joined(separator: " ")) ;;"
    }
    let walk = nodes.dropFirst().map { "\"\($0.key)\"" }.joined(separator: "|")
    return """
      #compdef beckon
      # Completion of beckon for zsh: beckon completion zsh > ~/.zfunc/_beckon
      _beckon() {
        local place="" index depth=0
        local -a names
        for ((index = 2; index < CURRENT; index++)); do
          case "$place ${words[index]}" in
          \(walk)) place="$place ${words[index]}"; depth=$((index - 1)) ;;
          *) break ;;
          esac
        done
        # What follows is looked at as if the command stood alone.
        shift $depth words
        ((CURRENT -= depth))
        case "$place" in
      \(cases.joined(separator: "\n"))
        esac
      }
      if [ "$funcstack[1]" = "_beckon" ]; then _beckon "$@"; else compdef _beckon beckon; fi

      """
  }

  private func zshValue(of option: Command.Option) -> String {
    guard let offer = offer(for: option) else { return "" }
    return ":\(option.value ?? ""):\(zsh(offer))"
  }

  private func zsh(_ offer: Offer) -> String {
    switch offer {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .nothing: " "
    }
  }

  private static func zshHelp(_ text: String) -> String {
    text.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// For fish 3.
  var fish: String {
    var lines = [
      "# Completion of beckon for fish: beckon completion fish > ~/.config/fish/completions/beckon.fish",
      "function __beckon_path", "  set -l path ''", "  for word in (commandline -opc)[2..-1]",
      "    switch \"$path $word\"",
      "      case \(nodes.dropFirst().map { Self.quoted($0.key) }.joined(separator: " "))",
      "        set path \"$path $word\"", "    end", "  end", "  echo \"$path\"", "end",
      "function __beckon_at", "  test (__beckon_path) = \"$argv[1]\"", "end",
      "complete -c beckon -f",
    ]
    for node in nodes {
      let lead = "complete -c beckon -n \(Self.quoted("__beckon_at \"\(node.key)\""))"
      for child in node.command.commands.isEmpty ? [] : children(of: node) {
        lines.append("\(lead) -a \(child.name) -d \(Self.quoted(child.help))")
      }
      for option in options(of: node) {
        let value = offer(for: option).map { " -r" + fish($0) } ?? ""
        lines.append("\(lead) -l \(option.name)\(value) -d \(Self.quoted(option.help))")
      }
      guard node.command.run != nil else { continue }
      switch argument(of: node) {
      case .files, .folders: lines.append("\(lead) -F")
      case .words(let words): lines.append("\(lead) -a \(Self.quoted(words.joined(separator: " ")))")
      case .nothing: break
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fish(_ offer: Offer) -> String {
    switch offer {
    case .words(let words): " -f -a \(Self.quoted(words.joined(separator: " ")))"
    case .files: " -F"
    case .folders: " -f -a '(__fish_complete_directories)'"
    case .nothing: " -f"
    }
  }
}
