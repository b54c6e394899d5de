import Beckon
import Testing

@testable import BundledPlugins

struct CostMetricTests {
  /// Four items: e₀, e₁, e₂ and one between e₀ and e₁; training counts 5, 1, 1, 9.
  private static let world = SimulatedWorld(
    catalogue: ItemCatalogue(), items: Matrix([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.6, 0.8, 0]]),
    itemCounts: [5, 1, 1, 9], seed: 1, locations: DataLocations(folders: []))

  private static let names = [
    "drift", "drift-off-target", "utility", "acceptability", "path-overlap", "diversity", "popularity",
  ]

  private func value(
    _ identifier: String, _ run: Trajectories, twin: Trajectories? = nil, _ cutoff: Int
  ) throws -> [Double] {
    let outcome = NudgeOutcome(run, twin: twin ?? run, world: Self.world)
    let metric = try make(.metric, "\"\(identifier)\"", as: (any TrajectoryMetric).self)
    return try #require(try metric.perUser(outcome, cutoff: cutoff))
  }

  private func isNear(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 }
  }

  /// Two targets, two rounds, two users; nothing can be shown to user 1 in the second round of target 1.
  private static func run() -> Trajectories {
    var run = Trajectories(targets: [2, 0], rounds: 2, users: 2)
    // [target][round][user]
    run.shown = [0, 0, 1, 3, 3, 1, 0, -1]
    run.firstAffinity = [0.5, 0.25, -0.5, 1, 0.5, -1, 0.25, 0]
    // [target][after 0, 1, 2][user]
    run.likeness = [1, 1, 0.5, 1, 0, 0.8, 1, 1, 1, 0.5, 0.5, -1]
    run.interest = [0, 0.5, 0.5, 0.5, 1, -0.1, 0.2, 0, 0.2, 0.6, 0.8, 2]
    run.utility = [0.5, 0, 0.25, 0, 0.75, 0, 0.5, 0, 0.5, 0, -0.5, 0]
    return run
  }

  @Test func changesOfTheUserByHand() throws {
    let run = Self.run()
    #expect(isNear(try value("drift", run, 1), [(0.5 + 0) / 2, (0 + 0.5) / 2]))
    #expect(isNear(try value("drift", run, 2), [(1 + 0.5) / 2, (0.2 + 2) / 2]))
    // User 0: |Δ|² = 2 and 1, along the targets 1 and 0.6; user 1: 0.4 and 4, along −0.6 and 2.
    #expect(
      isNear(
        try value("drift-off-target", run, 2), [(1 + 0.8) / 2, (Double(0.4 - 0.36).squareRoot() + 0) / 2]))
    // A user who shrinks to half and stays on the line to the target, then one who turns to a right angle.
    var shrunk = Trajectories(targets: [2], rounds: 1, users: 2)
    shrunk.length = [1, 1, 0.5, 0.5]
    shrunk.interest = [1, 1, 0.5, 0]
    shrunk.likeness = [1, 1, 1, 0]
    #expect(isNear(try value("drift-off-target", shrunk, 1), [0, 0.5]))
    #expect(isNear(try value("utility", run, 1), [(-0.25 + 0) / 2, 0]))
    #expect(isNear(try value("utility", run, 2), [(0.25 - 1) / 2, 0]))
  }

  @Test func pathsByHand() throws {
    let run = Self.run()
    #expect(isNear(try value("acceptability", run, 1), [0.5, (0.25 - 1) / 2]))
    // What could not be shown is left out, not counted as 0.
    #expect(isNear(try value("acceptability", run, 2), [(0 + 0.375) / 2, (0.625 - 1) / 2]))
    // Target 0: {0, 1} and {0, 3}; target 1: {3, 0} and {1}.
    #expect(isNear(try value("path-overlap", run, 1), [0.5, 0.5]))
    #expect(isNear(try value("path-overlap", run, 2), [0.25, 0.25]))
    // e₀ and e₁ are at right angles, e₀ and the third at cosine 0.6; a path of one item says nothing.
    #expect(isNear(try value("diversity", run, 2), [(1 + 0.4) / 2, 0.4]))
    #expect(isNear(try value("diversity", run, 1), [0, 0]))
    // Mid-ranks: 5 events → 2.5 of 4, 1 → 1 of 4 (tied with another), 9 → 3.5 of 4.
    let (some, few, most) = (2.5 / 4, 1.0 / 4, 3.5 / 4)
    #expect(isNear(try value("popularity", run, 1), [(some + most) / 2, (some + few) / 2]))
    #expect(
      isNear(
        try value("popularity", run, 2),
        [((some + few) / 2 + (most + some) / 2) / 2, ((some + most) / 2 + few) / 2]))
  }

  @Test func slatesCountItemByItem() throws {
    var run = Trajectories(targets: [2], rounds: 1, users: 3, slateSize: 3)
    run.shown = [0, 1, -1, 0, 1, 2, 3, -1, -1]
    // Items 0 and 1 are shown to two of three users.
    #expect(isNear(try value("path-overlap", run, 1), [0.5, 1.0 / 3, 0]))
    #expect(isNear(try value("diversity", run, 1), [1, 1, 0]))
    #expect(isNear(try value("popularity", run, 1), [1.75 / 4, 1.5 / 4, 3.5 / 4]))
  }

  @Test func limits() throws {
    var still = Trajectories(targets: [2, 0], rounds: 3, users: 4)
    for name in Self.names { #expect(try value(name, still, 3) == [0, 0, 0, 0], "\(name)") }
    // The same for all; then nothing shared, as one user sees nothing but one item of their own.
    for cell in still.shown.indices { still.shown[cell] = Int32(cell / 4 % 3) }
    #expect(try value("path-overlap", still, 3) == [1, 1, 1, 1])
    for cell in still.shown.indices { still.shown[cell] = Int32(cell % 4) }
    #expect(try value("path-overlap", still, 3) == [0, 0, 0, 0])
    #expect(isNear(try value("diversity", still, 3), [0, 0, 0, 0]))
    let alone = Trajectories(targets: [2], rounds: 1, users: 1)
    let overlap = PathOverlapMetric(configuration: .init())
    #expect(overlap.perUser(NudgeOutcome(alone, twin: alone, world: Self.world), cutoff: 1) == nil)
  }

  private static func random(_ seed: UInt64) -> Trajectories {
    var run = Trajectories(targets: [3, 1], rounds: 4, users: 5)
    var stream = RandomStream(seed: seed, purpose: Purpose("cost-metrics"))
    for cell in run.shown.indices {
      run.shown[cell] = Int32(stream.uniform(below: 4))
      run.firstAffinity[cell] = Float(2 * stream.uniform() - 1)
    }
    for state in run.likeness.indices {
      run.likeness[state] = Float(2 * stream.uniform() - 1)
      run.interest[state] = Float(2 * stream.uniform() - 1)
      run.utility[state] = Float(2 * stream.uniform() - 1)
    }
    return run
  }

  @Test(arguments: names)
  func overTheTwinIsTheDifference(name: String) throws {
    let (run, twin) = (Self.random(1), Self.random(2))
    let difference = try zip(value(name, run, 3), value(name, twin, 3)).map { $0 - $1 }
    #expect(try value(name + "-over-twin", run, twin: twin, 3) == difference)
    #expect(difference.contains { $0 != 0 })
    #expect(try value(name + "-over-twin", run, 3) == [0, 0, 0, 0, 0])
  }

  /// The sum over all pairs, item by item.
  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func diversityIsTheMeanOverPairs(seed: UInt64) throws {
    let run = Self.random(seed)
    let expected = run.meanOverTargets { target, user in
      let path = run.path(target, user, rounds: 4)
      var sum = 0.0
      for a in 0..<4 {
        for b in 0..<a {
          let (x, y) = (Self.world.items.row(Int(path[a])), Self.world.items.row(Int(path[b])))
          sum += 1 - zip(x, y).reduce(0) { $0 + Double($1.0 * $1.1) }
        }
      }
      return sum / 6
    }
    #expect(isNear(try value("diversity", run, 4), expected))
  }
}
