import Beckon

/// `beckon completion`.
enum CompletionCommand {
  static let command = Command(
    name: "completion", summary: "Prints what makes a shell complete commands, options and components.",
    details: """
      bash:  eval "$(beckon completion bash)", in ~/.bashrc
      zsh:   beckon completion zsh > ~/.zfunc/_beckon, a folder of $fpath
      fish:  beckon completion fish > ~/.config/fish/completions/beckon.fish
      """,
    arguments: [.init(name: "SHELL", help: "bash, zsh or fish.", words: .these(shells))],
    options: [CommonOptions.plugin],
    run: run)

  private static let shells = ["bash", "zsh", "fish"]

  private static func run(_ call: Call) throws {
    let script = CompletionScript(root: CommandLineInterface.root, registry: try call.registry())
    switch call.arguments[0] {
    case "bash": try call.terminal.output(script.bash)
    case "zsh": try call.terminal.output(script.zsh)
    case "fish": try call.terminal.output(script.fish)
    case let shell:
      let sentence = Suggestion.sentence(for: shell, among: shells, label: "Shells")
      throw UsageError("there is no completion for '\(shell)'.\(sentence)", command: call.path)
    }
  }
}
