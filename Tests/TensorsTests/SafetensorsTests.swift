import Foundation
import Tensors
import Testing

extension All {
  @Suite final class SafetensorsTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/beckon-\(UUID().uuidString)"

    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func file(header: String, data: [UInt8] = [], length: UInt64? = nil) throws -> String {
      var bytes = Data()
      withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(Data(header.utf8))
      bytes.append(contentsOf: data)
      let path = folder + "/bad.safetensors"
      try bytes.write(to: URL(fileURLWithPath: path))
      return path
    }

    @Test func roundTrip() throws {
      let parameters = ParameterSet<Float>([
        ("z \"quoted\"\n", Matrix([[1.5, -2, .pi]])), ("a.weight", Matrix([[1, 2], [3, 4], [5, 6]])),
        ("empty", Matrix(rows: 0, columns: 4)),
      ])
      let path = folder + "/weights.safetensors"
      try Safetensors.data(of: parameters, metadata: ["b": "2", "a": "1"]).write(to: URL(filePath: path))
      let first = try Data(contentsOf: URL(fileURLWithPath: path))
      let tensors = try Safetensors.read(path)
      #expect(tensors["a.weight"]?.shape == [3, 2])
      #expect(tensors["z \"quoted\"\n"]?.floats == [1.5, -2, .pi])
      #expect(tensors["empty"]?.shape == [0, 4])
      #expect(try Safetensors.read(path, like: parameters) == parameters)
      #expect(try Safetensors.readMetadata(path) == ["a": "1", "b": "2"])
      try Safetensors.data(of: parameters, metadata: ["a": "1", "b": "2"]).write(to: URL(filePath: path))
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["weights.safetensors"])
    }

    @Test func otherTypes() throws {
      var data: [UInt8] = [0x00, 0x3c, 0x00, 0xc0, 0x01, 0x00]  // 1, −2 and the smallest half
      withUnsafeBytes(of: Int32(-7).littleEndian) { data += $0 }
      withUnsafeBytes(of: (1 << 40 as Int64).littleEndian) { data += $0 }
      withUnsafeBytes(of: (0.25).bitPattern.littleEndian) { data += $0 }
      let header = """
        {"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"i":{"dtype":"I32","shape":[],"data_offsets":[6,10]},\
        "l":{"dtype":"I64","shape":[1],"data_offsets":[10,18]},"d":{"dtype":"F64","shape":[1],"data_offsets":[18,26]}}
        """
      let tensors = try Safetensors.read(try file(header: header, data: data))
      #expect(tensors["h"]?.floats == [1, -2, 0x1p-24])
      #expect(tensors["i"]?.integers == [-7])
      #expect(tensors["l"]?.integers == [1 << 40])
      #expect(tensors["d"]?.floats == [0.25])
    }

    @Test func vectorsMayHaveLeadingOnes() throws {
      let bytes = [1.5 as Float, -2].flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
      let expected = ParameterSet<Float>([("v", Matrix([[0, 0]]))])
      func values(_ shape: String) throws -> [Float] {
        let header = #"{"v":{"dtype":"F32","shape":[\#(shape)],"data_offsets":[0,8]}}"#
        return try Safetensors.read(try file(header: header, data: bytes), like: expected)["v"].values
      }
      for shape in ["2", "1,2", "1,1,2"] { #expect(try values(shape) == [1.5, -2]) }
      #expect(throws: SafetensorsError.self) { try values("2,1") }
    }

    @Test func badFilesAreNamed() throws {
      func expectError(_ message: String, _ path: String, sourceLocation: SourceLocation = #_sourceLocation) {
        do {
          _ = try Safetensors.read(path)
          Issue.record("accepted, although: \(message)", sourceLocation: sourceLocation)
        } catch {
          #expect("\(error)" == message, sourceLocation: sourceLocation)
        }
      }
      func tensor(_ name: String, _ type: String, _ shape: String, _ offsets: String) -> String {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":[\(shape)],\"data_offsets\":[\(offsets)]}"
      }
      let eight = [UInt8](repeating: 0, count: 8)
      let missing = folder + "/none.safetensors"
      expectError("none.safetensors: cannot be read at \(missing).", missing)
      expectError(
        "bad.safetensors: truncated: expected 108 bytes, found 10.", try file(header: "{}", length: 100))
      expectError(
        "bad.safetensors: not a safetensors header: its length is given as \(UInt64.max) bytes.",
        try file(header: "{}", length: .max))
      expectError(
        "bad.safetensors: not a safetensors header: expected a JSON object of tensors with dtype, shape and "
          + "data_offsets.", try file(header: "{\"w\":{\"shape\":3}}"))
      expectError(
        "bad.safetensors: w: unknown dtype 'BF16'. Known: F16, F32, F64, I32, I64.",
        try file(header: "{\(tensor("w", "BF16", "2", "0,4"))}", data: eight))
      expectError(
        "bad.safetensors: w: expected 8 bytes for its shape, found 4.",
        try file(header: "{\(tensor("w", "F32", "2", "0,4"))}", data: eight))
      expectError(
        "bad.safetensors: v: expected to begin at byte 4 (no gap, no overlap), found 2.",
        try file(
          header: "{\(tensor("w", "F32", "1", "0,4")),\(tensor("v", "F32", "2", "2,10"))}", data: eight)
      )
      for end in ["-8", "-9223372036854775808", "9223372036854775807"] {
        expectError(
          "bad.safetensors: not a safetensors header: 'w' ends outside the file.",
          try file(header: "{\(tensor("w", "F32", "2", "0,\(end)"))}", data: eight))
      }
      let header = "{\(tensor("w", "F32", "4", "0,16"))}"
      expectError(
        "bad.safetensors: truncated: expected \(8 + header.utf8.count + 16) bytes, "
          + "found \(16 + header.utf8.count).", try file(header: header, data: eight))
      expectError(
        "bad.safetensors: not a safetensors header: 'w' needs two offsets and a shape ≥ 0.",
        try file(header: "{\(tensor("w", "F32", "-2", "0,8"))}", data: eight))
    }

    @Test func wrongShapesAreNamed() throws {
      let path = folder + "/weights.safetensors"
      try Safetensors.data(of: ParameterSet([("LayerNorm.weight", Matrix(rows: 1, columns: 32))])).write(
        to: URL(filePath: path))
      let wanted = ParameterSet<Double>([("LayerNorm.weight", Matrix(rows: 1, columns: 64))])
      do {
        _ = try Safetensors.read(path, like: wanted)
        Issue.record("accepted")
      } catch {
        #expect("\(error)" == "weights.safetensors: LayerNorm.weight: expected shape [64], found [32].")
      }
      #expect(throws: SafetensorsError.missing(file: "weights.safetensors", tensor: "bias")) {
        try Safetensors.read(path, like: ParameterSet<Float>([("bias", Matrix(rows: 1, columns: 1))]))
      }
    }
  }
}
