import Beckon
import CKernels

/// What a plugin was built with: the core's interface and the compiler.
///
/// The stamp stands in the plugin's file as two texts that can be read without loading it: one that the core's module
/// copies into whoever is compiled against it, one that the compiler writes.
struct PluginStamp: Equatable {
  /// Digest of the modules whose types a plugin shares with its host, and `debug` or `release`.
  let core: String
  /// Name and version.
  let compiler: String

  /// That of this program.
  static var host: PluginStamp {
    PluginStamp(
      core: value(of: "\(beckonCoreStamp())", coreMark),
      compiler: value(of: String(cString: bk_compiler_stamp()), compilerMark))
  }

  private static let coreMark = "beckon-core:"
  private static let compilerMark = "beckon-compiler:"

  private static func value(of text: String, _ mark: String) -> String {
    String(text.dropFirst(mark.count).dropLast())
  }

  init(core: String, compiler: String) {
    self.core = core
    self.compiler = compiler
  }

  /// The stamp in a file's bytes; nil if it has none.
  init?(in bytes: Data) {
    func find(_ mark: String) -> String? {
      guard let start = bytes.range(of: Data(mark.utf8))?.upperBound,
        let end = bytes[start...].prefix(400).firstIndex(of: UInt8(ascii: ";"))
      else { return nil }
      return String(data: bytes[start..<end], encoding: .utf8)
    }
    guard let core = find(Self.coreMark), let compiler = find(Self.compilerMark) else { return nil }
    self.init(core: core, compiler: compiler)
  }

  /// The stamp as results show it.
  var text: String { "core \(core), \(compiler)" }

  /// Why a plugin of this stamp cannot be loaded by a host; nil if it can.
  func refusal(by host: PluginStamp) -> String? {
    if compiler != host.compiler {
      return "it was built by another compiler (\(compiler)) than this program (\(host.compiler))."
    }
    guard core != host.core else { return nil }
    let (own, other) = (core.split(separator: " "), host.core.split(separator: " "))
    if own.first == other.first, let mine = own.last, let its = other.last {
      return "it was built against a \(mine) build of the core, and this program is a \(its) build."
    }
    return
      "it was built against another core (\(core.prefix(12))…) than this program's (\(host.core.prefix(12))…)."
  }
}
