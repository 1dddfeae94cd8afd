/// Reads an HdrHistogram interval log in pieces of any size: headroom's, and those of Java's writer.
///
/// `feed` takes the bytes as they come from the file and passes the interval of each complete line to a closure.
/// `finish` handles the rest behind the last newline. Memory: one line. CRLF and blank lines are accepted.
public struct HistogramLogReader: ~Copyable {
    /// The latest `#[StartTime:`, seconds since 1970, or else the first timestamp; nil before either.
    public private(set) var startSeconds: Double?
    /// The latest `#[BaseTime:`, or what the first timestamp implies; nil before either.
    public private(set) var baseSeconds: Double?
    /// Complete lines so far.
    public private(set) var lines = 0
    /// Bytes up to and including the last newline.
    public private(set) var completeBytes: UInt64 = 0
    /// A line that is not complete yet.
    private var pending: [UInt8] = []

    /// The longest line: base64 of the widest histogram that does not compress, with some room.
    public static let lineLimit = 96 << 20
    /// A time that is no more than this away from 1970, some 32,000 years, converts to integers safely.
    static let secondsLimit = Double(EpochDate.secondsLimit)
    /// With a start time this much later than the first timestamp, timestamps count from it (as in Java).
    static let yearSeconds = 365.0 * 24 * 3600

    /// The end of a log.
    public struct End: Sendable, Equatable {
        /// How much of the file is whole intervals: a repair keeps this.
        public let completeBytes: UInt64
        /// Bytes after that: the start of a line that was never finished. 0 in a whole log.
        public let tornBytes: Int
        /// The last line is whole except for its newline; it was read. Java needs a newline there.
        public let newlineIsMissing: Bool
    }

    /// A reader before the first byte.
    public init() {}

    /// Takes the next bytes of the file. A fault names its line; the reader cannot be used after it.
    public mutating func feed(
        _ bytes: ArraySlice<UInt8>, _ body: (HistogramLogEntry) throws(HistogramLogFault) -> Void
    ) throws(HistogramLogFault) {
        var rest = bytes
        while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try self.take(rest[..<newline])
            rest = rest[(newline + 1)...]
            self.completeBytes += UInt64(self.pending.count) + 1
            self.lines += 1
            var line: [UInt8] = []
            swap(&line, &self.pending)
            if let entry = try self.entry(of: line) { try body(entry) }
        }
        try self.take(rest)
    }

    /// The file has ended: reads a last line that lacks only its newline, and reports one that is torn.
    public mutating func finish(
        _ body: (HistogramLogEntry) throws(HistogramLogFault) -> Void
    ) throws(HistogramLogFault) -> End {
        let tail = self.pending
        self.pending = []
        guard !tail.isEmpty else {
            return End(completeBytes: self.completeBytes, tornBytes: 0, newlineIsMissing: false)
        }
        self.lines += 1
        // A comment that is cut could still be read, and wrongly. Only a histogram proves that its line is whole, by
        // its length and checksum.
        if let entry = try? self.entry(of: tail), (try? entry.histogram()) != nil {
            self.completeBytes += UInt64(tail.count)
            try body(entry)
            return End(completeBytes: self.completeBytes, tornBytes: 0, newlineIsMissing: true)
        }
        return End(completeBytes: self.completeBytes, tornBytes: tail.count, newlineIsMissing: false)
    }

    /// Adds to the line that is being collected.
    private mutating func take(_ bytes: ArraySlice<UInt8>) throws(HistogramLogFault) {
        guard self.pending.count + bytes.count <= Self.lineLimit else {
            throw HistogramLogFault(line: self.lines + 1, kind: .lineTooLong(limit: Self.lineLimit))
        }
        self.pending.append(contentsOf: bytes)
    }

    /// Reads a line; nil for comments, the legend and blank lines.
    private mutating func entry(of text: [UInt8]) throws(HistogramLogFault) -> HistogramLogEntry? {
        var text = text
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        switch text.first {
        case nil, UInt8(ascii: "\""): return nil
        case UInt8(ascii: "#"):
            try self.readComment(text)
            return nil
        default: break
        }
        do throws(HistogramLogFault.Kind) {
            return try self.interval(of: text)
        } catch {
            throw HistogramLogFault(line: self.lines, kind: error)
        }
    }

    /// `[Tag=name,]start,length,max,base64`.
    private mutating func interval(of text: [UInt8]) throws(HistogramLogFault.Kind) -> HistogramLogEntry {
        var fields = LogFields(text)
        var tag: HistogramTag?
        if text.starts(with: "Tag=".utf8) {
            let name = try fields.next("the start time").dropFirst("Tag=".utf8.count)
            tag = HistogramTag(String(decoding: name.prefix(HistogramTag.longest + 1), as: UTF8.self))
            if tag == nil { throw .tag(LogFields.printable(name)) }
        }
        let timestamp = try fields.nextSeconds("the start time")
        let length = try fields.nextSeconds("the interval length")
        guard length >= 0 else { throw .number(field: "the interval length", text: "\(length)") }
        // The maximum is not read: the histogram has a better one.
        _ = try fields.next("the histogram")
        let start = self.startSeconds ?? timestamp
        self.startSeconds = start
        let base = self.baseSeconds ?? (timestamp < start - Self.yearSeconds ? start : 0)
        self.baseSeconds = base
        return HistogramLogEntry(
            line: self.lines, tag: tag, timestamp: timestamp, length: length, baseSeconds: base,
            startSeconds: start, text: text, encodedAt: fields.position)
    }

    /// Takes start and base time from their comments.
    private mutating func readComment(_ text: [UInt8]) throws(HistogramLogFault) {
        let isStart = text.starts(with: "#[StartTime: ".utf8)
        guard isStart || text.starts(with: "#[BaseTime: ".utf8) else { return }
        let name = isStart ? "StartTime" : "BaseTime"
        let number = text.dropFirst("#[: ".utf8.count + name.utf8.count).prefix { $0 != UInt8(ascii: " ") }
        guard let seconds = LogFields.seconds(number) else {
            throw HistogramLogFault(
                line: self.lines, kind: .number(field: name, text: LogFields.printable(number)))
        }
        if isStart { self.startSeconds = seconds } else { self.baseSeconds = seconds }
    }
}

/// The fields of a line, between commas.
private struct LogFields {
    private let text: [UInt8]
    /// Where the next field begins.
    private(set) var position: Int

    init(_ text: [UInt8]) {
        self.text = text
        self.position = 0
    }

    /// The next field; at least one more, `following`, must come after it.
    mutating func next(_ following: String) throws(HistogramLogFault.Kind) -> ArraySlice<UInt8> {
        let rest = self.text[self.position...]
        guard let comma = rest.firstIndex(of: UInt8(ascii: ",")) else { throw .fieldMissing(following) }
        self.position = comma + 1
        return rest[..<comma]
    }

    /// The next field as seconds.
    mutating func nextSeconds(_ name: String) throws(HistogramLogFault.Kind) -> Double {
        let field = try self.next(name == "the start time" ? "the interval length" : "the maximum")
        guard let seconds = Self.seconds(field) else {
            throw .number(field: name, text: Self.printable(field))
        }
        return seconds
    }

    /// A decimal number within the accepted times; nil for anything else, words and hexadecimal included.
    static func seconds(_ text: ArraySlice<UInt8>) -> Double? {
        let isPlain = text.allSatisfy {
            switch $0 {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        // No number of seconds needs more than this.
        guard isPlain, text.count <= 40, let value = Double(String(decoding: text, as: UTF8.self)),
            value.magnitude <= HistogramLogReader.secondsLimit
        else { return nil }
        return value
    }

    /// Text from a file for a message: short, and without control characters for a terminal.
    static func printable(_ text: ArraySlice<UInt8>) -> String {
        let shown = text.prefix(40).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }
        return "\"" + String(decoding: shown, as: UTF8.self) + (text.count > 40 ? "…" : "") + "\""
    }
}
