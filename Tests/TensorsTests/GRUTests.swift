import BeckonTesting
import Foundation
import Tensors
import Testing

extension All {
  @Suite struct GRUTests {
    private let layout = RaggedLayout(lengths: [3, 1, 0, 4])
    private let stream = RandomStream(seed: 2, purpose: .dropout)

    /// The numbers of Tests/ReferenceImplementations/values.py.
    private func fixed(_ number: Int, _ rows: Int, _ columns: Int, scale: Double = 0.4) -> Matrix<Double> {
      Matrix(
        rows: rows, columns: columns,
        values: (0..<rows * columns).map { scale * sin(1 + 2.3 * Double(number) + 0.7 * Double($0)) })
    }

    private func expectClose(
      _ found: Matrix<Double>, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
      let worst = zip(found.values, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(found.count == expected.count && worst < 1e-9, "\(worst)", sourceLocation: sourceLocation)
    }

    /// Against torch.nn.GRU: Tests/ReferenceImplementations/gru.py.
    @Test func valuesAndGradientsEqualPyTorch() {
      let tape = Tape(
        parameters: ParameterSet([
          ("input", fixed(1, 9, 2, scale: 0.8)), ("recurrent", fixed(2, 9, 3, scale: 0.8)),
        ]), training: true, stream: stream)
      let x = tape.variable(fixed(0, 8, 2))
      let states = tape.gru(tape.linear(x, weight: "input"), recurrent: "recurrent", layout: layout)
      let product = tape.multiply(states, tape.constant(fixed(3, 8, 3)))
      tape.backward(tape.scale(tape.mean(product), by: 24))
      expectClose(
        states.value,
        [
          -0.0921965642, 0.1971744412, 0.2419086738, -0.0826370250, 0.1872864896, 0.1438693093, 0.1242164179,
          -0.0617012411, -0.0962587523, 0.1370492367, -0.1331822454, -0.1298848600, -0.0498036037,
          0.1489060077, 0.1300528781, -0.1120327280, 0.2512007665, 0.2419847654, 0.0136483402, 0.0879700403,
          -0.0034785473, 0.1805509673, -0.1415492716, -0.1687620121,
        ])
      expectClose(
        tape.gradient(of: x),
        [
          -0.0521396314, 0.0090142818, -0.1155619614, -0.1516156278, 0.1550392180, 0.0635724838,
          -0.0775646242, 0.0631503624, -0.1311631645, -0.1859811250, 0.1806073481, 0.1322843931,
          -0.1355024833, -0.0325506638, -0.0557429652, -0.1077479791,
        ])
      expectClose(
        tape.gradients["input"],
        [
          -0.0007620639, -0.0005291631, 0.0001998386, 0.0007335674, 0.0006152238, -0.0022506220,
          0.0016882827, -0.0013720092, 0.0036119012, 0.0091090055, -0.0014311554, 0.0049563233,
          -0.0233081021, 0.0108672738, -0.0176376919, -0.0051936369, 0.0078611836, -0.0074847037,
        ])
      expectClose(
        tape.gradients["recurrent"],
        [
          0.0000716584, -0.0001154113, -0.0002660513, 0.0001565596, -0.0005705185, -0.0006010160,
          -0.0009707340, 0.0019314502, 0.0026796389, 0.0006376963, 0.0001567529, -0.0015261474, -0.0013781282,
          -0.0023962756, 0.0011227803, -0.0001369048, -0.0043088329, -0.0028629150, 0.0014807766,
          -0.0121741113, -0.0057503370, 0.0005959212, -0.0126321168, -0.0076793131, 0.0014511039,
          -0.0055352044, -0.0072216384,
        ])
    }

    @Test func gradients() {
      var draw = Draw(1)
      // More sequences than one group has, of many lengths.
      let layout = RaggedLayout(lengths: (0..<19).map { $0 % 4 })
      let mistakes = GradientCheck().mistakes(
        parameters: ParameterSet([("u", draw.matrix(9, 3))]), inputs: ["g": draw.matrix(layout.tokens, 9)]
      ) { $0.gru($1["g"], recurrent: "u", layout: layout) }
      #expect(mistakes.isEmpty, "\(mistakes)")
    }

    @Test func everyPathAndThreadCountAgree() {
      var draw = Draw(2)
      let layout = RaggedLayout(lengths: (0..<40).map { 7 * $0 % 23 })
      let (gates, u) = (draw.matrix(layout.tokens, 57), draw.matrix(57, 19, scale: 0.3))
      func run<S: Scalar>(_ type: S.Type) -> [Matrix<S>] {
        let tape = Tape(
          parameters: ParameterSet([("u", u)]).mapScalars(to: S.self), training: true, stream: stream)
        let g = tape.variable(gates.mapScalars(to: S.self))
        let states = tape.gru(g, recurrent: "u", layout: layout)
        tape.backward(tape.mean(tape.multiply(states, states)))
        return [states.value, tape.gradient(of: g), tape.gradients["u"]]
      }
      let expected = run(Double.self)
      onEveryPath { path in
        for (found, wanted) in zip(run(Float.self), expected) { All.close(found, wanted, path) }
      }
      let alone = Parallel.withThreads(1) { run(Float.self) }
      let together = Parallel.withThreads(3) { run(Float.self) }
      #expect(together == alone)
    }

    @Test func neitherNeighboursNorTheFutureMatter() {
      var draw = Draw(3)
      let (gates, u) = (draw.matrix(8, 9).mapScalars(to: Float.self), draw.matrix(9, 3))
      let tape = Tape(
        parameters: ParameterSet([("u", u)]).mapScalars(to: Float.self), training: false, stream: stream)
      func states(_ rows: Range<Int>, _ lengths: [Int]) -> Matrix<Float> {
        tape.gru(
          tape.constant(gates.selectingRows(rows)), recurrent: "u", layout: RaggedLayout(lengths: lengths)
        ).value
      }
      let all = states(0..<8, [3, 1, 4])
      #expect(states(4..<8, [4]) == all.selectingRows(4..<8))
      #expect(states(4..<6, [2]) == all.selectingRows(4..<6))
    }
  }

  static func close(_ found: Matrix<Float>, _ expected: Matrix<Double>, _ label: String) {
    expectClose(found, expected, 1e-5, label)
  }
}
