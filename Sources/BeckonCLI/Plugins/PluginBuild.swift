import Beckon
import Lab

/// `beckon plugin build`.
enum PluginBuild {
  static let command = Command(
    name: "build", summary: "Makes a file of a plugin folder, to be loaded by --plugin.",
    details: """
      The folder NAME has NAMEPlugin.swift, which declares `enum NAMEPlugin: Plugin`, as a folder of
      Plugins/ has; it may lie anywhere. It is compiled against the core of this very program, by the
      compiler that built it: another program refuses the file. A plugin sees the core alone, and no
      other plugin.
      """,
    arguments: [.init(name: "FOLDER", help: "the plugin's folder.")],
    options: [
      .init(name: "to", value: "FILE", help: "The file to write; NAME.so here if not given."),
      .init(
        name: "modules", value: "DIR",
        help:
          "Where the compiled modules of this program's build are; 'Modules' beside the program if not given."
      ),
      .init(name: "swiftc", value: "FILE", help: "The compiler; swiftc on the PATH if not given."),
      CommonOptions.quiet,
    ],
    run: run)

  #if os(macOS)
    private static let ending = "dylib"
    private static func flags(_ library: String) -> [String] {
      ["-Xlinker", "-undefined", "-Xlinker", "dynamic_lookup"]
    }
  #else
    private static let ending = "so"
    private static func flags(_ library: String) -> [String] { ["-Xlinker", "-soname", "-Xlinker", library] }
  #endif

  private static func run(_ call: Call) throws {
    let folder = URL(filePath: call.arguments[0], directoryHint: .isDirectory).standardizedFileURL
    let (name, sources) = try sources(of: folder, call)
    let modules = try modules(call)
    let target = URL(filePath: call.value("to") ?? "\(name).\(ending)")
    let scratch = FileManager.default.temporaryDirectory.appending(path: "beckon-plugin-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let made = scratch.appending(path: "\(name).\(ending)")
    try make(name, sources, modules, in: scratch, call)

    let plugin = try PrebuiltPlugin(path(made))
    if let refusal = plugin.stamp.refusal(by: .host) {
      throw RunFailure(
        description:
          "\(path(modules)): the modules there are not those of this program: of the plugin, \(refusal) "
          + "Build Beckon again.")
    }
    let bytes = try Data(contentsOf: made)
    try AtomicFile.write(to: target) { try $0(bytes) }
    if !call.has("quiet") {
      try call.terminal.output("\(path(target))\nUse it by --plugin \(path(target)).\n")
    }
  }

  /// Compiles a copy of the sources, by names that tell nothing of where they lie, to an object and that to a library:
  /// the same sources make the same bytes, whose hash tells one plugin from another.
  private static func make(
    _ name: String, _ sources: [String: URL], _ modules: URL, in scratch: URL, _ call: Call
  ) throws {
    for (file, url) in sources {
      let copy = scratch.appending(path: file)
      try FileManager.default.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: url, to: copy)
    }
    let entry = "\(name)Entry.swift"
    try Data(self.entry(name).utf8).write(to: scratch.appending(path: entry))
    var words = [
      "-emit-object", "-o", "\(name).o", "-module-name", name, "-parse-as-library", "-swift-version", "6",
      "-O",
      "-wmo", "-I", path(modules),
    ]
    let map = modules.deletingLastPathComponent().appending(path: "CKernels.build/module.modulemap")
    if FileManager.default.fileExists(atPath: path(map)) {
      words += ["-Xcc", "-fmodule-map-file=\(path(map))"]
    }
    try compile(words + sources.keys.sorted() + [entry], in: scratch, call)
    let library = "\(name).\(ending)"
    try compile(
      ["-emit-library", "-o", library, "-module-name", name, "\(name).o"] + flags(library), in: scratch, call)
  }

  private static func path(_ url: URL) -> String { url.path(percentEncoded: false) }

  /// The plugin's name, and its files by their paths in the folder.
  private static func sources(of folder: URL, _ call: Call) throws -> (name: String, files: [String: URL]) {
    let name = folder.lastPathComponent
    let paths = FileManager.default.enumerator(atPath: path(folder))?.compactMap { $0 as? String } ?? []
    let files = paths.filter { $0.hasSuffix(".swift") }.map { ($0, folder.appending(path: $0)) }
    guard paths.contains("\(name)Plugin.swift") else {
      throw UsageError(
        "\(path(folder)): there is no \(name)Plugin.swift. It declares `enum \(name)Plugin: Plugin` with "
          + "`static func register(in:)`.", command: call.path)
    }
    return (name, Dictionary(uniqueKeysWithValues: files))
  }

  private static func modules(_ call: Call) throws -> URL {
    let beside = call.terminal.program?.resolvingSymlinksInPath().deletingLastPathComponent().appending(
      path: "Modules")
    guard
      let folder = call.value("modules").map({ URL(filePath: $0, directoryHint: .isDirectory) }) ?? beside,
      FileManager.default.fileExists(atPath: path(folder.appending(path: "Beckon.swiftmodule")))
    else {
      throw UsageError(
        "\(call.value("modules") ?? beside.map(path) ?? "--modules"): there is no Beckon.swiftmodule. Name the folder of "
          + "this program's build by --modules, such as .build/release/Modules.", command: call.path)
    }
    return folder.absoluteURL
  }

  /// What the file exports: one function of C's calling convention, and the stamp that it keeps alive.
  private static func entry(_ name: String) -> String {
    """
    import Beckon
    import CKernels

    @_cdecl("\(PrebuiltPlugin.entry)")
    public func beckonPluginRegister(_ registry: UnsafeMutableRawPointer, _ failure: UnsafeMutableRawPointer) {
      do {
        try \(name)Plugin.register(in: &registry.assumingMemoryBound(to: Registry.self).pointee)
      } catch {
        failure.assumingMemoryBound(to: (any Error)?.self).pointee = error
      }
    }

    @_cdecl("beckon_plugin_core")
    public func beckonPluginCore() -> UnsafePointer<UInt8> { beckonCoreStamp().utf8Start }

    @_cdecl("beckon_plugin_compiler")
    public func beckonPluginCompiler() -> UnsafePointer<CChar> { bk_compiler_stamp() }

    """
  }

  private static func compile(_ words: [String], in folder: URL, _ call: Call) throws {
    let named = call.value("swiftc").map { URL(filePath: $0) }
    guard let compiler = named ?? ProgramSearch.find("swiftc", in: call.terminal.environment["PATH"]) else {
      throw RunFailure(
        description: "swiftc: there is no such program on the PATH. Name the compiler by --swiftc.")
    }
    // A compiler leaves its temporary folder behind where it makes one thing alone: here, where it is removed.
    let environment = ProcessInfo.processInfo.environment.merging(["TMPDIR": path(folder.absoluteURL)]) { $1 }
    let run = try ProgramRun(compiler, words, in: folder, environment: environment)
    guard run.code == 0 else {
      throw RunFailure(description: "\(run.output)\(run.complaint)the plugin could not be compiled.")
    }
    if !run.complaint.isEmpty { call.terminal.error(run.complaint) }
  }
}
