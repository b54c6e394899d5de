import Beckon
import Testing

struct SpecDocumentTests {
  @Test func extendsIsRelativeToTheFile() throws {
    let folder = try Folder([
      "a/top.json": #"{"extends": "../b/middle.json", "x": 1, "o": {"p": 2}}"#,
      "b/middle.json": #"{"extends": "deep/base.json", "y": 2, "x": 0, "o": {"q": 3, "r": null}}"#,
      "b/deep/base.json": #"{"z": 3, "y": 0, "o": {"r": 1, "p": 1}}"#,
    ])
    let document = try SpecDocument(contentsOf: folder.path("a/top.json"))
    #expect(document.root.canonical == #"{"o":{"p":2,"q":3},"x":1,"y":2,"z":3}"#)
    #expect(document.file == folder.path("a/top.json"))
  }

  @Test func laterFilesAreLaidOverEarlierOnes() throws {
    let folder = try Folder([
      "study.json": #"{"extends": ["parts/data.json", "parts/reading.json"], "z": 9}"#,
      "parts/data.json": #"{"extends": "common.json", "x": 1, "o": {"p": 1, "q": 1}}"#,
      "parts/reading.json": #"{"extends": "common.json", "y": 2, "o": {"p": 2}}"#,
      "parts/common.json": #"{"x": 0, "z": 0}"#,
    ])
    // The second list entry brings the common part again, over the first entry's x.
    let document = try SpecDocument(contentsOf: folder.path("study.json"))
    #expect(document.root.canonical == #"{"o":{"p":2,"q":1},"x":0,"y":2,"z":9}"#)
  }

  @Test func cumulativeVariantsAddUp() throws {
    let text = #"{"a": 1, "cumulative": true, "variants": {"one": {}, "two": {"b": 2}, "three": {"a": 3}}}"#
    var document = SpecDocument(try JSON(parsing: text))
    func values(_ key: String) -> [Double?] { document.variants().map { $0.root[key]?.number } }
    #expect(values("a") == [1, 1, 3] && values("b") == [nil, 2, 2])
    try document.override("cumulative=false")
    #expect(values("a") == [1, 1, 3] && values("b") == [nil, 2, nil])
  }

  @Test func filesThatExtendThemselves() throws {
    let folder = try Folder([
      "one.json": #"{"extends": "one.json"}"#, "a.json": #"{"extends": "b.json"}"#,
      "b.json": #"{"extends": "a.json"}"#,
    ])
    for name in ["one.json", "a.json"] {
      let text = complaint { try SpecDocument(contentsOf: folder.path(name)) }
      #expect(
        text.contains(": extends: the file extends itself, by way of ") && text.contains(folder.path(name)))
    }
  }

  @Test(arguments: [
    ("missing.json", "missing.json: there is no such file."),
    ("bad.json", "bad.json: not JSON: line 2, column 1: expected a key in double quotes."),
    ("list.json", "list.json: expected a JSON object, found a list."),
    ("number.json", "number.json: extends: expected a file name or a list of them, found 3."),
    ("dangling.json", "nowhere.json: there is no such file."),
    ("latin.json", "latin.json: cannot be read as UTF-8 text."),
  ])
  func filesThatCannotBeRead(name: String, message: String) throws {
    let folder = try Folder([
      "bad.json": "{\n}}", "list.json": "[]", "number.json": #"{"extends": 3}"#,
      "dangling.json": #"{"extends": "nowhere.json"}"#,
    ])
    try Data("{\n,}".utf8).write(to: folder.url.appending(path: "bad.json"))
    try Data([0x7B, 0x22, 0xE9, 0x22, 0x7D]).write(to: folder.url.appending(path: "latin.json"))
    let text = complaint { try SpecDocument(contentsOf: folder.path(name)) }
    #expect(text.hasSuffix(message), "\(text)")
    #expect(text.hasPrefix(folder.url.path(percentEncoded: false)))
  }

  @Test(arguments: [
    // RFC 7396, appendix A.
    (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
    (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
    (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
    (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
    (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
    (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
    (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
    (#"{"e":null}"#, #"{"a":1}"#, #"{"a":1,"e":null}"#),
    (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
    (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    // Another component replaces the whole; the same one is merged.
    (#"{"s":{"type":"a","x":1}}"#, #"{"s":{"type":"b","y":2}}"#, #"{"s":{"type":"b","y":2}}"#),
    (#"{"s":{"type":"a","x":1}}"#, #"{"s":{"type":"a","y":2}}"#, #"{"s":{"type":"a","x":1,"y":2}}"#),
    (#"{"s":{"type":"a","x":1}}"#, #"{"s":{"y":2}}"#, #"{"s":{"type":"a","x":1,"y":2}}"#),
    (#"{"s":"a"}"#, #"{"s":{"type":"b","y":2}}"#, #"{"s":{"type":"b","y":2}}"#),
    (#"{"s":"a"}"#, #"{"s":{"type":"a","y":2}}"#, #"{"s":{"type":"a","y":2}}"#),
    (#"{"s":{"type":"a","x":1}}"#, #"{"s":"b"}"#, #"{"s":"b"}"#),
    (#"{"s":{"type":"a","x":1}}"#, #"{"s":{"type":"b","y":null}}"#, #"{"s":{"type":"b"}}"#),
    // Keys that wait for their component are kept.
    (#"{"v":{"s":{"t":1}}}"#, #"{"v":{"s":{"type":"a"}}}"#, #"{"v":{"s":{"t":1,"type":"a"}}}"#),
  ])
  func merging(base: String, patch: String, expected: String) throws {
    #expect(try JSON(parsing: base).merging(JSON(parsing: patch)).canonical == expected)
  }

  @Test func overridesGoOverVariantsThatKeepTheComponent() throws {
    let text = """
      {"name": "n", "scorer": {"type": "guiding", "lambda": 1},
       "variants": {"same": {}, "own": {"scorer": {"lambda": 7}}, "other": {"scorer": {"type": "popular"}}, "bare": {"scorer": "popular"}}}
      """
    var document = SpecDocument(try JSON(parsing: text))
    try document.override("scorer.lambda=5")
    let variants = Dictionary(uniqueKeysWithValues: document.variants().map { ($0.name, $0.root) })
    #expect(variants["same"]?["scorer"]?["lambda"] == .number(5))
    #expect(variants["own"]?["scorer"]?["lambda"] == .number(5))
    #expect(variants["other"]?["scorer"]?.compact == #"{"type":"popular"}"#)
    #expect(variants["bare"]?["scorer"] == .string("popular"))
    #expect(document.variants().map(\.name) == ["same", "own", "other", "bare"])
  }

  @Test func overridesOfInnerKeysSpareOtherComponents() throws {
    let text = """
      {"encoder": {"type": "stub-encoder"}, "variants": {"a": {}, "b": {"encoder": {"type": "other-encoder"}}}}
      """
    var document = SpecDocument(try JSON(parsing: text))
    try document.override("encoder.training.epochs=3")
    let roots = document.variants().map(\.root)
    #expect(roots[0].value(at: ["encoder", "training", "epochs"]) == .number(3))
    #expect(roots[1]["encoder"]?.compact == #"{"type":"other-encoder"}"#)
  }

  @Test func overridesOfABareComponentKeepIt() throws {
    var document = SpecDocument(try JSON(parsing: #"{"arousal": "fixed"}"#))
    try document.override("arousal.keep=0.5")
    #expect(document.root["arousal"]?.canonical == #"{"keep":0.5,"type":"fixed"}"#)
  }

  @Test func overriddenValuesAreJSONOrText() throws {
    var document = SpecDocument(try JSON(parsing: "{}"))
    for assignment in [
      "a=1", "b=true", "c=[1,2]", "d=some words", "e.f.g=\"7\"", "h=", "i=x=y", "j={\"type\":\"t\"}",
    ] {
      try document.override(assignment)
    }
    #expect(
      document.root.canonical
        == #"{"a":1,"b":true,"c":[1,2],"d":"some words","e":{"f":{"g":"7"}},"h":"","i":"x=y","j":{"type":"t"}}"#
    )
    for assignment in ["a", "=1"] {
      #expect(
        complaint { try document.override(assignment) }
          == "--set \(assignment): expected PATH=VALUE, such as scorer.lambda=5.")
    }
  }

  @Test func withoutVariantsThereIsOneOfTheSpecsName() throws {
    let document = SpecDocument(try JSON(parsing: #"{"name": "n", "x": 1}"#))
    #expect(document.variants().map(\.name) == ["n"])
    #expect(SpecDocument(try JSON(parsing: #"{"variants": {}}"#)).variants().map(\.name) == ["study"])
  }
}
