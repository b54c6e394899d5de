import Beckon
import Foundation
import Testing

@testable import BeckonCLI

/// Whether Python has the validator that the schema is held against.
private let hasValidator: Bool = {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3", "-W", "ignore", "-c", "import jsonschema; jsonschema.Draft202012Validator"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

struct SchemaTests {
  @Test func everyComponentAndKeyIsThere() throws {
    let outcome = beckon("schema")
    #expect(outcome.code == 0)
    let schema = try JSON(parsing: outcome.output)
    #expect(schema["$schema"] == .string("https://json-schema.org/draft/2020-12/schema"))
    let registry = try StandardRegistry.make()
    for kind in Kind.allCases {
      for entry in registry.all(kind) {
        let object = try #require(schema.value(at: ["$defs", "\(kind.rawValue).\(entry.about.identifier)"]))
        #expect(object["description"]?.string?.hasPrefix(entry.about.summary) == true)
        for (key, value) in entry.defaults.object?.members ?? [] where value.object == nil {
          let member = try #require(
            object.value(at: ["properties", key]), "\(entry.about.identifier): \(key)")
          #expect(member["default"] == value)
          #expect(
            member["type"] != nil || member["enum"] != nil, "\(entry.about.identifier).\(key) has no type")
          #expect(member["description"] != nil, "\(entry.about.identifier).\(key) is not described")
        }
      }
    }
    // The keys that the spec's own reader knows.
    let refused = #expect(throws: SpecError.self) {
      try SpecDocument(JSON(parsing: #"{"no": 1}"#)).resolve(in: registry)
    }
    let list = try #require(refused?.problems.first?.fact.split(separator: "Known: ").last)
    let known = list.dropLast().split(separator: ", ").map(String.init)
    #expect(known.count > 20)
    #expect(Set(schema["properties"]?.object?.keys ?? []) == Set(known))
  }

  @Test func typesAreThoseOfTheConfiguration() throws {
    let schema = try JSON(parsing: beckon("schema").output)
    func member(_ component: String, _ key: String) -> JSON? {
      schema.value(at: ["$defs", component, "properties", key])
    }
    #expect(member("encoder.sasrec", "hiddenSize")?["type"] == .array([.string("integer"), .string("null")]))
    #expect(member("encoder.sasrec", "dropout")?["type"] == .array([.string("number"), .string("null")]))
    #expect(
      member("encoder.sasrec", "loss")?["enum"]
        == .array([.string("bce"), .string("bpr"), .string("cross-entropy"), .null]))
    #expect(member("encoder.sasrec", "hiddenSize")?["description"] == .string("Width of a hidden vector."))
    let epochs = member("encoder.sasrec", "training")?.value(at: ["properties", "epochs"])
    #expect(epochs?["description"] == .string("Most passes over the users."))
    #expect(member("task.nudge", "cutoffs")?.value(at: ["items", "type"]) == .string("integer"))
    #expect(member("encoder.iclrec", "preset")?["enum"]?.array?.contains(.string("itmprec")) == true)
    #expect(schema.value(at: ["$defs", "grid", "properties", "scorer.lambda", "items"]) != nil)
  }

  /// The verdict on each file, in order.
  private func verdicts(_ files: [String]) throws -> [String] {
    let scratch = try Scratch()
    let schema = try scratch.file("beckon.schema.json", beckon("schema").output)
    let list = try scratch.file("list", files.joined(separator: "\n") + "\n")
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "python3", root.appending(path: "Tests/Packages/validate_specs.py").path(percentEncoded: false), schema,
    ]
    process.standardInput = try FileHandle(forReadingFrom: URL(filePath: list))
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return text.split(separator: "\n").map(String.init)
  }

  @Test(.enabled(if: hasValidator, "skipped: python3 has no module jsonschema"))
  func everyExperimentIsValid() throws {
    let walk = FileManager.default.enumerator(
      at: root.appending(path: "Experiments"), includingPropertiesForKeys: nil)
    // A folder of parts holds what studies extend, no studies.
    let files = (walk?.compactMap { $0 as? URL } ?? [])
      .filter { $0.pathExtension == "json" && !$0.pathComponents.contains("parts") }
      .map { $0.path(percentEncoded: false) }.sorted()
    #expect(files.count >= 20)
    let verdicts = try verdicts(files)
    #expect(verdicts.count == files.count)
    for verdict in verdicts { #expect(verdict.hasPrefix("ok "), "\(verdict)") }
  }

  /// Keys laid over a spec that is valid, and what the validator should say of the result.
  static let changes: [(change: String, place: String?)] = [
    (#"{"$schema": "../beckon.schema.json"}"#, nil),
    (#"{"scorer": {"type": "itmprec", "lambda": 5}, "seeds": 3, "guards": ["relevance-floor"]}"#, nil),
    (#"{"extends": ["a.json", "b.json"], "scorer": {"lambda": null}, "axis": "scorer.lambda"}"#, nil),
    (#"{"targetSelector": {"type": "random", "count": 2, "encoder": "base"}}"#, nil),
    (
      #"{"variants": {"a": {"scorer": null, "grid": {"arousal.keep": [0.5]}}, "b": {"encoder": {"dropout": 0}}}}"#,
      nil
    ),
    (
      #"{"grid": {"encoder": {"S": {"type": "sasrec"}}, "scorer": ["ipg", {"type": "itmprec", "lambda": 1}], "guards": [[], ["relevance-floor"]], "zip": [{"encoder.dropout": [0.2, 0.5], "encoder.training.learningRate": [0.1, 1]}], "exclude": {"scorer": "ipg", "variant": ["a"]}}}"#,
      nil
    ),
    (#"{"leaveOneOut": ["guards", "arousal"]}"#, nil),
    (#"{"leaveOneOut": {"P": {"targetSelector": "random"}}}"#, nil),
    (#"{"scorrer": "ipg"}"#, "$"),
    (#"{"dataset": null}"#, nil), (#"{"extends": "a.json", "variants": {"taken away": null}}"#, nil),
    (#"{"scorer": "ipgg"}"#, "$.scorer"),
    (#"{"scorer": {"type": "ipgg"}}"#, "$.scorer"),
    (#"{"scorer": {"type": "ipg", "lamda": 1}}"#, "$.scorer"),
    (#"{"scorer": {"lamda": 1}}"#, "$.scorer"),
    (#"{"encoder": {"type": "sasrec", "hiddenSize": 1.5}}"#, "$.encoder"),
    (#"{"encoder": {"type": "sasrec", "hiddenSize": "64"}}"#, "$.encoder"),
    (#"{"encoder": {"type": "sasrec", "loss": "mse"}}"#, "$.encoder"),
    (#"{"encoder": {"type": "sasrec", "training": {"epoch": 1}}}"#, "$.encoder"),
    (#"{"encoder": {"type": "iclrec", "preset": "papr"}}"#, "$.encoder"),
    (#"{"environment": {"clickmodel": "sigmoid"}}"#, "$.environment"),
    (#"{"guards": "relevance-floor"}"#, "$.guards"),
    (#"{"masking": "drop"}"#, "$.masking"),
    (#"{"seeds": []}"#, "$.seeds"),
    (#"{"seeds": [1, 1]}"#, "$.seeds"),
    (#"{"name": "a/b"}"#, "$.name"),
    (#"{"variants": {"a": {"seeds": 3}}}"#, "$.variants"),
    (#"{"grid": {"scorer.lamda": [1]}}"#, "$.grid"),
    (#"{"grid": {"scorer.lambda": 1}}"#, "$.grid"),
    (#"{"grid": {"scorer.lambda": ["much"]}}"#, "$.grid"),
    (#"{"grid": {"scorer": ["ipgg"]}}"#, "$.grid"),
    (#"{"leaveOneOut": ["encoder"]}"#, "$.leaveOneOut"),
  ]

  @Test(.enabled(if: hasValidator, "skipped: python3 has no module jsonschema"))
  func whatIsWrongIsFound() throws {
    let scratch = try Scratch()
    var files = try Self.changes.enumerated().map { index, one -> String in
      let spec = try JSON(parsing: tinySpec).laidOver(JSON(parsing: one.change))
      return try scratch.file("\(index).json", spec.pretty)
    }
    var whole = try JSON(parsing: tinySpec)
    whole.set(nil, at: ["task"])
    files.append(try scratch.file("no-task.json", whole.pretty))
    let verdicts = try verdicts(files)
    try #require(verdicts.count == files.count)
    #expect(verdicts.last?.hasPrefix("bad ") == true)
    for ((change, place), verdict) in zip(Self.changes, verdicts) {
      if let place {
        #expect(verdict.hasPrefix("bad ") && verdict.contains(".json: \(place)"), "\(change): \(verdict)")
      } else {
        #expect(verdict.hasPrefix("ok "), "\(change): \(verdict)")
      }
    }
  }
}

extension JSON {
  /// These members with others in their place.
  fileprivate func laidOver(_ other: JSON) -> JSON {
    var result = self
    for (key, value) in other.object?.members ?? [] { result.set(value, at: [key]) }
    return result
  }
}
