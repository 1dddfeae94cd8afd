import Units

/// A condition on which a run stops sending: `errors > 5% for 10s`, `target_cpu > 95% for 30s`. Judged once
/// per second by `AbortWatch`.
public struct AbortRule: Sendable, Equatable {
    /// What is compared.
    public enum Measure: String, Sendable, Equatable, CaseIterable {
        /// The share of the requests that ended in a second which failed.
        case errors
        /// Requests sent again in a second, as a share of those that ended in it.
        case resent
        /// The share of the target's CPU in use in a second.
        case targetCPU = "target_cpu"
    }

    /// As it is printed.
    public let text: String
    /// What is compared.
    public let measure: Measure
    /// A share, 0..<1: a second counts against the run if the measure is above it.
    public let limit: Double
    /// Number of such seconds in a row that stop the run.
    public let seconds: Int

    /// More than half of the requests failed for 10 s: applies to every run unless the profile has `abort: []`.
    public static let mostFail = AbortRule(
        text: "errors > 50% for 10s", measure: .errors, limit: 0.5, seconds: 10)

    /// Most rules of one run.
    public static let countLimit = 16
    /// The longest time a rule may take.
    public static let secondsLimit = 86_400
    static let lengthLimit = 100

    private static let grammar =
        "write one such as `errors > 5% for 10s`, `resent > 1% for 10s` or `target_cpu > 95% for 30s`"

    /// Reads one rule. Throws for anything else, and names the nearest word.
    public static func parse(_ text: String) throws(ParseError) -> AbortRule {
        guard text.utf8.count <= Self.lengthLimit else {
            throw ParseError("a rule is at most \(Self.lengthLimit) bytes long; \(Self.grammar)")
        }
        let words = SLO.tokens(of: text)
        guard words.count == 5 else { throw ParseError("\(quoted(text)) is no rule; \(Self.grammar)") }
        guard let measure = Measure(rawValue: words[0]) else {
            throw ParseError(
                "\(quoted(words[0])) is nothing a run stops for"
                    + suggestion(for: words[0], in: Measure.allCases.map(\.rawValue)))
        }
        guard words[1] == ">" else {
            throw ParseError("\(quoted(words[1])) in \(quoted(text)): a run stops above a limit; write `>`")
        }
        guard words[3] == "for" else { throw ParseError("\(quoted(text)) is no rule; \(Self.grammar)") }
        let limit = try Percentage.parse(words[2])
        guard limit < 1 else { throw ParseError("nothing is more than 100%; use a lower limit") }
        let time = try TimeSpan.parse(words[4])
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        guard rest == 0, seconds >= 1, seconds <= UInt64(Self.secondsLimit) else {
            throw ParseError(
                "\(quoted(words[4])): rules are judged once per second; use whole seconds, 1s to 24h")
        }
        return AbortRule(
            text: "\(measure.rawValue) > \(words[2]) for \(TimeSpan.text(time))", measure: measure,
            limit: limit, seconds: Int(seconds))
    }

    /// The rules that apply if these were given: each once, and `mostFail` with them. An empty list turns all of them
    /// off.
    public static func effective(_ given: [AbortRule]) -> [AbortRule] {
        if given.isEmpty { return [] }
        var rules: [AbortRule] = []
        for rule in given + [.mostFail] where !rules.contains(rule) { rules.append(rule) }
        return rules
    }
}
