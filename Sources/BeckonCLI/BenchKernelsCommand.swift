import Beckon

/// `beckon bench kernels`.
enum BenchKernelsCommand {
  static let command = Command(
    name: "kernels", summary: "GFLOP/s of matrix products.",
    details: """
      Products of the shapes that training and ranking are made of, on one thread and on all.
      Each is repeated for a fifth of a second, three times; the best counts, so that a busy
      machine disturbs less. `gflops` is the largest over the shapes, on all threads.
      """,
    options: [CommonOptions.threads, CommonOptions.json], run: run)

  private struct Shape {
    let name: String
    let rows: Int
    let columns: Int
    let depth: Int
    let product: @Sendable (Matrix<Float>, Matrix<Float>) -> Matrix<Float>
    /// Whether the right side is given row by row of the result's columns.
    let isTransposed: Bool
  }

  private static let shapes = [
    Shape(
      name: "A·B, square", rows: 1024, columns: 1024, depth: 1024, product: { $0.times($1) },
      isTransposed: false),
    Shape(
      name: "A·B, a layer", rows: 12_800, columns: 64, depth: 64, product: { $0.times($1) },
      isTransposed: false),
    Shape(
      name: "A·B, feed-forward", rows: 12_800, columns: 256, depth: 64, product: { $0.times($1) },
      isTransposed: false),
    Shape(
      name: "A·Bᵀ, all items", rows: 256, columns: 12_101, depth: 64, product: { $0.timesTransposed($1) },
      isTransposed: true),
  ]

  private static func run(_ call: Call) throws {
    try CommonOptions.setThreads(call)
    let threads = Parallel.threads
    defer { Parallel.setThreads(threads) }
    var rows: [(shape: Shape, one: Double, all: Double)] = []
    for shape in shapes {
      Parallel.setThreads(1)
      let one = measure(shape)
      Parallel.setThreads(threads)
      rows.append((shape, one, threads == 1 ? one : measure(shape)))
    }
    let best = rows.map(\.all).max() ?? 0
    if call.has("json") {
      let products = rows.map { row in
        JSON.members([
          ("product", .string(row.shape.name)), ("rows", .number(Double(row.shape.rows))),
          ("columns", .number(Double(row.shape.columns))), ("depth", .number(Double(row.shape.depth))),
          ("oneThread", .number(row.one)), ("allThreads", .number(row.all)),
        ])
      }
      let json = JSON.members([
        ("gflops", .number(best)), ("gflopsOneThread", .number(rows.map(\.one).max() ?? 0)),
        ("threads", .number(Double(threads))), ("products", .array(products)),
      ])
      return try call.terminal.output(json.pretty + "\n")
    }
    var lines = ["GFLOP/s                                     1 thread  \(threads) threads"]
    for row in rows {
      let shape = row.shape
      let name = "\(shape.name), \(shape.rows) × \(shape.depth) × \(shape.columns)"
      lines.append(
        name + String(repeating: " ", count: max(1, 42 - name.count)) + padded(row.one) + padded(row.all))
    }
    try call.terminal.output(lines.joined(separator: "\n") + "\n")
  }

  private static func padded(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return String(repeating: " ", count: max(1, 10 - text.count)) + text
  }

  private static func measure(_ shape: Shape) -> Double {
    let a = filled(shape.rows, shape.depth)
    let b = shape.isTransposed ? filled(shape.columns, shape.depth) : filled(shape.depth, shape.columns)
    let operations = 2 * Double(shape.rows) * Double(shape.columns) * Double(shape.depth)
    var best = 0.0
    var checksum: Float = 0
    for _ in 0..<3 {
      let start = ContinuousClock.now
      var count = 0.0
      var seconds = 0.0
      repeat {
        checksum += shape.product(a, b)[0, 0]
        count += 1
        seconds = (ContinuousClock.now - start) / .seconds(1)
      } while seconds < 0.2
      best = max(best, operations * count / seconds / 1e9)
    }
    // Reading the results keeps the optimiser from dropping the products.
    return checksum.isNaN ? .nan : best
  }

  private static func filled(_ rows: Int, _ columns: Int) -> Matrix<Float> {
    var stream = RandomStream(seed: 1, purpose: .initialization)
    return Matrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(stream.uniform()) - 0.5 })
  }
}
