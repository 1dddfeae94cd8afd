import Units

/// A recorded load as a CSV file, in one of two forms. A first line of words is a heading and skipped; empty lines are
/// skipped, too.
///
/// - `second,rate`: the rate of each second, the seconds in order and without gaps (`0,150`, `1,162.5`, …). They may
///   begin anywhere; the first row is the start.
/// - one timestamp per line, in seconds with up to nine decimals, in order: each is one session. It is due as long
///   after the start as its timestamp is after the first one.
public enum ArrivalTrace: Sendable, Equatable {
    /// The rate of each second, per second.
    case rates([Double])
    /// Nanoseconds from the first timestamp.
    case times([UInt64])

    /// Most bytes of a file.
    public static let sizeLimit = 16 << 20
    /// Most bytes of a line; a row has two numbers.
    public static let lineLimit = 100
    /// Most rows of `second,rate`: more than the seconds of a day.
    public static let ratesLimit = 100_000
    /// Most timestamps.
    public static let timesLimit = 2_000_000

    /// Reads the bytes of a file; `file` is its name in errors, together with the line.
    public static func parse(_ bytes: [UInt8], file: String) throws(ParseError) -> ArrivalTrace {
        try self.parse(bytes, file: file, ratesLimit: self.ratesLimit, timesLimit: self.timesLimit)
    }

    /// The same with other limits, so that tests need not read two million lines.
    static func parse(
        _ bytes: [UInt8], file: String, ratesLimit: Int, timesLimit: Int
    ) throws(ParseError) -> ArrivalTrace {
        guard bytes.count <= Self.sizeLimit else {
            throw ParseError(
                "\(quoted(file)) is larger than \(ByteSize.text(UInt64(Self.sizeLimit))), the most for a trace"
            )
        }
        var reader = ArrivalTraceReader(ratesLimit: ratesLimit, timesLimit: timesLimit)
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[line.endIndex...].dropFirst()
            do { try reader.take(line) } catch {
                throw ParseError("\(quoted(file)), line \(reader.line): \(error.message)")
            }
        }
        do { return try reader.finish() } catch { throw ParseError("\(quoted(file)): \(error.message)") }
    }
}

/// Takes a trace line by line.
private struct ArrivalTraceReader {
    let ratesLimit: Int
    let timesLimit: Int
    /// Number of the current line, from 1.
    var line = 0
    private var columns = 0
    private var sawHeading = false
    private var rates: [Double] = []
    private var times: [UInt64] = []
    /// The first and the last second, or timestamp in nanoseconds.
    private var first: UInt64 = 0
    private var last: UInt64 = 0

    init(ratesLimit: Int, timesLimit: Int) {
        self.ratesLimit = ratesLimit
        self.timesLimit = timesLimit
    }

    mutating func take(_ bytes: ArraySlice<UInt8>) throws(ParseError) {
        self.line += 1
        var text = bytes
        if self.line == 1, text.starts(with: utf8ByteOrderMark) {
            text = text.dropFirst(utf8ByteOrderMark.count)
        }
        while let end = text.last, Self.isBlank(end) { text.removeLast() }
        text = text.drop(while: Self.isBlank)
        if text.isEmpty { return }
        guard text.count <= ArrivalTrace.lineLimit else {
            throw ParseError(
                "longer than \(ArrivalTrace.lineLimit) bytes; a row is `second,rate` or a timestamp")
        }
        let cells = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        // `nan` and `inf` are words too, but not headings.
        if self.columns == 0, !self.sawHeading, let byte = text.first, Self.isWord(byte),
            Double(cells[0]) == nil
        {
            self.sawHeading = true
            return
        }
        if self.columns == 0 { self.columns = cells.count }
        guard cells.count == self.columns, (1...2).contains(cells.count) else {
            let expected = self.columns == 1 ? "1 column" : self.columns == 2 ? "2 columns" : "1 or 2 columns"
            throw ParseError("\(cells.count) columns where a row has \(expected)")
        }
        if cells.count == 1 { try self.takeTime(cells[0]) } else { try self.takeRate(cells[0], cells[1]) }
    }

    private mutating func takeTime(_ cell: String) throws(ParseError) {
        let time: UInt64
        switch try Self.number(cell, "a timestamp in seconds").times(1_000_000_000) {
        case .exact(let nanoseconds): time = nanoseconds
        case .tooFine:
            throw ParseError("\(quoted(cell)) is finer than a nanosecond; use nine decimals at most")
        case .overflow:
            throw ParseError("\(quoted(cell)) is too large for a time in seconds; is it in another unit?")
        }
        if self.times.isEmpty { self.first = time }
        guard self.times.isEmpty || time >= self.last else {
            throw ParseError("\(quoted(cell)) is out of order: the timestamp before is later; sort the file")
        }
        guard time - self.first <= TimeSpan.limitNanoseconds else {
            throw ParseError("\(quoted(cell)) lies more than 365d after the first timestamp")
        }
        guard self.times.count < self.timesLimit else {
            throw ParseError("more than \(self.timesLimit) timestamps; cut the trace")
        }
        self.last = time
        self.times.append(time - self.first)
    }

    private mutating func takeRate(_ secondCell: String, _ rateCell: String) throws(ParseError) {
        guard case .exact(let second) = try Self.number(secondCell, "a second").times(1) else {
            throw ParseError("\(quoted(secondCell)) is not a whole second")
        }
        if !self.rates.isEmpty {
            guard second > self.last else {
                throw ParseError("second \(second) is out of order: second \(self.last) came before it")
            }
            // `second` is larger than `last`, so nothing overflows.
            guard second == self.last + 1 else {
                throw ParseError(
                    "a gap: second \(second) follows second \(self.last); write a row for each, with 0 for none"
                )
            }
        }
        guard self.rates.count < self.ratesLimit else {
            throw ParseError("more than \(self.ratesLimit) rows; cut the trace")
        }
        let rate = try Self.number(rateCell, "a rate per second, 0 or more").fraction(of: 1)
        guard rate.isFinite, rate <= Double(Profile.requestsPerSessionLimit) * ArrivalPlan.rateLimit else {
            throw ParseError("a rate of \(quoted(rateCell)) cannot be planned")
        }
        self.last = second
        self.rates.append(rate)
    }

    func finish() throws(ParseError) -> ArrivalTrace {
        if self.columns == 1 { return .times(self.times) }
        if self.columns == 2 { return .rates(self.rates) }
        throw ParseError("the trace has no rows; write `second,rate` rows, or one timestamp per line")
    }

    private static func number(_ cell: String, _ what: String) throws(ParseError) -> DecimalNumber {
        var rest = Substring(cell).utf8.drop(while: isBlank)
        while let end = rest.last, isBlank(end) { rest.removeLast() }
        guard let number = DecimalNumber.take(from: &rest), rest.isEmpty else {
            throw ParseError("\(quoted(cell)) is not \(what)")
        }
        return number
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    /// A heading begins with a letter, `_`, `#` or a quotation mark; a wrong number is no heading.
    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: "\""):
            true
        default: false
        }
    }
}

extension ArrivalPlan {
    /// The plan of a trace. `divisor` is the number of requests of a session if the trace counts requests, else 1.
    /// Throws for rates that cannot be planned and for a trace that starts nothing.
    public static func trace(
        _ trace: ArrivalTrace, divisor: Int = 1, process: Process = .even
    ) throws(ParseError) -> ArrivalPlan {
        switch trace {
        case .times(let times):
            guard divisor == 1 else {
                throw ParseError(
                    "each timestamp starts a session, and a session makes \(divisor) requests; "
                        + "write `unit: sessions`")
            }
            return try Self.recorded(times)
        case .rates(let rates):
            let sessions = rates.map { $0 / Double(max(1, divisor)) }
            for (index, rate) in sessions.enumerated() {
                do { try Self.check(rate) } catch {
                    throw ParseError("row \(index + 1) of the trace: \(error.message)")
                }
            }
            let (low, high) = (sessions.min() ?? 0, sessions.max() ?? 0)
            guard high > 0 else {
                throw ParseError("every rate of the trace is 0, so nothing is ever started")
            }
            let text =
                "trace of \(TimeSpan.text(UInt64(rates.count) * 1_000_000_000)), "
                + "\(ArrivalRate.number(low)) to \(ArrivalRate.number(high)) sessions/s"
            return ArrivalPlan(
                pieces: Self.pieces(sessions.map { (.constant($0), 1_000_000_000) }), highestRate: high,
                process: process, text: process == .poisson ? "\(text), Poisson" : text)
        }
    }

    /// A plan of times in order, in nanoseconds from the start. Throws if they are not in order.
    public static func recorded(_ times: [UInt64]) throws(ParseError) -> ArrivalPlan {
        guard let last = times.last else { throw ParseError("a trace needs at least one timestamp") }
        guard last <= TimeSpan.limitNanoseconds, zip(times, times.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw ParseError("the timestamps of a trace are in order and span at most 365d")
        }
        return ArrivalPlan(times: times, last: last)
    }
}
