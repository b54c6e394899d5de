import Foundation

/// The standard normal distribution.
enum Normal {
  /// P(Z ≤ z).
  static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// P(Z ≥ z), without the rounding of `1 − cumulative(z)`.
  static func upperTail(_ z: Double) -> Double { cumulative(-z) }

  /// The z below which the probability lies.
  ///
  /// A rational start (Abramowitz and Stegun 26.2.23, error below 4.5e-4), then Halley's steps on `erfc`, each of
  /// which triples the right digits.
  ///
  /// - Parameter probability: in [0, 1]; its ends give −∞ and ∞.
  static func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    // The lower half, where probabilities keep their digits.
    guard probability <= 0.5 else { return -quantile(1 - probability) }
    let t = (-2 * log(probability)).squareRoot()
    let above = 2.515517 + t * (0.802853 + t * 0.010328)
    let below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    var z = above / below - t
    for _ in 0..<3 {
      let step = (cumulative(z) - probability) * (2 * .pi).squareRoot() * exp(z * z / 2)
      z -= step / (1 + z * step / 2)
    }
    return z
  }
}

/// Student's t distribution.
enum StudentT {
  /// P(|T| ≥ |t|): the incomplete beta function I at freedom / (freedom + t²), of freedom/2 and 1/2.
  static func twoTails(_ t: Double, freedom: Double) -> Double {
    guard t.isFinite else { return 0 }
    let square = t * t
    return incompleteBeta(freedom / (freedom + square), square / (freedom + square), freedom / 2, 0.5)
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction.
  ///
  /// Source: Abramowitz and Stegun 26.5.8, evaluated after Lentz; where the fraction converges slowly, by
  /// I_x(a, b) = 1 − I_{1−x}(b, a).
  ///
  /// - Parameters:
  ///   - x: in [0, 1].
  ///   - rest: 1 − x, which the caller knows without rounding.
  ///   - a: above 0.
  ///   - b: above 0.
  static func incompleteBeta(_ x: Double, _ rest: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard rest > 0 else { return 1 }
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(rest, x, b, a) }
    // The logarithm of the larger part comes from the smaller one.
    let (logX, logRest) = x < rest ? (log(x), log1p(-x)) : (log1p(-rest), log(rest))
    let scale = logGamma(a + b) - logGamma(a) - logGamma(b) + a * logX + b * logRest
    return exp(scale) / (a * fraction(x, a, b))
  }

  /// 1 + d₁/(1 + d₂/(1 + …)).
  private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
    var value = 1.0
    var c = 1.0
    var d = 0.0
    for step in 1...1000 {
      let m = Double(step / 2)
      let term =
        step.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / (1 + term * d)
      c = 1 + term / c
      value *= c * d
      if abs(c * d - 1) < 1e-15 { break }
    }
    return value
  }

  private static func logGamma(_ x: Double) -> Double { lgamma(x).0 }
}
