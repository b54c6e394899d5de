import Beckon

/// The vectors that a synthetic dataset was drawn from: the simulator then knows the truth.
struct WorldEmbeddings: EmbeddingSource {
  static let about = About(
    "world", "The true vectors of a synthetic dataset.",
    source: "IPG §5: the environment that made the log also answers the recommendations.")
  let configuration: NoConfiguration

  func tables(_ context: TrainingContext) throws -> EmbeddingTables {
    guard let truth = context.split.dataset.truth else {
      throw Problem(
        "environment.embeddings",
        "'world' needs a synthetic dataset; a recorded one has no true vectors. Try graphau.")
    }
    return truth
  }
}
