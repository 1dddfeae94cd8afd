/// Lines of an HdrHistogram interval log, format 1.3, as in latency.hlog and as Java's `HistogramLogProcessor` reads
/// them. Each result ends with a newline, because Java's reader fails on a last line without one: write it whole.
public enum HistogramLogWriter {
    /// The line that Java's tools write above the intervals.
    static let legend =
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n"

    /// The lines before the first interval. Times of the intervals count from `startedAt`, milliseconds since 1970,
    /// which is both start and base time of the log. `writer` is the program with its version. Control characters in it
    /// would end the comment, so they are left out.
    public static func header(writer: String, startedAt: UInt64) -> [UInt8] {
        self.header(writer: writer, start: Double(startedAt) / 1000, base: Double(startedAt) / 1000)
    }

    /// The lines before intervals that are copied from another log as they are (`HistogramLogEntry.text`). Their times
    /// keep their meaning, even where that log has no base time and it had to be guessed.
    public static func header(writer: String, copying entry: HistogramLogEntry) -> [UInt8] {
        self.header(writer: writer, start: entry.startSeconds, base: entry.baseSeconds)
    }

    private static func header(writer: String, start: Double, base: Double) -> [UInt8] {
        var out: [UInt8] = []
        out.append(text: "#[Logged with ")
        out.append(contentsOf: writer.utf8.filter { $0 >= 0x20 && $0 != 0x7F })
        out.append(text: "]\n#[Histogram log format version 1.3]\n#[BaseTime: ")
        out.appendFixed(base, decimals: 3)
        out.append(text: " (seconds since epoch)]\n")
        out.append(contentsOf: self.startTimeComment(seconds: start))
        out.append(text: self.legend)
        return out
    }

    /// One interval of one distribution. `start` and `end` are nanoseconds since the log began, written in whole
    /// milliseconds, so that adjacent intervals stay adjacent. The maximum is in milliseconds for values in
    /// nanoseconds, as Java's writer has it.
    public static func line(
        tag: HistogramTag?, start: UInt64, end: UInt64, histogram: Histogram
    ) -> [UInt8] {
        precondition(start <= end, "an interval ends after it begins")
        let startMilliseconds = Self.milliseconds(start)
        var out: [UInt8] = []
        if let tag {
            out.append(text: "Tag=")
            out.append(text: tag.text)
            out.append(UInt8(ascii: ","))
        }
        out.appendSeconds(milliseconds: startMilliseconds)
        out.append(UInt8(ascii: ","))
        out.appendSeconds(milliseconds: Self.milliseconds(end) - startMilliseconds)
        out.append(UInt8(ascii: ","))
        out.appendFixed(Double(histogram.maximumEquivalent) / 1e6, decimals: 3)
        out.append(UInt8(ascii: ","))
        out.append(contentsOf: HistogramEncoding.encodeBase64(histogram))
        out.append(UInt8(ascii: "\n"))
        return out
    }

    /// `#[StartTime: …]` with the date that Java adds, in UTC.
    static func startTimeComment(seconds: Double) -> [UInt8] {
        var out: [UInt8] = []
        out.append(text: "#[StartTime: ")
        out.appendFixed(seconds, decimals: 3)
        out.append(text: " (seconds since epoch), ")
        let whole = (seconds * 1000).rounded(.towardZero) / 1000
        let date = Int64(exactly: whole.rounded(.down)).flatMap { EpochDate(seconds: $0) }
        out.append(text: date?.text ?? "far away")
        out.append(text: "]\n")
        return out
    }

    private static func milliseconds(_ nanoseconds: UInt64) -> UInt64 {
        nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 >= 500_000 ? 1 : 0)
    }
}

extension [UInt8] {
    /// Seconds with three decimals, from whole milliseconds.
    fileprivate mutating func appendSeconds(milliseconds: UInt64) {
        self.appendInteger(milliseconds / 1000)
        let fraction = String(milliseconds % 1000)
        self.append(text: "." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction)
    }
}
