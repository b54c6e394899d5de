import Beckon

/// How many users met both of two items: `[item, item]`, symmetric; the diagonal counts the users of one item.
struct CoOccurrence {
  let items: Int
  private(set) var counts: [Double]

  /// Largest number of items whose table is made: 3.2 GB of double precision.
  private static let limit = 20_000

  /// Counts over the training part; an item met twice by a user counts once.
  ///
  /// - Throws: `Problem` if the catalogue is too large for a dense table.
  init(_ split: Split) throws {
    items = split.dataset.itemCount
    guard items <= Self.limit else {
      let gigabytes = Double(items) * Double(items) * 8 / 1e9
      throw Problem(
        "scorer",
        "a table of \(items) × \(items) items would need \(Int(gigabytes)) GB; at most \(Self.limit) items "
          + "are supported. Filter the dataset, for example by a k-core.")
    }
    counts = [Double](repeating: 0, count: items * items)
    for sequence in split.training {
      let met = Set(sequence).sorted().map { Int($0) }
      for first in met { for second in met { counts[first * items + second] += 1 } }
    }
  }
}

extension UserBatch {
  /// Sums rows of an item–item table over each user's history.
  func sumsOverHistory(of table: [Double]) -> Matrix<Float> {
    let items = itemCount
    let values = histories.flatMap { history -> [Float] in
      var sums = [Double](repeating: 0, count: items)
      for met in Set(history.latest(history.count)).sorted() {
        let row = Int(met) * items
        table.withUnsafeBufferPointer { table in
          for item in 0..<items { sums[item] += table[row + item] }
        }
      }
      return sums.map { Float($0) }
    }
    return Matrix(rows: count, columns: items, values: values)
  }
}
