import CKernels
import Tensors
import Testing

/// An operation on matrices that both precisions can run: inputs and parameters in, output and gradients out.
private protocol Operation {
  func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S>
}

extension All {
  /// Every kernel path that this machine supports against the naive Swift reference, forward and backward, over
  /// shapes that include 0, 1 and non-multiples of the tiles.
  @Suite struct KernelPathTests {
    private func compare(
      _ name: String, _ inputs: [Matrix<Double>], parameters: [(String, Matrix<Double>)] = [],
      tolerance: Double = 1e-5, _ operation: some Operation
    ) {
      let reference = run(operation, inputs, ParameterSet(parameters))
      onEveryPath { path in
        let found = run(
          operation, inputs.map { $0.mapScalars(to: Float.self) },
          ParameterSet(parameters).mapScalars(to: Float.self))
        for (i, (a, b)) in zip(found, reference).enumerated() {
          expectClose(a, b, tolerance, "\(name) on \(path), part \(i)")
        }
      }
    }

    private func run<S: Scalar>(
      _ operation: some Operation, _ inputs: [Matrix<S>], _ parameters: ParameterSet<S>
    ) -> [Matrix<S>] {
      let tape = Tape(
        parameters: parameters, training: true, stream: RandomStream(seed: 3, purpose: .dropout))
      let variables = inputs.map { tape.variable($0) }
      let output = operation(tape, variables)
      var draw = Draw(9)
      let projection = draw.matrix(output.rows, output.columns).mapScalars(to: S.self)
      tape.backward(tape.mean(tape.multiply(output, tape.constant(projection))))
      return [output.value] + variables.map { tape.gradient(of: $0) }
        + parameters.names.map { tape.gradients[$0] }
    }

    struct Product: Operation {
      var transposed: Bool
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> {
        tape.matmul(x[0], x[1], transposeB: transposed)
      }
    }

    @Test func products() {
      var draw = Draw(1)
      for m in [0, 1, 3, 8, 13] {
        for n in [1, 4, 17, 33, 70] {
          for k in [1, 5, 64, 130] {
            let a = draw.matrix(m, k)
            compare("\(m)×\(k)·\(k)×\(n)", [a, draw.matrix(k, n)], Product(transposed: false))
            compare("\(m)×\(k)·(\(n)×\(k))ᵀ", [a, draw.matrix(n, k)], Product(transposed: true))
          }
        }
      }
      compare("depth 0", [draw.matrix(3, 0), draw.matrix(0, 5)], Product(transposed: false))
    }

    struct Linear: Operation {
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> {
        // Twice, so that gradients accumulate.
        tape.add(
          tape.linear(x[0], weight: "w", bias: "b"),
          tape.scale(tape.linear(x[0], weight: "w", bias: "b"), by: 0.5))
      }
    }

    @Test func linearLayers() {
      var draw = Draw(2)
      for (rows, input, output) in [(1, 1, 1), (7, 5, 19), (33, 16, 40), (150, 3, 65)] {
        compare(
          "linear \(rows) \(input)→\(output)", [draw.matrix(rows, input)],
          parameters: [("w", draw.matrix(output, input)), ("b", draw.matrix(1, output))], Linear())
      }
    }

    struct Activate: Operation {
      var kind: Activation
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> { tape.activate(kind, x[0]) }
    }

    @Test(arguments: Activation.allCases) func activations(_ kind: Activation) {
      var draw = Draw(4)
      for n in [0, 1, 3, 16, 53] {
        for scale in [0.1, 3] { compare("\(kind)", [draw.matrix(1, n, scale: scale)], Activate(kind: kind)) }
      }
      let edge = [-200, -88, -10, -1e-6, 0, 1e-6, 0.2499, 0.2501, 10, 60]
      compare("\(kind) at the edges", [Matrix([edge])], Activate(kind: kind))
    }

    struct Norm: Operation {
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> {
        tape.normalizeRows(
          tape.dropout(
            tape.layerNorm(x[0], residual: x[1], weight: "g", bias: "b", epsilon: 1e-5), rate: 0.3))
      }
    }

    @Test func normalisations() {
      var draw = Draw(5)
      for (rows, width) in [(0, 4), (1, 2), (5, 7), (20, 16), (3, 70)] {
        compare(
          "layer norm \(rows)×\(width)", [draw.matrix(rows, width), draw.matrix(rows, width)],
          parameters: [("g", draw.matrix(1, width)), ("b", draw.matrix(1, width))], tolerance: 5e-5, Norm())
      }
    }

    struct Attend: Operation {
      var layout: RaggedLayout
      var heads: Int
      var lastOnly: Bool
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> {
        let objective = x.count > 3 ? x[3] : nil
        return lastOnly
          ? tape.attentionLast(
            query: x[0], key: x[1], value: x[2], layout: layout, heads: heads, dropout: 0.2,
            objective: objective)
          : tape.attention(
            query: x[0], key: x[1], value: x[2], layout: layout, heads: heads, dropout: 0.2,
            objective: objective)
      }
    }

    @Test func attention() {
      var draw = Draw(6)
      let layouts = [
        RaggedLayout(lengths: [1]), RaggedLayout(lengths: [3, 0, 17, 2]), RaggedLayout(lengths: [50, 70]),
        RaggedLayout(
          lengths: [5, 9, 1],
          isKey: [
            false, false, true, true, false, true, true, false, true, true, false, true, true, true, false,
          ]),
      ]
      for layout in layouts {
        for (heads, width) in [(1, 1), (2, 5), (3, 16), (1, 40)] {
          let (n, d) = (layout.tokens, heads * width)
          for lastOnly in [false, true] {
            let inputs = [
              draw.matrix(lastOnly ? layout.sequences : n, d), draw.matrix(n, d), draw.matrix(n, d),
            ]
            for objective in [[], [draw.matrix(layout.sequences, 1)]] {
              compare(
                "attention \(layout.offsets) heads \(heads)×\(width), objectives \(objective.count)",
                inputs + objective, Attend(layout: layout, heads: heads, lastOnly: lastOnly))
            }
          }
        }
      }
    }

    struct Losses: Operation {
      var labels: [Int32]
      var others: [Int32]
      func callAsFunction<S: Scalar>(_ tape: Tape<S>, _ x: [Var<S>]) -> Var<S> {
        let h = x[0]
        return tape.sum([
          (1, tape.binaryCrossEntropy(hidden: h, table: "e", positives: labels, negatives: others)),
          (2, tape.pairwiseRanking(hidden: h, table: "e", positives: labels, negatives: others)),
          (3, tape.crossEntropy(hidden: h, table: "e", labels: labels)),
          (0.5, tape.crossEntropy(hidden: h, table: "e", bias: "b", labels: labels)),
          (4, tape.contrastive(h, tape.gather("e", others, frozenRow: 0), temperature: 0.7)),
        ])
      }
    }

    @Test func losses() {
      var draw = Draw(7)
      for (rows, width, items) in [(1, 1, 1), (4, 3, 5), (300, 17, 41)] {
        compare(
          "losses \(rows)×\(width) of \(items)", [draw.matrix(rows, width)],
          parameters: [("e", draw.matrix(items, width)), ("b", draw.matrix(1, items))], tolerance: 2e-5,
          Losses(labels: draw.indices(rows, below: items), others: draw.indices(rows, below: items)))
      }
    }

    /// A wrong kernel must be noticed: the comparison itself is compared.
    @Test func comparisonNoticesDamage() {
      var draw = Draw(8)
      let a = draw.matrix(3, 4)
      withKnownIssue { expectClose(scaledByHalf(a), a, 1e-5, "damaged") }
      withKnownIssue { expectClose(Matrix<Float>(rows: 4, columns: 3), a, 1e9, "transposed") }
    }

    private func scaledByHalf(_ a: Matrix<Double>) -> Matrix<Float> {
      Matrix(rows: a.rows, columns: a.columns, values: a.values.map { Float($0 / 2) })
    }
  }
}
