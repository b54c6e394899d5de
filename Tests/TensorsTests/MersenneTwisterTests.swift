import Tensors
import Testing

/// Expected values from CPython 3 and NumPy 2: `RandomState(seed).rand(n)`, `random.seed(seed)`, `getrandbits(32)`,
/// `random()`, `shuffle(list(range(12)))`.
struct MersenneTwisterTests {
  @Test func seededAsNumPyDoes() {
    var twister = MersenneTwister(seed: 5489)
    #expect((0..<3).map { _ in twister.nextUInt32() } == [3_499_211_612, 581_869_302, 3_890_346_734])
    for _ in 3..<9_999 { _ = twister.nextUInt32() }
    #expect(twister.nextUInt32() == 4_123_659_995, "the 10,000th, of which the C++ standard speaks")
    var zero = MersenneTwister(seed: 0)
    #expect((0..<3).map { _ in zero.nextUInt32() } == [2_357_136_044, 2_546_248_239, 3_071_714_933])
    var reals = MersenneTwister(seed: 114_514)
    #expect(
      (0..<6).map { _ in reals.uniform() } == [
        0.6877558739955388, 0.6761729409303582, 0.42661144753437275, 0.7830323648093837, 0.7883749081318308,
        0.03616564138097944,
      ])
  }

  @Test(
    arguments: [
      (0, [3_626_764_237, 1_654_615_998, 3_255_389_356], 0.8444218515250481),
      (2021, [3_592_042_239, 1_736_050_280, 3_686_380_748], 0.8363375023320742),
      ((1 << 40) + 5, [2_166_296_868, 2_220_160_828, 1_153_647_273], 0.5043802970418443),
    ] as [(UInt64, [UInt32], Double)])
  func seededAsPythonDoes(seed: UInt64, words: [UInt32], real: Double) {
    var twister = MersenneTwister(pythonSeed: seed)
    #expect((0..<3).map { _ in twister.nextUInt32() } == words)
    var reals = MersenneTwister(pythonSeed: seed)
    #expect(reals.uniform() == real)
  }

  @Test(
    arguments: [
      (0, [1, 9, 8, 5, 10, 2, 3, 7, 4, 0, 11, 6]), (2021, [1, 11, 2, 9, 7, 0, 5, 3, 4, 8, 10, 6]),
      ((1 << 40) + 5, [3, 5, 2, 9, 6, 7, 1, 10, 0, 4, 11, 8]),
    ] as [(UInt64, [Int])])
  func shufflesAsPythonDoes(seed: UInt64, order: [Int]) {
    var twister = MersenneTwister(pythonSeed: seed)
    var array = Array(0..<12)
    twister.pythonShuffle(&array)
    #expect(array == order)
    var (none, one) = ([Int](), [7])
    twister.pythonShuffle(&none)
    twister.pythonShuffle(&one)
    #expect(none == [] && one == [7])
  }
}
