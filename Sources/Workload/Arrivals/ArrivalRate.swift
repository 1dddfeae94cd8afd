import Units

/// A rate as it is written on the command line: `200 sessions/s`, `2000req/s`.
public struct ArrivalRate: Sendable, Equatable {
    /// The unit that is counted.
    public enum Unit: String, Sendable, Equatable, CaseIterable {
        case sessions, requests
    }

    /// Number of `unit` per second.
    public var perSecond: Double
    /// The unit of `perSecond`.
    public var unit: Unit

    /// A rate per second.
    public init(perSecond: Double, unit: Unit) {
        self.perSecond = perSecond
        self.unit = unit
    }

    private static let words: [(word: String, unit: Unit)] = [
        ("sessions/s", .sessions), ("session/s", .sessions), ("requests/s", .requests),
        ("request/s", .requests), ("req/s", .requests),
    ]

    /// Reads `200sessions/s`, `200 sessions/s`, `2000req/s` or `2000 requests/s`. A rate without a unit is an
    /// error that explains both: ten requests to a session make it ten times as much.
    public static func parse(_ text: String) throws(ParseError) -> ArrivalRate {
        let (perSecond, word) = try Self.number(in: text)
        if word.isEmpty || word == "/s" || word == "/sec" {
            let number = Self.number(perSecond)
            throw ParseError(
                "\(quoted(text)) does not say of what; write `\(number)sessions/s` (new visitors, each makes a "
                    + "whole session) or `\(number)req/s` (requests, all sessions together)")
        }
        guard let known = Self.words.first(where: { $0.word == word }) else {
            throw ParseError(
                "\(quoted(word)) in \(quoted(text)) is no unit of a rate"
                    + suggestion(for: word, in: ["sessions/s", "req/s", "requests/s"]))
        }
        return ArrivalRate(perSecond: perSecond, unit: known.unit)
    }

    /// Reads `200/s`, if the key beside it names the unit.
    public static func parsePlain(_ text: String) throws(ParseError) -> Double {
        let (perSecond, word) = try Self.number(in: text)
        guard word == "/s" else {
            if let known = Self.words.first(where: { $0.word == word }) {
                throw ParseError(
                    "\(quoted(text)): what is counted is said by the key, or once by `unit: "
                        + "\(known.unit.rawValue)`; write `\(Self.number(perSecond))/s`")
            }
            throw ParseError("\(quoted(text)) is not a rate here; write one such as 200/s")
        }
        return perSecond
    }

    /// In sessions/s. Requests convert only if every session has the same known number of them.
    public func sessionsPerSecond(requestsPerSession: Int?) throws(ParseError) -> Double {
        switch self.unit {
        case .sessions: return self.perSecond
        case .requests:
            guard let requests = requestsPerSession, requests > 0 else {
                throw ParseError(
                    "requests/s can be planned only where every session makes the same number of requests; "
                        + "write the rate in sessions/s")
            }
            return self.perSecond / Double(requests)
        }
    }

    /// A number and the text after it, without blanks between and around them.
    private static func number(in text: String) throws(ParseError) -> (Double, String) {
        let blank = UInt8(ascii: " ")
        var rest = Substring(text).utf8.drop { $0 == blank }
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest) else {
            throw ParseError("\(quoted(text)) is not a rate; write one such as 200sessions/s or 2000req/s")
        }
        rest = rest.drop { $0 == blank }
        while rest.last == blank { rest.removeLast() }
        return (number.fraction(of: 1), String(decoding: rest, as: UTF8.self))
    }

    /// A rate as a number, at most three decimals (six below 1).
    static func number(_ rate: Double) -> String {
        guard rate.isFinite, rate >= 0, rate < 1e12 else { return "\(rate)" }
        let unit: UInt64 = rate < 1 ? 1_000_000 : 1_000
        return decimalText(UInt64((rate * Double(unit)).rounded()), unit: unit)
    }
}
