/// A day of the Gregorian calendar.
public struct CalendarDate: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let year: Int
    public let month: Int
    public let day: Int

    /// A date such as `2026-07-20`; throws for anything else.
    public static func parse(_ text: String) throws(ParseError) -> Self {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in
            part.utf8.allSatisfy { decimalDigit($0) != nil } ? Int(part) : nil
        }
        guard parts.map(\.utf8.count) == [4, 2, 2], numbers.count == 3, (1...12).contains(numbers[1]),
            (1...Self.days(of: numbers[1], in: numbers[0])).contains(numbers[2])
        else { throw ParseError("\(quoted(text)) is not a date; write one such as 2026-07-20") }
        return Self(year: numbers[0], month: numbers[1], day: numbers[2])
    }

    /// The most days before and after 1970-01-01, some 54,000 years: what is farther away is that day.
    private static let daysLimit = 20_000_000

    /// The date of a number of days since 1970-01-01. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms",
    /// civil_from_days.
    public init(daysSince1970: Int) {
        // Years that begin in March put the leap day last; 400 of them are always 146,097 days.
        let shifted = max(-Self.daysLimit, min(daysSince1970, Self.daysLimit)) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        self.day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        self.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
    }

    /// Days of a month of the Gregorian calendar.
    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        if month == 2 { return isLeap ? 29 : 28 }
        return [4, 6, 9, 11].contains(month) ? 30 : 31
    }

    private init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// Whole years from this date to another; 0 where the other is earlier.
    public func years(to other: Self) -> Int {
        let isBefore = (other.month, other.day) < (self.month, self.day)
        return max(0, other.year - self.year - (isBefore ? 1 : 0))
    }

    public static func < (left: Self, right: Self) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }

    /// `2026-07-20`.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        return "\(padded(self.year, 4))-\(padded(self.month, 2))-\(padded(self.day, 2))"
    }
}
