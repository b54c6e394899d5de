import Beckon
import CKernels
import Hashing

/// Identities of pieces and cells: hashes of configuration, data, seed and the code that was used.
struct IdentityMaker {
  let registry: Registry
  let locations: DataLocations

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
        do { fields.append(try Self.contentHash(of: locations.find(path))) } catch let problem as Problem {
          throw Problem(place, problem.fact)
        }
      }
    }
    return SHA256.hexadecimal(ofFields: fields)
  }

  private static func contentHash(of url: URL) throws -> String {
    do { return try SHA256.hexadecimal(contentsOf: url) } catch {
      throw Problem("", "'\(url.path(percentEncoded: false))' cannot be read.")
    }
  }
}
