/// Numbers of several seeds.
public struct Sample: Sendable {
  /// Mean over the seeds; 0 without any.
  public let mean: Double
  /// Sample standard deviation over the seeds; nil for fewer than two.
  public let deviation: Double?
  /// Seeds that gave a number.
  public let count: Int

  /// What some numbers have in common.
  public init(_ numbers: [Double]) {
    count = numbers.count
    let mean = numbers.reduce(0, +) / Double(max(1, numbers.count))
    let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.mean = mean
    deviation = numbers.count > 1 ? (squares / Double(numbers.count - 1)).squareRoot() : nil
  }
}
