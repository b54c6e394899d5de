import Beckon

/// The cells of a study with their identities: what is to be done, before any of it is.
struct StudyPlan {
  /// One variant with one seed.
  struct Cell {
    let variant: ResolvedVariant
    let seed: UInt64
    let plan: Assembly.CellPlan

    var identity: String { plan.identity }

    /// What the work is, for estimates: everything that a round has to do with.
    var work: String {
      let slots: [Slot] = [.task, .encoder, .scorer, .arousal, .clickModel]
      return slots.flatMap { variant.parts[$0] ?? [] }.map(\.entry.about.identifier).joined(separator: " ")
    }
  }

  /// Cells in the order of the spec: variants, then seeds.
  let cells: [Cell]
  /// What was read, by variant.
  let data: [String: JSON]

  /// Plans a study: reads its data, trains nothing, writes nothing.
  ///
  /// - Throws: `Problem` for whatever is wrong with the data or does not fit them.
  init(_ spec: ResolvedSpec, _ assembly: Assembly) throws {
    var cells: [Cell] = []
    var data: [String: JSON] = [:]
    for variant in spec.variants {
      data[variant.name] = Self.describe(try assembly.split(of: variant).split, variant)
      for seed in spec.seeds {
        cells.append(Cell(variant: variant, seed: seed, plan: try assembly.plan(variant, seed: seed)))
      }
    }
    self.cells = cells
    self.data = data
  }

  /// Cells in the order in which they are worked on: seeds outside, so that what variants share is in memory when it is
  /// needed.
  func queue(seeds: [UInt64]) -> [Cell] {
    let places = Dictionary(uniqueKeysWithValues: seeds.enumerated().map { ($0.element, $0.offset) })
    return cells.enumerated().sorted {
      (places[$0.element.seed] ?? 0, $0.offset) < (places[$1.element.seed] ?? 0, $1.offset)
    }.map(\.element)
  }

  private static func describe(_ split: Split, _ variant: ResolvedVariant) -> JSON {
    let dataset = split.dataset
    let terms = (variant.component(.dataset) as? any DatasetSource)?.terms
    return .members([
      ("source", variant.effective["dataset"]?["type"] ?? .null),
      ("terms", .string(terms?.summary ?? "none stated by the reader")),
      ("fingerprint", .string(dataset.fingerprint)), ("users", .number(Double(dataset.userCount))),
      ("items", .number(Double(dataset.itemCount))),
      ("interactions", .number(Double(dataset.interactionCount))), ("tieRule", .string(Dataset.tieRule)),
      ("usersWithTiedAnswers", .number(dataset.tiedAnswers)), ("masking", .string(variant.masking.rawValue)),
    ])
  }
}
