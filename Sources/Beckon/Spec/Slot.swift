/// A place in a spec that holds a component, or a list of them.
public enum Slot: String, CaseIterable, Sendable {
  case dataset, filters, split, encoder, intents, embeddings, dynamics, clickModel, targetSelector, matcher
  case scorer, twin, arousal, guards, metrics, task

  /// The keys that lead there.
  public var path: [String] {
    switch self {
    case .embeddings, .dynamics, .clickModel: ["environment", rawValue]
    case .matcher: ["targetSelector", "encoder"]
    default: [rawValue]
    }
  }

  /// The keys joined by dots, for messages.
  public var place: String { path.joined(separator: ".") }

  /// The role of the component there.
  public var kind: Kind {
    switch self {
    case .dataset: .dataset
    case .filters: .filter
    case .split: .split
    case .encoder, .matcher: .encoder
    case .intents: .intents
    case .embeddings: .embeddings
    case .dynamics: .dynamics
    case .clickModel: .clickModel
    case .targetSelector: .targetSelector
    case .scorer, .twin: .scorer
    case .arousal: .arousal
    case .guards: .guard
    case .metrics: .metric
    case .task: .task
    }
  }

  /// Whether the place holds a list.
  public var isList: Bool { [.filters, .guards, .metrics].contains(self) }

  /// What stands there if the spec says nothing; nil where it must, or where nothing may stand.
  public var fallback: JSON? {
    switch self {
    case .filters, .guards: .array([])
    case .split: .string("leave-one-out")
    case .dynamics: .string("policy-controlled")
    case .clickModel: .string("sigmoid")
    case .scorer, .twin: .string("preference")
    case .arousal: .string("fixed")
    default: nil
    }
  }

  /// Whether a task that uses the slot cannot do without.
  public var isRequired: Bool { [.dataset, .task, .embeddings, .targetSelector].contains(self) }

  /// Slots that every task has.
  public static let common: Set<Slot> = [
    .dataset, .filters, .split, .encoder, .intents, .scorer, .guards, .metrics, .task,
  ]
}
