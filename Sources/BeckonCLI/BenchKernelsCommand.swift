import Beckon
import Synchronization

/// `beckon bench kernels`.
enum BenchKernelsCommand {
  static let command = Command(
    name: "kernels", summary: "GFLOP/s of matrix products.",
    details: """
      Multiply-adds with all operands in registers, which nothing can exceed, and products of the
      shapes that training and ranking are made of, on one thread and on all. Each is repeated for a
      fifth of a second, three times; the best counts, so that a busy machine disturbs less.
      `gflops` is the largest over the products, on all threads.
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

  private struct Row {
    let name: String
    let facts: [(String, JSON)]
    let one: Double
    let all: Double
  }

  private static func run(_ call: Call) throws {
    try CommonOptions.setThreads(call)
    let threads = Parallel.threads
    func row(_ name: String, _ facts: [(String, JSON)] = [], _ work: () -> Double) -> Row {
      let one = Parallel.withThreads(1) { measured(work) }
      return Row(name: name, facts: facts, one: one, all: threads == 1 ? one : measured(work))
    }
    let peak = row("multiply-adds in registers") { operationsInRegisters() }
    let products = shapes.map { shape in
      let (rows, depth, columns) = (shape.rows, shape.depth, shape.columns)
      let a = filled(rows, depth)
      let b = shape.isTransposed ? filled(columns, depth) : filled(depth, columns)
      let facts = [("rows", rows), ("columns", columns), ("depth", depth)].map { name, value in
        (name, JSON.number(Double(value)))
      }
      return row("\(shape.name), \(rows) × \(depth) × \(columns)", facts) {
        // Reading the result keeps the optimiser from dropping the product.
        shape.product(a, b)[0, 0].isNaN ? .nan : 2 * Double(rows) * Double(columns) * Double(depth)
      }
    }
    if call.has("json") {
      func json(_ row: Row) -> JSON {
        .members(
          [("name", .string(row.name))] + row.facts + [
            ("oneThread", .number(row.one)), ("allThreads", .number(row.all)),
          ])
      }
      let json = JSON.members([
        ("gflops", .number(products.map(\.all).max() ?? 0)),
        ("gflopsOneThread", .number(products.map(\.one).max() ?? 0)), ("peak", json(peak)),
        ("threads", .number(Double(threads))), ("products", .array(products.map(json))),
      ])
      return try call.terminal.output(json.pretty + "\n")
    }
    var lines = ["GFLOP/s                                     1 thread  \(threads) threads"]
    for row in [peak] + products {
      let gap = String(repeating: " ", count: max(1, 42 - row.name.count))
      lines.append(row.name + gap + padded(row.one) + padded(row.all))
    }
    try call.terminal.output(lines.joined(separator: "\n") + "\n")
  }

  private static func padded(_ value: Double) -> String {
    let text = String(format: "%.1f", value)
    return String(repeating: " ", count: max(1, 10 - text.count)) + text
  }

  private static func operationsInRegisters() -> Double {
    let total = Mutex(0.0)
    Parallel.forEach(Parallel.threads) { _ in
      let operations = MachinePeak.operations(rounds: 1_000_000)
      total.withLock { $0 += operations }
    }
    return total.withLock { $0 }
  }

  /// 10⁹ operations a second: the best of three spans of a fifth of a second of some work, which says its operations.
  private static func measured(_ work: () -> Double) -> Double {
    var best = 0.0
    for _ in 0..<3 {
      let start = ContinuousClock.now
      var (operations, seconds) = (0.0, 0.0)
      repeat {
        operations += work()
        seconds = (ContinuousClock.now - start) / .seconds(1)
      } while seconds < 0.2
      best = max(best, operations / seconds / 1e9)
    }
    return best
  }

  private static func filled(_ rows: Int, _ columns: Int) -> Matrix<Float> {
    var stream = RandomStream(seed: 1, purpose: .initialization)
    return Matrix(
      rows: rows, columns: columns, values: (0..<rows * columns).map { _ in Float(stream.uniform()) - 0.5 })
  }
}
