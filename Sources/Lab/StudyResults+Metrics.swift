import Beckon

extension StudyResults {
  /// The same results with some metrics alone, in the order given.
  ///
  /// - Parameter names: such as `hr@20`; a name without a cutoff stands for all cutoffs.
  /// - Throws: `Problem` with the nearest name, if nothing in the results is called so.
  public func keeping(metrics names: [String]) throws -> StudyResults {
    let known = runs.flatMap { $0.record.metrics.map(\.name) }.uniqued()
    var kept: [String] = []
    for name in names {
      let found = known.filter { $0 == name || $0.hasPrefix(name + "@") }
      guard !found.isEmpty else {
        let sentence = Suggestion.sentence(for: name, among: known, label: "Metrics")
        throw Problem("--metrics", "no run has a metric '\(name)'.\(sentence)")
      }
      kept += found.filter { !kept.contains($0) }
    }
    let runs = runs.map { run in
      Run(
        variant: run.variant, seed: run.seed, record: run.record.keeping(kept), seconds: run.seconds,
        reused: run.reused, cell: run.cell)
    }
    return StudyResults(
      spec: spec, data: data, runs: runs, failures: failures, unfinished: unfinished, coreDigest: coreDigest,
      plugins: plugins, seconds: seconds, origins: origins)
  }
}

extension CellRecord {
  fileprivate func keeping(_ names: [String]) -> CellRecord {
    let values = Dictionary(metrics.map { ($0.name, $0.value) }) { first, _ in first }
    let kept = names.compactMap { name in values[name].map { (name: name, value: $0) } }
    return CellRecord(identity: identity, metrics: kept, rounds: rounds, facts: facts)
  }
}
