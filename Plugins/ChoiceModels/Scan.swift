extension [Double] {
  /// Probability that each place is the first taken by a user who goes through them in order: each is taken with its
  /// own chance if it is reached, and one that is not taken is left behind with probability `persistence`.
  func firstTaken(persistence: Double = 1) -> [Double] {
    var reach = 1.0
    return map { chance in
      defer { reach *= (1 - chance) * persistence }
      return reach * chance
    }
  }
}
