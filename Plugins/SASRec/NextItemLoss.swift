import Beckon

/// Keys of encoders that learn the next item of each position.
protocol NextItemSettings: SequenceSettings {
  var loss: NextItemLoss { get }
  var negatives: NegativeSampler.Scope { get }
}

/// How a position's next item is told from the others.
enum NextItemLoss: String, Choice {
  /// Binary cross-entropy with one negative: the released code.
  case bce
  /// Pairwise ranking with one negative: what the ITMPRec paper names (§3).
  case bpr
  /// Softmax cross-entropy over all rows of the item table, the pad row included as published trainers do.
  case crossEntropy = "cross-entropy"
}

extension SequenceEncoder where Configuration: NextItemSettings {
  func loss<S: Scalar>(_ tape: Tape<S>, _ batch: TrainingBatch) throws -> Var<S> {
    let (tokens, next) = batch.nextItems(length: configuration.maximumLength)
    let hidden = network(itemCount: batch.itemCount)(
      tape, items: tokens.items, positions: tokens.positions, layout: tokens.layout)
    return nextItemLoss(tape, hidden: hidden, next: next, batch)
  }

  /// Mean loss over all real positions, each against its next item and one negative, or all items.
  func nextItemLoss<S: Scalar>(
    _ tape: Tape<S>, hidden: Var<S>, next: [Int32], _ batch: TrainingBatch
  ) -> Var<S> {
    let table = PostNormTransformer.itemTable
    let positives = next.map { $0 + 1 }
    func negatives() -> [Int32] {
      batch.negatives(length: configuration.maximumLength, configuration.negatives).map { $0 + 1 }
    }
    switch configuration.loss {
    case .bce:
      return tape.binaryCrossEntropy(
        hidden: hidden, table: table, positives: positives, negatives: negatives())
    case .bpr:
      return tape.pairwiseRanking(
        hidden: hidden, table: table, positives: positives, negatives: negatives())
    case .crossEntropy:
      return tape.crossEntropy(hidden: hidden, table: table, labels: positives)
    }
  }
}
