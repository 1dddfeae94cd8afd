/// The Location field of a response's head.
public enum LocationField: Sendable, Equatable {
    /// There is none.
    case none
    /// Its value, without the blanks around it; not checked yet.
    case value([UInt8])
    /// There are several different ones, or one that is folded over lines or longer than `LocationField.lengthLimit`.
    case unusable

    /// Most bytes of a value that are taken.
    public static let lengthLimit = 8_192

    /// The next Location of the same head.
    mutating func take(_ value: UnsafeBufferPointer<UInt8>) {
        guard value.count <= Self.lengthLimit else { return self = .unusable }
        switch self {
        case .none: self = .value(Array(value))
        case .value(let first): if !first.elementsEqual(value) { self = .unusable }
        case .unusable: break
        }
    }
}

/// Finds the Location of a response in the bytes of its head, which a parser has read and found complete.
public enum HTTP1Location {
    /// Most bytes of heads that are searched: a Location after them is not found.
    public static let headLimit = 65_536

    /// The Location of the final head. The bytes begin with the response, interim heads included; the bytes after the
    /// final head are not searched.
    public static func find(_ bytes: UnsafeBufferPointer<UInt8>) -> LocationField {
        var position = 0
        // Each turn reads one line, which has at least one byte.
        var found = LocationField.none
        var isStart = true
        var isInterim = false
        var wasLocation = false
        while let line = Self.line(bytes, &position) {
            if isStart {
                // Empty lines before a status line are skipped, as in the parser (RFC 9112 2.2).
                if line.isEmpty { continue }
                isInterim = Self.isInterim(bytes, line)
                isStart = false
                found = .none
                wasLocation = false
                continue
            }
            if line.isEmpty {
                if !isInterim { return found }
                isStart = true
                continue
            }
            let first = bytes[line.lowerBound]
            if first == HTTP1Byte.space || first == HTTP1Byte.tab {
                if wasLocation { found = .unusable }
                continue
            }
            guard let value = Self.value(bytes, line) else {
                wasLocation = false
                continue
            }
            wasLocation = true
            found.take(UnsafeBufferPointer(rebasing: bytes[value]))
        }
        return found
    }

    /// The next line without its end; nil if no line is complete.
    private static func line(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Range<Int>? {
        let start = position
        guard let feed = bytes[start...].firstIndex(of: HTTP1Byte.lineFeed) else { return nil }
        position = feed + 1
        let end = feed > start && bytes[feed - 1] == HTTP1Byte.carriageReturn ? feed - 1 : feed
        return start..<end
    }

    /// `HTTP/1.1 1xx`.
    private static func isInterim(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Bool {
        guard let blank = bytes[line].firstIndex(of: HTTP1Byte.space), blank + 1 < line.upperBound else { return false }
        return bytes[blank + 1] == UInt8(ascii: "1")
    }

    private static let name = Array("location".utf8)

    /// The value of a Location line; nil for any other line.
    private static func value(_ bytes: UnsafeBufferPointer<UInt8>, _ line: Range<Int>) -> Range<Int>? {
        guard line.count > Self.name.count, bytes[line.lowerBound + Self.name.count] == HTTP1Byte.colon else {
            return nil
        }
        for (index, byte) in Self.name.enumerated() where bytes[line.lowerBound + index] | 0x20 != byte { return nil }
        var (from, to) = (line.lowerBound + Self.name.count + 1, line.upperBound)
        while from < to, HTTP1Byte.isBlank(bytes[from]) { from += 1 }
        while to > from, HTTP1Byte.isBlank(bytes[to - 1]) { to -= 1 }
        return from..<to
    }
}
