import Foundation
import Tensors
import Testing

extension All {
  /// One training step against PyTorch: losses, gradients, hidden vectors and weights after five steps.
  ///
  /// The reference is a folder named by `BECKON_REFERENCE` with `sasrec-train-step/`, made by PyTorch in float32
  /// (dropout 0, Adam 1e-3). It is too big to be committed; without it the test says so.
  @Suite struct ReferenceTrainingStepTests {
    static let folder = ProcessInfo.processInfo.environment["BECKON_REFERENCE"]

    @Test(.enabled(if: folder != nil, "BECKON_REFERENCE is not set: no comparison with PyTorch."))
    func fiveStepsEqualPyTorch() throws {
      let folder = try #require(Self.folder)
      let path = folder + "/sasrec-train-step/sasrec_train_step_f32.safetensors"
      let reference = try Safetensors.read(path)
      let batch = try Batch(reference)
      let model = PostNormTransformer(
        items: 1684, hiddenSize: 64, layers: 2, heads: 2, maximumLength: 50, dropout: 0)
      let stream = RandomStream(seed: 1, purpose: .dropout)
      let shapes: ParameterSet<Float> = model.initialParameters(stream: stream)
      func tensors(_ prefix: String) throws -> ParameterSet<Float> {
        try ParameterSet(
          shapes.names.map { name in
            let tensor = try #require(reference["\(prefix).\(name)"], "\(prefix).\(name) is missing")
            #expect(tensor.matrix.count == shapes[name].count, "\(prefix).\(name)")
            let (rows, columns) = (shapes[name].rows, shapes[name].columns)
            return (name, Matrix(rows: rows, columns: columns, values: tensor.floats))
          })
      }

      var parameters = try tensors("init")
      var optimizer = Adam<Float>(learningRate: 1e-3)
      let losses = [
        1.3924992084503174, 1.3536484241485596, 1.3158308267593384, 1.2791109085083008, 1.2435468435287476,
      ]
      for (step, expected) in losses.enumerated() {
        let tape = Tape(parameters: parameters, training: true, stream: stream)
        let hidden = model(tape, items: batch.items, positions: batch.positions, layout: batch.layout)
        if step == 0 {
          let wanted = try #require(reference["hidden_f32"])
          try checkHidden(hidden.value, wanted, batch)
        }
        let loss = tape.binaryCrossEntropy(
          hidden: tape.rows(hidden, batch.trained), table: PostNormTransformer.itemTable,
          positives: batch.positives, negatives: batch.negatives)
        #expect(abs(Double(loss.scalar) - expected) < 1e-5, "loss of step \(step)")
        tape.backward(loss)
        if step == 0 { expectClose(tape.gradients, try tensors("grad_f32"), within: 1e-6) }
        optimizer.step(&parameters, tape.gradients)
      }
      expectClose(parameters, try tensors("after5_f32"), within: 1e-5)
    }

    private func expectClose(
      _ found: ParameterSet<Float>, _ expected: ParameterSet<Float>, within bound: Float
    ) {
      for name in expected.names {
        let differences = zip(found[name].values, expected[name].values).map { abs($0 - $1) }
        let worst = differences.max() ?? 0
        #expect(worst <= bound, "\(name)[\(differences.firstIndex(of: worst) ?? -1)] differs by \(worst)")
      }
    }

    /// `hidden_f32` holds the first sequences in full, pads included; only real tokens are compared.
    private func checkHidden(_ hidden: Matrix<Float>, _ wanted: SafetensorsTensor, _ batch: Batch) throws {
      #expect(wanted.shape == [8, 50, 64])
      let values = wanted.floats
      var worst: Float = 0
      for s in 0..<8 {
        for row in batch.layout.rows(of: s) {
          let at = (s * 50 + Int(batch.positions[row])) * 64
          for (a, b) in zip(hidden.row(row), values[at..<at + 64]) { worst = max(worst, abs(a - b)) }
        }
      }
      #expect(worst < 1e-5)
    }

    /// The left-padded batch of the reference without its pads.
    private struct Batch {
      var items: [Int32] = []
      var positions: [Int32] = []
      var layout: RaggedLayout
      var trained: [Int] = []
      var positives: [Int32] = []
      var negatives: [Int32] = []

      init(_ reference: [String: SafetensorsTensor]) throws {
        let ids = try #require(reference["input_ids"])
        let next = try #require(reference["target_pos"]).integers
        let other = try #require(reference["target_neg"]).integers
        let window = ids.shape[1]
        var lengths: [Int] = []
        for s in 0..<ids.shape[0] {
          lengths.append(0)
          for slot in 0..<window where ids.integers[s * window + slot] != 0 {
            let at = s * window + slot
            if next[at] != 0 {
              trained.append(items.count)
              positives.append(Int32(next[at]))
              negatives.append(Int32(other[at]))
            }
            items.append(Int32(ids.integers[at]))
            positions.append(Int32(slot))
            lengths[s] += 1
          }
        }
        layout = RaggedLayout(lengths: lengths)
      }
    }
  }
}
