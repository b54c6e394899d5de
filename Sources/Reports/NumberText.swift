import Foundation

/// Numbers as a reader wants them: four significant digits, the same number of decimals down a column.
enum NumberText {
  /// Decimals that give the largest of some values four significant digits.
  static func decimals(for values: [Double]) -> Int {
    let largest = values.map(abs).filter(\.isFinite).max() ?? 0
    guard largest > 0 else { return 0 }
    return min(max(3 - Int(log10(largest).rounded(.down)), 0), 12)
  }

  /// A value with so many decimals; zero has no sign.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(decimals)f", value)
    return text.hasPrefix("-") && text.allSatisfy({ "-0.".contains($0) }) ? String(text.dropFirst()) : text
  }

  /// A value that stands alone, with four significant digits.
  static func alone(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = fixed(value, decimals: decimals(for: [value]))
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }
    return String((trimmed.first == "." ? trimmed.dropFirst() : trimmed).reversed())
  }

  /// A difference, always with its sign.
  static func signed(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    return text.hasPrefix("-") || text.allSatisfy({ "0.".contains($0) }) ? text : "+" + text
  }

  /// A standard deviation beside a mean of so many decimals: at least one digit that is not zero.
  static func spread(_ value: Double, decimals: Int) -> String {
    let text = fixed(value, decimals: decimals)
    guard value > 0, text.allSatisfy({ "0.".contains($0) }) else { return text }
    let digits = Int((-log10(value)).rounded(.up))
    return digits <= 4 ? fixed(value, decimals: digits) : String(format: "%.0e", value)
  }

  /// A count, in groups of three.
  static func count(_ value: Double) -> String {
    let digits = Array(String(format: "%.0f", value))
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, digit.isNumber, digits[index - 1].isNumber {
        result.append("\u{202F}")
      }
      result.append(digit)
    }
    return result
  }

  /// A count, in groups of three.
  static func count(_ value: Int) -> String { count(Double(value)) }

  /// A share as percents.
  static func percent(_ share: Double) -> String { "\(alone(100 * share)) %" }
}

extension NumberText {
  /// A p-value with three significant digits, or a bound below which digits say nothing.
  static func probability(_ p: Double) -> String {
    p < 1e-6 ? "< 1e-6" : p < 0.001 ? String(format: "%.1e", p) : String(format: "%.3g", p)
  }
}
