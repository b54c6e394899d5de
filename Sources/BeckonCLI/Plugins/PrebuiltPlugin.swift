import Beckon
import Hashing

/// A plugin in a file of its own, made by `beckon plugin build`.
///
/// The file has the plugin's code and nothing of Beckon's: it finds the core in the program that loads it, so that both
/// mean the same types. That holds only if both were compiled against one core by one compiler, which is looked at
/// before anything of the file is loaded; types that lie otherwise in memory would not fail, they would give wrong
/// numbers.
struct PrebuiltPlugin {
  /// The file, as it was named.
  let path: String
  /// SHA-256 of the file.
  let digest: String
  /// What it was built with.
  let stamp: PluginStamp

  /// Reads a plugin's file and loads nothing of it.
  ///
  /// - Throws: `Problem` if there is no such file, or it is no plugin.
  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Problem("--plugin", "there is no file '\(path)'. 'beckon plugin build FOLDER' makes one.")
    }
    guard !isFolder.boolValue, let bytes = FileManager.default.contents(atPath: path) else {
      throw Problem(
        "--plugin",
        isFolder.boolValue
          ? "'\(path)' is a folder; 'beckon plugin build \(path)' makes a plugin of it."
          : "'\(path)' cannot be read.")
    }
    guard let stamp = PluginStamp(in: bytes) else {
      throw Problem(
        "--plugin",
        "'\(path)' is no plugin of Beckon: it does not say what it was built with. 'beckon plugin build FOLDER' makes one."
      )
    }
    self.path = path
    self.stamp = stamp
    digest = SHA256.hexadecimal(of: [UInt8](bytes))
  }

  /// Loads the file for good and registers its components.
  ///
  /// - Throws: `Problem` if it does not fit this program; `RegistryError.duplicate`.
  func register(in registry: inout Registry) throws {
    if let refusal = stamp.refusal(by: .host) {
      throw Problem(
        "--plugin",
        "'\(path)' is not loaded: \(refusal) Build it again: beckon plugin build FOLDER --to \(path)")
    }
    guard !registry.prebuilt.contains(where: { $0.digest == digest }) else {
      throw Problem("--plugin", "'\(path)' is given twice.")
    }
    let symbol = try load()
    typealias Entry = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
    let entry = unsafeBitCast(symbol, to: Entry.self)
    let name = URL(filePath: path).lastPathComponent
    try registry.register(plugin: "\(name) (\(digest.prefix(12)))", digest: digest) { registry in
      var failure: (any Error)?
      withUnsafeMutablePointer(to: &registry) { registry in
        withUnsafeMutablePointer(to: &failure) {
          entry(UnsafeMutableRawPointer(registry), UnsafeMutableRawPointer($0))
        }
      }
      if let failure { throw failure }
    }
    registry.prebuilt.append(.init(path: path, digest: digest, stamp: stamp.text))
  }

  /// The address of the plugin's entry.
  private func load() throws -> UnsafeMutableRawPointer {
    try Self.checkRuntime()
    let absolute = URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
    // It stays loaded: types of it may be anywhere by then.
    guard let library = dlopen(absolute, RTLD_NOW | RTLD_LOCAL) else {
      let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
      let advice =
        reason.contains("undefined symbol")
        ? " A program that loads plugins must export its own symbols: link it with -Xlinker --export-dynamic."
        : ""
      throw Problem("--plugin", "'\(path)' cannot be loaded: \(reason).\(advice)")
    }
    guard let symbol = dlsym(library, Self.entry) else {
      throw Problem(
        "--plugin", "'\(path)' has no entry '\(Self.entry)': it was not made by 'beckon plugin build'.")
    }
    return symbol
  }

  /// Name of the function that a plugin's file exports.
  static let entry = "beckon_plugin_register"

  /// A second copy of the Swift runtime in one process would double every type.
  private static func checkRuntime() throws {
    #if os(Linux)
      guard let maps = try? FileHandle(forReadingAtPath: "/proc/self/maps")?.readToEnd(),
        maps.range(of: Data("libswiftCore".utf8)) == nil
      else { return }
      throw Problem(
        "--plugin",
        "this program has the Swift runtime inside (--static-swift-stdlib), and a plugin would bring another one."
      )
    #endif
  }
}
