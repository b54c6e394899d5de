import Beckon

/// What a program did instead of answering.
enum ExternalFailure: Error, Equatable {
  case cannotStart(String)
  case died(String)
  case late(seconds: Double)
  case tooLong(limit: Int)
  case answer(String)

  /// Whether another try may help: a wrong answer would only be given again.
  var isWorthARestart: Bool {
    switch self {
    case .died, .late: true
    case .cannotStart, .tooLong, .answer: false
    }
  }

  /// Fact and next step.
  var description: String {
    switch self {
    case .cannotStart(let reason): "it cannot be started: \(reason)"
    case .died(let how): "it \(how) instead of answering."
    case .late(let seconds):
      "it has not answered within \(seconds.formatted) seconds. Does it flush what it prints, and answer every line? "
        + "Slow work needs a larger timeoutSeconds (startTimeoutSeconds while it begins)."
    case .tooLong(let limit):
      "it has written \(limit) bytes without ending its answer. Only answers belong on stdout, one a line; all else on "
        + "stderr."
    case .answer(let fact): fact
    }
  }

  /// The beginning of what was said, on one line.
  static func excerpt(_ bytes: some Sequence<UInt8>) -> String {
    let text = String(decoding: Array(bytes.prefix(400)), as: UTF8.self)
    let line = text.split { $0.isWhitespace }.joined(separator: " ")
    return line.count > 120 ? "\(line.prefix(120))…" : line
  }
}

extension Double {
  fileprivate var formatted: String { self == rounded() && self < 1e9 ? "\(Int(self))" : "\(self)" }
}
