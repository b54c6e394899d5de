import Beckon
import Simulation

extension Study {
  /// A pick explained, with the data that its items and users are named in.
  public struct Why: Sendable {
    /// The explanation.
    public let explanation: PickExplanation
    /// The data.
    public let dataset: Dataset
  }

  /// Plays one user of a cell again up to a round, and explains what was shown. Trained pieces come from the store, or
  /// are made now.
  ///
  /// - Parameters:
  ///   - name: the variant's name.
  ///   - seed: the cell's seed.
  ///   - user: the user's identifier in the data.
  ///   - target: the target's identifier or name; the run's first target if nil.
  ///   - round: from 1.
  /// - Throws: `Problem` if anything of that is unknown, or the task shows nothing over rounds.
  public func why(
    variant name: String, seed: UInt64, user: String, target: String?, round: Int
  ) throws -> Why {
    let variant = try spec.variant(name)
    guard let task = variant.component(.task) as? any ExplainingTask else {
      throw Problem("task", "this task shows nothing round by round, so there is no pick to explain.")
    }
    let assembly = assembly()
    let system = try assembly.system(variant, assembly.plan(variant, seed: seed), seed: seed)
    let dataset = system.model.split.dataset
    guard let index = dataset.users.firstIndex(of: user) else {
      let known = dataset.users.prefix(5).joined(separator: ", ")
      throw Problem("", "the data have no user '\(user)'; users are called \(known), …")
    }
    let item = try target.map { identifier in
      guard
        let place = dataset.catalogue.identifiers.firstIndex(of: identifier)
          ?? dataset.catalogue.names.firstIndex(of: identifier)
      else {
        let known = dataset.catalogue.identifiers.prefix(5).joined(separator: ", ")
        throw Problem("", "the data have no item '\(identifier)'. Items are called \(known), …")
      }
      return Int32(place)
    }
    return Why(
      explanation: try task.explain(system, user: index, target: item, round: round), dataset: dataset)
  }

  /// The first user of a variant's data; empty if there is none.
  ///
  /// - Throws: `Problem` if there is no such variant; what reading the data throws.
  public func firstUser(of name: String) throws -> String {
    try assembly().split(of: spec.variant(name)).split.dataset.users.first ?? ""
  }
}
