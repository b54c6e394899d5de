import Beckon

extension Study {
  /// Writes a variant's trained encoder to a safetensors file: the piece of an earlier run, or one trained now.
  ///
  /// - Throws: `Problem` if there is no such variant, or it has no encoder; what training throws; `WriteError`.
  public func exportEncoder(variant name: String, seed: UInt64, to url: URL) throws {
    let variant = try spec.variant(name)
    let assembly = assembly()
    let piece = try assembly.encoderFile(variant, seed: seed)
    let data: Data
    do { data = try Data(contentsOf: piece) } catch {
      throw Problem("", "the trained piece '\(piece.path(percentEncoded: false))' cannot be read.")
    }
    try AtomicFile.write(to: url) { try $0(data) }
  }
}
