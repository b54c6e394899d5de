/// A spec whose every component has been found, configured and checked.
public struct ResolvedSpec: Sendable {
  /// The spec's file.
  public let file: String
  /// Name of the study; its results go to `Runs/<name>`.
  public let name: String
  /// What the study asks, in the author's words.
  public let description: String
  /// Variants in the order written.
  public let variants: [ResolvedVariant]
  /// Seeds in the order written.
  public let seeds: [UInt64]
  /// Whether everything that happened is written too.
  public let trajectories: Bool
  /// The variant that the report compares the others with.
  public let compareWith: String
  /// Whether each variant adds its changes to the one before it.
  public let isCumulative: Bool
  /// Path of the number that the variants differ in, such as `arousal.topQ`: the report draws metrics over it.
  public let axis: String

  /// The variant of a name.
  ///
  /// - Throws: `Problem` with the nearest name if there is none.
  public func variant(_ name: String) throws -> ResolvedVariant {
    if let variant = variants.first(where: { $0.name == name }) { return variant }
    let sentence = Suggestion.sentence(for: name, among: variants.map(\.name), label: "Variants")
    throw Problem("", "there is no variant '\(name)'.\(sentence)")
  }

  /// Paths of the grid's axes, in the order written; empty without a grid.
  public var gridAxes: [String] { variants.flatMap { $0.coordinates.map(\.axis) }.uniqued() }

  /// A spec from its parts, for tools that read results.
  public init(
    file: String, name: String, description: String, variants: [ResolvedVariant], seeds: [UInt64],
    trajectories: Bool, compareWith: String? = nil, isCumulative: Bool = false, axis: String = ""
  ) {
    self.isCumulative = isCumulative
    self.axis = axis
    self.file = file
    self.name = name
    self.description = description
    self.variants = variants
    self.seeds = seeds
    self.trajectories = trajectories
    self.compareWith = compareWith ?? variants.first?.name ?? ""
  }
}

/// One variant: the full system with the variant's changes.
public struct ResolvedVariant: Sendable {
  /// Name as written.
  public let name: String
  /// Every component with every key, defaults filled in.
  public let effective: JSON
  /// Components by slot; lists have one element or more, an unused slot has none.
  public let parts: [Slot: [Registry.Made]]
  /// Rule for items already met.
  public let masking: Masking
  /// Where the variant stands on the axes of the spec's grid, in the order written; empty without a grid.
  public let coordinates: [Coordinate]

  /// One axis of a grid, and what a cell has there.
  public struct Coordinate: Sendable, Equatable {
    /// Path of what differs, such as `scorer.lambda`.
    public let axis: String
    /// What it is called: the number, the component's type, or the name that the grid gives it.
    public let label: String

    /// A place on an axis.
    public init(axis: String, label: String) {
      self.axis = axis
      self.label = label
    }
  }

  /// A variant from its parts, for tools that read results.
  public init(
    name: String, effective: JSON, parts: [Slot: [Registry.Made]], masking: Masking,
    coordinates: [Coordinate] = []
  ) {
    self.coordinates = coordinates
    self.name = name
    self.effective = effective
    self.parts = parts
    self.masking = masking
  }

  /// The component of a slot that holds one.
  public func component(_ slot: Slot) -> (any Component)? { parts[slot]?.first?.component }

  /// The number at a dotted path of the effective spec.
  public func number(at path: String) -> Double? {
    effective.value(at: path.split(separator: ".").map(String.init))?.number
  }

  /// The effective object of a slot.
  public func effective(_ slot: Slot) -> JSON? { effective.value(at: slot.path) }
}
