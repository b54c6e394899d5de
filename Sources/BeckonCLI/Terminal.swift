import Beckon

/// Where a command writes to, and what it may know of its surroundings.
public struct Terminal: Sendable {
  /// Results; throws if they cannot be written.
  public let output: @Sendable (String) throws -> Void
  /// Messages and progress.
  public let error: @Sendable (String) -> Void
  /// Whether someone watches `error`, so that progress is worth showing.
  public let isWatched: Bool
  /// Columns of that screen.
  public let width: Int
  /// Environment variables.
  public let environment: [String: String]
  /// The program that could be started again; nil where the command line is called from another program.
  public let program: URL?
  /// Whether signals of the process are this command's own to answer.
  var ownsProcess: Bool { program != nil }

  /// A terminal made of closures: for tests.
  public init(
    output: @escaping @Sendable (String) throws -> Void, error: @escaping @Sendable (String) -> Void,
    isWatched: Bool = false, width: Int = 80, environment: [String: String] = [:], program: URL? = nil
  ) {
    self.program = program
    self.output = output
    self.error = error
    self.isWatched = isWatched
    self.width = width
    self.environment = environment
  }

  /// Standard output and standard error of this process.
  public static var process: Terminal {
    Terminal(
      output: { text in
        do { try FileHandle.standardOutput.write(contentsOf: Data(text.utf8)) } catch {
          throw RunFailure(
            description: "standard output: the results cannot be written (\(reason(of: error))).")
        }
      },
      // Nobody is left to tell if this fails.
      error: { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) },
      isWatched: isatty(STDERR_FILENO) != 0, width: screenWidth,
      environment: ProcessInfo.processInfo.environment, program: Bundle.main.executableURL)
  }

  private static func reason(of error: any Error) -> String {
    let inner = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
    return inner.domain == NSPOSIXErrorDomain ? String(cString: strerror(Int32(inner.code))) : "\(error)"
  }

  private static var screenWidth: Int {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return known ? Int(size.ws_col) : 80
  }
}
