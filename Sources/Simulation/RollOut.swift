import Beckon
import Synchronization

/// Plays the rounds of a nudge for every target and user.
///
/// Users do not meet, so a unit of work is a block of users with one target through all rounds: nothing of size
/// users × items exists, and results depend neither on the order of the work nor on the threads.
struct RollOut: Sendable {
  /// Users of one block: their preferences and affinities stay in a core's cache.
  static let block = 48

  let system: System
  let parts: NudgeParts
  let settings: NudgeTask.Configuration
  /// The simulator's items, for all users' affinities.
  let items: PackedRows<Float>

  init(system: System, parts: NudgeParts, settings: NudgeTask.Configuration) {
    self.system = system
    self.parts = parts
    self.settings = settings
    items = PackedRows(parts.embeddings.items)
  }

  /// States before the first round, `[user, width]`, shared by all targets; nil if they depend on the target.
  ///
  /// - Parameters:
  ///   - users: indices of users.
  ///   - hidingTarget: for a run in which the encoder is kept from seeing it.
  func initialStates(of users: [Int], hidingTarget: Bool = false) throws -> Matrix<Float>? {
    guard let encoder = system.model.encoder, hidingTarget || !encoder.readsTarget else { return nil }
    let histories = users.map { history(of: $0, target: nil) }
    return try histories.rowsInBlocks { try encoder.encode($0) }
  }

  /// What is known of a user before the first round.
  func history(of user: Int, target: Int32?) -> UserHistory {
    UserHistory(
      user: Int32(user), past: system.model.split.training[user], target: target, padding: settings.padding)
  }

  /// Where a target stands in the list of targets.
  ///
  /// - Parameters:
  ///   - identifier: the item's, as the dataset has it.
  ///   - path: where in the spec it was asked for, for messages.
  /// - Throws: `Problem` if it is no target of this run.
  func place(ofTarget identifier: String, askedFor path: String) throws -> Int {
    let identifiers = system.model.split.dataset.catalogue.identifiers
    let known = parts.targets.map { identifiers[Int($0)] }
    guard let place = known.firstIndex(of: identifier) else {
      let sentence = Suggestion.sentence(for: identifier, among: known, label: "Targets")
      throw Problem(path, "'\(identifier)' is no target of this run.\(sentence)")
    }
    return place
  }

  /// All trajectories under one scorer.
  ///
  /// - Parameters:
  ///   - users: indices of those who take part.
  ///   - states: theirs, from `initialStates`.
  ///   - hidesTarget: whether the encoder is kept from seeing the target: in a twin nothing may guide.
  ///   - start: when the work began, for the progress reported.
  func run(
    _ scorer: any Scorer, users: [Int], states: Matrix<Float>?, hidesTarget: Bool = false, label: String,
    since start: Date = Date()
  ) throws -> Trajectories {
    let blocks = (users.count + Self.block - 1) / Self.block
    let units = blocks * parts.targets.count
    var result = Trajectories(
      targets: parts.targets, rounds: settings.rounds, users: users, slateSize: settings.slateSize)
    let progress = Mutex(0)
    let collected = Mutex([(target: Int, first: Int, part: Trajectories)]())
    // In waves, so that finished parts are copied away before many of them have piled up.
    let wave = 64
    for from in stride(from: 0, to: units, by: wave) {
      try Parallel.tryForEach(min(wave, units - from)) { range in
        for unit in range.map({ $0 + from }) {
          let (target, block) = (unit / blocks, unit % blocks)
          let members = block * Self.block..<min(users.count, (block + 1) * Self.block)
          var play = BlockPlay(
            rollOut: self, targetPlace: target, users: Array(users[members]), hidesTarget: hidesTarget)
          let part = try play.run(scorer, states: states?.selectingRows(Array(members)))
          collected.withLock { $0.append((target, members.lowerBound, part)) }
          let done = progress.withLock { count -> Int in
            count += 1
            return count
          }
          system.progress.report(
            .advanced(done: done, of: units, unit: label, seconds: Date().timeIntervalSince(start)))
        }
      }
      let finished = collected.withLock { parts in
        defer { parts.removeAll() }
        return parts
      }
      for (target, first, part) in finished { result.insert(part, target: target, firstUser: first) }
    }
    return result
  }
}

extension Trajectories {
  /// Copies the columns of one target and some users into their places.
  fileprivate mutating func insert(_ part: Trajectories, target: Int, firstUser: Int) {
    for user in 0..<part.users {
      knewTarget[target * users + firstUser + user] = part.knewTarget[user]
      for round in 0..<rounds {
        let (to, from) = (cell(target, round, firstUser + user), part.cell(0, round, user))
        for slot in 0..<slateSize { shown[to * slateSize + slot] = part.shown[from * slateSize + slot] }
        choice[to] = part.choice[from]
        probability[to] = part.probability[from]
        answered[to] = part.answered[from]
        keep[to] = part.keep[from]
        firstAffinity[to] = part.firstAffinity[from]
      }
      for round in 0...rounds {
        let (to, from) = (state(target, after: round, firstUser + user), part.state(0, after: round, user))
        interest[to] = part.interest[from]
        rank[to] = part.rank[from]
        likeness[to] = part.likeness[from]
        length[to] = part.length[from]
        utility[to] = part.utility[from]
      }
    }
  }
}
