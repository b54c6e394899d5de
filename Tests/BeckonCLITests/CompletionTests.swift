import Beckon
import Foundation
import Testing

@testable import BeckonCLI

/// Completion as the shells themselves do it.
struct CompletionTests {
  /// A shell of the PATH.
  private static func shell(_ name: String) -> URL? {
    ProgramSearch.find(name, in: ProcessInfo.processInfo.environment["PATH"])
  }

  private func run(_ shell: String, _ script: String, in folder: URL) throws -> [String] {
    let process = Process()
    let output = Pipe()
    process.executableURL = Self.shell(shell)
    process.arguments = (shell == "zsh" ? ["-f"] : []) + [script]
    process.currentDirectoryURL = folder
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text.split(separator: "\n").map(String.init)
  }

  /// What was typed, what must be offered, and what must not.
  static let cases: [(words: [String], offered: Set<String>, never: String)] = [
    (["ru"], ["run", "runs"], "grid"),
    (["grid", ""], ["plan", "confirm", "submit", "status", "cancel"], "run"),
    (["grid", "submit", "--engine", ""], ["slurm", "local"], "spec.json"),
    (["run", "--se"], ["--set", "--seed"], "--out"),
    (["run", "spec"], ["spec.json"], "--out"),
    (["run", "--out", "fol"], ["folder"], "spec.json"),
    (["run", "spec.json", "--tra"], ["--trajectories"], "--out"),
    (["plugin", "new", "Wander", "--kind", "ta"], ["targetSelector", "task"], "scorer"),
    (["components", "scorer/ip"], ["scorer/ipg"], "encoder"),
    (["completion", ""], ["bash", "zsh", "fish"], "run"),
  ]

  private func folder(_ shell: String) throws -> Scratch {
    let scratch = try Scratch()
    _ = try scratch.file("spec.json", "{}")
    try FileManager.default.createDirectory(atPath: scratch.path("folder"), withIntermediateDirectories: true)
    let outcome = beckon("completion", shell)
    #expect(outcome.code == 0, "\(outcome.error)")
    _ = try scratch.file("completion", outcome.output)
    return scratch
  }

  @Test(.enabled(if: shell("bash") != nil, "skipped: there is no bash"))
  func bashCompletes() throws {
    let scratch = try folder("bash")
    for (words, offered, never) in Self.cases {
      let line = (["beckon"] + words).map { CompletionScript.quoted($0) }.joined(separator: " ")
      let script = try scratch.file(
        "ask.sh",
        "source ./completion\nCOMP_WORDS=(\(line))\nCOMP_CWORD=\(words.count)\n_beckon\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n"
      )
      let answers = Set(try run("bash", script, in: scratch.url))
      #expect(offered.isSubset(of: answers) && !answers.contains(never), "\(words): \(answers)")
    }
  }

  @Test(.enabled(if: shell("fish") != nil, "skipped: there is no fish"))
  func fishCompletes() throws {
    let scratch = try folder("fish")
    for (words, offered, never) in Self.cases {
      let line = (["beckon"] + words).joined(separator: " ")
      let script = try scratch.file(
        "ask.fish", "source ./completion\ncomplete -C \(CompletionScript.quoted(line))\n")
      // Each answer is followed by a tab and its description; a folder ends in a slash.
      let answers = Set(
        try run("fish", script, in: scratch.url).map { line in
          let word = line.split(separator: "\t").first.map(String.init) ?? ""
          return word.hasSuffix("/") ? String(word.dropLast()) : word
        })
      #expect(offered.isSubset(of: answers) && !answers.contains(never), "\(words): \(answers)")
    }
  }

  /// zsh completes only at a terminal of its own, which its module zpty makes.
  @Test(.enabled(if: shell("zsh") != nil, "skipped: there is no zsh"))
  func zshCompletes() throws {
    let scratch = try folder("zsh")
    for (words, offered, never) in Self.cases {
      let line = (["beckon"] + words).joined(separator: " ")
      let script = try scratch.file(
        "ask.zsh",
        """
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1= PROMPT2= RPS1=; autoload -Uz compinit; compinit -u -D; source ./completion'
        zpty -w shell 'zstyle ":completion:*" list-colors ""; LISTMAX=9999; unsetopt zle_bracketed_paste; setopt no_beep'
        zpty -w shell 'compadd() { local -a hits; builtin compadd -O hits "$@"; (( $#hits )) && print -lr -- $hits >&9; builtin compadd "$@" }'
        zpty -w shell 'exec 9>>./answers; print ready-now'
        zpty -r shell output '*ready-now*ready-now*'
        zpty -w -n shell $'\(line)\\t'
        for ((index = 0; index < 40; index++)); do sleep 0.1; [[ -s answers ]] && break; done
        sleep 0.3
        zpty -d shell
        cat answers
        rm -f answers
        """)
      let answers = Set(try run("zsh", script, in: scratch.url))
      #expect(offered.isSubset(of: answers) && !answers.contains(never), "\(words): \(answers)")
    }
  }

  @Test func theNearestShellIsNamed() {
    let outcome = beckon("completion", "bsh")
    #expect(outcome.code == 2 && outcome.error.contains("Did you mean 'bash'?"))
  }
}
