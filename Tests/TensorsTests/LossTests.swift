import Foundation
import Tensors
import Testing

extension All {
  @Suite struct LossTests {
    private let stream = RandomStream(seed: 2, purpose: .dropout)
    private func tape(_ parameters: ParameterSet<Double> = ParameterSet()) -> Tape<Double> {
      Tape(parameters: parameters, training: true, stream: stream)
    }

    /// The value measured on an independent implementation, for dot products and temperature 1.
    @Test func contrastiveAcceptanceValue() {
      let tape = tape()
      let loss = tape.contrastive(
        tape.constant(Matrix([[1, 0], [0, 1]])), tape.constant(Matrix([[1, 1], [0, 2]])), temperature: 1)
      #expect(abs(loss.scalar - 0.8172798) < 5e-8)
    }

    @Test func contrastiveGroupsRemoveNegatives() {
      let tape = tape()
      let a = tape.constant(Matrix([[1, 0], [0.5, 1], [2, -1]]))
      let b = tape.constant(Matrix([[1, 1], [0, 2], [1, 0.5]]))
      let distinct = tape.contrastive(a, b, temperature: 0.5, excluding: [0, 1, 2]).scalar
      #expect(distinct == tape.contrastive(a, b, temperature: 0.5).scalar)
      // All of one group: only the partner is left to choose.
      #expect(abs(tape.contrastive(a, b, temperature: 0.5, excluding: [7, 7, 7]).scalar) < 1e-15)
      let some = tape.contrastive(a, b, temperature: 0.5, excluding: [1, 1, 2]).scalar
      #expect(some > 0 && some < distinct)
    }

    @Test func binaryCrossEntropyStaysFinite() {
      let table = ParameterSet<Double>([("e", Matrix([[1], [2]]))])
      let tape = tape(table)
      let loss = tape.binaryCrossEntropy(
        hidden: tape.constant(Matrix([[1000]])), table: "e", positives: [0], negatives: [1])
      #expect(loss.scalar == 2000)
      let zero = tape.binaryCrossEntropy(
        hidden: tape.constant(Matrix([[0]])), table: "e", positives: [0], negatives: [1])
      #expect(abs(zero.scalar - 2 * log(2)) < 1e-15)
    }

    @Test func bothCrossEntropiesAgree() {
      var draw = Draw(3)
      let table = ParameterSet([("e", draw.matrix(11, 4))])
      let tape = tape(table)
      let h = tape.variable(draw.matrix(600, 4))  // more rows than a block
      let labels = draw.indices(600, below: 11)
      let fused = tape.crossEntropy(hidden: h, table: "e", labels: labels).scalar
      let plain = tape.crossEntropy(
        logits: tape.matmul(h, tape.parameter("e"), transposeB: true), labels: labels
      ).scalar
      #expect(abs(fused - plain) < 1e-12)
    }

    @Test func noRowsNoLoss() {
      let tape = tape(ParameterSet([("e", Matrix([[1.0], [2]]))]))
      let nothing = tape.constant(Matrix(rows: 0, columns: 1))
      let loss = tape.binaryCrossEntropy(hidden: nothing, table: "e", positives: [], negatives: [])
      #expect(loss.scalar == 0)
      tape.backward(loss)
      #expect(tape.gradients["e"] == Matrix(rows: 2, columns: 1))
    }
  }
}
