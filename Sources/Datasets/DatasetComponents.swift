import Beckon

/// The readers, filters and splits that come with the laboratory.
public enum DatasetComponents {
  /// Registers them all.
  ///
  /// - Throws: `RegistryError.duplicate`.
  public static func register(in registry: inout Registry) throws {
    try registry.register(DoubanMovieSource.self)
    try registry.register(HetRecLastFMSource.self)
    try registry.register(MovieLens100KSource.self)
    try registry.register(MovieLensSource.self)
    try registry.register(RecBoleSource.self)
    try registry.register(SequencesSource.self)
    try registry.register(SteamSource.self)
    try registry.register(TableSource.self)
    try registry.register(SyntheticSource.self)
    try registry.register(KCoreFilter.self)
    try registry.register(MinimumRatingFilter.self)
    try registry.register(NamedFilter.self)
    try registry.register(LeaveOneOutSplitter.self)
    try registry.register(HoldOutSplitter.self)
  }
}
