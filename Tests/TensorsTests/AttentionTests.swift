import Tensors
import Testing

extension All {
  /// Attention as a mask over all pairs of rows, causality, and the last row by itself.
  @Suite struct AttentionTests {
    private let stream = RandomStream(seed: 2, purpose: .dropout)

    /// The semantics written down a second time, as the additive −10000 mask of the published code.
    private func masked(
      _ q: Matrix<Double>, _ k: Matrix<Double>, _ v: Matrix<Double>, isKey: [Bool]
    ) -> Matrix<Double> {
      let n = q.rows
      var scores = q.timesTransposed(k)
      for t in 0..<n {
        for key in 0..<n {
          scores[t, key] = scores[t, key] / Double(q.columns).squareRoot()
          if key > t || !isKey[key] { scores[t, key] -= 10000 }
        }
      }
      return scores.rowsSoftmaxed().times(v)
    }

    /// Leading pads, a pad as the last query, pads in the middle, no key at all.
    @Test(arguments: [
      [true, true, true, true, true], [false, false, true, true, true], [true, true, true, true, false],
      [false, false, true, true, false], [true, false, true, false, true], [false, true, false, false, true],
      [false, false, false, false, false],
    ])
    func equalsThePublishedMask(_ isKey: [Bool]) {
      var draw = Draw(1)
      let (q, k, v) = (draw.matrix(5, 3), draw.matrix(5, 3), draw.matrix(5, 3))
      let expected = masked(q, k, v, isKey: isKey)
      let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: stream)
      let found = tape.attention(
        query: tape.constant(q), key: tape.constant(k), value: tape.constant(v),
        layout: RaggedLayout(lengths: [5], isKey: isKey), heads: 1
      ).value
      let worst = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? 1
      #expect(worst < 1e-10)
    }

    /// The objective as the published mask has it: in the last column, with its own logit, seen by every row, and
    /// its own row seeing all.
    @Test func theObjectiveMayComeFirst() {
      var draw = Draw(5)
      let (n, r) = (5, 0.7)
      let (q, k, v) = (draw.matrix(n, 3), draw.matrix(n, 3), draw.matrix(n, 3))
      var scores = q.timesTransposed(k)
      for t in 0..<n {
        for key in 0..<n {
          scores[t, key] = scores[t, key] / 3.0.squareRoot() + (key == n - 1 ? r : key > t ? -10000 : 0)
        }
      }
      let expected = scores.rowsSoftmaxed().times(v)
      let first = [n - 1] + Array(0..<n - 1)
      let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: stream)
      let found = tape.attention(
        query: tape.constant(q.selectingRows(first)), key: tape.constant(k.selectingRows(first)),
        value: tape.constant(v.selectingRows(first)), layout: RaggedLayout(lengths: [n]), heads: 1,
        objective: tape.constant(Matrix([[r]]))
      ).value
      #expect(zip(found.values, expected.selectingRows(first).values).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    @Test func blindRowWithoutKeysSeesItself() {
      var draw = Draw(2)
      let x = draw.matrix(1, 3)
      let tape = Tape<Double>(parameters: ParameterSet(), training: false, stream: stream)
      let v = tape.constant(x)
      let layout = RaggedLayout(lengths: [1], isKey: [false])
      #expect(tape.attention(query: v, key: v, value: v, layout: layout, heads: 1).value == x)
    }

    @Test func lastRowsAreTheSameBytes() {
      func check<S: Scalar>(_ type: S.Type, _ label: String) {
        var draw = Draw(3)
        let layout = RaggedLayout(
          lengths: [1, 34, 7, 70, 2], isKey: (0..<114).map { $0 < 36 || $0 % 7 != 0 })
        let d = 10
        let q = draw.matrix(layout.tokens, d).mapScalars(to: S.self)
        let k = draw.matrix(layout.tokens, d).mapScalars(to: S.self)
        let tape = Tape<S>(parameters: ParameterSet(), training: false, stream: stream)
        let key = tape.constant(k)
        let all = tape.attention(
          query: tape.constant(q), key: key, value: tape.constant(q), layout: layout, heads: 2)
        let last = tape.attentionLast(
          query: tape.constant(q.selectingRows(layout.lastRows)), key: key, value: tape.constant(q),
          layout: layout, heads: 2)
        #expect(last.value == all.value.selectingRows(layout.lastRows), "\(label)")
      }
      check(Double.self, "Double")
      onEveryPath { check(Float.self, $0) }
    }

    @Test func futureAndNeighboursDoNotMatter() {
      var draw = Draw(4)
      let (d, tape) = (6, Tape<Float>(parameters: ParameterSet(), training: false, stream: stream))
      let x = draw.matrix(45, d).mapScalars(to: Float.self)
      func attend(_ x: Matrix<Float>, _ lengths: [Int]) -> Matrix<Float> {
        let v = tape.constant(x)
        return tape.attention(
          query: v, key: v, value: v, layout: RaggedLayout(lengths: lengths), heads: 3
        ).value
      }
      let full = attend(x, [40, 5])
      var changed = x
      for c in 0..<d { changed[39, c] += 7 }
      let other = attend(changed, [40, 5])
      #expect(other.row(38) == full.row(38))
      #expect(other.row(39) != full.row(39))
      #expect(other.row(44) == full.row(44))
      #expect(attend(x.selectingRows(0..<20), [20]).row(19) == full.row(19), "a prefix gives the same bytes")
    }
  }
}
