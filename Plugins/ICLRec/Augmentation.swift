import Beckon

/// A changed view of a sequence: crop, mask or reorder, each as likely as the others. (ICLRec §3.3, CL4SRec)
struct Augmentation: Codable, Equatable, Sendable {
  /// Share of the sequence that a crop keeps.
  var crop = 0.2
  /// Share of the items that a mask turns into pads.
  var mask = 0.7
  /// Share of the sequence that is shuffled.
  var reorder = 0.2

  /// One view; `nil` stands for a pad.
  ///
  /// - Parameter sequence: at least one item, oldest first.
  func view(of sequence: ArraySlice<Int32>, stream: inout RandomStream) -> [Int32?] {
    switch stream.uniform(below: 3) {
    case 0: cropped(sequence, &stream)
    case 1: masked(sequence, &stream)
    default: reordered(sequence, &stream)
    }
  }

  /// A window of the sequence.
  func cropped(_ sequence: ArraySlice<Int32>, _ stream: inout RandomStream) -> [Int32?] {
    let items = Array(sequence)
    let window = window(of: items.count, share: crop, stream: &stream)
    // A window of nothing keeps a single item, so that a view is never empty.
    return items[window.isEmpty ? window.lowerBound..<window.lowerBound + 1 : window].map { Optional($0) }
  }

  /// The sequence with pads in random places.
  func masked(_ sequence: ArraySlice<Int32>, _ stream: inout RandomStream) -> [Int32?] {
    var view = sequence.map { Optional($0) }
    for index in stream.sample(Int(mask * Double(view.count)), of: view.count) { view[index] = nil }
    return view
  }

  /// The sequence with a window shuffled.
  func reordered(_ sequence: ArraySlice<Int32>, _ stream: inout RandomStream) -> [Int32?] {
    var view = Array(sequence)
    let window = window(of: view.count, share: reorder, stream: &stream)
    var part = Array(view[window])
    stream.shuffle(&part)
    view.replaceSubrange(window, with: part)
    return view.map { Optional($0) }
  }

  /// A window of ⌊share · count⌋ places; its start is uniform over 0 ... count − length − 1, as published, so
  /// the last place is only reached when there is no other start.
  private func window(of count: Int, share: Double, stream: inout RandomStream) -> Range<Int> {
    let length = Int(share * Double(count))
    let start = stream.uniform(below: max(1, count - length))
    return start..<min(count, start + length)
  }
}
