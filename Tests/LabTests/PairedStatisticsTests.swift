import Beckon
import Testing

@testable import Lab

/// The golden values of Tests/ReferenceImplementations/paired_statistics.py, made with SciPy.
enum GoldenStatistics {
  static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ReferenceImplementations/paired_statistics.json")
  static let json = Result { try JSON(parsing: String(contentsOf: file, encoding: .utf8)) }

  static var names: [String] { (try? json.get()["cases"]?.object?.keys) ?? [] }
  static func list(_ key: String) throws -> [JSON] { try #require(try json.get()[key]?.array) }

  static func differences(_ json: JSON) throws -> PairedDifferences {
    try PairedDifferences(try #require(json["differences"]?.array).compactMap(\.number))
  }
}

/// Whether two numbers agree to 1e-8: relative, so that the smallest p-value counts too.
func agree(_ own: Double, _ golden: Double) -> Bool {
  own == golden || abs(own - golden) <= 1e-8 * max(abs(golden), abs(own)) || abs(own - golden) < 1e-300
}

struct PairedStatisticsTests {
  @Test func thereAreCases() throws {
    #expect(GoldenStatistics.names.count == 20 && GoldenStatistics.names.contains("ties and zeros"))
    #expect(!agree(0.05, 0.05 + 1e-8) && !agree(1e-20, 2e-20), "the comparison can fail")
  }

  @Test(arguments: GoldenStatistics.names)
  func equalsSciPy(name: String) throws {
    let golden = try #require(try GoldenStatistics.json.get().value(at: ["cases", name]))
    let differences = try GoldenStatistics.differences(golden)
    for alternative in Alternative.allCases {
      func check(_ own: TestResult, _ test: String) throws {
        let found = try #require(golden.value(at: [test, alternative.rawValue]), "\(test)")
        if let p = found["p"]?.number {
          #expect(agree(own.p, p), "\(test), \(alternative): p is \(own.p), SciPy's \(p)")
        } else {
          // Nothing differs, and SciPy divides 0 by 0.
          #expect(own.p == 1 && own.statistic == 0, "\(test), \(alternative)")
        }
        guard let statistic = found["statistic"]?.number else {
          #expect(own.statistic == 0 || own.statistic.isInfinite)
          return
        }
        #expect(abs(own.statistic - statistic) < 1e-8 * (1 + abs(statistic)), "\(test), \(alternative)")
      }
      try check(differences.wilcoxon(alternative), "wilcox")
      try check(differences.wilcoxon(alternative, zeros: .pratt), "pratt")
      if differences.count > 1 { try check(differences.tTest(alternative), "t") }
      if golden["signFlips"] != nil { try check(differences.signFlips(alternative), "signFlips") }
    }
    let effect = differences.effect
    let expected = try #require(golden["effect"])
    #expect((effect.cohensDz == nil) == (expected["cohensDz"]?.number == nil))
    #expect(agree(effect.cohensDz ?? 0, expected["cohensDz"]?.number ?? 0))
    #expect(abs(effect.rankBiserial - (expected["rankBiserial"]?.number ?? .nan)) < 1e-12)
    #expect(abs(effect.superiority - (expected["superiority"]?.number ?? .nan)) < 1e-12)
  }

  @Test func intervalsOfGivenReplicates() throws {
    for golden in try GoldenStatistics.list("intervals") {
      let differences = try GoldenStatistics.differences(golden)
      let replicates = try #require(golden["replicates"]?.array).compactMap(\.number)
      let level = try #require(golden["level"]?.number)
      for method in IntervalMethod.allCases {
        let ends = try #require(golden[method.rawValue]?.array).compactMap(\.number)
        let own = try #require(differences.interval(method, level: level, replicates: replicates))
        #expect(agree(own.low, ends[0]) && agree(own.high, ends[1]), "\(method): \(own), SciPy's \(ends)")
      }
    }
  }

  @Test func corrections() throws {
    for golden in try GoldenStatistics.list("corrections") {
      let p = try #require(golden["p"]?.array).compactMap(\.number)
      for correction in Correction.allCases {
        let expected = try #require(golden[correction.rawValue]?.array).compactMap(\.number)
        let own = correction.corrected(p)
        #expect(own.count == expected.count && zip(own, expected).allSatisfy(agree), "\(correction): \(own)")
        #expect(zip(own, p).allSatisfy { $0 >= $1 })
      }
    }
    #expect(Correction.holm.corrected([]) == [])
  }

  @Test func distributions() throws {
    for golden in try GoldenStatistics.list("normal") {
      let probability = try #require(golden["probability"]?.number)
      let quantile = try #require(golden["quantile"]?.number)
      #expect(abs(Normal.quantile(probability) - quantile) < 1e-10 * (1 + abs(quantile)), "\(probability)")
    }
    #expect(Normal.quantile(0) == -.infinity && Normal.quantile(1) == .infinity)
    for golden in try GoldenStatistics.list("t") {
      let (t, freedom) = (try #require(golden["t"]?.number), try #require(golden["freedom"]?.number))
      let p = try #require(golden["p"]?.number)
      let own = StudentT.twoTails(t, freedom: freedom)
      #expect(agree(own, p), "t \(t), freedom \(freedom): \(own), SciPy's \(p)")
    }
  }

  @Test func whatCannotBeTested() throws {
    #expect(complaint { try PairedDifferences([]) } == "there are no pairs to compare.")
    #expect(
      complaint { try PairedDifferences([1, .nan, 2]) }
        == "difference 1 is nan; expected finite numbers. Leave such pairs out first.")
    #expect(complaint { try PairedDifferences([1, 2], minus: [1]) } == "2 values cannot be paired with 1.")
    #expect(
      complaint { try PairedDifferences([1, .infinity], minus: [1, 0]) }.contains("difference 1 is inf"))
    let one = try PairedDifferences([3])
    #expect(complaint { try one.tTest() } == "the t-test needs two pairs or more; there is one.")
    #expect(one.interval() == nil && one.deviation == nil)
  }
}

struct ResamplingTests {
  /// Differences with a long right tail around a mean of 0.3.
  private static func skewed(_ count: Int, _ draw: UInt32) throws -> PairedDifferences {
    var stream = RandomStream(seed: 5, purpose: Purpose("test"), draw)
    return try PairedDifferences((0..<count).map { _ in -log(1 - stream.uniform()) - 0.7 })
  }

  @Test func intervalsCoverTheTruth() throws {
    let studies = 300
    func coverage(_ method: IntervalMethod, _ level: Double) throws -> Double {
      let hits = try (0..<studies).count { study in
        let found = try Self.skewed(25, UInt32(study)).interval(
          method, level: level, resamples: 400, seed: UInt64(study))
        let interval = try #require(found)
        return interval.low <= 0.3 && 0.3 <= interval.high
      }
      return Double(hits) / Double(studies)
    }
    // Bootstrap intervals of 25 skewed numbers are known to be somewhat short; 0.03 is twice the error of counting.
    for method in IntervalMethod.allCases {
      let share = try coverage(method, 0.95)
      #expect(share > 0.89 && share < 0.98, "\(method) covers \(share)")
    }
    let half = try coverage(.bca, 0.5)
    #expect(
      half > 0.42 && half < 0.58, "at the level 0.5 it covers \(half), which the bounds above would refuse")
  }

  @Test func accelerationFollowsTheTail() throws {
    let right = try Self.skewed(40, 1)
    let left = try PairedDifferences(right.values.map { -$0 })
    let replicates = right.replicates(2000, seed: 3)
    let (bca, plain) = try (
      #require(right.interval(.bca, level: 0.95, replicates: replicates)),
      #require(right.interval(.percentile, level: 0.95, replicates: replicates))
    )
    #expect(bca.low > plain.low && bca.high > plain.high)
    let mirrored = try #require(left.interval(.bca, level: 0.95, replicates: replicates.map { -$0 }))
    #expect(abs(mirrored.low + bca.high) < 1e-9 && abs(mirrored.high + bca.low) < 1e-9)
  }

  @Test func drawsDependOnTheSeedAlone() throws {
    let differences = try Self.skewed(100, 2)
    let first = differences.replicates(300, seed: 1)
    #expect(first != differences.replicates(300, seed: 2))
    #expect(Array(first.prefix(100)) == differences.replicates(100, seed: 1))
    let flips = differences.signFlips(seed: 4)
    for threads in [1, 2] {
      Parallel.withThreads(threads) {
        #expect(first == differences.replicates(300, seed: 1) && flips == differences.signFlips(seed: 4))
      }
    }
  }

  @Test func drawnSignsApproachTheExactTest() throws {
    let differences = try PairedDifferences(Self.skewed(14, 9).values.map { $0 + 0.1 })
    let exact = differences.signFlips(resamples: 1 << 14).p
    let drawn = differences.signFlips(resamples: 9999).p
    #expect(exact > 0.01 && exact < 0.9 && drawn != exact)
    #expect(abs(drawn - exact) < 4 * 2 * (exact / 2 / 9999).squareRoot(), "\(drawn) for \(exact)")
    // A large effect: as small as this many draws can say, and never 0.
    let clear = try PairedDifferences((1...40).map(Double.init))
    #expect(clear.signFlips(resamples: 999).p == 2.0 / 1000)
    #expect(clear.signFlips(.less, resamples: 999).p == 1)
  }

  @Test func alternativesAndSigns() throws {
    let differences = try Self.skewed(30, 3)
    let opposite = try PairedDifferences(differences.values.map { -$0 })
    #expect(differences.wilcoxon(.greater).p == opposite.wilcoxon(.less).p)
    #expect(abs(differences.wilcoxon().p - opposite.wilcoxon().p) < 1e-15)
    #expect(try differences.tTest(.less).p == opposite.tTest(.greater).p)
    #expect(differences.effect.rankBiserial == -opposite.effect.rankBiserial)
    #expect(differences.tally.higher == opposite.tally.lower && differences.tally.count == 30)
    #expect(differences.tally.wins(.lower) == opposite.tally.wins(.higher))
  }
}
