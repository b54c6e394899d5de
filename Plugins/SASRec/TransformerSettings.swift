import Beckon

/// Keys that every encoder on the post-norm transformer shares.
protocol TransformerSettings: Codable, Equatable, Sendable {
  var hiddenSize: Int { get }
  var layers: Int { get }
  var heads: Int { get }
  var innerSize: Int { get }
  var maximumLength: Int { get }
  var dropout: Double { get }
  var weights: String { get }
  var training: TrainingSettings { get }
}

/// Keys of encoders that learn each position's next item against one negative.
protocol NextItemSettings: TransformerSettings {
  var loss: NextItemLoss { get }
  var negatives: NegativeSampler.Scope { get }
}

/// How a position's next item is told from a negative.
enum NextItemLoss: String, Choice {
  /// Binary cross-entropy with one negative: the released code.
  case bce
  /// Pairwise ranking with one negative: the ITMPRec paper's eq. 5.
  case bpr
}

extension TransformerSettings {
  func check(_ checks: inout Checks) {
    checks.range("hiddenSize", hiddenSize, 1...8192)
    checks.range("layers", layers, 1...64)
    checks.positive("heads", heads)
    checks.require(
      heads > 0 && hiddenSize % heads == 0, "heads",
      "\(heads) heads do not divide hiddenSize (\(hiddenSize)) evenly.")
    checks.range("innerSize", innerSize, 1...32_768)
    checks.range("maximumLength", maximumLength, 1...4096)
    checks.range("dropout", dropout, 0..<1)
    checks.file("weights", weights)
    training.check(&checks)
  }
}
