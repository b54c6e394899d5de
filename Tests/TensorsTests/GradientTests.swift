import BeckonTesting
import Tensors
import Testing

extension All {
  /// Every operation against central differences, in Double, with odd unequal sizes.
  @Suite struct GradientTests {
    static let layout = RaggedLayout(
      lengths: [3, 5, 1, 2],
      isKey: [true, true, true, false, false, true, false, true, false, true, true])

    private func expectCorrect(
      _ parameters: [(String, Matrix<Double>)] = [], _ inputs: KeyValuePairs<String, Matrix<Double>> = [:],
      sourceLocation: SourceLocation = #_sourceLocation,
      _ function: (Tape<Double>, GradientCheck.Inputs) -> Var<Double>
    ) {
      let mistakes = GradientCheck().mistakes(
        parameters: ParameterSet(parameters), inputs: inputs, of: function)
      #expect(mistakes.isEmpty, "\(mistakes)", sourceLocation: sourceLocation)
    }

    @Test func arithmetic() {
      var draw = Draw(1)
      let (a, b) = (draw.matrix(3, 5), draw.matrix(3, 5))
      expectCorrect([], ["a": a, "b": b]) { $0.add($1["a"], $1["b"]) }
      expectCorrect([], ["a": a, "b": b]) { $0.subtract($1["a"], $1["b"]) }
      expectCorrect([], ["a": a, "b": b]) { $0.multiply($1["a"], $1["b"]) }
      expectCorrect([], ["a": a]) { $0.multiply($1["a"], $1["a"]) }
      expectCorrect([], ["a": a]) { $0.scale($1["a"], by: -2.5) }
      expectCorrect([], ["a": a]) { $0.mean($1["a"]) }
      expectCorrect([], ["a": a, "b": b]) { $0.sum([(2, $1["a"]), (-1, $1["b"]), (0.5, $1["a"])]) }
      expectCorrect([], ["a": a, "b": b]) { $0.rowDots($1["a"], $1["b"]) }
      expectCorrect([], ["a": a, "b": b]) { $0.multiply($0.detached($0.constant(a)), $1["b"]) }
    }

    @Test(arguments: Activation.allCases) func activations(_ kind: Activation) {
      var draw = Draw(2)
      expectCorrect([], ["x": draw.matrix(3, 5)]) { $0.activate(kind, $1["x"]) }
    }

    @Test func products() {
      var draw = Draw(3)
      expectCorrect([], ["a": draw.matrix(2, 3), "b": draw.matrix(3, 5)]) { $0.matmul($1["a"], $1["b"]) }
      expectCorrect([], ["a": draw.matrix(2, 3), "b": draw.matrix(5, 3)]) {
        $0.matmul($1["a"], $1["b"], transposeB: true)
      }
      expectCorrect([("w", draw.matrix(5, 3)), ("b", draw.matrix(1, 5))], ["x": draw.matrix(4, 3)]) {
        $0.linear($1["x"], weight: "w", bias: "b")
      }
      expectCorrect([("w", draw.matrix(5, 3))], ["x": draw.matrix(4, 3)]) { $0.linear($1["x"], weight: "w") }
    }

    @Test(arguments: [Activation.gelu, .relu]) func feedForward(_ activation: Activation) {
      var draw = Draw(11)
      expectCorrect(
        [
          ("in.weight", draw.matrix(5, 3)), ("in.bias", draw.matrix(1, 5)), ("out.weight", draw.matrix(2, 5)),
          ("out.bias", draw.matrix(1, 2)),
        ], ["x": draw.matrix(4, 3)]
      ) { tape, inputs in
        // Twice, so that gradients accumulate.
        tape.add(
          tape.feedForward(inputs["x"], inner: "in", outer: "out", activation: activation),
          tape.feedForward(inputs["x"], inner: "in", outer: "out", activation: .tanh))
      }
    }

    @Test func normalisations() {
      var draw = Draw(4)
      expectCorrect(
        [("g", draw.matrix(1, 5)), ("b", draw.matrix(1, 5))],
        ["x": draw.matrix(3, 5), "r": draw.matrix(3, 5)]
      ) { $0.layerNorm($1["x"], residual: $1["r"], weight: "g", bias: "b", epsilon: 1e-3) }
      expectCorrect([("g", draw.matrix(1, 5)), ("b", draw.matrix(1, 5))], ["x": draw.matrix(3, 5)]) {
        $0.layerNorm($1["x"], weight: "g", bias: "b", epsilon: 1e-12)
      }
      expectCorrect([], ["x": draw.matrix(3, 5)]) { $0.normalizeRows($1["x"]) }
      expectCorrect([], ["x": draw.matrix(3, 5)]) { $0.dropout($1["x"], rate: 0.4) }
    }

    @Test func rowOperations() {
      var draw = Draw(5)
      expectCorrect([("e", draw.matrix(4, 3))]) { tape, _ in tape.gather("e", [1, 3, 1, 0, 1]) }
      expectCorrect([], ["x": draw.matrix(4, 3)]) { $0.rows($1["x"], [2, 0, 2]) }
      let (a, b) = (draw.matrix(2, 3), draw.matrix(4, 3))
      expectCorrect([], ["a": a, "b": b]) { $0.concatRows([$1["a"], $1["b"], $1["a"]]) }
      expectCorrect([], ["a": a, "b": draw.matrix(2, 5)]) { $0.concatColumns([$1["a"], $1["b"]]) }
      expectCorrect([], ["x": draw.matrix(6, 3)]) { $0.segmentMean($1["x"], [0, 2, 2, 6]) }
      let layout = RaggedLayout(lengths: [2, 0, 4])
      expectCorrect([], ["x": draw.matrix(6, 3)]) { $0.padded($1["x"], layout: layout, length: 3) }
    }

    @Test func filters() {
      var draw = Draw(12)
      let (whole, part) = (draw.matrix(3, 3), draw.matrix(2, 3))
      expectCorrect([], ["x": draw.matrix(6, 5)]) { tape, inputs in
        // Twice, so that gradients accumulate.
        tape.concatRows([tape.filtered(inputs["x"], by: whole), tape.filtered(inputs["x"], by: part)])
      }
      expectCorrect([("f", draw.matrix(1, 5))], ["x": draw.matrix(4, 5)]) {
        $0.scaleColumns($1["x"], by: $0.parameter("f"))
      }
    }

    @Test func frozenRowsGetNoGradient() {
      var draw = Draw(6)
      let tape = Tape(
        parameters: ParameterSet([("e", draw.matrix(4, 3))]), training: true,
        stream: RandomStream(seed: 1, purpose: .dropout))
      tape.backward(tape.mean(tape.gather("e", [0, 2, 0, 3], frozenRow: 0)))
      #expect(tape.gradients["e"].row(0).allSatisfy { $0 == 0 })
      #expect(tape.gradients["e"].row(2).allSatisfy { $0 != 0 })
    }

    @Test(arguments: [0, 0.3]) func attention(_ dropout: Double) {
      var draw = Draw(7)
      let (n, d) = (Self.layout.tokens, 6)
      let (q, k, v) = (draw.matrix(n, d), draw.matrix(n, d), draw.matrix(n, d))
      expectCorrect([], ["q": q, "k": k, "v": v]) {
        $0.attention(
          query: $1["q"], key: $1["k"], value: $1["v"], layout: Self.layout, heads: 2, dropout: dropout)
      }
      expectCorrect([], ["q": draw.matrix(4, d), "k": k, "v": v]) {
        $0.attentionLast(
          query: $1["q"], key: $1["k"], value: $1["v"], layout: Self.layout, heads: 3, dropout: dropout)
      }
      for layout in [Self.layout, RaggedLayout(lengths: [3, 5, 1, 2])] {
        let r = draw.matrix(4, 1)
        expectCorrect([], ["q": q, "k": k, "v": v, "r": r]) {
          $0.attention(
            query: $1["q"], key: $1["k"], value: $1["v"], layout: layout, heads: 2, dropout: dropout,
            objective: $1["r"])
        }
        expectCorrect([], ["q": draw.matrix(4, d), "k": k, "v": v, "r": r]) {
          $0.attentionLast(
            query: $1["q"], key: $1["k"], value: $1["v"], layout: layout, heads: 3, dropout: dropout,
            objective: $1["r"])
        }
      }
    }

    @Test func losses() {
      var draw = Draw(8)
      let table = [("e", draw.matrix(7, 5))]
      let h = draw.matrix(3, 5)
      expectCorrect(table, ["h": h]) {
        $0.binaryCrossEntropy(hidden: $1["h"], table: "e", positives: [1, 6, 1], negatives: [0, 1, 3])
      }
      expectCorrect(table, ["h": h]) {
        $0.pairwiseRanking(hidden: $1["h"], table: "e", positives: [1, 6, 1], negatives: [0, 1, 3])
      }
      expectCorrect([], ["x": h]) { $0.crossEntropy(logits: $1["x"], labels: [4, 0, 4]) }
      expectCorrect(table, ["h": h]) {
        $0.scale($0.crossEntropy(hidden: $1["h"], table: "e", labels: [4, 0, 4]), by: 3)
      }
      expectCorrect(table + [("b", draw.matrix(1, 7))], ["h": h]) {
        $0.scale($0.crossEntropy(hidden: $1["h"], table: "e", bias: "b", labels: [4, 0, 4]), by: 3)
      }
      let views: KeyValuePairs = ["a": h, "b": draw.matrix(3, 5)]
      expectCorrect([], views) { $0.contrastive($1["a"], $1["b"], temperature: 0.7) }
      expectCorrect([], views) {
        $0.contrastive($1["a"], $1["b"], temperature: 0.7, excluding: [2, 1, 2])
      }
      expectCorrect([], views) { $0.contrastiveOneWay($1["a"], $1["b"], temperature: 0.7) }
    }

    @Test func customOperations() {
      var draw = Draw(9)
      let x = draw.matrix(2, 3)
      func square(_ tape: Tape<Double>, _ x: Var<Double>, damage: Double) -> Var<Double> {
        let output = Matrix(rows: x.rows, columns: x.columns, values: x.value.values.map { $0 * $0 })
        return tape.custom([x], output: output) { gradient, inputs in
          let values = zip(gradient.values, inputs[0].values).map { (2 + damage) * $0 * $1 }
          return [Matrix(rows: gradient.rows, columns: gradient.columns, values: values)]
        }
      }
      expectCorrect([], ["x": x]) { square($0, $1["x"], damage: 0) }
      // The negative control: a derivative wrong by one part in 10 000 must be caught.
      let mistakes = GradientCheck().mistakes(inputs: ["x": x]) { square($0, $1["x"], damage: 2e-4) }
      #expect(mistakes.map(\.name) == ["x"])
      // What is not a number must not hide behind derivatives that are right.
      let holes = GradientCheck().mistakes(inputs: ["x": x]) { tape, inputs in
        tape.custom([inputs["x"]], output: inputs["x"].value) { gradient, _ in
          var wrong = gradient
          wrong.values[5] = .nan
          return [wrong]
        }
      }
      #expect(holes.map(\.index) == [5])
    }

    @Test(arguments: [0, 0.3]) func transformer(_ dropout: Double) {
      let model = PostNormTransformer(
        items: 5, hiddenSize: 4, layers: 2, heads: 2, innerSize: 3, maximumLength: 5, dropout: dropout)
      var draw = Draw(10)
      var parameters: ParameterSet<Double> = model.initialParameters(
        stream: RandomStream(seed: 1, purpose: .initialization))
      for name in parameters.names {
        let (rows, columns) = (parameters[name].rows, parameters[name].columns)
        parameters[name].add(draw.matrix(rows, columns, scale: 0.5))
      }
      let layout = Self.layout
      let items = draw.indices(layout.tokens, below: 4).map { $0 + 1 }  // row 0 is frozen: differences see it
      let positions = (0..<layout.sequences).flatMap { s in (0..<layout.length(of: s)).map { Int32($0) } }
      var check = GradientCheck()
      // Query weights meet few keys here: their small derivatives drown in rounding at a smaller step.
      check.step = 5e-5
      check.floor = 1e-2
      for lastOnly in [false, true] {
        let mistakes = check.mistakes(parameters: parameters) { tape, _ in
          lastOnly
            ? model.lastHidden(tape, items: items, positions: positions, layout: layout)
            : model(tape, items: items, positions: positions, layout: layout)
        }
        // A key's bias adds the same to all scores of a row: its true derivative is 0 and only noise is compared.
        let real = mistakes.filter { !$0.name.hasSuffix("key.bias") }
        #expect(real.isEmpty, "\(real)")
        #expect(mistakes.allSatisfy { abs($0.derived) < 1e-9 || !$0.name.hasSuffix("key.bias") })
      }
    }
  }
}
