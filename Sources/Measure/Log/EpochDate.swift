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
        // Years that begin in March put the leap day last; 400 of them are always 146,097 days.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        self.day = Int(dayOfYear - (153 * marchMonth + 2) / 5) + 1
        self.month = Int(marchMonth < 10 ? marchMonth + 3 : marchMonth - 9)
        self.year = yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0)
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
