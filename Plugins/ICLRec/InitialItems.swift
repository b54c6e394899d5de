import Beckon

/// Where an item table starts.
enum InitialItems: String, Choice {
  /// Drawn from a normal distribution.
  case normal
  /// The simulator's item vectors, as in the released ITMPRec code.
  case embeddings
}

extension Matrix where S == Float {
  /// Overwrites rows with the simulator's item vectors.
  ///
  /// - Parameter firstRow: the row of item 0; row 0 is the pad.
  /// - Throws: `Problem` if the study has no embeddings or they are of another width.
  mutating func startFromEmbeddings(_ context: TrainingContext, firstRow: Int = 1) throws {
    guard let items = context.embeddings?.items else {
      throw Problem("encoder.initialItems", "'embeddings' needs a study with environment.embeddings.")
    }
    guard items.columns == columns else {
      throw Problem(
        "encoder.hiddenSize",
        "\(columns) must equal the embeddings' dimension (\(items.columns)) to start from them.")
    }
    values.replaceSubrange(firstRow * columns..<(items.rows + firstRow) * columns, with: items.values)
  }
}
