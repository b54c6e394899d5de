import BeckonTesting
import Foundation
import Tensors
import Testing

extension All {
  @Suite struct GaussianAttentionTests {
    private static let layout = RaggedLayout(
      lengths: [3, 5, 0, 1, 2],
      isKey: [true, true, true, false, false, true, false, true, false, true, true])
    private let stream = RandomStream(seed: 2, purpose: .dropout)

    /// Three distributions as six matrices: means, and roots whose squares are the covariances.
    private func inputs(_ draw: inout Draw, _ layout: RaggedLayout, _ width: Int, lastOnly: Bool = false)
      -> [Matrix<Double>]
    {
      let queries = lastOnly ? layout.sequences : layout.tokens
      return (0..<6).map {
        draw.matrix($0 < 2 ? queries : layout.tokens, width, scale: $0 % 2 == 0 ? 1 : 0.7)
      }
    }

    private func attend<S: Scalar>(
      _ tape: Tape<S>, _ x: [Var<S>], _ layout: RaggedLayout, heads: Int, dropout: Double = 0,
      lastOnly: Bool = false
    ) -> Var<S> {
      func gaussians(_ i: Int) -> Gaussians<S> {
        Gaussians(mean: x[i], covariance: tape.multiply(x[i + 1], x[i + 1]))
      }
      let contexts = tape.gaussianAttention(
        query: gaussians(0), key: gaussians(2), value: gaussians(4), layout: layout, heads: heads,
        dropout: dropout, lastOnly: lastOnly)
      return tape.concatColumns([contexts.mean, contexts.covariance])
    }

    @Test(arguments: [(0.0, false), (0.3, false), (0.0, true)])
    func gradients(dropout: Double, lastOnly: Bool) {
      var draw = Draw(1)
      let x = inputs(&draw, Self.layout, 6, lastOnly: lastOnly)
      let mistakes = GradientCheck().mistakes(
        inputs: ["qm": x[0], "qr": x[1], "km": x[2], "kr": x[3], "vm": x[4], "vr": x[5]]
      ) { tape, inputs in
        attend(
          tape, ["qm", "qr", "km", "kr", "vm", "vr"].map { inputs[$0] }, Self.layout, heads: 2,
          dropout: dropout, lastOnly: lastOnly)
      }
      #expect(mistakes.isEmpty, "\(mistakes)")
    }

    /// The semantics written down a second time: the distances one by one, a blind row alike to all.
    @Test func equalsItsDefinition() {
      var draw = Draw(2)
      let (layout, width, heads) = (Self.layout, 3, 2)
      let x = inputs(&draw, layout, heads * width)
      let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: stream)
      let found = attend(tape, x.map { tape.constant($0) }, layout, heads: heads).value
      for s in 0..<layout.sequences {
        for t in layout.rows(of: s) {
          for head in 0..<heads {
            let columns = head * width..<(head + 1) * width
            let seen = layout.rows(of: s).filter { $0 <= t && layout.isKey[$0] }
            let rows = seen.isEmpty ? Array(layout.rows(of: s)) : seen
            let weights = rows.map { k -> Double in
              guard !seen.isEmpty else { return 1 }
              let distance = columns.reduce(0) {
                let (dm, dr) = (x[0][t, $1] - x[2][k, $1], abs(x[1][t, $1]) - abs(x[3][k, $1]))
                return $0 + dm * dm + dr * dr
              }
              return exp(-distance / Double(width).squareRoot())
            }
            let sum = weights.reduce(0, +)
            for c in columns {
              var (mean, covariance) = (0.0, 0.0)
              for (k, weight) in zip(rows, weights) {
                let (share, root) = (weight / sum, x[5][k, c])
                mean += share * x[4][k, c]
                covariance += share * share * root * root
              }
              #expect(abs(found[t, c] - mean) < 1e-12)
              #expect(abs(found[t, heads * width + c] - covariance) < 1e-12)
            }
          }
        }
      }
    }

    @Test func lastRowsPathsAndThreadsAgree() {
      var draw = Draw(3)
      let layout = RaggedLayout(
        lengths: [1, 34, 0, 7, 50, 2], isKey: (0..<94).map { $0 < 36 || $0 % 7 != 0 })
      let x = inputs(&draw, layout, 10)
      func run<S: Scalar>(_ type: S.Type) -> [Matrix<S>] {
        let tape = Tape<S>(parameters: ParameterSet(), training: true, stream: stream)
        let inputs = x.map { tape.variable($0.mapScalars(to: S.self)) }
        let output = attend(tape, inputs, layout, heads: 2, dropout: 0.2)
        tape.backward(tape.mean(tape.multiply(output, output)))
        return [output.value] + inputs.map { tape.gradient(of: $0) }
      }
      let expected = run(Double.self)
      onEveryPath { path in
        for (found, wanted) in zip(run(Float.self), expected) { All.close(found, wanted, path) }
      }
      let alone = Parallel.withThreads(1) { run(Float.self) }
      let together = Parallel.withThreads(3) { run(Float.self) }
      #expect(together == alone)

      let full = RaggedLayout(lengths: [1, 34, 7], isKey: (0..<42).map { $0 % 5 != 1 })
      let rows = x.map { $0.selectingRows(0..<42).mapScalars(to: Float.self) }
      let tape = Tape<Float>(parameters: ParameterSet(), training: false, stream: stream)
      let all = attend(tape, rows.map { tape.constant($0) }, full, heads: 2)
      let last = attend(
        tape,
        rows.enumerated().map { tape.constant($0 < 2 ? $1.selectingRows(full.lastRows) : $1) }, full,
        heads: 2,
        lastOnly: true)
      #expect(last.value == all.value.selectingRows(full.lastRows))
    }

    @Test func rootsAndReciprocals() {
      var draw = Draw(4)
      let x = draw.matrix(3, 5)
      let positive = Matrix(rows: 3, columns: 5, values: x.values.map { 0.2 + $0 * $0 })
      #expect(GradientCheck().mistakes(inputs: ["x": positive]) { $0.squareRoot($1["x"]) }.isEmpty)
      #expect(GradientCheck().mistakes(inputs: ["x": positive]) { $0.reciprocal($1["x"]) }.isEmpty)
      #expect(GradientCheck().mistakes(inputs: ["x": x]) { $0.positive($1["x"]) }.isEmpty)
      let tape = Tape<Float>(parameters: ParameterSet(), training: true, stream: stream)
      let edge = tape.variable(Matrix([[0, 4, 0.25]]))
      let root = tape.squareRoot(edge)
      let inverse = tape.reciprocal(edge)
      #expect(root.value.values == [0, 2, 0.5] && inverse.value.values == [0, 0.25, 4])
      tape.backward(tape.sum([(3, tape.mean(root)), (3, tape.mean(inverse))]))
      #expect(tape.gradient(of: edge).values == [0, 0.25 - 0.0625, 1 - 16])
    }
  }
}
