import Beckon

/// A small made-up dataset with its true vectors and a recommender that needs no training: something to hold a
/// component against in a test.
public struct ToyWorld: Sendable {
  /// The data; each user's last two items are held out.
  public let split: Split
  /// The simulator's vectors.
  public let tables: EmbeddingTables
  /// A recommender of fixed vectors with two intents.
  public let model: FittedModel
  /// The data as a reader gives them, before filters.
  public let events: Interactions

  /// A random world. The first user's history is the shortest that leave-one-out allows, one item; some others
  /// are longer than the windows that tests train with.
  ///
  /// - Parameters:
  ///   - users: number of users.
  ///   - items: number of items.
  ///   - unseen: how many of them nobody has met, the last ones.
  ///   - width: numbers of a vector.
  ///   - seed: names the draws.
  /// - Throws: `Problem` if there are no users.
  public init(users: Int = 12, items: Int = 17, unseen: Int = 0, width: Int = 5, seed: UInt64 = 1) throws {
    let met = items - unseen
    let sequences = (0..<users).map { user in
      var stream = RandomStream(seed: seed, purpose: Purpose("toy-sequences"), UInt32(user))
      return stream.sample(min(met - 1, 3 + user * 5 % max(1, met - 4)), of: met).map { Int32($0) }
    }
    try self.init(
      sequences: sequences, users: Self.vectors(users, width, seed, 0),
      items: Self.vectors(items, width, seed, 1))
  }

  /// A world of given sequences and vectors; item i has the category `group i mod 3`, ratings go from 1 to 5.
  ///
  /// - Parameters:
  ///   - sequences: `[user][step]`, three items or more each.
  ///   - users: `[user, d]`.
  ///   - items: `[item, d]`.
  /// - Throws: `Problem` if there are no sequences.
  public init(sequences: [[Int32]], users: Matrix<Float>, items: Matrix<Float>) throws {
    var catalogue = ItemCatalogue()
    for item in 0..<items.rows {
      catalogue.append("i\(item)")
      catalogue.categories[item] = ["group \(item % 3)"]
    }
    try self.init(sequences, users: users, items: items, catalogue, intents: items.selectingRows([0, 1]))
  }

  private init(
    _ sequences: [[Int32]], users: Matrix<Float>, items: Matrix<Float>, _ catalogue: ItemCatalogue,
    intents: Matrix<Float>
  ) throws {
    var events = Interactions()
    events.keepsNumbers = true
    events.catalogue = catalogue
    for (user, sequence) in sequences.enumerated() {
      events.userIdentifiers.append("u\(user)")
      for (step, item) in sequence.enumerated() {
        events.users.append(Int32(user))
        events.items.append(item)
        events.ratings.append(Float(1 + (user + 2 * step) % 5))
        events.times.append(Double(step))
      }
    }
    tables = EmbeddingTables(users: users, items: items)
    events.truth = tables
    self.events = events
    let dataset = try Dataset(events)
    split = Split(
      dataset: dataset, training: dataset.sequences.map { $0.dropLast(2) },
      validation: dataset.sequences.enumerated().map { user, items in
        NextItemQuery(user: Int32(user), history: items.dropLast(2), answer: items[items.count - 2])
      },
      test: dataset.sequences.enumerated().map { user, items in
        NextItemQuery(user: Int32(user), history: items.dropLast(), answer: items[items.count - 1])
      })
    model = FittedModel(
      split: split, encoder: FixedVectorsEncoder(users: users, items: items),
      intents: intents)
  }

  /// The same world with its items renumbered, names and categories included: item i becomes `order[i]`.
  ///
  /// - Throws: `Problem` if there are no users.
  public func renumbering(items order: [Int]) throws -> ToyWorld {
    var old = [Int](repeating: 0, count: order.count)
    for (item, new) in order.enumerated() { old[new] = item }
    guard let encoder = model.encoder as? FixedVectorsEncoder else { return self }
    let sequences = split.dataset.sequences.map { $0.map { Int32(order[Int($0)]) } }
    return try ToyWorld(
      sequences, users: encoder.parameters["users"], items: encoder.itemVectors.selectingRows(old),
      split.dataset.catalogue.selecting(old), intents: model.intents)
  }

  /// What simulated users may know.
  public var simulated: SimulatedWorld {
    SimulatedWorld(
      catalogue: split.dataset.catalogue, items: tables.items, itemCounts: split.itemCounts, seed: 1,
      locations: DataLocations(folders: []))
  }

  /// All users before a round, as a scorer, a policy or a guard meets them.
  ///
  /// - Throws: what the encoder throws.
  public func batch(target: Int32?, round: Int = 0) throws -> UserBatch {
    try batch(split.histories, target: target, round: round)
  }

  /// Some users before a round.
  ///
  /// - Throws: what the encoder throws.
  public func batch(_ histories: [UserHistory], target: Int32?, round: Int = 0) throws -> UserBatch {
    let histories = histories.map {
      UserHistory(user: $0.user, past: $0.past, clicked: $0.clicked, target: target, padding: $0.padding)
    }
    let states = try model.encoder?.encode(histories) ?? Matrix(rows: 0, columns: 0)
    return UserBatch(
      model: model, histories: histories, states: states,
      preferences: model.encoder?.preferences(of: states) ?? Matrix(rows: 0, columns: 0),
      unavailable: histories.map { Set($0.past + $0.clicked).sorted() }, target: target, round: round)
  }

  /// What training may read here; ranking metrics are those of the registry.
  public func context(seed: UInt64 = 1, registry: Registry, progress: ProgressReporter = .init())
    -> TrainingContext
  {
    TrainingContext(
      split: split, seed: seed, masking: .exclude, embeddings: tables, locations: DataLocations(folders: []),
      rankingMetric: { try registry.rankingMetric(named: $0) }, progress: progress)
  }

  private static func vectors(_ rows: Int, _ columns: Int, _ seed: UInt64, _ table: UInt32) -> Matrix<Float> {
    var stream = RandomStream(seed: seed, purpose: Purpose("toy-vectors"), table)
    return Matrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(stream.normal()) })
  }
}

/// An encoder whose states can be worked out by hand: a user's own vector plus that of each clicked item.
public struct FixedVectorsEncoder: Encoder {
  /// The encoder, as the registry would show it.
  public static let about = About(
    "fixed-vectors", "The user's own vector plus the vector of each item clicked in the study.")
  /// No settings.
  public let configuration: NoConfiguration
  /// `users` and `items`.
  public var parameters = ParameterSet<Float>()

  /// Without vectors yet.
  public init(configuration: NoConfiguration) { self.configuration = configuration }

  /// With its vectors, `[user, d]` and `[item, d]`.
  public init(users: Matrix<Float>, items: Matrix<Float>) {
    configuration = NoConfiguration()
    parameters["users"] = users
    parameters["items"] = items
  }

  /// `[item, d]`
  public var itemVectors: Matrix<Float> {
    parameters.contains("items") ? parameters["items"] : Matrix(rows: 0, columns: 0)
  }

  /// Nothing is learned.
  public mutating func train(_ context: TrainingContext) throws {}

  /// `[user, d]`
  public func encode(_ histories: [UserHistory]) throws -> Matrix<Float> {
    var states = parameters["users"].selectingRows(histories.map { Int($0.user) })
    for (row, history) in histories.enumerated() {
      for item in history.clicked {
        states.setRow(row, zip(states.row(row), itemVectors.row(Int(item))).map { $0 + $1 })
      }
    }
    return states
  }
}
