internal import CKernels

/// Searches of a row of scores, at the speed at which it can be read.
public enum RowSearch {
  /// The first place from `start` on whose element is above the threshold; the count if there is none.
  public static func next(
    above threshold: Float, from start: Int, in values: UnsafeBufferPointer<Float>
  ) -> Int {
    guard let base = values.baseAddress else { return 0 }
    var place = 0
    bk_next_above(values.count, base, start, threshold, &place)
    return place
  }

  /// The first place of the largest element; nil if none is above −∞.
  public static func largest(in values: UnsafeBufferPointer<Float>) -> Int? {
    var (found, threshold): (Int?, Float) = (nil, -.infinity)
    var place = next(above: threshold, from: 0, in: values)
    while place < values.count {
      (found, threshold) = (place, values[place])
      place = next(above: threshold, from: place + 1, in: values)
    }
    return found
  }

  /// How many elements are above the threshold, or not below it if `inclusive`; NaN is neither.
  public static func count(
    above threshold: Float, inclusive: Bool = false, in values: UnsafeBufferPointer<Float>
  ) -> Int {
    guard let base = values.baseAddress else { return 0 }
    var count = 0
    bk_count_above(values.count, base, threshold, inclusive ? 1 : 0, &count)
    return count
  }

  /// Whether an element is NaN.
  public static func hasNaN(_ values: UnsafeBufferPointer<Float>) -> Bool {
    guard let base = values.baseAddress else { return false }
    var found: Int32 = 0
    bk_has_nan(values.count, base, &found)
    return found != 0
  }
}

extension ArraySlice<Float> {
  /// Places of the largest elements, counted from the slice's start: larger ones first, the smaller place on a tie.
  /// −∞ and NaN never, so that there may be fewer than `count`.
  public func placesOfLargest(_ count: Int) -> [Int32] {
    guard count > 0 else { return [] }
    var found: [Int32] = []
    found.reserveCapacity(count)
    var threshold = -Float.infinity
    withUnsafeBufferPointer { values in
      var place = RowSearch.next(above: threshold, from: 0, in: values)
      while place < values.count {
        let value = values[place]
        if found.count == count { found.removeLast() }
        found.insert(Int32(place), at: found.firstIndex { values[Int($0)] < value } ?? found.count)
        if found.count == count { threshold = values[Int(found[count - 1])] }
        place = RowSearch.next(above: threshold, from: place + 1, in: values)
      }
    }
    return found
  }
}
