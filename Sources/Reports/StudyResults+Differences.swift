import Beckon
import Lab

extension StudyResults {
  /// Differences of a metric between two variants, seed by seed: variants share their random draws, so the difference
  /// of two runs of one seed says more than the difference of two means.
  ///
  /// - Parameter before: metric of the other variant, where it is another one.
  /// - Returns: in the order of the spec; without the seeds in which one of the two lacks the metric.
  func differences(
    of variant: String, to other: String, in metric: String, from before: String? = nil
  ) -> [(seed: UInt64, value: Double)] {
    let theirs = Dictionary(
      runs(of: other).compactMap { run in run.record.metric(before ?? metric).map { (run.seed, $0) } },
      uniquingKeysWith: { one, _ in one })
    return runs(of: variant).compactMap { run in
      guard let own = run.record.metric(metric), let other = theirs[run.seed] else { return nil }
      return (run.seed, own - other)
    }
  }
}
