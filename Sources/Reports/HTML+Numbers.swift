import Lab

extension HTML {
  /// A standard deviation behind its mean; nothing for a single seed.
  static func spread(_ deviation: Double?, decimals: Int) -> HTML {
    deviation.map { " <span class=\"spread\">± \(NumberText.spread($0, decimals: decimals))</span>" }
      ?? .empty
  }

  /// A mean with its standard deviation.
  static func level(_ sample: Sample, decimals: Int) -> HTML {
    "\(NumberText.fixed(sample.mean, decimals: decimals))\(spread(sample.deviation, decimals: decimals))"
  }

  /// A difference, always with its sign, and its standard deviation.
  static func difference(_ sample: Sample, decimals: Int) -> HTML {
    "\(NumberText.signed(sample.mean, decimals: decimals))\(spread(sample.deviation, decimals: decimals))"
  }

  /// A class more for a table of many columns: what stands behind a mean goes below it, so that the table fits a page.
  static func stacked(_ columns: Int) -> HTML { columns > 6 ? " stacked" : .empty }

  /// A cell without a number.
  static let missing = DataCell.missing.html("first")
}
