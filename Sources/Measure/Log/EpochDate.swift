import Units

/// A date of the Gregorian calendar in UTC, from seconds since 1970. For the comment that Java's tools write
/// behind a start time.
struct EpochDate {
    let year: Int64
    /// 1 to 12.
    let month: Int
    let day: Int
    /// 0 is Sunday.
    let weekday: Int
    let hour: Int
    let minute: Int
    let second: Int

    /// Beyond this many seconds from 1970, some 32,000 years, there is no date.
    static let secondsLimit: Int64 = 1_000_000_000_000

    /// The date, or nil beyond `secondsLimit`.
    init?(seconds: Int64) {
        guard seconds.magnitude <= UInt64(Self.secondsLimit) else { return nil }
        let secondsOfDay = Int(seconds % 86_400 + 86_400) % 86_400
        let days = (seconds - Int64(secondsOfDay)) / 86_400
        self.hour = secondsOfDay / 3600
        self.minute = secondsOfDay / 60 % 60
        self.second = secondsOfDay % 60
        self.weekday = Int((days % 7 + 7 + 4) % 7)
        // A date within the limit has at most 12 million days.
        let date = CalendarDate(daysSince1970: Int(days))
        (self.year, self.month, self.day) = (Int64(date.year), date.month, date.day)
    }

    /// As `java.util.Date.toString` writes it: "Wed Sep 09 15:24:39 UTC 2015".
    var text: String {
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let time = [self.hour, self.minute, self.second].map(Self.twoDigits).joined(separator: ":")
        return "\(weekdays[self.weekday]) \(months[self.month - 1]) \(Self.twoDigits(self.day)) \(time) UTC "
            + "\(self.year)"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
