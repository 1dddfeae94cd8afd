/// One interval line of a log. The histogram stays encoded until it is needed.
public struct HistogramLogEntry: Sendable {
    /// Counted from 1.
    public let line: Int
    /// nil for a line without one.
    public let tag: HistogramTag?
    /// Seconds, as in the line.
    public let timestamp: Double
    /// Seconds.
    public let length: Double
    /// Seconds since 1970 that the timestamp counts from; 0 where it is absolute.
    public let baseSeconds: Double
    /// Seconds since 1970 when the log began.
    public let startSeconds: Double
    /// The line without its newline, to be copied as it is.
    public let text: [UInt8]
    /// Where in `text` the base64 begins.
    let encodedAt: Int

    /// Start of the interval in seconds since the log began.
    public var offset: Double { self.timestamp + self.baseSeconds - self.startSeconds }

    /// Start of the interval in milliseconds since the log began, a whole number as it was written.
    public var offsetMilliseconds: Int64 { Int64((self.offset * 1000).rounded()) }

    /// End of the interval in seconds since the log began, as Java computes it: truncated, not rounded, to milliseconds
    /// since 1970 on the way.
    var endOffset: Double {
        let absolute = self.timestamp + self.baseSeconds + self.length
        return (absolute * 1000).rounded(.towardZero) / 1000 - self.startSeconds
    }

    /// The histogram. Cost: inflates and decodes it.
    public func histogram() throws(HistogramLogFault) -> Histogram {
        do {
            return try HistogramEncoding.decodeBase64(self.text[self.encodedAt...])
        } catch {
            throw HistogramLogFault(line: self.line, kind: .encoding(error))
        }
    }

    /// The line for another log, which began so many milliseconds before this one: only its start changes. Without a
    /// newline.
    public func text(shiftedBy milliseconds: Int64) -> [UInt8] {
        let comma = UInt8(ascii: ",")
        let head = self.tag == nil ? self.text[..<0] : self.text.prefix { $0 != comma } + [comma]
        let rest = self.text.dropFirst(head.count).drop { $0 != comma }
        // Times that the reader accepts are far from the limits of an Int64.
        let start = self.offsetMilliseconds + milliseconds
        var out = Array(head)
        out.appendFixed(Double(start) / 1000, decimals: 3)
        return out + rest
    }
}
