import Beckon
import Testing

@testable import BundledPlugins

struct AugmentationTests {
  private static func views(of count: Int, _ change: (inout Augmentation) -> Void = { _ in }) -> [[Int32?]] {
    var augmentation = Augmentation()
    change(&augmentation)
    return (0..<300).map { draw in
      var stream = RandomStream(seed: 1, purpose: .augmentation, UInt32(draw))
      return augmentation.view(of: (0..<Int32(count)).map { $0 }[...], stream: &stream)
    }
  }

  @Test(arguments: [1, 2, 4, 5, 10, 23])
  func aViewIsACropAMaskOrAReordering(count: Int) {
    let whole = (0..<Int32(count)).map { $0 }
    var kinds = (crop: 0, mask: 0, reorder: 0)
    for view in Self.views(of: count) {
      let items = view.compactMap { $0 }
      #expect(!view.isEmpty)
      if view.count < count {
        // A contiguous fifth, one item at least.
        #expect(
          items.count == max(1, count / 5) && items == Array(whole[Int(items[0])...].prefix(items.count)))
        kinds.crop += 1
      } else if items.count < count {
        #expect(items.count == count - Int(0.7 * Double(count)))
        for (place, item) in view.enumerated() where item != nil { #expect(item == Int32(place)) }
        kinds.mask += 1
      } else {
        #expect(items.sorted() == whole)
        // All changes lie in a window of a fifth.
        let moved = items.indices.filter { items[$0] != Int32($0) }
        if let first = moved.first, let last = moved.last { #expect(last - first < count / 5) }
        kinds.reorder += 1
      }
    }
    if count >= 10 {
      for kind in [kinds.crop, kinds.mask, kinds.reorder] { #expect((70...130).contains(kind), "\(kinds)") }
    }
  }

  @Test func sharesOfNothingAndOfAll() {
    for view in Self.views(
      of: 6,
      {
        $0.crop = 0; $0.mask = 0; $0.reorder = 0
      })
    {
      #expect(view.count == 1 || view == (0..<6).map { Int32($0) })
    }
    let all = Self.views(of: 6) {
      $0.crop = 1; $0.mask = 1; $0.reorder = 1
    }
    #expect(all.contains { $0.allSatisfy { $0 == nil } })
    #expect(all.allSatisfy { $0.count == 6 })
  }
}
