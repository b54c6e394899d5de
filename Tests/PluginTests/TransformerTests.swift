import Beckon
import BeckonCLI
import BeckonTesting
import Synchronization
import Testing

@testable import BundledPlugins

/// The transformer encoders, on worlds small enough to differentiate by hand or to learn by heart.
struct TransformerGradientTests {
  private static func sasrec(_ change: (inout SASRecEncoder.Configuration) -> Void = { _ in })
    -> SASRecEncoder
  {
    var configuration = SASRecEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.innerSize = 5
    configuration.maximumLength = 3
    configuration.dropout = 0.3
    change(&configuration)
    return SASRecEncoder(configuration: configuration)
  }

  private static func iclrec(_ change: (inout ICLRecEncoder.Configuration) -> Void) -> ICLRecEncoder {
    var configuration = ICLRecEncoder.Configuration()
    configuration.hiddenSize = 4
    configuration.innerSize = 3
    configuration.layers = 1
    configuration.maximumLength = 3
    configuration.dropout = 0.3
    configuration.intentCount = 2
    // The pad row gets no gradient by design, so no view may contain a pad here.
    configuration.augmentation.mask = 0
    configuration.intentWeight = 0.7
    configuration.sequenceWeight = 0.6
    change(&configuration)
    return ICLRecEncoder(configuration: configuration)
  }

  @Test func sasrec() throws {
    for loss in NextItemLoss.allCases {
      let found = try EncoderChecks.gradientMistakes(Self.sasrec { $0.loss = loss })
      #expect(found.isEmpty, "\(loss): \(found)")
    }
    let found = try EncoderChecks.gradientMistakes(
      Self.sasrec {
        $0.negatives = .outsideTraining; $0.layers = 1; $0.dropout = 0
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: NextItemLoss.allCases, Contrast.allCases)
  func iclrec(loss: NextItemLoss, contrast: Contrast) throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.iclrec {
        $0.loss = loss
        $0.contrast = contrast
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test func iclrecWithoutFalseNegativesAndDeeper() throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.iclrec {
        $0.deNoise = true
        $0.layers = 2
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: [(0.0, 0.6), (0.7, 0.0), (0.0, 0.0)])
  func iclrecWithPartsSwitchedOff(intent: Double, sequence: Double) throws {
    let found = try EncoderChecks.gradientMistakes(
      Self.iclrec {
        $0.intentWeight = intent
        $0.sequenceWeight = sequence
      })
    #expect(found.isEmpty, "\(found)")
  }

  @Test(arguments: Contrast.allCases)
  func meansOverPadsAndTheHeldBackPadRow(contrast: Contrast) throws {
    // Pads are read and the gradient of their row is held back: exactly that must be reported, which also shows
    // that the check can fail.
    let found = try EncoderChecks.gradientMistakes(
      Self.iclrec {
        $0.pooling = .all
        $0.augmentation.mask = 0.7
        $0.maximumLength = 5
        $0.contrast = contrast
      })
    #expect(found.map(\.name) == ["item_embeddings.weight"])
    #expect(found.allSatisfy { $0.index < 4 && $0.derived == 0 })
  }
}

struct TransformerTrainingTests {
  private static func sasrec(_ change: (inout SASRecEncoder.Configuration) -> Void = { _ in })
    -> SASRecEncoder
  {
    var configuration = SASRecEncoder.Configuration()
    configuration.hiddenSize = 8
    configuration.innerSize = 8
    configuration.maximumLength = 5
    configuration.layers = 1
    configuration.heads = 1
    configuration.dropout = 0
    configuration.training = EncoderChecks.training(40)
    change(&configuration)
    return SASRecEncoder(configuration: configuration)
  }

  private static func iclrec(_ change: (inout ICLRecEncoder.Configuration) -> Void = { _ in })
    -> ICLRecEncoder
  {
    var configuration = ICLRecEncoder.Configuration()
    configuration.hiddenSize = 8
    configuration.innerSize = 8
    configuration.maximumLength = 5
    configuration.layers = 1
    configuration.heads = 1
    configuration.dropout = 0
    configuration.intentCount = 3
    configuration.training = EncoderChecks.training(25)
    change(&configuration)
    return ICLRecEncoder(configuration: configuration)
  }

  @Test func sasrecLearnsTheCircle() throws { try EncoderChecks.expectLearning(Self.sasrec()) }

  @Test func iclrecLearnsTheCircle() throws { try EncoderChecks.expectLearning(Self.iclrec()) }

  @Test func theFutureDoesNotChangeThePast() throws {
    var encoder = Self.sasrec { $0.layers = 2 }
    encoder.parameters = try encoder.initialParameters(ToyWorldContext.make(EncoderChecks.circle()))
    func hidden(_ items: [Int32]) -> Matrix<Float> {
      let tokens = TokenBatch([items.map { Optional($0) }], length: 5, keepingPads: false)
      let tape = Tape<Float>(parameters: encoder.parameters, training: false, stream: .unused)
      return encoder.network(tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
        .value
    }
    let (one, other) = (hidden([3, 1, 4, 1, 5]), hidden([3, 1, 4, 9, 2]))
    for position in 0..<3 { #expect(Array(one.row(position)) == Array(other.row(position))) }
    for position in 3..<5 { #expect(Array(one.row(position)) != Array(other.row(position))) }
    // The past does change the future.
    #expect(Array(hidden([2, 1, 4, 1, 5]).row(4)) != Array(one.row(4)))
  }

  @Test func onlyTheNewestItemsCount() throws {
    var encoder = Self.sasrec()
    encoder.parameters = try encoder.initialParameters(ToyWorldContext.make(EncoderChecks.circle()))
    let long = UserHistory(user: 0, past: [9, 8, 7, 1, 2, 3], clicked: [4, 5])
    let short = UserHistory(user: 3, past: [1, 2, 3, 4, 5])
    let other = UserHistory(user: 0, past: [9, 8, 7, 6, 2, 3], clicked: [4, 5])
    let states = try encoder.encode([long, short, other])
    #expect(isClose(states.row(0), states.row(1), 1e-6))
    // Item 1 is the oldest of the window of five, item 6 stands in its place.
    #expect(!isClose(states.row(0), states.row(2), 1e-6))
  }

  @Test func earlyStoppingKeepsTheBest() throws {
    let seen = Mutex([(value: Double, best: Double)]())
    let world = try EncoderChecks.circle()
    let context = try world.context(
      registry: StandardRegistry.make(),
      progress: ProgressReporter { event in
        if case .epoch(_, of: _, loss: _, let validation?, seconds: _) = event {
          seen.withLock { $0.append((validation.value, validation.best)) }
        }
      })
    var encoder = Self.sasrec {
      $0.training.epochs = 400
      $0.training.earlyStopping.everySteps = 3
      $0.training.earlyStopping.patienceSteps = 12
    }
    try encoder.train(context)
    let history = seen.withLock { $0 }
    #expect(history.count < 400, "training never stopped")
    let best = try #require(history.map(\.best).max())
    let trained = encoder
    let ranks = try NextItemRanking.ranks(
      of: world.split.validation, itemCount: 12, masking: .exclude
    ) { queries in
      trained.preferences(
        of: try trained.encode(queries.map { UserHistory(user: $0.user, past: $0.history) }))
    }
    let value = ranks.reduce(0) { $0 + ($1 < 10 ? 1 / log2(Double($1 + 2)) : 0) } / Double(ranks.count)
    #expect(abs(value - best) < 1e-12)
  }

  @Test func weightsRoundTripAndAreChecked() throws {
    let context = try ToyWorldContext.make(EncoderChecks.circle())
    var encoder = Self.iclrec { $0.training.epochs = 2 }
    try encoder.train(context)
    let folder = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "weights.safetensors").path(percentEncoded: false)
    try Safetensors.data(of: encoder.parameters).write(to: URL(filePath: path))

    var restored = Self.iclrec { $0.weights = path }
    try restored.train(context)
    let histories = context.split.histories
    #expect(bits(try restored.encode(histories)) == bits(try encoder.encode(histories)))

    var wider = Self.iclrec {
      $0.weights = path
      $0.hiddenSize = 10
    }
    #expect(
      complaint { try wider.train(context) }
        == "weights.safetensors: item_embeddings.weight: expected shape [14, 10], found [14, 8].")
    var deeper = Self.iclrec {
      $0.weights = path
      $0.layers = 2
    }
    #expect(
      complaint { try deeper.train(context) }
        == "weights.safetensors: item_encoder.layer.1.attention.query.weight: no such tensor.")
    var twoLayers = Self.iclrec {
      $0.layers = 2
      $0.training.epochs = 0
    }
    try twoLayers.train(context)
    let deep = folder.appending(path: "deep.safetensors")
    try Safetensors.data(of: twoLayers.parameters).write(to: deep)
    var shallow = Self.iclrec { $0.weights = deep.path(percentEncoded: false) }
    #expect(
      complaint { try shallow.train(context) }.hasSuffix(
        "the file has 2 layers and encoder.layers is 1; set encoder.layers to 2."))
    var missing = Self.iclrec { $0.weights = "/nowhere/w.safetensors" }
    #expect(complaint { try missing.train(context) } == "there is no file '/nowhere/w.safetensors'.")

    var broken = encoder.parameters
    broken["LayerNorm.bias"].values[0] = .nan
    try Safetensors.data(of: broken).write(to: URL(filePath: path))
    var poisoned = Self.iclrec { $0.weights = path }
    #expect(complaint { try poisoned.train(context) } == "\(path): a weight is not a finite number.")
  }

  @Test(arguments: [1e30, 1e39])
  func aDivergingTrainingSaysWhere(rate: Double) throws {
    var encoder = Self.sasrec { $0.training = EncoderChecks.training(3, rate: rate) }
    let message = complaint { try encoder.train(ToyWorldContext.make(EncoderChecks.circle())) }
    let pattern =
      #/train: the loss stopped being finite in epoch 1, step [12] \(learning rate 1e\+3[09]\)\. Last finite loss [0-9.]+\. Lower the learning rate, or look for extreme values in the data\./#
    #expect(message.wholeMatch(of: pattern) != nil, "\(message)")
  }

  @Test func nothingToLearnIsSaid() throws {
    let vectors = Matrix<Float>([[1, 0], [0, 1], [1, 1]])
    let world = try ToyWorld(sequences: [[0, 1, 2]], users: vectors.selectingRows([0]), items: vectors)
    var encoder = Self.sasrec()
    #expect(
      complaint { try encoder.train(ToyWorldContext.make(world)) }
        == "train: no user has two training items, so there is no next item to learn.")
    var clusters = Self.iclrec { $0.intentCount = 100 }
    #expect(
      complaint { try clusters.train(ToyWorldContext.make(EncoderChecks.circle())) }
        == "encoder.intentCount: 100 intents need as many users, and 40 can be used.")
  }

  /// At a temperature without end all logits are 0: each contrast guesses one of 2B − 1, or one of B in one direction.
  @Test(arguments: Contrast.allCases)
  func hotContrastsAreGuesses(contrast: Contrast) throws {
    func loss(_ intent: Double, _ sequence: Double) throws -> Double {
      Double(
        try EncoderChecks.firstLoss(
          Self.iclrec {
            $0.temperature = 1e9
            $0.contrast = contrast
            $0.intentWeight = intent
            $0.sequenceWeight = sequence
          }))
    }
    let none = try loss(0, 0)
    let choices = contrast == .symmetric ? 39.0 : 20.0
    #expect(abs(try loss(0.5, 0) - none - 0.5 * log(choices)) < 1e-5)
    #expect(abs(try loss(0, 0.25) - none - 0.25 * log(39)) < 1e-5)
  }

  @Test func rowsOffByOne() throws {
    let world = try ToyWorld()
    let context = try world.context(registry: StandardRegistry.make())
    var configuration = ICLRecEncoder.Configuration()
    configuration.hiddenSize = 5
    configuration.heads = 1
    configuration.initialItems = .embeddings
    configuration.itemRows = .offByOne
    let encoder = ICLRecEncoder(configuration: configuration)
    let before = try encoder.initialParameters(context)[PostNormTransformer.itemTable]
    var read = encoder
    read.parameters = encoder.finished(try encoder.initialParameters(context))
    // Untrained, every item is read where its own embedding was put.
    #expect(read.itemVectors == world.tables.items)
    // What training took for item 3 (row 4) is read as item 2; the last item's row was never trained.
    let after = read.parameters[PostNormTransformer.itemTable]
    #expect(after.rows == before.rows && after.row(0).elementsEqual(before.row(0)))
    #expect(after.row(3).elementsEqual(before.row(4)) && after.row(17).elementsEqual(before.row(18)))
  }

  @Test func startingFromEmbeddings() throws {
    let world = try EncoderChecks.circle()
    var encoder = Self.iclrec {
      $0.initialItems = .embeddings
      $0.training.epochs = 0
    }
    #expect(encoder.needsEmbeddings)
    try encoder.train(ToyWorldContext.make(world))
    #expect(bits(encoder.itemVectors) == bits(world.tables.items))
    var narrow = Self.iclrec {
      $0.initialItems = .embeddings
      $0.hiddenSize = 6
    }
    #expect(
      complaint { try narrow.train(ToyWorldContext.make(world)) }
        == "encoder.hiddenSize: 6 must equal the embeddings' dimension (8) to start from them.")
  }
}
