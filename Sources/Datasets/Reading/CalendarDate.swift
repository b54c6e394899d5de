import Beckon

/// Dates of data files as seconds since 1970, without a time zone.
enum CalendarDate {
  /// Seconds at the start of a day of the Gregorian calendar, or nil if there is no such day.
  static func seconds(year: Double, month: Double, day: Double) -> Double? {
    guard let year = Int(exactly: year), let month = Int(exactly: month), let day = Int(exactly: day),
      (1...9999).contains(year), (1...12).contains(month), day >= 1
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    guard day <= length else { return nil }
    // Years begin in March here, so that the leap day ends one; 153 days make five months from March on.
    let (years, months) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * months + 2) / 5 + day - 1
    let daysToEpoch = 719_468
    return Double(days - daysToEpoch) * 86_400
  }

  /// Seconds of `2009-04-01`, of `2009-04-01 23:59:59` and of the same with a T between, or nil for anything else.
  static func seconds(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
    func number(_ offset: Int, _ count: Int) -> Double? {
      let digits = bytes.dropFirst(offset).prefix(count)
      guard digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
      return digits.reduce(0) { 10 * $0 + Double($1 - 0x30) }
    }
    func isOne(of marks: String, at offset: Int) -> Bool {
      marks.utf8.contains(bytes[bytes.startIndex + offset])
    }
    guard bytes.count == 10 || bytes.count == 19, isOne(of: "-", at: 4), isOne(of: "-", at: 7),
      let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let start = seconds(year: year, month: month, day: day)
    else { return nil }
    if bytes.count == 10 { return start }
    guard isOne(of: " T", at: 10), isOne(of: ":", at: 13), isOne(of: ":", at: 16),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      hour < 24, minute < 60, second < 61
    else { return nil }
    return start + 3600 * hour + 60 * minute + second
  }

  /// Seconds of such a text.
  static func seconds(_ text: String) -> Double? {
    var text = text
    return text.withUTF8 { seconds($0[...]) }
  }
}
