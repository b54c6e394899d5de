import Beckon

// What a dataset, a filter and a split must keep.
extension Conformance {
  /// Without its files a dataset says what is missing; one that needs none gives the same events again.
  static func load(_ source: some DatasetSource, _ found: inout Findings) {
    let nowhere = DataLocations(folders: [])
    do {
      let events = try source.load(nowhere)
      found.add(.shape, "it has no events", unless: events.count > 0)
      found.add(
        .shape, "\(events.users.count) users stand beside \(events.items.count) items",
        unless: events.users.count == events.items.count)
      let again = try source.load(nowhere)
      found.add(
        .sameSeed, "it gives other events when read again",
        unless: events.users == again.users && events.items == again.items && events.times == again.times)
    } catch let problem as Problem {
      found.add(.badConfiguration, "it refuses without a word", unless: !problem.fact.isEmpty)
    } catch {
      found.add(
        .badConfiguration, "without its files it throws something else than a Problem: \(error)",
        unless: error is LineProblem)
    }
  }

  static func apply(_ filter: some Filter, to world: ToyWorld, _ found: inout Findings) throws {
    let before = world.events
    func rows(_ events: Interactions) -> [String] {
      events.users.indices.map {
        "\(events.userIdentifiers[Int(events.users[$0])]) \(events.catalogue.identifiers[Int(events.items[$0])])"
      }
    }
    do {
      let after = try found.steady("rows") { rows(try filter.apply(before)) }
      found.add(.order, "it adds rows", unless: Set(after).isSubset(of: Set(rows(before))))
    } catch let problem as Problem {
      found.add(.badConfiguration, "it refuses without a word", unless: !problem.fact.isEmpty)
    }
  }

  static func divide(_ splitter: some Splitter, _ world: ToyWorld, _ found: inout Findings) {
    let dataset = world.split.dataset
    do {
      let split = try splitter.split(dataset)
      let again = try splitter.split(dataset)
      found.add(
        .sameSeed, "it divides otherwise when asked again",
        unless: split.training == again.training && split.validation == again.validation
          && split.test == again.test)
      found.add(
        .shape, "\(split.training.count) training parts for \(split.dataset.userCount) users",
        unless: split.training.count == split.dataset.userCount)
      for query in split.validation + split.test {
        found.add(
          .bounds, "an answer of user \(query.user) is no item, or stands in the training part",
          unless: query.answers.allSatisfy {
            (0..<Int32(split.dataset.itemCount)).contains($0) && !split.training[Int(query.user)].contains($0)
          })
      }
    } catch let problem as Problem {
      found.add(.badConfiguration, "it refuses without a word", unless: !problem.fact.isEmpty)
    } catch {
      found.add(.badConfiguration, "it throws something else than a Problem: \(error)")
    }
  }
}
