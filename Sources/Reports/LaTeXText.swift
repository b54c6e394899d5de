/// Texts that mean themselves in LaTeX.
enum LaTeXText {
  /// A text outside of mathematics. Characters that pdflatex does not know are written by their commands where there is
  /// one; control characters and line ends become spaces.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&", "%", "$", "#", "_", "{", "}": result += "\\" + String(scalar)
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "<": result += "\\textless{}"
      case ">": result += "\\textgreater{}"
      case "|": result += "\\textbar{}"
      // \textquotedbl asks for a font encoding that a paper need not have.
      case "\"": result += "''"
      // At the head of a row they would be taken for an option of the command that ends the row before.
      case "[", "]", "*": result += "{\(scalar)}"
      case "`": result += "\\textasciigrave{}"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): result += " "
      default: result += commands[scalar] ?? String(scalar)
      }
    }
    return result
  }

  /// A number inside of mathematics: `1e-05` becomes a power of ten.
  static func number(_ text: String) -> String {
    let parts = text.split(separator: "e", maxSplits: 1)
    guard parts.count == 2, let power = Int(parts[1]) else { return text }
    return "\(parts[0]) \\cdot 10^{\(power)}"
  }

  /// Signs of significance inside of mathematics.
  static func signs(_ text: String) -> String {
    text.map { $0 == "†" ? "\\dagger" : $0 == "‡" ? "\\ddagger" : String($0) }.joined()
  }

  private static let commands: [Unicode.Scalar: String] = {
    let greek = [
      "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
      "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
      "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega", "Δ": "Delta",
      "Σ": "Sigma", "Ω": "Omega", "≤": "leq", "≥": "geq", "≠": "neq", "×": "times", "±": "pm", "→": "to",
      "←": "leftarrow", "↑": "uparrow", "↓": "downarrow", "∞": "infty", "≈": "approx", "·": "cdot",
      "†": "dagger", "‡": "ddagger", "−": "-",
    ]
    var result: [Unicode.Scalar: String] = [:]
    for (character, name) in greek {
      guard let scalar = character.unicodeScalars.first else { continue }
      result[scalar] = name == "-" ? "$-$" : "$\\\(name)$"
    }
    for (character, text) in [
      ("–", "--"), ("—", "---"), ("…", "\\dots{}"), ("\u{A0}", "~"), ("\u{202F}", "\\,"),
    ] {
      guard let scalar = character.unicodeScalars.first else { continue }
      result[scalar] = text
    }
    return result
  }()
}
