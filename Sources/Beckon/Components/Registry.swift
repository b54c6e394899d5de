import Hashing

/// A folder of components: the unit of extension.
public protocol Plugin {
  /// Registers the folder's components.
  ///
  /// - Throws: `RegistryError.duplicate`.
  static func register(in registry: inout Registry) throws
}

/// What goes wrong when components are registered or looked up.
public enum RegistryError: Error, Equatable, CustomStringConvertible {
  case duplicate(kind: Kind, identifier: String, first: String, second: String)
  case unknown(kind: Kind, identifier: String, registered: [String])
  case wrongKind(kind: Kind, identifier: String)

  /// Place, fact, next step.
  public var description: String {
    switch self {
    case .duplicate(let kind, let identifier, let first, let second):
      "\(kind.rawValue) '\(identifier)' is registered by \(first) and again by \(second)."
    case .unknown(let kind, let identifier, let registered):
      "nothing is registered as '\(identifier)'."
        + Suggestion.sentence(for: identifier, among: registered, label: "Registered")
        + (registered.isEmpty ? " No \(kind.rawValue) is known at all." : "")
    case .wrongKind(let kind, let identifier):
      "'\(identifier)' claims to be a \(kind.rawValue) but does not conform to that role's protocol."
    }
  }
}

/// The components known to a run: a value, built once by the command line or by a test.
public struct Registry: Sendable {
  /// A registered component, without its type.
  public struct Entry: Sendable {
    /// Its role.
    public let kind: Kind
    /// What it says of itself.
    public let about: About
    /// The plugin folder or module that registered it.
    public let owner: String
    /// The effective configuration of an empty spec.
    public let defaults: JSON
    /// The settings behind each preset's name.
    public let presets: [String: JSON]
    /// The component's type, for the conformance suite.
    public let type: any Component.Type
  }

  /// A plugin that was loaded from a file.
  public struct Prebuilt: Sendable, Hashable {
    /// The file, as it was named.
    public let path: String
    /// SHA-256 of the file: part of the identity of every run that uses the plugin.
    public let digest: String
    /// The core and the compiler that it was built with.
    public let stamp: String

    /// A loaded file.
    public init(path: String, digest: String, stamp: String) {
      self.path = path
      self.digest = digest
      self.stamp = stamp
    }
  }

  /// Digest of the laboratory's code.
  public var coreDigest: String
  /// Plugins loaded from files, in the order in which they were named.
  public var prebuilt: [Prebuilt] = []
  private var entries: [Kind: [String: Entry]] = [:]
  private var aliases: [Kind: [String: String]] = [:]
  private var digests: [String: String] = [:]
  private var owner = ""

  /// An empty registry.
  public init(coreDigest: String = "") { self.coreDigest = coreDigest }

  /// Registers what one plugin folder or module brings; its digest makes runs stale when its code changes.
  public mutating func register(
    plugin name: String, digest: String, _ body: (inout Registry) throws -> Void
  ) throws {
    let outer = owner
    owner = name
    digests[name] = digest
    defer { owner = outer }
    try body(&self)
  }

  /// Registers a component under its identifier.
  ///
  /// - Throws: `RegistryError.duplicate` if another component has that identifier, now or formerly.
  public mutating func register<C: Component>(_ type: C.Type) throws {
    let about = C.about
    for name in [about.identifier] + about.formerIdentifiers {
      if let first = entry(C.kind, name) {
        throw RegistryError.duplicate(
          kind: C.kind, identifier: name, first: first.owner, second: owner)
      }
    }
    entries[C.kind, default: [:]][about.identifier] = Entry(
      kind: C.kind, about: about, owner: owner, defaults: try JSON(encoding: C.defaults),
      presets: try C.presets.mapValues { try JSON(encoding: $0) }, type: type)
    for name in about.formerIdentifiers { aliases[C.kind, default: [:]][name] = about.identifier }
  }

  /// All components of a kind, by identifier.
  public func all(_ kind: Kind) -> [Entry] {
    (entries[kind] ?? [:]).values.sorted { $0.about.identifier < $1.about.identifier }
  }

  /// The component of a kind and (present or former) identifier.
  public func entry(_ kind: Kind, _ identifier: String) -> Entry? {
    entries[kind]?[aliases[kind]?[identifier] ?? identifier]
  }

  /// Digest of the code behind a component: of its plugin folder, with what that folder uses.
  public func digest(of entry: Entry) -> String { digests[entry.owner] ?? "" }

  /// A component made from its object in a spec, with the effective object.
  public struct Made: Sendable {
    /// The component.
    public let component: any Component
    /// `type` and every key, defaults filled in.
    public let effective: JSON
    /// The same without what says only how the work is done: what an identity is made of.
    public let identifying: JSON
    /// The registry's entry.
    public let entry: Entry
    /// Other components that the configuration refers to by name.
    public let uses: [Entry]
    /// Data files that the configuration names, with the key's place in the spec.
    public let files: [(place: String, path: String)]
  }

  /// Makes a component from its object in a spec, or from its bare identifier.
  ///
  /// - Parameters:
  ///   - kind: what the place asks for.
  ///   - json: the object, or the identifier.
  ///   - path: the object's place in the spec, for messages.
  ///   - problems: whatever is wrong is appended here, so that all of a spec's errors are reported at once.
  /// - Returns: nil if there was a problem.
  public func make(_ kind: Kind, from json: JSON, path: String, problems: inout [Problem]) -> Made? {
    guard let identifier = json.string ?? json["type"]?.string else {
      let known = all(kind).map(\.about.identifier).joined(separator: ", ")
      problems.append(
        Problem(
          path,
          "expected an object with a 'type', found \(ConfigurationReading.excerpt(json)). Types: \(known)."))
      return nil
    }
    guard let entry = entry(kind, identifier) else {
      let error = RegistryError.unknown(
        kind: kind, identifier: identifier, registered: all(kind).map(\.about.identifier))
      problems.append(Problem(path, "\(error)"))
      return nil
    }
    return make(entry.type, entry, from: json, path: path, problems: &problems)
  }

  private func make<C: Component>(
    _ type: C.Type, _ entry: Entry, from json: JSON, path: String, problems: inout [Problem]
  ) -> Made? {
    let before = problems.count
    var base = entry.defaults
    if let preset = json["preset"] {
      if let chosen = entry.presets[preset.string ?? ""] {
        base = chosen
      } else {
        let sentence = Suggestion.sentence(for: preset.string ?? "", among: Array(entry.presets.keys))
        problems.append(Problem("\(path).preset", "unknown preset.\(sentence)"))
      }
    }
    var given = json.object ?? JSON.Object()
    for key in ConfigurationReading.reserved { given[key] = nil }
    let full = ConfigurationReading.overlay(.object(given), on: base, path: path, problems: &problems)
    guard problems.count == before,
      let configuration = ConfigurationReading.decode(
        C.Configuration.self, from: full, path: path, problems: &problems)
    else { return nil }
    var checks = Checks(path: path)
    C.check(configuration, &checks)
    problems += checks.problems
    var uses: [Entry] = []
    for (place, name) in checks.rankingMetrics {
      do {
        let metric = try rankingMetric(named: name).metric
        uses += self.entry(.metric, Swift.type(of: metric).about.identifier).map { [$0] } ?? []
      } catch {
        problems.append(Problem(place, "\(error)"))
      }
    }
    guard problems.count == before else { return nil }
    do {
      var effective = JSON.Object([("type", .string(entry.about.identifier))])
      for (key, value) in full.object?.members ?? [] { effective[key] = value }
      var identifying = effective
      for key in C.operationalKeys { identifying[key] = nil }
      return Made(
        component: try C(configuration: configuration), effective: .object(effective),
        identifying: .object(identifying), entry: entry,
        uses: uses,
        files: checks.files.map { ($0.key, $0.path) })
    } catch {
      problems.append(Problem(path, "\(error)"))
      return nil
    }
  }

  /// The ranking metric and cutoff behind a name such as `ndcg@20`.
  ///
  /// - Throws: `RegistryError` or `Problem`.
  public func rankingMetric(named name: String) throws -> (metric: any RankingMetric, cutoff: Int) {
    let parts = name.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let cutoff = Int(parts[1]), cutoff > 0 else {
      throw Problem("", "'\(name)' is not a metric with a cutoff; expected something like 'ndcg@20'.")
    }
    var problems: [Problem] = []
    let made = make(.metric, from: .string(String(parts[0])), path: "", problems: &problems)
    if let problem = problems.first { throw problem }
    guard let metric = made?.component as? any RankingMetric else {
      let known = all(.metric).filter { $0.type is any RankingMetric.Type }.map(\.about.identifier)
      throw Problem(
        "", "'\(parts[0])' is not a ranking metric. Ranking metrics: \(known.joined(separator: ", ")).")
    }
    return (metric, cutoff)
  }
}
