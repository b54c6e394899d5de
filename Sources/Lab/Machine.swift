import Beckon

/// What is measured of the machine: for timings, never for results.
public enum Machine {
  /// Largest resident memory of this process so far, in MiB.
  public static var peakMemoryMiB: Double {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Double(usage.ru_maxrss) / 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Double(usage.ru_maxrss) / 1_048_576
    #endif
  }

  /// Processors this process may use.
  public static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
}
