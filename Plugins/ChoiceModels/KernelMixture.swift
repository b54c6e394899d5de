import Beckon

/// A law on the real line: a mixture of logistic kernels, F(x) = Σ_k w_k σ((x − c_k) / h_k).
struct KernelMixture: Sendable {
  /// One logistic law in the mixture.
  struct Kernel: Sendable {
    /// w, above 0; those of a mixture add up to 1.
    let weight: Double
    /// c
    let centre: Double
    /// h, above 0.
    let width: Double
  }

  let kernels: [Kernel]

  /// F(x)
  func cumulative(_ x: Double) -> Double {
    kernels.reduce(0) { $0 + $1.weight * logistic((x - $1.centre) / $1.width) }
  }

  /// 1 − F(x), without cancellation, and the density f(x).
  private func tail(_ x: Double) -> (survival: Double, density: Double) {
    var (survival, density) = (0.0, 0.0)
    for kernel in kernels {
      let z = (x - kernel.centre) / kernel.width
      let decay = exp(-abs(z))
      let (small, large) = (decay / (1 + decay), 1 / (1 + decay))
      survival += kernel.weight * (z > 0 ? small : large)
      density += kernel.weight * small * large / kernel.width
    }
    return (survival, density)
  }

  /// Probability that each item is the one furthest above its own threshold, thresholds drawn from this law
  /// independently; what is missing to 1 is that none reaches its threshold, Π_j (1 − F(u_j)).
  ///
  /// By the surplus v of the best: P(i) = ∫₀^∞ f(u_i − v) Π_{j≠i} (1 − F(u_j − v)) dv. Gauss–Legendre with eight nodes
  /// on panels half as wide as the distance to the nearest pole of the integrand (a kernel's poles lie π · h beside
  /// its centre), which holds the error below 1e-11 whatever the widths.
  ///
  /// - Parameter utilities: u, by item.
  func choices(among utilities: [Double]) -> [Double] {
    var probabilities = [Double](repeating: 0, count: utilities.count)
    var tails = utilities.map { tail($0) }
    for (node, weight) in nodes(utilities) {
      for item in utilities.indices { tails[item] = tail(utilities[item] - node) }
      var before = weight
      for item in utilities.indices {
        probabilities[item] += before * tails[item].density * Self.product(tails[(item + 1)...])
        before *= tails[item].survival
      }
    }
    return probabilities
  }

  private static func product(_ tails: ArraySlice<(survival: Double, density: Double)>) -> Double {
    tails.reduce(1) { $0 * $1.survival }
  }

  /// Nodes and weights from 0 to where the density is below e^−40 of its height.
  private func nodes(_ utilities: [Double]) -> [(node: Double, weight: Double)] {
    let centres = kernels.flatMap { kernel in
      utilities.map { (place: $0 - kernel.centre, height: .pi * kernel.width) }
    }
    let largest = utilities.max() ?? 0
    let end = kernels.reduce(0) { max($0, largest - $1.centre + 40 * $1.width) }
    var nodes: [(node: Double, weight: Double)] = []
    var start = 0.0
    while start < end {
      let distance = centres.reduce(Double.infinity) { min($0, hypot(start - $1.place, $1.height)) }
      let half = min(distance / 2, end - start) / 2
      for (node, weight) in Self.legendre {
        nodes.append((start + half * (1 - node), half * weight))
        nodes.append((start + half * (1 + node), half * weight))
      }
      start += 2 * half
    }
    return nodes
  }

  /// The positive nodes of the eight-point rule on [−1, 1], and their weights. (Abramowitz and Stegun, table 25.4)
  private static let legendre: [(node: Double, weight: Double)] = [
    (0.183434642495650, 0.362683783378362), (0.525532409916329, 0.313706645877887),
    (0.796666477413627, 0.222381034453374), (0.960289856497536, 0.101228536290376),
  ]
}
