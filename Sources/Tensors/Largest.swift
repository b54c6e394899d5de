extension ArraySlice<Float> {
  /// Places of the largest elements, counted from the slice's start: larger ones first, the smaller place on a tie. −∞ and
  /// NaN never, so that there may be fewer than `count`.
  public func placesOfLargest(_ count: Int) -> [Int32] {
    var found: [Int32] = []
    var threshold = -Float.infinity
    withUnsafeBufferPointer { values in
      for place in 0..<values.count where values[place] > threshold {
        if found.count == count { found.removeLast() }
        found.insert(Int32(place), at: found.firstIndex { values[Int($0)] < values[place] } ?? found.count)
        if found.count == count { threshold = values[Int(found[count - 1])] }
      }
    }
    return found
  }
}
