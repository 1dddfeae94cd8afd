/// Numbers for people: three significant digits, always a unit, commas between thousands, no locale.
/// KB = 1,000 bytes and Gbps = 10^9 bit/s.
public enum Quantity {
    /// Significant digits of a measured value.
    static let significantDigits = 3

    /// Nanoseconds as "813 ns", "213 µs", "1.24 ms", "12.0 s", "1,235 s".
    public static func duration(_ nanoseconds: UInt64) -> String {
        // A nanosecond has no parts.
        if nanoseconds < 1_000 { return "\(nanoseconds) ns" }
        return Self.scaled(DecimalDigits(nanoseconds), units: ["ns", "µs", "ms", "s"])
    }

    /// A planned length as it was written: "43.2 s", "500 ms", "60 s"; nothing is rounded.
    public static func planned(_ nanoseconds: UInt64) -> String {
        let units = ["ns", "µs", "ms", "s"]
        let exact = DecimalDigits(nanoseconds)
        if exact.isZero { return "0 s" }
        let unit = min(max(0, (exact.point - 1) / 3), units.count - 1)
        let value = exact.scaled(down: 3 * unit)
        return "\(value.text(fraction: value.fractionDigits)) \(units[unit])"
    }

    /// Clock time: "9 s", "90 s", "2 min 05 s", "2 h 03 min"; rounded to the nearest second.
    public static func clock(_ nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000 + (nanoseconds % 1_000_000_000 >= 500_000_000 ? 1 : 0)
        if seconds < 120 { return "\(seconds) s" }
        if seconds < 3_600 { return "\(seconds / 60) min \(Self.twoDigits(seconds % 60)) s" }
        return "\(Self.count(seconds / 3_600)) h \(Self.twoDigits(seconds % 3_600 / 60)) min"
    }

    /// An integer: "12,345".
    public static func count(_ value: UInt64) -> String { DecimalDigits(value).text(fraction: 0) }

    /// An integer with its noun: "1 user", "12,345 users".
    public static func plural(_ count: UInt64, _ noun: String) -> String {
        "\(Self.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    /// A number per second, without unit: "0.0231", "4.63", "463", "12,345".
    public static func rate(_ perSecond: Double) -> String {
        Self.significant(DecimalDigits(perSecond))
    }

    /// A rate from a count and the nanoseconds it took; nil for no time at all.
    public static func perSecond(_ count: UInt64, over nanoseconds: UInt64) -> Double? {
        nanoseconds == 0 ? nil : Double(count) / Double(nanoseconds) * 1e9
    }

    /// Bits per second: "1.24 Gbps", "812 Mbps", "30.1 kbps".
    public static func bitsPerSecond(_ value: Double) -> String {
        Self.scaled(DecimalDigits(value), units: ["bps", "kbps", "Mbps", "Gbps", "Tbps"])
    }

    /// Bits per second always in Gbps, with two decimals, or two significant digits below 0.1: "0.82 Gbps".
    public static func gigabitsPerSecond(_ value: Double) -> String {
        let exact = DecimalDigits(value).scaled(down: 9)
        let fraction = exact.isZero ? 2 : max(2, 2 - exact.rounded(significant: 2).point)
        return "\(exact.rounded(fraction: fraction).text(fraction: fraction)) Gbps"
    }

    /// Bytes in decimal units: "512 B", "97.3 KB", "1.25 GB".
    public static func bytes(_ value: UInt64) -> String {
        if value < 1_000 { return "\(value) B" }
        return Self.scaled(DecimalDigits(value), units: ["B", "KB", "MB", "GB", "TB", "PB", "EB"])
    }

    /// A share of 1 in percent: "0 %", "0.648 %", "12.5 %", "100 %".
    public static func percent(_ share: Double) -> String {
        let value = DecimalDigits(share).scaled(down: -2).rounded(significant: Self.significantDigits)
        return "\(value.text(fraction: min(value.fractionDigits, Self.smallestFraction))) %"
    }

    /// Most digits after the point; a smaller number cannot be shown.
    private static let smallestFraction = 12

    private static func twoDigits(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }

    private static func significant(_ exact: DecimalDigits) -> String {
        let value = exact.rounded(significant: Self.significantDigits)
        if value.isZero { return "0" }
        // From a thousand on, whole numbers are exact enough, and shorter than the unfamiliar "1.23e3".
        if value.point > Self.significantDigits { return exact.rounded(fraction: 0).text(fraction: 0) }
        let fraction = min(Self.significantDigits - value.point, Self.smallestFraction)
        return value.rounded(fraction: fraction).text(fraction: fraction)
    }

    /// The unit is chosen after rounding: 999.6 µs is 1.00 ms, never 1,000 µs.
    private static func scaled(_ exact: DecimalDigits, units: [String]) -> String {
        let rounded = exact.rounded(significant: Self.significantDigits)
        let unit = min(max(0, (rounded.point - 1) / 3), units.count - 1)
        return "\(Self.significant(exact.scaled(down: 3 * unit))) \(units[unit])"
    }
}
