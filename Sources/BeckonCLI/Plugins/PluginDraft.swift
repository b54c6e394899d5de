import Beckon

/// The files of a plugin that is to be begun.
struct PluginDraft {
  /// Name of the folder and lead of the types.
  let name: String
  /// What specs call the component.
  let identifier: String
  let template: PluginTemplate

  init(name: String, template: PluginTemplate) {
    self.name = name
    self.template = template
    identifier = Self.identifier(of: name)
  }

  /// The component's type.
  var type: String { name + template.role }

  /// The texts by path in the package.
  ///
  /// - Throws: only if a template's own JSON is damaged.
  func files() throws -> [(path: String, text: String)] {
    let entry = """
      import Beckon

      enum \(name)Plugin: Plugin {
        static func register(in registry: inout Registry) throws {
          try registry.register(\(type).self)
        }
      }

      """
    return [
      ("Plugins/\(name)/\(name)Plugin.swift", entry),
      ("Plugins/\(name)/\(type).swift", filled(template.component) + "\n"),
      ("Experiments/\(identifier)/\(identifier).json", try spec().pretty + "\n"),
    ]
  }

  /// The base with the template's own keys; null takes a key away.
  private func spec() throws -> JSON {
    let own = try JSON(parsing: "{\(filled(template.spec))}")
    let head = JSON.members([
      ("name", .string(identifier)),
      ("description", .string("Say here what \(identifier) should do, and by which number you would tell.")),
    ])
    let nextItem = try JSON(parsing: template.isNextItem ? PluginTemplate.nextItem : "{}")
    return head.merging(try JSON(parsing: PluginTemplate.base)).merging(nextItem).merging(own)
  }

  private func filled(_ text: String) -> String {
    text.replacing("draft-id", with: identifier).replacing("Draft", with: name)
  }

  /// `BPRMax` becomes `bpr-max`.
  static func identifier(of name: String) -> String {
    let letters = Array(name)
    var result = ""
    for (index, letter) in letters.enumerated() {
      let isEnd = index + 1 == letters.count
      let begins =
        letter.isUppercase && index > 0
        && (!letters[index - 1].isUppercase || !isEnd && letters[index + 1].isLowercase)
      result += (begins ? "-" : "") + letter.lowercased()
    }
    return result
  }
}
