/// Lengths of time as people write them: `43.2s`, `500ms`, `1m30s`, `10us`, `1h`, `0`. Internally they are nanoseconds.
public enum TimeSpan {
    /// The longest time in a plan: sums of a few of them with a clock stay far from overflow.
    public static let limitNanoseconds: UInt64 = 365 * 86_400_000_000_000

    /// Longest word that is accepted.
    public static let lengthLimit = 64

    /// Units from the longest to the shortest.
    private static let units: [(word: String, nanoseconds: UInt64)] = [
        ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ]

    /// Nanoseconds of a time such as `1m30s`. Units go from long to short, each at most once; only the last number may
    /// have decimals. Throws without a unit (other than for 0), for an unknown one, for parts of a nanosecond and past
    /// 64 bits.
    public static func parse(_ text: String) throws(ParseError) -> UInt64 {
        guard text.utf8.count <= lengthLimit else {
            throw ParseError("\(quoted(text)) is too long for a time; write one such as 1m30s")
        }
        if text == "0" { return 0 }
        guard !text.isEmpty else { throw ParseError("a time is missing; write one such as 500ms or 1m30s") }
        var rest = Substring(text).utf8
        var total: UInt64 = 0
        var previousUnit = UInt64.max
        var sawDecimals = false
        // Each turn takes at least one byte of a word of at most `lengthLimit`.
        while !rest.isEmpty {
            let part = try takePart(from: &rest, of: text)
            guard part.unit < previousUnit, !sawDecimals else {
                throw ParseError(
                    "\(quoted(text)) is not in order; write units from long to short, as in 1h30m or 1m30.5s"
                )
            }
            previousUnit = part.unit
            sawDecimals = part.number.decimals > 0
            let (sum, overflow) = total.addingReportingOverflow(part.nanoseconds)
            guard !overflow else { throw tooLong(text) }
            total = sum
        }
        return total
    }

    /// The time in its natural unit, exactly: `parse(text(x))` is x. A minute and more is in minutes if that leaves
    /// whole tens of seconds (`1m30s`), else in seconds up to an hour (`432s`).
    public static func text(_ nanoseconds: UInt64) -> String {
        let minute: UInt64 = 60_000_000_000
        let hour: UInt64 = 60 * minute
        switch nanoseconds {
        case 0: return "0s"
        case ..<1_000: return "\(nanoseconds)ns"
        case ..<1_000_000: return decimalText(nanoseconds, unit: 1_000) + "us"
        case ..<1_000_000_000: return decimalText(nanoseconds, unit: 1_000_000) + "ms"
        case ..<minute: return decimalText(nanoseconds, unit: 1_000_000_000) + "s"
        case ..<hour where nanoseconds % 10_000_000_000 != 0:
            return decimalText(nanoseconds, unit: 1_000_000_000) + "s"
        default:
            let hours = nanoseconds / hour
            let minutes = nanoseconds % hour / minute
            let rest = nanoseconds % minute
            return (hours > 0 ? "\(hours)h" : "") + (minutes > 0 ? "\(minutes)m" : "")
                + (rest > 0 ? decimalText(rest, unit: 1_000_000_000) + "s" : "")
        }
    }

    private struct Part {
        var number: DecimalNumber
        var unit: UInt64
        var nanoseconds: UInt64
    }

    private static func takePart(from rest: inout Substring.UTF8View, of text: String) throws(ParseError)
        -> Part
    {
        guard let number = DecimalNumber.take(from: &rest) else {
            throw ParseError("\(quoted(text)) is not a time; write one such as 500ms, 43.2s or 1m30s")
        }
        let unitBytes = rest.prefix { decimalDigit($0) == nil && $0 != UInt8(ascii: ".") }
        rest = rest[unitBytes.endIndex...]
        guard rest.first != UInt8(ascii: ".") else {
            throw ParseError("\(quoted(text)) is not a time; write one such as 500ms, 43.2s or 1m30s")
        }
        guard !unitBytes.isEmpty else {
            throw ParseError(
                "\(quoted(text)) has no unit; write \(quoted(text + "s")) or \(quoted(text + "ms"))")
        }
        let word = String(unitBytes) ?? ""
        let plain = word == "µs" || word == "μs" ? "us" : word
        guard let unit = units.first(where: { $0.word == plain }) else {
            throw ParseError(
                "\(quoted(word)) in \(quoted(text)) is no unit of time; use d, h, m, s, ms, us or ns")
        }
        switch number.times(unit.nanoseconds) {
        case .exact(let nanoseconds):
            return Part(number: number, unit: unit.nanoseconds, nanoseconds: nanoseconds)
        case .tooFine: throw ParseError("\(quoted(text)) is finer than a nanosecond; use fewer decimals")
        case .overflow: throw tooLong(text)
        }
    }

    private static func tooLong(_ text: String) -> ParseError {
        ParseError("\(quoted(text)) is longer than can be counted in nanoseconds; at most 365d make sense")
    }
}
