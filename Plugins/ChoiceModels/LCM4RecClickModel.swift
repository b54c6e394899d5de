import Beckon

/// A user whose thresholds may follow any law.
struct LCM4RecClickModel: ClickModel {
  static let about = About(
    "lcm4rec",
    "Takes the item furthest above a random threshold of its own, if any is; the thresholds follow a kernel mixture.",
    source: """
      LCM4Rec, RecSys 2025, arXiv:2507.20035: the errors' law is a mixture of logistic kernels instead of an assumed \
      logit, F(x) = Σ_k w_k σ((x − o − s·d_k) / h_k), P(i) = ∫ f(x) Π_{j≠i} F(x + u_i − u_j) dx. Here o + s·d_k is \
      `offsets`, h_k is `widths`, and the error is minus the threshold that an item has to reach, so that there is an \
      outside option: P(i) = ∫_{t ≤ u_i} f(t) Π_{j≠i} (1 − F(t + u_j − u_i)) dt, and no click has Π_j (1 − F(u_j)). \
      When every item surely reaches its threshold this is the publication's formula for the mirrored law; for one \
      item it is F(affinity), of which `sigmoid` is the case of one kernel with offset b and width 1/w. The \
      publication learns the law from data; here it is given.
      """,
    examples: [
      Example("the defaults are the study's click curve", expected: [0.141851, 0.549834]) {
        let model = try LCM4RecClickModel(configuration: defaults)
        return try [-1, 1].flatMap { affinity in
          try model.choiceProbabilities(Slate(items: [0], affinities: [affinity]))
        }
      },
      Example("two items alike, each above its threshold half of the time", expected: [0.375, 0.375]) {
        try LCM4RecClickModel(configuration: defaults)
          .choiceProbabilities(Slate(items: [0, 1], affinities: [0.8, 0.8]))
      },
    ])

  struct Configuration: Codable, Equatable, Sendable {
    /// Weight of each kernel, above 0; only their ratios count.
    var weights = [1.0]
    /// Affinity at each kernel's middle.
    var offsets = [0.8]
    /// Width of each kernel, above 0.
    var widths = [1.0]
  }

  static let defaults = Configuration()
  let configuration: Configuration
  private let law: KernelMixture

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    let (weights, offsets, widths) = (configuration.weights, configuration.offsets, configuration.widths)
    checks.require(!weights.isEmpty, "weights", "is empty; expected a weight for each kernel.")
    checks.require(
      offsets.count == weights.count, "offsets",
      "has \(offsets.count) numbers for \(weights.count) kernels; expected one for each of 'weights'.")
    checks.require(
      widths.count == weights.count, "widths",
      "has \(widths.count) numbers for \(weights.count) kernels; expected one for each of 'weights'.")
    for (key, values) in [("weights", weights), ("widths", widths)] {
      checks.require(values.allSatisfy { $0 > 0 }, key, "\(values) is out of range; expected values above 0.")
    }
  }

  init(configuration: Configuration) throws {
    self.configuration = configuration
    let sum = configuration.weights.reduce(0, +)
    law = KernelMixture(
      kernels: configuration.weights.indices.map { index in
        .init(
          weight: configuration.weights[index] / sum, centre: configuration.offsets[index],
          width: configuration.widths[index])
      })
  }

  func choiceProbabilities(_ slate: Slate) throws -> [Double] {
    slate.affinities.count == 1
      ? [law.cumulative(slate.affinities[0])] : law.choices(among: slate.affinities)
  }
}
