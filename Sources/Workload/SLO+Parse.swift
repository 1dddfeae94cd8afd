import Units

extension SLO {
    /// Most objectives of one run: each is judged once, so the number only bounds the reading.
    public static let countLimit = 64
    static let lengthLimit = 200

    private static let grammar =
        "write one such as `p99 < 500ms`, `session p95 < 5s`, `errors < 0.1%`, `resent < 0.1%` or `held = asked`"

    /// Reads one objective: `p99 < 500ms`, `service mean < 10ms`, `max < 2s`, `errors < 0.1%`, `resent < 0.1%`, `held =
    /// asked`, `rate > 1000/s`; for one step with `for checkout` or `for GET /path` after it, and window by window with
    /// `in 99% of 10s windows` at the end. A latency without a word before it is the response time. Throws for anything
    /// else, and names the nearest word.
    public static func parse(_ text: String) throws(ParseError) -> SLO {
        guard text.utf8.count <= lengthLimit else {
            throw ParseError("an objective is at most \(lengthLimit) bytes long; \(grammar)")
        }
        let scope = try SLOScope.split(text)
        var slo = try plain(scope.head)
        guard scope.step != nil || scope.windows != nil else { return slo }
        try scope.check(slo.objective)
        slo.text += scope.text
        slo.step = scope.step
        slo.windows = scope.windows
        return slo
    }

    /// An objective about all requests and the whole hold.
    private static func plain(_ text: String) throws(ParseError) -> SLO {
        let tokens = tokens(of: text)
        guard let first = tokens.first else { throw ParseError("the objective is empty; \(grammar)") }
        if first == "step" || first.hasPrefix("/") {
            throw ParseError(
                "\(quoted(first)): a step is named at the end; write such as `p99 < 500ms for GET /path`")
        }
        guard let place = tokens.firstIndex(where: isSign) else {
            throw ParseError("\(quoted(text)) compares nothing; \(grammar)")
        }
        let (words, sign, values) = (Array(tokens[..<place]), tokens[place], Array(tokens[(place + 1)...]))
        if let slo = try equality(words, sign, values) { return slo }
        guard let subject = words.last else {
            throw ParseError("\(quoted(text)) says not what is compared; \(grammar)")
        }
        if let slo = try lowerLimit(words, sign, values) { return slo }
        guard sign == "<" else {
            throw ParseError(
                "\(quoted(sign)) in \(quoted(text)): an objective on \(subject) is an upper limit; write `<`")
        }
        guard values.count == 1, let value = values.first else {
            throw ParseError("\(quoted(text)) needs one value after `<`; \(grammar)")
        }
        if subject == "errors" || subject == "resent" {
            guard words.count == 1 else {
                throw ParseError(
                    "\(subject) are counted for all requests, or for those of a step; write such as "
                        + "`errors < 0.1%` or `errors < 0.1% for GET /path`")
            }
            return try share(subject, below: value)
        }
        return try latency(words, below: value)
    }

    /// Words and signs; a sign needs no space around it.
    static func tokens(of text: String) -> [String] {
        var tokens: [String] = []
        var current = ""
        var currentIsSign = false
        for scalar in text.unicodeScalars {
            let isBlank = scalar == " " || scalar == "\t"
            let isSign = scalar == "<" || scalar == ">" || scalar == "="
            if isBlank || isSign != currentIsSign {
                if !current.isEmpty { tokens.append(current) }
                current = ""
            }
            currentIsSign = isSign
            if !isBlank { current.unicodeScalars.append(scalar) }
        }
        if !current.isEmpty { tokens.append(current) }
        return tokens
    }

    private static func isSign(_ token: String) -> Bool {
        token.utf8.allSatisfy {
            $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: ">") || $0 == UInt8(ascii: "=")
        }
    }

    /// `held = asked` and `connections = asked`; nil for every other subject.
    private static func equality(
        _ words: [String], _ sign: String, _ values: [String]
    ) throws(ParseError) -> SLO? {
        guard let subject = words.first, subject == "held" || subject == "connections" else { return nil }
        guard words.count == 1, sign == "=", values == ["asked"] else {
            throw ParseError(
                "an objective on \(subject == "held" ? "held users" : "connections") is always "
                    + "`\(subject) = asked`; write it so or leave it out")
        }
        return subject == "held" ? .heldEqualsAsked : .connectionsEqualAsked
    }

    /// `rate > 1000/s` and `throughput > 1Gbps`; nil for every other subject.
    private static func lowerLimit(
        _ words: [String], _ sign: String, _ values: [String]
    ) throws(ParseError) -> SLO? {
        guard let subject = words.last, subject == "rate" || subject == "throughput" else { return nil }
        let example = subject == "rate" ? "rate > 1000/s" : "throughput > 1Gbps"
        // `1 Gbps` is one value in two words.
        let value = values.joined()
        guard words.count == 1, sign == ">", !value.isEmpty, !values.contains(where: isSign) else {
            throw ParseError("an objective on \(subject) is a lower limit of one value; write such as `\(example)`")
        }
        var rest = Substring(value).utf8
        guard let number = DecimalNumber.take(from: &rest), number.digits > 0 else {
            throw ParseError("\(quoted(value)) is no limit of \(subject) above 0; write such as `\(example)`")
        }
        let unit = String(decoding: rest, as: UTF8.self)
        let digits = decimalText(number.digits, unit: powerOfTen(number.decimals))
        if subject == "rate" {
            guard ["/s", "req/s", "requests/s"].contains(unit) else {
                throw ParseError("\(quoted(value)) is no rate of requests; write such as `\(example)`")
            }
            return SLO(text: "rate > \(digits)/s", objective: .rate(number.fraction(of: 1)))
        }
        guard let known = DataRate.units.first(where: { $0.word == unit }) else {
            throw ParseError(
                "\(quoted(unit)) is no unit of bits per second"
                    + suggestion(for: unit, in: DataRate.units.map(\.word)) + "; write such as `\(example)`")
        }
        return SLO(
            text: "throughput > \(digits)\(unit)", objective: .throughput(number.fraction(of: 1) * known.bitsPerSecond))
    }

    private static func share(_ subject: String, below value: String) throws(ParseError) -> SLO {
        let share = try Percentage.parse(value)
        guard share > 0 else {
            throw ParseError(
                "no run has fewer than 0% \(subject); write a limit above 0, such as \(subject) < 0.001%")
        }
        return SLO(
            text: "\(subject) < \(value)", objective: subject == "errors" ? .errors(share) : .resent(share))
    }

    private static func latency(_ words: [String], below value: String) throws(ParseError) -> SLO {
        let subject = words.last ?? ""
        var latency = LatencyWord.response
        if words.count > 1 {
            guard words.count == 2, let word = LatencyWord(rawValue: words[0]) else {
                throw ParseError(
                    "\(quoted(words[0])) is no latency"
                        + suggestion(for: words[0], in: LatencyWord.allCases.map(\.rawValue))
                )
            }
            latency = word
        }
        let prefix = words.count > 1 ? "\(latency.rawValue) " : ""
        let measure: (UInt64) -> Objective
        var name = subject
        switch subject {
        case "mean": measure = { .mean(latency, $0) }
        case "max": measure = { .maximum(latency, $0) }
        default:
            guard let (quantile, shown) = try quantile(subject) else {
                if LatencyWord(rawValue: subject) != nil {
                    throw ParseError(
                        "\(quoted(subject)) alone is a distribution; write such as `\(subject) p99 < 500ms`"
                    )
                }
                let known = [
                    "p50", "p90", "p95", "p99", "p99.9", "mean", "max", "errors", "resent", "held", "connections",
                    "rate", "throughput",
                ]
                throw ParseError(
                    "\(quoted(subject)) is nothing an objective can limit"
                        + suggestion(for: subject, in: known)
                )
            }
            name = shown
            measure = { .percentile(latency, quantile, $0) }
        }
        let limit = try TimeSpan.parse(value)
        guard limit > 0, limit <= TimeSpan.limitNanoseconds else {
            throw ParseError("the limit \(quoted(value)) is out of range; use a time above 0 and up to 365d")
        }
        return SLO(text: "\(prefix)\(name) < \(TimeSpan.text(limit))", objective: measure(limit))
    }

    /// The quantile of a word such as `p99.9`, and the word as it is printed; nil if it is no such word.
    private static func quantile(_ word: String) throws(ParseError) -> (Double, String)? {
        guard word.first == "p", word.utf8.count <= 12 else { return nil }
        var rest = word.dropFirst().utf8
        guard let number = DecimalNumber.take(from: &rest), rest.isEmpty else { return nil }
        let quantile = number.fraction(of: 100)
        guard quantile > 0, quantile < 1 else {
            throw ParseError("\(quoted(word)) is no percentile; use p50 to p99.9999, or `max`")
        }
        return (quantile, "p" + decimalText(number.digits, unit: powerOfTen(number.decimals)))
    }
}
