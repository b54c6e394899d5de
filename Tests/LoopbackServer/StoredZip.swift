/// A zip archive whose files are stored as they are (APPNOTE 6.3.10, §4.3 and §4.4).
public enum StoredZip {
  /// The archive's bytes.
  public static func bytes(_ files: [(name: String, text: String)]) -> [UInt8] {
    var archive: [UInt8] = []
    var directory: [UInt8] = []
    for (name, text) in files {
      let (name, data) = (Array(name.utf8), Array(text.utf8))
      // Version needed, flags, method 0, time, date (1 January 1980), CRC, both sizes, lengths of name and extra field.
      let common =
        little(10, 2) + little(0, 2) + little(0, 2) + little(0, 2) + little(0x21, 2) + little(crc(data), 4)
        + little(UInt32(data.count), 4) + little(UInt32(data.count), 4) + little(UInt32(name.count), 2)
        + little(0, 2)
      let offset = UInt32(archive.count)
      archive += little(0x0403_4b50, 4) + common + name + data
      // Made by version 1.0; then no comment, first disk, no attributes, and where the file begins.
      directory +=
        little(0x0201_4b50, 4) + little(10, 2) + common + little(0, 2) + little(0, 2) + little(0, 2)
        + little(0, 4) + little(offset, 4) + name
    }
    let count = little(UInt32(files.count), 2)
    return archive + directory + little(0x0605_4b50, 4) + little(0, 2) + little(0, 2) + count + count
      + little(UInt32(directory.count), 4) + little(UInt32(archive.count), 4) + little(0, 2)
  }

  private static func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }

  /// CRC-32 with the reflected polynomial 0xEDB88320, bit by bit.
  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
  }
}
