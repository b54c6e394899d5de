import Beckon
import Lab

/// Some users told in full: how their vectors moved, and the path that was shown to them.
struct CaseStudySection {
  private let seed: UInt64
  private let pairs: [FollowedPair]
  /// Pairs of the runs, told or not.
  private let count: Int

  /// Pairs of heat maps beyond which the paths alone are told: a map is thousands of cells.
  private static let mostMaps = 24
  /// Pairs beyond which nothing is told.
  private static let mostPairs = 60

  init(_ results: StudyResults) {
    seed = results.spec.seeds.first ?? 0
    let first = seed
    let all = results.runs.filter { $0.seed == first }.flatMap { run in
      (run.record.facts["followed"]?.array ?? []).map { (variant: run.variant, json: $0) }
    }
    count = all.count
    pairs = all.prefix(Self.mostPairs).compactMap { FollowedPair($0.json, variant: $0.variant) }
  }

  /// The section; nothing unless the task follows somebody.
  var html: HTML {
    guard !pairs.isEmpty else { return .empty }
    var groups: [[(index: Int, pair: FollowedPair)]] = []
    for (index, pair) in pairs.enumerated() {
      let known = groups.firstIndex { $0[0].pair.user == pair.user && $0[0].pair.target == pair.target }
      if let known { groups[known].append((index, pair)) } else { groups.append([(index, pair)]) }
    }
    let limit =
      pairs.flatMap { [$0.targetVector] + $0.userVectors + $0.shownVectors }
      .flatMap { $0.map(abs) }.max() ?? 1
    let told = groups.map { group -> HTML in
      let head = group[0].pair
      return """
        <h3>User \(head.user) and the target \(head.target.title)</h3>
        <p>\(categories("The target's categories", head.target))Last items of the history, the latest last: \(
          HTML.joined(head.history.map(Self.item), by: " · ")).</p>
        \(group.map { variant($0.pair, $0.index, limit) })
        """
    }
    let note =
      count > Self.mostMaps
      ? " Maps are drawn for the first \(Self.mostMaps) of \(count)"
        + (count > pairs.count ? ", paths told for the first \(pairs.count)" : "")
        + "; results.json has the others." : ""
    return """
      <section id="followed"><h2>Case study</h2>
      <p>Runs with seed \(String(seed)). The maps show vectors of the simulated world: first the user before the first \
      round, then one column a round, last the target. On the left is the user after each round, on the right the \
      first item shown in it. A dot above a round marks a click. Where the user's columns come to look like the last \
      one, guidance has moved the user to the target. All maps share one scale.\(note)</p>
      \(HeatMap.legend(limit))\(told)</section>

      """
  }

  private func categories(_ lead: String, _ item: FollowedPair.Item) -> HTML {
    item.categories.isEmpty ? .empty : "\(lead): \(item.categories.joined(separator: ", ")). "
  }

  private static func item(_ item: FollowedPair.Item) -> HTML {
    let categories: HTML =
      item.categories.isEmpty
      ? .empty : " <span class=\"spread\">(\(item.categories.joined(separator: ", ")))</span>"
    return "\(item.title)\(categories)"
  }

  private func variant(_ pair: FollowedPair, _ index: Int, _ limit: Double) -> HTML {
    let clicks = pair.rounds.count { $0.clicked != nil }
    let reached = pair.rounds.firstIndex { $0.clicked == pair.target }
    let end =
      reached.map { "The target itself was clicked in round \($0 + 1)." }
      ?? (pair.knewTarget ? Self.known(pair) : "The target was not clicked.")
    let maps: HTML =
      index < Self.mostMaps
      ? """
      <div class="figures">
      <figure><figcaption>The user</figcaption>
      \(map("The user's vector over the rounds", pair, pair.userVectors.dropFirst(), limit, "user\(index)"))</figure>
      <figure><figcaption>What was shown</figcaption>
      \(map("The shown items' vectors", pair, pair.shownVectors[...], limit, "shown\(index)"))</figure>
      </div>

      """ : .empty
    return """
      <h4>\(pair.variant)</h4>
      <p>Interest in the target \(Self.number(pair.interest)) → \(Self.number(pair.rounds.last?.interest)); clicks in \
      \(clicks) of \(pair.rounds.count) rounds. \(end)</p>
      \(maps)\(path(pair))
      """
  }

  /// A user who has met the target is there already, and in most readings stays as they are.
  private static func known(_ pair: FollowedPair) -> String {
    let stays = pair.userVectors.allSatisfy { $0 == pair.userVectors.first }
    return "The user had met the target before the first round\(stays ? ", so that nothing moves them" : "")."
  }

  private func map(
    _ title: String, _ pair: FollowedPair, _ vectors: ArraySlice<[Double]>, _ limit: Double,
    _ identifier: String
  ) -> HTML {
    let every = ValueRange.wholeStep(Double(vectors.count) / 16)
    let rounds = vectors.enumerated().map { index, vector in
      HeatMap.Column(
        name: "round \(index + 1)", label: (index + 1) % every == 0 ? "\(index + 1)" : "", vector: vector,
        isClicked: pair.rounds.indices.contains(index) && pair.rounds[index].clicked != nil)
    }
    let start = HeatMap.Column(
      name: "start", label: "start", vector: pair.userVectors.first ?? [], isApart: true)
    let target = HeatMap.Column(name: "target", label: "target", vector: pair.targetVector, isApart: true)
    return HeatMap(
      title: "\(title); \(pair.variant), user \(pair.user)", columns: [start] + rounds + [target],
      limit: limit, identifier: "\(identifier)-title"
    ).svg
  }

  private func path(_ pair: FollowedPair) -> HTML {
    let rows = pair.rounds.enumerated().map { index, round -> HTML in
      let shown = round.items.map { item -> HTML in
        item == round.clicked && round.items.count > 1 ? "<strong>\(item.title)</strong>" : "\(item.title)"
      }
      let categories = round.items.map { $0.categories.joined(separator: ", ") }
      let answer: HTML =
        round.items.isEmpty
        ? "nothing to show"
        : !round.isAnswered
          ? "no valid answer"
          : round.clicked != nil ? "<span class=\"yes\">✓ clicked</span>" : "not clicked"
      return """
        <tr><th scope="row">\(index + 1)</th><td>\(HTML.joined(shown, by: " · "))</td>\
        <td>\(categories.joined(separator: " · "))</td><td>\(answer)</td>\
        <td class="figure">\(Self.number(round.probability))</td>\
        <td class="figure">\(Self.number(round.interest))</td></tr>

        """
    }
    return """
      <details open=""><summary>The path, round by round</summary>
      <div class="wide"><table class="path">
      <thead><tr><th scope="col">round</th><th scope="col">shown</th><th scope="col">categories</th>\
      <th scope="col">answer</th><th scope="col" class="figure">click probability</th>\
      <th scope="col" class="figure">interest after</th></tr></thead>
      <tbody>
      \(rows)</tbody></table></div></details>

      """
  }

  private static func number(_ value: Double?) -> HTML {
    value.map { "\(NumberText.fixed($0, decimals: 4))" } ?? "–"
  }
}
