import Beckon

/// One running program, spoken to in lines. One thread at a time has it, which is why it may be sent between threads.
///
/// All three pipes are served at once and within a time, so that a program that floods one of them, reads nothing or
/// says nothing cannot hold up whoever asks.
final class ExternalProcess: @unchecked Sendable {
  private static let kept = 4096

  private let process = Process()
  private let pipes = (input: Pipe(), output: Pipe(), errors: Pipe())
  private let input: Int32
  private let output: Int32
  private let errors: Int32
  /// Bytes of stdout that are no whole line yet.
  private var pending: [UInt8] = []
  private var pendingErrors: [UInt8] = []
  private var hasErrors = true
  private var isEnded = false
  /// Number of the next question.
  private(set) var questions = 0
  /// The name that the program gave itself.
  var name = ""

  /// Starts a program.
  ///
  /// - Throws: `ExternalFailure.cannotStart`.
  init(_ command: [String]) throws {
    input = pipes.input.fileHandleForWriting.fileDescriptor
    output = pipes.output.fileHandleForReading.fileDescriptor
    errors = pipes.errors.fileHandleForReading.fileDescriptor
    guard let program = command.first, let path = Self.find(program) else {
      throw ExternalFailure.cannotStart(
        "there is no program '\(command.first ?? "")'\(command.first?.contains("/") == true ? "" : " in PATH")."
      )
    }
    process.executableURL = URL(filePath: path)
    process.arguments = Array(command.dropFirst())
    process.standardInput = pipes.input
    process.standardOutput = pipes.output
    process.standardError = pipes.errors
    for descriptor in [input, output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    do { try process.run() } catch { throw ExternalFailure.cannotStart("\(error.localizedDescription)") }
    #if !canImport(Glibc)
      _ = fcntl(input, F_SETNOSIGPIPE, 1)
    #endif
  }

  deinit { end(grace: 0) }

  private static func find(_ program: String) -> String? {
    if program.contains("/") {
      let path = ExternalConfiguration.path(of: program)
      return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
    return ProgramSearch.find(program, in: ProcessInfo.processInfo.environment["PATH"])?
      .path(percentEncoded: false)
  }

  /// Sends a question and returns its answer.
  ///
  /// - Parameters:
  ///   - members: the question but for its number.
  ///   - repeated: whether the question bears the number of the one before.
  ///   - limit: bytes of the longest answer that is listened to.
  /// - Throws: `ExternalFailure`.
  func ask(
    _ members: [(String, String)], within seconds: Double, limit: Int = 1 << 20, repeated: Bool = false
  ) throws -> ExternalAnswer {
    if !repeated { questions += 1 }
    let id = questions - 1
    let line = ExternalText.object([("id", String(id))] + members) + "\n"
    let answer = try exchange(Array(line.utf8), seconds, limit)
    return try ExternalAnswer(line: answer, id: id)
  }

  private func exchange(_ question: [UInt8], _ seconds: Double, _ limit: Int) throws -> [UInt8] {
    let deadline = DispatchTime.now().uptimeNanoseconds &+ UInt64(seconds * 1e9)
    var sent = 0
    try refuseUnasked()
    while true {
      let now = DispatchTime.now().uptimeNanoseconds
      guard now < deadline else { throw ExternalFailure.late(seconds: seconds) }
      // A descriptor below zero is left out.
      var waiting = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasErrors ? errors : -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: sent < question.count ? input : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let wait = Int32(clamping: (deadline - now) / 1_000_000 + 1)
      guard poll(&waiting, nfds_t(waiting.count), wait) > 0 else { continue }
      if waiting[1].revents != 0 { readErrors() }
      if waiting[2].revents != 0 { sent = send(question, from: sent) }
      guard waiting[0].revents != 0 else { continue }
      let known = pending.count
      let isOpen = readOutput()
      if let end = pending[known...].firstIndex(of: 0x0A) {
        guard sent == question.count else {
          throw ExternalFailure.answer("it has answered before it had read the question.")
        }
        let line = Array(pending[..<end])
        pending.removeSubrange(...end)
        try refuseUnasked()
        return line
      }
      guard pending.count <= limit else { throw ExternalFailure.tooLong(limit: limit) }
      if !isOpen { throw ExternalFailure.died(farewell()) }
    }
  }

  /// Whatever is said without a question would be taken for the next one's answer.
  private func refuseUnasked() throws {
    _ = readOutput()
    guard pending.isEmpty else {
      throw ExternalFailure.answer(
        "it has written more than its answer: '\(ExternalFailure.excerpt(pending))'. Only answers belong on stdout, "
          + "one a line; all else on stderr.")
    }
  }

  /// Reads what is there, one buffer; false at the end.
  private func readOutput() -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(output, &buffer, buffer.count)
    if count > 0 { pending += buffer[..<count] }
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR))
  }

  private func readErrors() {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(errors, &buffer, buffer.count)
    if count > 0 {
      pendingErrors = (pendingErrors + buffer[..<count]).suffix(Self.kept)
    } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
      hasErrors = false
    }
  }

  /// Writes what fits; a program that reads no more is found out by its silence.
  private func send(_ question: [UInt8], from start: Int) -> Int {
    let count = withoutBrokenPipeSignal {
      question[start...].withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
    }
    if count >= 0 { return start + count }
    return errno == EAGAIN || errno == EINTR ? start : question.count
  }

  /// The signal that writing to a dead program raises would end the run: it is held back on this thread, and taken.
  private func withoutBrokenPipeSignal(_ body: () -> Int) -> Int {
    #if canImport(Glibc)
      var signals = sigset_t()
      var before = sigset_t()
      var raised = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, SIGPIPE)
      sigpending(&raised)
      let wasRaised = sigismember(&raised, SIGPIPE) == 1
      pthread_sigmask(SIG_BLOCK, &signals, &before)
      let result = body()
      let error = errno
      if result < 0, error == EPIPE, !wasRaised {
        var now = timespec()
        while sigtimedwait(&signals, nil, &now) == -1, errno == EINTR {}
      }
      pthread_sigmask(SIG_SETMASK, &before, nil)
      errno = error
      return result
    #else
      return body()
    #endif
  }

  /// How it ended, in words.
  private func farewell() -> String {
    let patience = DispatchTime.now().uptimeNanoseconds + 1_000_000_000
    while process.isRunning, DispatchTime.now().uptimeNanoseconds < patience { usleep(2000) }
    guard !process.isRunning else { return "has closed its stdout" }
    return process.terminationReason == .exit
      ? "has ended with code \(process.terminationStatus)"
      : "was ended by signal \(process.terminationStatus)"
  }

  /// The last lines that it wrote on stderr.
  var lastErrors: [String] {
    // A program that died has written them all; one that floods gets no more than a look.
    for _ in 0..<16 where hasErrors { readErrors() }
    let lines = String(decoding: pendingErrors, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.suffix(12).map { $0.count > 300 ? "\($0.prefix(300))…" : String($0) }
  }

  /// Tells it that there is nothing more to come.
  func closeInput() { try? pipes.input.fileHandleForWriting.close() }

  /// Ends it: it may go by itself for some seconds, then it is killed, with whatever it started.
  func end(grace seconds: Double) {
    guard !isEnded else { return }
    isEnded = true
    closeInput()
    let patience = DispatchTime.now().uptimeNanoseconds + UInt64(seconds * 1e9)
    while process.isRunning, DispatchTime.now().uptimeNanoseconds < patience { usleep(2000) }
    guard process.isRunning else { return }
    let number = process.processIdentifier
    // SIGKILL: who is started from a thread that holds signals back inherits that.
    if number > 0 { kill(getpgid(number) == number ? -number : number, SIGKILL) }
  }
}
