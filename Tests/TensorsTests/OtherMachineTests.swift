#if arch(x86_64) && os(Linux)
  import Beckon
  import CKernels
  import Testing

  /// The kernels on machines that this one is not.
  struct OtherMachineTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// What visits every kernel: those that hold each path to plain Swift.
    private static let kernelTests =
      "KernelPathTests|RowSearchTests|adamAgreesOnEveryPath|AttentionTests|GaussianAttentionTests|GRUTests|FilterTests"
      + "|RandomStreamTests"
    private static let emulator = ProgramSearch.find("qemu-x86_64", in: environment["PATH"])

    /// Runs the kernels' tests again in an emulated machine, which stops a program at the first instruction that it
    /// lacks.
    @Test(
      .enabled(if: emulator != nil, "skipped: there is no qemu-x86_64 (Debian's qemu-user)"),
      arguments: [("Nehalem", "portable"), ("Haswell", "portable x86-64-v3")])
    func kernelsRunOnOlderMachines(_ processor: String, _ paths: String) throws {
      let output = Pipe()
      let process = Process()
      process.executableURL = Self.emulator
      process.arguments = [
        "-cpu", processor, ProcessInfo.processInfo.arguments[0], "--testing-library", "swift-testing",
        "--filter", Self.kernelTests + "|pathsAreThoseExpected",
      ]
      process.environment = Self.environment.merging(["BECKON_TEST_PATHS": paths]) { $1 }
      process.standardOutput = output
      process.standardError = output
      try process.run()
      let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0, "\(text.suffix(2000))")
      #expect(text.contains("pathsAreThoseExpected() passed"), "\(text.suffix(2000))")
    }

    @Test(.enabled(if: environment["BECKON_TEST_PATHS"] != nil, "asked by kernelsRunOnOlderMachines alone"))
    func pathsAreThoseExpected() {
      let supported = (0..<bk_path_count()).filter { bk_path_supported($0) != 0 }
      let names = supported.map { String(cString: bk_path_name($0)) }.joined(separator: " ")
      #expect(names == Self.environment["BECKON_TEST_PATHS"])
    }
  }
#endif
