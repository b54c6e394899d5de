import Foundation
import Testing

struct LinkTests {
  /// Relative links of the documentation, with the file they stand in.
  private func links() throws -> [(file: URL, target: String)] {
    let docs = try FileManager.default.contentsOfDirectory(
      at: package.appending(path: "Docs"), includingPropertiesForKeys: nil)
    return try (docs + [package.appending(path: "README.md")]).filter { $0.pathExtension == "md" }.flatMap {
      file in
      try String(contentsOf: file, encoding: .utf8).matches(of: #/\]\(([^)#\s]+)/#).map {
        (file, String($0.output.1))
      }.filter { !$0.1.contains("://") }
    }
  }

  @Test func everyRelativeLinkLeadsSomewhere() throws {
    let links = try links()
    #expect(links.count >= 5)
    for (file, target) in links {
      let path = file.deletingLastPathComponent().appending(path: target).path(percentEncoded: false)
      #expect(
        FileManager.default.fileExists(atPath: path),
        "\(file.lastPathComponent) links to \(target), which is not there")
    }
  }
}
