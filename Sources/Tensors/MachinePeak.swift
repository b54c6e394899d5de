internal import CKernels

/// How fast this machine multiplies and adds at best, to compare products with.
public enum MachinePeak {
  /// Multiply-adds with all operands in registers, on the calling thread.
  ///
  /// - Parameter rounds: how often each register is used.
  /// - Returns: the floating-point operations done, two a multiply-add and lane.
  public static func operations(rounds: Int) -> Double {
    var (result, operations): (Float, Int) = (0, 0)
    bk_peak(rounds, 0.999, &result, &operations)
    // Reading the result keeps the work from being left out.
    return result.isNaN ? .nan : Double(operations)
  }
}
