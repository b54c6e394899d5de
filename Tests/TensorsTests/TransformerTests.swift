import Tensors
import Testing

extension All {
  @Suite struct TransformerTests {
    private let model = PostNormTransformer(
      items: 30, hiddenSize: 12, layers: 2, heads: 2, maximumLength: 20, dropout: 0.5)
    private let stream = RandomStream(seed: 4, purpose: .initialization)
    private let layout = RaggedLayout(
      lengths: [20, 1, 7, 13, 20, 2], isKey: (0..<63).map { ![21, 22, 25, 27, 62].contains($0) })

    private var items: [Int32] {
      var draw = Draw(5)
      return draw.indices(layout.tokens, below: 30)
    }
    private var positions: [Int32] {
      (0..<layout.sequences).flatMap { s in
        (0..<layout.length(of: s)).map { Int32(20 - layout.length(of: s) + $0) }
      }
    }

    @Test func countsParametersLikeTheSource() {
      // baselines: rows·d + N·d + 2d + L(12d² + 13d); 878,208 is logged with 192 more per layer.
      let beauty = PostNormTransformer(
        items: 12102, hiddenSize: 64, layers: 2, heads: 2, maximumLength: 50, dropout: 0.5)
      let parameters: ParameterSet<Float> = beauty.initialParameters(stream: stream)
      #expect(parameters.count == 878_208 - 2 * 192)
      #expect(parameters["item_embeddings.weight"].row(0).contains { $0 != 0 })
      let norm = parameters["item_embeddings.weight"].squaredNorm / Double(12102 * 64)
      #expect(abs(norm / 0.0004 - 1) < 0.01)
    }

    @Test func lastHiddenIsTheSameBytes() {
      let parameters: ParameterSet<Float> = model.initialParameters(stream: stream)
      let tape = Tape(parameters: parameters, training: false, stream: stream)
      let all = model(tape, items: items, positions: positions, layout: layout).value
      let last = model.lastHidden(tape, items: items, positions: positions, layout: layout).value
      #expect(last == all.selectingRows(layout.lastRows))
      #expect(all.allFinite)
    }

    @Test func weightsLaidOutOnceGiveTheSameBytes() {
      let parameters: ParameterSet<Float> = model.initialParameters(stream: stream)
      let packed = PackedWeights<Float>()
      func hidden(_ packed: PackedWeights<Float>?) -> Matrix<Float> {
        let tape = Tape(parameters: parameters, training: false, stream: stream, packed: packed)
        return model(tape, items: items, positions: positions, layout: layout).value
      }
      let plain = hidden(nil)
      // The second reads what the first laid out.
      #expect(hidden(packed) == plain && hidden(packed) == plain)
    }

    @Test func batchDoesNotMatter() {
      let parameters: ParameterSet<Float> = model.initialParameters(stream: stream)
      let tape = Tape(parameters: parameters, training: false, stream: stream)
      let all = model.lastHidden(tape, items: items, positions: positions, layout: layout).value
      for s in 0..<layout.sequences {
        let rows = layout.rows(of: s)
        let alone = model.lastHidden(
          tape, items: Array(items[rows]), positions: Array(positions[rows]),
          layout: RaggedLayout(lengths: [rows.count], isKey: Array(layout.isKey[rows])))
        #expect(alone.value.row(0) == all.row(s)[...], "sequence \(s)")
      }
    }

    @Test func threadsDoNotMatter() {
      let parameters: ParameterSet<Float> = model.initialParameters(stream: stream)
      // Long enough that every operation is cut into several chunks.
      let copies = 30
      let long = RaggedLayout(lengths: [Int](repeating: 20, count: copies))
      var draw = Draw(6)
      let items = draw.indices(20 * copies, below: 30)
      let others = draw.indices(20 * copies, below: 30)
      let positions = (0..<copies).flatMap { _ in (0..<20 as Range<Int32>) }
      func step() -> (Float, ParameterSet<Float>) {
        let tape = Tape(parameters: parameters, training: true, stream: stream)
        let hidden = model(tape, items: items, positions: positions, layout: long)
        let view = model(tape, items: items, positions: positions, layout: long)
        let loss = tape.sum([
          (
            1,
            tape.binaryCrossEntropy(
              hidden: hidden, table: PostNormTransformer.itemTable, positives: items, negatives: others)
          ),
          (1, tape.crossEntropy(hidden: hidden, table: PostNormTransformer.itemTable, labels: others)),
          (
            1,
            tape.contrastive(
              tape.segmentMean(hidden, long.offsets), tape.segmentMean(view, long.offsets), temperature: 1)
          ),
        ])
        tape.backward(loss)
        var moved = parameters
        var optimizer = Adam<Float>(weightDecay: 0.01)
        optimizer.step(&moved, tape.gradients)
        return (loss.scalar, moved)
      }
      let one = Parallel.withThreads(1) { step() }
      let two = Parallel.withThreads(2) { step() }
      let three = Parallel.withThreads(3) { step() }
      #expect(one.0 == two.0 && one.0 == three.0)
      #expect(one.1 == two.1)
      #expect(one.1 == three.1)
    }

    @Test func feedForwardIsTheSameBytesAsItsSteps() {
      var draw = Draw(7)
      let parameters = ParameterSet([
        ("in.weight", draw.matrix(70, 9)), ("in.bias", draw.matrix(1, 70)),
        ("out.weight", draw.matrix(5, 70)),
        ("out.bias", draw.matrix(1, 5)),
      ]).mapScalars(to: Float.self)
      let x = draw.matrix(500, 9).mapScalars(to: Float.self)
      for training in [true, false] {
        func run(_ body: (Tape<Float>, Var<Float>) -> Var<Float>) -> [(String, Matrix<Float>)] {
          let tape = Tape(parameters: parameters, training: training, stream: stream)
          let v = tape.variable(x)
          let y = body(tape, v)
          if training { tape.backward(tape.mean(tape.multiply(y, y))) }
          return [("value", y.value), ("x", tape.gradient(of: v))]
            + tape.gradients.names.map { ($0, tape.gradients[$0]) }
        }
        let fused = run { $0.feedForward($1, inner: "in", outer: "out") }
        let steps = run {
          let inner = $0.gelu($0.linear($1, weight: "in.weight", bias: "in.bias"))
          return $0.linear(inner, weight: "out.weight", bias: "out.bias")
        }
        for ((name, one), (_, other)) in zip(fused, steps) {
          // The inner bias' gradient alone is summed in another order, chunk by chunk.
          guard name == "in.bias" else {
            #expect(one.values.elementsEqual(other.values), "\(name), training \(training)")
            continue
          }
          for (a, b) in zip(one.values, other.values) { #expect(abs(a - b) <= 1e-5 * max(1, abs(b))) }
        }
      }
    }

    @Test func inferenceHasNoDropout() {
      let parameters: ParameterSet<Float> = model.initialParameters(stream: stream)
      var still = model
      still.dropout = 0
      func hidden(_ model: PostNormTransformer, training: Bool) -> Matrix<Float> {
        let tape = Tape(parameters: parameters, training: training, stream: stream)
        return model(tape, items: items, positions: positions, layout: layout).value
      }
      #expect(hidden(model, training: false) == hidden(still, training: true))
      #expect(hidden(model, training: true) != hidden(still, training: true))
    }
  }
}
