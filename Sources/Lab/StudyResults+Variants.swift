import Beckon

extension StudyResults {
  /// The same results with some variants alone, in the order of the spec. Unfinished cells, of which nobody knows the
  /// variant here, are not counted.
  public func keeping(variants names: Set<String>) -> StudyResults {
    let spec = ResolvedSpec(
      file: spec.file, name: spec.name, description: spec.description,
      variants: spec.variants.filter { names.contains($0.name) }, seeds: spec.seeds,
      trajectories: spec.trajectories, compareWith: spec.compareWith, isCumulative: spec.isCumulative,
      axis: spec.axis)
    return StudyResults(
      spec: spec, data: data.filter { names.contains($0.key) },
      runs: runs.filter { names.contains($0.variant) },
      failures: failures.filter { names.contains($0.variant) },
      coreDigest: coreDigest, plugins: plugins, seconds: seconds,
      origins: origins)
  }
}
