import Beckon
import BeckonTesting
import Testing

@testable import BundledPlugins

/// Four items, two of them alike, and an outside option between them.
private let affinities = [0.9, -0.2, 0.4, 0.4]

private func slate(_ affinities: [Double]) -> Slate {
  Slate(items: affinities.indices.map { Int32($0) }, affinities: affinities)
}

private func probabilities(_ spec: String, _ affinities: [Double]) throws -> [Double] {
  try make(.clickModel, spec, as: (any ClickModel).self).choiceProbabilities(slate(affinities))
}

private func isNear(_ a: [Double], _ b: [Double], _ bound: Double = 1e-9) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= bound }
}

/// What a model says of users, played literally: the position taken, or nil.
struct ChoiceProcess: Sendable, CustomTestStringConvertible {
  let spec: String
  let play: @Sendable (inout RandomStream) -> Int?
  var testDescription: String { spec }

  private static func attracts(_ affinity: Double, _ stream: inout RandomStream) -> Bool {
    stream.uniform() < 1 / (1 + exp(-2 * (affinity - 0.5)))
  }

  /// The index of the largest, nil if that is the last: the outside option.
  private static func best(_ utilities: [Double]) -> Int? {
    let best = utilities.indices.max { utilities[$0] < utilities[$1] } ?? 0
    return best == utilities.count - 1 ? nil : best
  }

  static let all = [
    ChoiceProcess(spec: #"{"type": "position-based", "slope": 2, "offset": 0.5, "decay": 0.7}"#) { stream in
      // Every place is decided on its own; the first click counts.
      let clicks = affinities.enumerated().map { place, affinity in
        let looks = stream.uniform() < pow(Double(place + 1), -0.7)
        return attracts(affinity, &stream) && looks
      }
      return clicks.firstIndex(of: true)
    },
    ChoiceProcess(spec: #"{"type": "cascade", "slope": 2, "offset": 0.5, "abandonment": 0.2}"#) { stream in
      for (place, affinity) in affinities.enumerated() {
        if attracts(affinity, &stream) { return place }
        if stream.uniform() < 0.2 { return nil }
      }
      return nil
    },
    ChoiceProcess(spec: #"{"type": "multinomial-logit", "slope": 3, "outside": 0.3}"#) { stream in
      best((affinities + [0.3]).map { 3 * $0 - log(-log(1 - stream.uniform())) })
    },
    ChoiceProcess(spec: #"{"type": "exponomial", "rate": 2.5, "outside": 0.3}"#) { stream in
      best((affinities + [0.3]).map { $0 + log(1 - stream.uniform()) / 2.5 })
    },
    ChoiceProcess(
      spec: #"""
        {"type": "lcm4rec", "weights": [5, 3, 2], "offsets": [-0.3, 0.4, 0.9], "widths": [0.5, 0.05, 0.2]}
        """#
    ) { stream in
      let surpluses = affinities.map { affinity in
        let kernel = stream.uniform()
        let (centre, width) = kernel < 0.5 ? (-0.3, 0.5) : kernel < 0.8 ? (0.4, 0.05) : (0.9, 0.2)
        let u = stream.uniform()
        return affinity - (centre + width * log(u / (1 - u)))
      }
      return best(surpluses + [0])
    },
  ]
}

struct ChoiceModelTests {
  @Test(arguments: ChoiceProcess.all)
  func closedFormsAgreeWithThePlayedProcess(process: ChoiceProcess) throws {
    let expected = try probabilities(process.spec, affinities)
    let draws = 200_000
    var counts = [Int](repeating: 0, count: affinities.count)
    var stream = RandomStream(seed: 11, purpose: Purpose("choice-models"))
    for _ in 0..<draws { if let place = process.play(&stream) { counts[place] += 1 } }
    for (count, probability) in zip(counts, expected) {
      let error = (probability * (1 - probability) / Double(draws)).squareRoot()
      #expect(abs(Double(count) / Double(draws) - probability) < 4 * error)
    }
  }

  /// By NumPy; exponomial and lcm4rec by the trapezoid rule with 4 million nodes on
  /// ∫ λe^(−λx) Π_{j≠i} e^(−λ max(0, u_j − u_i + x)) dx and ∫_{t≤u_i} f(t) Π_{j≠i} (1 − F(t + u_j − u_i)) dt.
  @Test func independentValues() throws {
    let golden = [
      [0.6899744811276125, 0.03775183850860973, 0.056805904159614846, 0.036754712393115785],
      [0.6899744811276125, 0.04906243407275498, 0.07165129521669913, 0.03151705444929129],
      [0.6066332767271211, 0.022374556696689155, 0.1353581801874893, 0.1353581801874893],
      [0.797673267739455, 0.00018237639314889825, 0.08417806459369925, 0.08417806459369925],
      [0.4787598433493602, 0.0888668013501006, 0.20653986787022577, 0.20653986787022577],
    ]
    for (process, expected) in zip(ChoiceProcess.all, golden) {
      let found = try probabilities(process.spec, affinities)
      #expect(isNear(found, expected), "\(process.spec): \(found)")
    }
  }

  /// For one item the scanning models, the logit and the one kernel are the study's click curve; the exponomial is a
  /// Laplace law.
  @Test func oneItem() throws {
    for step in -16...16 {
      let affinity = Double(step) / 16
      let curve = try probabilities(#"{"type": "sigmoid", "slope": 3, "offset": 0.2}"#, [affinity])
      for spec in [
        #"{"type": "position-based", "slope": 3, "offset": 0.2}"#,
        #"{"type": "cascade", "slope": 3, "offset": 0.2, "abandonment": 0.5}"#,
      ] { #expect(try probabilities(spec, [affinity]) == curve) }
      let logit = try probabilities(#"{"type": "multinomial-logit", "slope": 3, "outside": 0.2}"#, [affinity])
      #expect(isNear(logit, curve, 1e-15))
      let kernel = try probabilities(
        #"{"type": "lcm4rec", "offsets": [0.2], "widths": [\#(1.0 / 3)]}"#, [affinity])
      #expect(isNear(kernel, curve, 1e-12))
      let gap = abs(affinity - 0.2)
      let below = exp(-3 * gap) / 2
      let laplace = try probabilities(#"{"type": "exponomial", "rate": 3, "outside": 0.2}"#, [affinity])
      #expect(isNear(laplace, [affinity < 0.2 ? below : 1 - below], 1e-14))
    }
  }

  @Test func oneKernelIsTheStudysCurveToTheLastBit() throws {
    for step in 0...1000 {
      let affinity = [-1 + Double(step) / 500]
      #expect(try probabilities(#""lcm4rec""#, affinity) == probabilities(#""sigmoid""#, affinity))
    }
  }

  @Test(arguments: ["multinomial-logit", "exponomial"])
  func theOutsideOptionTakesNothingOrAll(type: String) throws {
    let poor = try probabilities(#"{"type": "\#(type)", "outside": -200}"#, affinities)
    #expect(abs(poor.reduce(0, +) - 1) < 1e-12)
    let rich = try probabilities(#"{"type": "\#(type)", "outside": 200}"#, affinities)
    #expect(rich.allSatisfy { (0..<1e-12).contains($0) })
    // As one alternative among equals it takes its share.
    let equal = try probabilities(#"{"type": "\#(type)", "outside": 0.3}"#, [0.3, 0.3, 0.3, 0.3])
    #expect(isNear(equal, [0.2, 0.2, 0.2, 0.2], 1e-15))
  }

  @Test func theLogitIgnoresIrrelevantAlternativesAndTheExponomialDoesNot() throws {
    func ratio(_ type: String, _ others: [Double]) throws -> Double {
      let found = try probabilities(#"{"type": "\#(type)", "outside": 0.3}"#, [0.1, 0.6] + others)
      return found[0] / found[1]
    }
    for others in [[0.9], [-0.4, 0.2], [0.6, 0.6, 0.6]] {
      #expect(try abs(ratio("multinomial-logit", others) - exp(-0.5)) < 1e-12)
      #expect(try abs(ratio("exponomial", others) - ratio("exponomial", [])) > 1e-3)
    }
  }

  @Test func attentionDecidesBetweenTheScanningModels() throws {
    let everywhere = try probabilities(#"{"type": "position-based", "decay": 0}"#, affinities)
    #expect(try isNear(everywhere, probabilities(#""cascade""#, affinities), 1e-15))
    let first = try probabilities(#"{"type": "cascade", "abandonment": 1}"#, affinities)
    #expect(first[0] > 0 && first.dropFirst().allSatisfy { $0 == 0 })
  }

  private static func kernels(_ seed: UInt64) -> KernelMixture {
    var stream = RandomStream(seed: seed, purpose: Purpose("kernels"))
    let count = 1 + stream.uniform(below: 4)
    let weights = (0..<count).map { _ in 0.1 + stream.uniform() }
    let sum = weights.reduce(0, +)
    return KernelMixture(
      kernels: weights.map { weight in
        // Widths over four orders of magnitude.
        .init(
          weight: weight / sum, centre: 2 * stream.uniform() - 1, width: pow(10, 1 - 4 * stream.uniform()))
      })
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func noClickIsWhereEveryThresholdIsTooHigh(seed: UInt64) throws {
    let law = Self.kernels(seed)
    var stream = RandomStream(seed: seed, purpose: Purpose("utilities"))
    let utilities = (0..<5).map { _ in 2 * stream.uniform() - 1 }
    let chosen = law.choices(among: utilities)
    let none = utilities.reduce(1) { $0 * (1 - law.cumulative($1)) }
    #expect(abs(chosen.reduce(0, +) - (1 - none)) < 1e-11)
    // One item through the quadrature is F, and alike items share alike.
    #expect(isNear(law.choices(among: [0.3]), [law.cumulative(0.3)], 1e-11))
    let share = (1 - pow(1 - law.cumulative(0.3), 3)) / 3
    #expect(isNear(law.choices(among: [0.3, 0.3, 0.3]), [share, share, share], 1e-11))
  }

  /// Far above all thresholds nobody declines, and what is left is P(i) = ∫ f_ε(x) Π_{j≠i} F_ε(x + u_i − u_j) dx, the
  /// publication's formula, for the errors ε = −T; here for one logistic kernel against two items, by hand: the
  /// difference of two logistic errors has the law 1/(1−r) + r ln r/(1−r)², r = e^−d.
  @Test func withoutAnOutsideOptionItIsThePublishedFormula() throws {
    let law = KernelMixture(kernels: [.init(weight: 1, centre: 0.8, width: 0.5)])
    for difference in [0.25, 1.0, 3.0] {
      let r = exp(-difference / 0.5)
      let expected = 1 / (1 - r) + r * log(r) / ((1 - r) * (1 - r))
      let found = law.choices(among: [300 + difference, 300])
      #expect(isNear(found, [expected, 1 - expected], 1e-10), "\(found), expected \(expected)")
    }
  }

  @Test func whatIsOutOfRangeIsRefused() {
    func complaints(_ spec: String) -> String {
      complaint { try make(.clickModel, spec, as: (any ClickModel).self) }
    }
    #expect(complaints(#"{"type": "cascade", "abandonment": 1.5}"#).contains("expected 0.0 to 1.0"))
    #expect(complaints(#"{"type": "position-based", "decay": -1}"#).contains("at least 0"))
    #expect(complaints(#"{"type": "exponomial", "rate": 0}"#).contains("above 0"))
    #expect(complaints(#"{"type": "lcm4rec", "weights": [1, 2]}"#).contains("1 numbers for 2 kernels"))
    #expect(complaints(#"{"type": "lcm4rec", "widths": [0]}"#).contains("above 0"))
    #expect(complaints(#"{"type": "ipg-boredom", "biasPerClick": -0.1}"#).contains("at least 0"))
  }
}

struct TargetNoiseTests {
  @Test func theReleasedConstantsAreAdded() throws {
    let world = try ToyWorld().simulated
    func answers(_ spec: String) throws -> [Double] {
      var model = try make(.clickModel, spec, as: (any ClickModel).self)
      try model.prepare(world)
      return try (0..<5).flatMap { place in
        try model.choiceProbabilities(Slate(items: [0], affinities: [0.5], targetPlace: place))
      }
    }
    let plain = try answers(#""sigmoid""#)
    #expect(Set(plain).count == 1)
    let noisy = try answers(#"{"type": "sigmoid", "targetNoise": "released"}"#)
    // numpy.random.RandomState(114514).rand(5) / 100
    let expected = [
      0.006877558739955388, 0.006761729409303582, 0.0042661144753437275, 0.007830323648093837,
      0.007883749081318308,
    ]
    #expect(isNear(zip(noisy, plain).map { $0 - $1 }, expected, 1e-15))
    let sure = try answers(#"{"type": "sigmoid", "slope": 1000, "offset": 0, "targetNoise": "released"}"#)
    #expect(sure == [1, 1, 1, 1, 1])
  }
}

struct IPGEnvironmentTests {
  private static func moved(_ clicks: [Int32?], world items: [[Float]]) throws -> [Float] {
    var dynamics = try make(.dynamics, #""ipg-boredom""#, as: (any Dynamics).self)
    #expect(dynamics.owner == .environment)
    try dynamics.prepare(
      SimulatedWorld(
        catalogue: ItemCatalogue(), items: Matrix(items), itemCounts: items.map { _ in 1 }, seed: 1,
        locations: DataLocations(folders: [])))
    let item = try #require(clicks.last ?? nil)
    return dynamics.moved(
      InterestMove(
        interest: [0.6, 0, 0.8, 0], item: item, itemVector: items[Int(item)], policyKeep: 0,
        events: clicks.map { RoundEvent(items: [$0 ?? 0], choice: $0 == nil ? nil : 0) }))
  }

  /// Items 0 and 1 are of topic 0, item 2 of topic 1.
  private static let items: [[Float]] = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]]

  @Test func aTopicClickedFourTimesLosesAFifth() throws {
    // 0.8 · (0.6, 0, 0.8, 0) + 0.2 · (1, 0, 0, 0)
    #expect(isClose(try Self.moved([0], world: Self.items), [0.68, 0, 0.64, 0]))
    #expect(isClose(try Self.moved([0, 1, 0], world: Self.items), [0.68, 0, 0.64, 0]))
    #expect(isClose(try Self.moved([0, 1, 1, 0], world: Self.items), [0.8 * 0.68, 0, 0.64, 0]))
    // A click on another topic is not affected, nor does a refusal bore.
    #expect(isClose(try Self.moved([0, 1, 1, 0, 2], world: Self.items), [0.48, 0, 0.64, 0.2]))
    #expect(isClose(try Self.moved([0, 1, nil, 0], world: Self.items), [0.68, 0, 0.64, 0]))
    // Clicked again after boredom has passed, four of the last ten bore anew.
    #expect(
      isClose(
        try Self.moved([0, 1, 1, 0, nil, nil, nil, nil, nil, 0], world: Self.items), [0.8 * 0.68, 0, 0.64, 0])
    )
  }

  @Test func eachClickOnAnItemTakesFromIt() throws {
    let model = try make(.clickModel, #""ipg-boredom""#, as: (any ClickModel).self)
    func probability(_ past: [Int32], _ clicked: [Int32]) throws -> Double {
      try model.choiceProbabilities(
        Slate(
          items: [3], affinities: [0.9], history: UserHistory(user: 0, past: past[...], clicked: clicked)))[0]
    }
    #expect(try abs(probability([], []) - 1 / (1 + exp(-2.0))) < 1e-12)
    #expect(try abs(probability([1, 3], [2]) - 1 / (1 + exp(-1.0))) < 1e-12)
    #expect(try abs(probability([3, 3], [3]) - 1 / (1 + exp(1.0))) < 1e-12)
    #expect(complaint { try model.choiceProbabilities(slate([0, 1])) }.contains("this one has 2"))
  }
}
