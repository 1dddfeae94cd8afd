/// Rates of data as people write them: `2.5Gbps`. Decimal, as networks count: 1 Gbps is 10^9 bit/s.
public enum DataRate {
    /// The units, the smallest first.
    public static let units: [(word: String, bitsPerSecond: Double)] = [
        ("bps", 1), ("kbps", 1e3), ("Mbps", 1e6), ("Gbps", 1e9), ("Tbps", 1e12),
    ]

    /// Bits per second of a text such as `10Gbps` or `10 Gbps`. Throws without a unit, and for an unknown one.
    public static func parse(_ text: String) throws(ParseError) -> Double {
        var rest = Substring(text).utf8
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest) else {
            throw ParseError("\(quoted(text)) is not a data rate; write one such as 10Gbps or 500Mbps")
        }
        if rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        let word = String(rest) ?? ""
        guard let unit = Self.units.first(where: { $0.word == word }) else {
            throw ParseError(
                "\(quoted(text)) has no unit of a data rate; use \(Self.units.map(\.word).joined(separator: ", "))")
        }
        return number.fraction(of: 1) * unit.bitsPerSecond
    }
}
