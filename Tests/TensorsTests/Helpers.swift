import CKernels
import Tensors
import Testing

/// All tests of this target, one after the other: some change the kernel path or the thread count of the process.
@Suite(.serialized) enum All {}

/// Random matrices, the same for every run.
struct Draw {
  var stream: RandomStream

  init(_ seed: UInt64) { stream = RandomStream(seed: seed, purpose: Purpose("test")) }

  mutating func matrix(_ rows: Int, _ columns: Int, scale: Double = 1) -> Matrix<Double> {
    // Rounded to Float, so that both precisions start from the same numbers.
    Matrix(
      rows: rows, columns: columns,
      values: (0..<rows * columns).map { _ in Double(Float(scale * stream.normal())) })
  }

  mutating func indices(_ count: Int, below bound: Int) -> [Int32] {
    (0..<count).map { _ in Int32(stream.uniform(below: bound)) }
  }
}

/// Runs `body` once per kernel path of this machine, then restores the best one.
func onEveryPath(_ body: (String) throws -> Void) rethrows {
  defer { _ = bk_use_path(-1) }
  for path in 0..<bk_path_count() where bk_use_path(path) == 1 {
    try body(String(cString: bk_path_name(path)))
  }
}

func expectClose(
  _ found: Matrix<Float>, _ expected: Matrix<Double>, _ tolerance: Double, _ label: @autoclosure () -> String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.rows == expected.rows, found.columns == expected.columns else {
    Issue.record(
      "\(label()): \(found.rows)×\(found.columns) is not \(expected.rows)×\(expected.columns)",
      sourceLocation: sourceLocation)
    return
  }
  let bound = tolerance * max(1, expected.values.map(abs).max() ?? 0)
  for (i, (a, b)) in zip(found.values, expected.values).enumerated() where !(abs(Double(a) - b) <= bound) {
    Issue.record("\(label()): element \(i) is \(a), expected \(b) ± \(bound)", sourceLocation: sourceLocation)
    return
  }
}
