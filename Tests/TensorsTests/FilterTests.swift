import Tensors
import Testing

extension All {
  @Suite struct FilterTests {
    private let tape = Tape<Float>(
      parameters: ParameterSet(), training: false, stream: RandomStream(seed: 1, purpose: .dropout))

    @Test func eachWindowHasItsProduct() {
      // 1·1 + 2·3 + 0·5 = 7, …, by hand.
      let filter = Matrix<Float>([[1, 2, 0], [0, -1, 1]])
      let x = tape.constant(Matrix<Float>([[1, 2], [3, 4], [5, 6], [0, 1], [1, 0], [2, 2]]))
      #expect(tape.filtered(x, by: filter).value == Matrix([[7, 10], [2, 2], [2, 1], [1, 2]]))
    }

    @Test func bothPrecisionsAgree() {
      var draw = Draw(13)
      let (x, filter, factors) = (draw.matrix(40 * 50, 19), draw.matrix(50, 50), draw.matrix(1, 19))
      let slow = Tape<Double>(
        parameters: ParameterSet(), training: false, stream: RandomStream(seed: 1, purpose: .dropout))
      let expected = slow.scaleColumns(
        slow.filtered(slow.constant(x), by: filter), by: slow.constant(factors))
      onEveryPath { path in
        let input = tape.constant(x.mapScalars(to: Float.self))
        let filtered = tape.filtered(input, by: filter.mapScalars(to: Float.self))
        let found = tape.scaleColumns(filtered, by: tape.constant(factors.mapScalars(to: Float.self)))
        expectClose(found.value, expected.value, 1e-5, path)
      }
    }
  }
}
