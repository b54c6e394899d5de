import Beckon
import Datasets
import Lab

/// The command line of Beckon.
public enum CommandLineInterface {
  /// Does what the words say.
  ///
  /// - Parameter arguments: without the program's own name.
  /// - Returns: 0 if it is done, 1 if work began and failed, 2 if the words, the spec or the data make no sense.
  public static func main(_ arguments: [String]) -> Int32 { main(arguments, terminal: .process) }

  /// Does what the words say, writing where the terminal leads.
  public static func main(_ arguments: [String], terminal: Terminal) -> Int32 {
    do {
      switch try CommandParser(root: root, terminal: terminal).parse(arguments) {
      case .help(let command, let path): try terminal.output(HelpText(command: command, path: path).text)
      case .call(let command, let call): try command.run?(call)
      }
      return 0
    } catch {
      terminal.error(message(error) + "\n")
      return code(error)
    }
  }

  static let root = Command(
    name: "beckon", summary: "Beckon: research in proactive recommendation.",
    details: """
      exit codes:
        0  done
        1  work began and failed: training, a file that cannot be written
        2  the command line, a spec or its data make no sense; nothing was started
      """,
    commands: [
      RunCommand.command, ReportCommand.command, ValidateCommand.command, ExplainCommand.command,
      GridCommand.command, WhyCommand.command, RunsCommand.command, ComponentsCommand.command,
      DataCommand.command,
      EncoderCommand.command, BenchCommand.command,
    ])

  /// One message, each of its lines with what is needed to act on it.
  private static func message(_ error: any Error) -> String {
    switch error {
    case is SpecError, is RunFailure: "\(error)"
    case let problem as Problem where problem.place.isEmpty: "beckon: \(problem)"
    case is UsageError: "beckon: \(error)"
    default: "\(error)"
    }
  }

  /// What a spec or its data are wrong in is found before anything is started; the rest is not.
  private static func code(_ error: any Error) -> Int32 {
    switch error {
    case is UsageError, is SpecError, is Problem, is LineProblem, is RegistryError: 2
    default: 1
    }
  }
}
