import Beckon
import BeckonCLI
import BeckonTesting
import Testing

@testable import BundledPlugins

/// A component made from its object in a spec.
func make<T>(_ kind: Kind, _ spec: String, as type: T.Type = T.self) throws -> T {
  var problems: [Problem] = []
  let made = try StandardRegistry.make().make(
    kind, from: JSON(parsing: spec), path: "it", problems: &problems)
  if let problem = problems.first { throw problem }
  return try #require(made?.component as? T)
}

/// Users with given states before the first round, among items with given vectors.
func batch(
  users: [[Float]], items: [[Float]], intents: [[Float]] = [], seen: [[Int32]]? = nil, target: Int32?
) throws -> UserBatch {
  let all = (0..<Int32(items.count)).map { $0 }
  let world = try ToyWorld(sequences: users.map { _ in all }, users: Matrix(users), items: Matrix(items))
  let encoder = FixedVectorsEncoder(users: Matrix(users), items: Matrix(items))
  let model = FittedModel(split: world.split, encoder: encoder, intents: Matrix(intents))
  let histories = users.indices.map { UserHistory(user: Int32($0), past: [], target: target) }
  let states = try encoder.encode(histories)
  return UserBatch(
    model: model, histories: histories, states: states, preferences: encoder.preferences(of: states),
    unavailable: seen ?? users.map { _ in [] }, target: target, round: 0)
}

/// Fitted and attached scores.
func scores(_ scorer: some Scorer, _ batch: UserBatch, seed: UInt64 = 1) throws -> Matrix<Float> {
  var scorer = scorer
  try scorer.fit(batch.model.split, seed: seed)
  try scorer.attach(to: batch.model)
  return try scorer.scores(batch)
}

func sigmoid(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

/// Whether two lists agree in length and, within a bound, in every element.
func isClose(_ a: some Collection<Float>, _ b: some Collection<Float>, _ bound: Float = 1e-5) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= bound }
}

func bits(_ matrix: Matrix<Float>) -> [UInt32] { matrix.values.map(\.bitPattern) }

/// The description of what a body throws, or that it threw nothing.
func complaint(_ body: () throws -> some Any) -> String {
  do {
    let value = try body()
    return "no error, but \(value)"
  } catch { return "\(error)" }
}

/// Parameters with the numbers of Tests/ReferenceImplementations/values.py in place of their own.
func withFixedValues(_ parameters: ParameterSet<Double>) -> ParameterSet<Double> {
  var result = parameters
  for (number, name) in parameters.names.enumerated() {
    for index in parameters[name].values.indices {
      result[name].values[index] = 0.4 * sin(1 + 2.3 * Double(number) + 0.7 * Double(index))
    }
  }
  return result
}

/// Records an issue with the worst difference if two lists of numbers differ.
func expectEqual(
  _ found: [Double], _ expected: [Double], within bound: Double = 1e-9,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? .infinity
  #expect(
    found.count == expected.count && worst <= bound, "worst difference \(worst)",
    sourceLocation: sourceLocation)
}
