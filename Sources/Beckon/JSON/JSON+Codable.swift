extension JSON {
  /// What a value encodes to; keys in the order of its coding, which synthesized coding takes from the source.
  public init(encoding value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .throw
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let data = try encoder.encode(Box(value: value))
    self = try JSON(parsing: String(decoding: data, as: UTF8.self))["value"] ?? .null
  }

  /// Decodes a value.
  ///
  /// - Throws: `DecodingError`.
  public func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let text = "{\"value\":" + compact + "}"
    return try JSONDecoder().decode(Box<T>.self, from: Data(text.utf8)).value
  }
}

/// A top-level fragment is not an object, which old decoders refuse.
private struct Box<T> { let value: T }
extension Box: Encodable where T: Encodable {}
extension Box: Decodable where T: Decodable {}
