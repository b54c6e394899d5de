import Beckon

/// Which slots of a window the contrasts look at.
enum Pooling: String, Choice {
  /// The user's items: both contrasts compare means over them.
  case real
  /// Every slot, pads included: the released code of ICLRec. The intent contrast compares means over all slots, the
  /// sequence contrast whole windows. A pad before the first item attends to all slots.
  case all
}

/// Which comparisons a contrastive loss makes.
enum Contrast: String, Choice {
  /// Both views against both, 2b rows of 2b − 1: the released code.
  case symmetric
  /// A user's vector against the intents of the batch: the ITMPRec paper's eq. 4.
  case oneWay = "one-way"
}

extension ICLRecEncoder {
  struct Configuration: TransformerSettings, NextItemSettings {
    /// Width of a hidden vector.
    var hiddenSize = 64
    /// Transformer layers.
    var layers = 2
    /// Attention heads; they divide `hiddenSize`.
    var heads = 2
    /// Width inside the feed-forward layers.
    var innerSize = 256
    /// Newest items that are looked at.
    var maximumLength = 50
    /// Share of hidden values and attention weights dropped in training.
    var dropout = 0.5
    /// How a next item is told from a negative.
    var loss = NextItemLoss.bce
    /// Where negatives come from.
    var negatives = NegativeSampler.Scope.outsideSequence
    /// Where the item table starts: drawn, or the simulator's embeddings as in the released ITMPRec code.
    var initialItems = InitialItems.normal
    /// Which rows training reads: `off-by-one` is a released ITMPRec driver.
    var itemRows = ItemRowReading.aligned
    /// Clusters of users, K; at most the number of users.
    var intentCount = 32
    /// Weight of the contrast between a user's views and the user's intent: of the mean over the two views, in both
    /// forms. (ITMPRec eq. 3 writes their sum.)
    var intentWeight = 0.1
    /// Weight of the contrast between a user's two views.
    var sequenceWeight = 0.1
    /// Temperature of both contrasts, τ.
    var temperature = 1.0
    /// Which comparisons the intent contrast makes.
    var contrast = Contrast.symmetric
    /// Whether users of the same intent are left out of each other's negatives; off in the released scripts.
    var deNoise = false
    /// Which slots the contrasts look at.
    var pooling = Pooling.real
    /// Sizes of the three augmentations of a view.
    var augmentation = Augmentation()
    /// A safetensors file that replaces training.
    var weights = ""
    /// How it is trained.
    var training = TrainingSettings()
  }

  /// Which row of the item table stands for which item.
  enum ItemRowReading: String, Choice {
    /// The same in training and afterwards.
    case aligned
    /// Training puts each item one row too low, where the guidance loop looks for the item before it: what is learned
    /// of item i + 1 is used as item i, while the rows' start from the simulator's embeddings is aligned with the
    /// loop. The last item keeps a row that was never trained. Not modelled: there the first item shares the pad's row.
    case offByOne = "off-by-one"
  }

  static let defaults = Configuration()

  static let presets: [String: Configuration] = {
    var official = Configuration()
    official.layers = 1
    official.intentCount = 256
    official.pooling = .all
    var study = Configuration()
    study.initialItems = .embeddings
    study.sequenceWeight = 0
    return ["official": official, "itmprec": study]
  }()

  static func check(_ configuration: Configuration, _ checks: inout Checks) {
    configuration.check(&checks)
    checks.positive("intentCount", configuration.intentCount)
    checks.atLeast("intentWeight", configuration.intentWeight, 0)
    checks.atLeast("sequenceWeight", configuration.sequenceWeight, 0)
    checks.positive("temperature", configuration.temperature)
    checks.require(
      !configuration.deNoise || (configuration.contrast == .symmetric && configuration.intentWeight > 0),
      "deNoise",
      "true needs contrast 'symmetric' and an intentWeight above 0: it names users of one intent.")
    checks.range("augmentation.crop", configuration.augmentation.crop, 0...1)
    checks.range("augmentation.mask", configuration.augmentation.mask, 0...1)
    checks.range("augmentation.reorder", configuration.augmentation.reorder, 0...1)
  }
}
