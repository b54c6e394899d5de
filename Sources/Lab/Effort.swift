import Beckon

/// What a piece or a cell took when it was made: what estimates are drawn from. It is no part of any result.
struct Effort: Sendable, Equatable {
  /// What was done: an encoder's identifier, or the components of a cell.
  let work: String
  /// Events of the data it was done on.
  let interactions: Int
  /// Seconds.
  let seconds: Double
  /// Threads.
  let threads: Int
  /// Largest memory of the process until then, in MiB.
  let peakMemoryMiB: Double

  var json: JSON {
    .members([
      ("work", .string(work)), ("interactions", .number(Double(interactions))), ("seconds", .number(seconds)),
      ("threads", .number(Double(threads))), ("peakMemoryMiB", .number(peakMemoryMiB)),
    ])
  }

  /// Effort of something that began a while ago and is done now.
  init(of work: String, interactions: Int, since start: Date) {
    self.work = work
    self.interactions = interactions
    seconds = Date().timeIntervalSince(start)
    threads = Parallel.threads
    peakMemoryMiB = Machine.peakMemoryMiB
  }

  init?(_ json: JSON) {
    guard let work = json["work"]?.string, let events = json["interactions"]?.number,
      let interactions = Int(exactly: events), let seconds = json["seconds"]?.number,
      let memory = json["peakMemoryMiB"]?.number
    else { return nil }
    self.work = work
    self.interactions = interactions
    self.seconds = seconds
    threads = Int(exactly: json["threads"]?.number ?? 1) ?? 1
    peakMemoryMiB = memory
  }

  /// Effort that was noted in a file; nil if there is none, or it is damaged.
  init?(contentsOf file: URL) {
    guard let text = try? String(contentsOf: file, encoding: .utf8), let json = try? JSON(parsing: text)
    else { return nil }
    self.init(json)
  }
}
