import Beckon
import Testing

struct TopicBoredomTests {
  @Test func boredomLastsFiveRounds() {
    var boredom = TopicBoredom()
    for _ in 0..<3 { boredom.click(on: 7) }
    #expect(!boredom.isBored(of: 7))
    boredom.click(on: 7)
    #expect(boredom.isBored(of: 7) && !boredom.isBored(of: 6))
    for _ in 0..<4 {
      boredom.rest()
      #expect(boredom.isBored(of: 7))
    }
    boredom.rest()
    #expect(!boredom.isBored(of: 7))
  }

  @Test func onlyTheLastTenClicksCount() {
    var boredom = TopicBoredom()
    for topic in [1, 1, 1] + Array(10..<17) { boredom.click(on: topic) }
    var early = boredom
    early.click(on: 1)
    #expect(!early.isBored(of: 1), "the first of them is forgotten")
    for _ in 0..<2 { early.click(on: 1) }
    #expect(!early.isBored(of: 1), "so are the others, one by one")
    early.click(on: 1)
    #expect(early.isBored(of: 1))
  }

  @Test func aClickDuringBoredomDoesNotRenewIt() {
    var boredom = TopicBoredom()
    for _ in 0..<4 { boredom.click(on: 0) }
    for _ in 0..<4 { boredom.rest() }
    boredom.click(on: 1)
    boredom.rest()
    #expect(!boredom.isBored(of: 0))
    boredom.click(on: 1)
    #expect(boredom.isBored(of: 0), "four of the last ten are still on it")
  }

  @Test func topicsAreBlocksOfDimensions() {
    #expect(TopicBoredom.mainTopic(of: [0, 3, 2, 2.5, 0, 0] as [Float]) == 1)
    #expect(TopicBoredom.mainTopic(of: [1, 0, 0, 1] as [Float]) == 0, "the first on a tie")
    #expect(TopicBoredom.mainTopic(of: [1, 1, 0, 9] as [Float], width: 3) == 1)
    var vector: [Float] = [1, 2, 3, 4, 5]
    TopicBoredom(width: 2).dampen(1, in: &vector)
    #expect(vector == [1, 2, 3 * 0.8, 4 * 0.8, 5])
    TopicBoredom(width: 2).dampen(2, in: &vector)
    #expect(vector[4] == 4)
  }
}
