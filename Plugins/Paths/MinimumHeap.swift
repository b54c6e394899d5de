/// Gives back its elements smallest first.
struct MinimumHeap<Element: Comparable> {
  private var elements: [Element] = []

  mutating func insert(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, elements[child] < elements[(child - 1) / 2] {
      elements.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popSmallest() -> Element? {
    guard let smallest = elements.first, let last = elements.popLast() else { return nil }
    guard !elements.isEmpty else { return smallest }
    elements[0] = last
    var parent = 0
    while true {
      let children = (2 * parent + 1..<2 * parent + 3).clamped(to: elements.startIndex..<elements.endIndex)
      guard let child = children.min(by: { elements[$0] < elements[$1] }), elements[child] < elements[parent]
      else { return smallest }
      elements.swapAt(child, parent)
      parent = child
    }
  }
}
