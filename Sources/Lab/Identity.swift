import Beckon
import CKernels
import Hashing

/// Identities of pieces and cells: hashes of configuration, data, seed and the code that was used.
final class IdentityMaker {
  private let registry: Registry
  private let locations: DataLocations
  /// Digests of files by path: a grid names the same file in every cell.
  private var digests: [String: String] = [:]

  init(registry: Registry, locations: DataLocations) {
    self.registry = registry
    self.locations = locations
  }

  /// The identity of a component in its context.
  ///
  /// - Parameter context: identities of what it is built on, and the seed.
  func identity(of made: [Registry.Made], context: [String]) throws -> String {
    // The last bits of sums differ between instruction sets.
    var fields = [registry.coreDigest, String(cString: bk_path_name(bk_current_path()))] + context
    for one in made {
      fields += [one.entry.kind.rawValue, one.identifying.canonical, registry.digest(of: one.entry)]
      fields += one.uses.map { registry.digest(of: $0) }
      for (place, path) in one.files {
        do { fields.append(try contentHash(of: locations.find(path))) } catch let problem as Problem {
          throw Problem(place, problem.fact)
        }
      }
    }
    return SHA256.hexadecimal(ofFields: fields)
  }

  private func contentHash(of url: URL) throws -> String {
    let path = url.path(percentEncoded: false)
    if let known = digests[path] { return known }
    do {
      let digest = try SHA256.hexadecimal(contentsOf: url)
      digests[path] = digest
      return digest
    } catch {
      throw Problem("", "'\(url.path(percentEncoded: false))' cannot be read.")
    }
  }
}
