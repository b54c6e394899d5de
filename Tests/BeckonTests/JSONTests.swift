import Beckon
import Testing

struct JSONTests {
  @Test func keysKeepTheirOrder() throws {
    let json = try JSON(parsing: #"{"z": 1, "a": {"y": null, "b": [true, false]}, "m": "x"}"#)
    #expect(json.object?.keys == ["z", "a", "m"])
    #expect(json["a"]?.object?.keys == ["y", "b"])
    #expect(json.compact == #"{"z":1,"a":{"y":null,"b":[true,false]},"m":"x"}"#)
    #expect(json.canonical == #"{"a":{"b":[true,false],"y":null},"m":"x","z":1}"#)
  }

  @Test func orderIsNoPartOfTheValue() throws {
    #expect(try JSON(parsing: #"{"a":1,"b":2}"#) == JSON(parsing: #"{"b":2,"a":1}"#))
    #expect(try JSON(parsing: "[1,2]") != JSON(parsing: "[2,1]"))
  }

  @Test(arguments: [
    ("0", 0.0), ("-0", 0), ("-12", -12), ("1.5", 1.5), ("1e3", 1000), ("1E+2", 100), ("25e-2", 0.25),
    ("9007199254740993", 9_007_199_254_740_992), ("1e308", 1e308), ("0.1", 0.1), ("-0.5e1", -5),
  ])
  func numbers(text: String, value: Double) throws { #expect(try JSON(parsing: text) == .number(value)) }

  @Test(arguments: [
    "01", "-01", "1.", ".5", "+1", "--1", "1e", "1e+", "-", "0x10", "1.e5", "1.2.3", "1e400", "NaN",
    "Infinity", "1_0",
    "٣",
  ])
  func whatIsNoNumber(text: String) { #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) } }

  @Test func escapes() throws {
    #expect(try JSON(parsing: #""\"\\\/\b\f\n\r\té""#).string == "\"\\/\u{8}\u{C}\n\r\té")
    #expect(try JSON(parsing: #""\u00e9\u00E9""#).string == "éé")
    // A surrogate pair is one character beyond the basic plane.
    #expect(try JSON(parsing: #""\uD83D\uDE80 🚀""#).string == "🚀 🚀")
    #expect(JSON.string("a\u{1}\"\\\n/é🚀").compact == #""a\u0001\"\\\n/é🚀""#)
  }

  @Test(arguments: [#""\x""#, #""\u12""#, #""\u+123""#, #""\uZZZZ""#, "\"a\nb\"", #""open"#, #""\"#])
  func whatIsNoString(text: String) { #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) } }

  @Test(arguments: [
    ("", 1, 1, "the text ends where a value is expected"),
    ("{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", 3, 2, "the key 'a' stands here a second time"),
    ("{\"a\": 1\n  \"b\": 2}", 2, 3, "expected ',' or '}'"),
    ("[1, 2", 1, 6, "expected ',' or ']'"),
    ("[1,]", 1, 4, "expected a value"),
    ("{a: 1}", 1, 2, "expected a key in double quotes"),
    ("{\"a\" 1}", 1, 6, "expected ':' after the key 'a'"),
    ("nul", 1, 1, "expected null"),
    ("{} {}", 1, 4, "unexpected text after the end of the value"),
    ("[\n\n  01]", 3, 3, "'01' is not a number"),
    ("\"tab\there\"", 1, 5, "a control character stands in a string"),
  ])
  func mistakesHaveAPlace(text: String, line: Int, column: Int, reason: String) throws {
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: text) }
    #expect("\(try #require(error))" == "line \(line), column \(column): \(reason)")
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(try JSON(parsing: nested(200)).array != nil)
    let error = #expect(throws: JSONSyntaxError.self) { try JSON(parsing: nested(100_000)) }
    #expect(error?.reason == "nested more than 200 deep")
  }

  /// A random value of every kind.
  private static func value(_ stream: inout RandomStream, depth: Int = 0) -> JSON {
    switch stream.uniform(below: depth > 3 ? 4 : 6) {
    case 0: return .null
    case 1: return .bool(stream.uniform() < 0.5)
    case 2: return .number((stream.normal() * pow(10, Double(stream.uniform(below: 30)) - 15)))
    case 3:
      let alphabet = ["a", "\"", "\\", "\n", "\u{3}", "é", "🚀", "/", " ", "\u{2028}"]
      return .string(
        (0..<stream.uniform(below: 6)).map { _ in alphabet[stream.uniform(below: alphabet.count)] }.joined())
    case 4: return .array((0..<stream.uniform(below: 4)).map { _ in value(&stream, depth: depth + 1) })
    default:
      return .members(
        (0..<stream.uniform(below: 4)).map { ("k\($0)\"", value(&stream, depth: depth + 1)) })
    }
  }

  @Test(arguments: 1...40)
  func everyTextReadsBack(seed: UInt64) throws {
    var stream = RandomStream(seed: seed, purpose: Purpose("json"))
    let value = Self.value(&stream)
    for text in [value.compact, value.pretty, value.canonical] { #expect(try JSON(parsing: text) == value) }
    #expect(try JSON(parsing: value.pretty).pretty == value.pretty)
    #expect(try JSON(parsing: value.canonical).canonical == value.canonical)
  }

  @Test func prettyText() throws {
    let json = try JSON(parsing: #"{"a":[1,2],"b":[{"c":1}],"d":{},"e":[]}"#)
    #expect(
      json.pretty == """
        {
          "a": [1, 2],
          "b": [
            {
              "c": 1
            }
          ],
          "d": {},
          "e": []
        }
        """)
  }

  @Test func pathsAndKinds() throws {
    var json = try JSON(parsing: #"{"a":{"b":1}}"#)
    #expect(json.value(at: ["a", "b"]) == .number(1) && json.value(at: ["a", "c"]) == nil)
    json.set(.bool(true), at: ["x", "y"])
    json.set(nil, at: ["a", "b"])
    #expect(json.compact == #"{"a":{},"x":{"y":true}}"#)
    let kinds = try JSON(parsing: #"[null, true, 1, "s", [], {}]"#).array?.map(\.kind)
    #expect(kinds == ["null", "true or false", "a number", "a string", "a list", "an object"])
  }

  @Test func valuesThatSwiftEncodes() throws {
    struct Value: Codable, Equatable {
      var z = 3
      var name = "a/b"
      var list = [0.5, 1]
      var flag = true
    }
    let json = try JSON(encoding: Value())
    #expect(json.canonical == #"{"flag":true,"list":[0.5,1],"name":"a/b","z":3}"#)
    #expect(try json.decode(Value.self) == Value())
    #expect(try JSON(encoding: 7) == .number(7))
  }
}

struct SuggestionTests {
  @Test(
    arguments: [
      ("dropuot", "dropout"), ("itmprek", "itmprec"), ("Heads", "heads"), ("hiddenSise", "hiddenSize"),
      ("a", "b"),
      ("completely", nil), ("", nil),
    ] as [(String, String?)])
  func nearest(name: String, expected: String?) {
    let known = ["dropout", "heads", "hiddenSize", "itmprec", "b"]
    #expect(Suggestion.nearest(to: name, among: known) == expected)
  }

  @Test func tiesGoToTheFirstInTheAlphabet() {
    #expect(Suggestion.nearest(to: "cot", among: ["dot", "cat", "cut"]) == "cat")
  }

  @Test func sentences() {
    #expect(
      Suggestion.sentence(for: "tow", among: ["two", "one"]) == " Did you mean 'two'? Known: one, two.")
    #expect(Suggestion.sentence(for: "seven", among: ["two", "one"], label: "Names") == " Names: one, two.")
    #expect(Suggestion.sentence(for: "x", among: []) == " Known: (none).")
  }
}

struct ProgramSearchTests {
  @Test func foldersAndPlainFilesAreSkipped() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "beckon-path-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for place in ["a/tool", "b", "c"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: place), withIntermediateDirectories: true)
    }
    let (plain, program) = (folder.appending(path: "b/tool"), folder.appending(path: "c/tool"))
    for file in [plain, program] { try Data("#!/bin/sh\n".utf8).write(to: file) }
    for (file, mode) in [(plain, 0o644), (program, 0o755)] {
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: file.path(percentEncoded: false))
    }
    let places = ["a", "b", "c"].map { folder.appending(path: $0).path(percentEncoded: false) }
    let found = ProgramSearch.find("tool", in: places.joined(separator: ":"))
    #expect(found?.path(percentEncoded: false) == program.path(percentEncoded: false))
    #expect(ProgramSearch.find("tool", in: places[0]) == nil && ProgramSearch.find("tool", in: nil) == nil)
    #expect(ProgramSearch.nearest(to: "tolo", in: places[2]) == "tool")
    #expect(ProgramSearch.nearest(to: "hammer", in: places[2]) == nil)
  }
}
