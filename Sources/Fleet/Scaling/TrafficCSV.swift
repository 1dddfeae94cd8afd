import Units

/// Demand over time as a CSV file of `time,value`: the time in seconds from the beginning, or as a time of the day
/// (`06:30` or `06:30:15`); the value in any unit, as only its share of the highest counts. A first line of words is a
/// heading; empty lines are skipped. Between two rows the curve is a straight line, also from the last one to the first
/// one of the next day; it repeats after the whole days that it lasts. A last row at the very end of a day closes it.
public enum TrafficCSV {
    /// Most bytes of a file.
    public static let sizeLimit = 16 << 20
    /// Most bytes of a line; a row has two numbers.
    public static let lineLimit = 100
    /// Most rows: the minutes of a year and a day.
    public static let rowsLimit = 366 * 1_440
    /// Most days.
    public static let daysLimit = 366

    /// Reads a file's bytes; `file` is its name in errors, beside the line.
    public static func parse(_ bytes: [UInt8], file: String) throws(ParseError) -> TrafficCurve {
        guard bytes.count <= Self.sizeLimit else {
            throw ParseError(
                "\(quoted(file)) is larger than \(ByteSize.text(UInt64(Self.sizeLimit))), the most for a curve")
        }
        var rest = bytes[...]
        if rest.starts(with: utf8ByteOrderMark) { rest = rest.dropFirst(utf8ByteOrderMark.count) }
        var points: [TrafficCurve.Point] = []
        var line = 0
        var sawWords = false
        // Each turn takes a line, and with its line feed at least one byte.
        while !rest.isEmpty {
            let row = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = rest[row.endIndex...].dropFirst()
            line += 1
            do throws(ParseError) {
                guard let point = try Self.point(row, after: points.last, isFirst: points.isEmpty && !sawWords) else {
                    sawWords = sawWords || row.contains { !Self.isBlank($0) }
                    continue
                }
                guard points.count < Self.rowsLimit else {
                    throw ParseError("more than \(Self.rowsLimit) rows, the minutes of a year; use longer intervals")
                }
                points.append(point)
            } catch {
                throw ParseError("\(quoted(file)), line \(line): \(error.message)")
            }
        }
        guard let last = points.last, let peak = points.map(\.share).max() else {
            throw ParseError("\(quoted(file)) has no rows; write `time,value`, such as `06:00,1200`")
        }
        guard peak > 0 else { throw ParseError("\(quoted(file)) has no value above 0") }
        let days = max(1, Int((last.second / TrafficCurve.secondsPerDay).rounded(.up)))
        return TrafficCurve(.csv, points.map { TrafficCurve.Point($0.second, $0.share / peak) }, days: days)
    }

    /// The point of a row; nil for an empty one and for a heading.
    private static func point(
        _ row: ArraySlice<UInt8>, after last: TrafficCurve.Point?, isFirst: Bool
    ) throws(ParseError) -> TrafficCurve.Point? {
        let text = Self.trimmed(row)
        if text.isEmpty { return nil }
        guard text.count <= Self.lineLimit else {
            throw ParseError("longer than \(Self.lineLimit) bytes; a row is `time,value`")
        }
        let cells = text.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        if isFirst, let byte = text.first, Self.isLetter(byte) { return nil }
        guard cells.count == 2, let time = cells.first, let value = cells.last else {
            throw ParseError("\(cells.count) column\(cells.count == 1 ? "" : "s") where a row has 2: `time,value`")
        }
        let second = try Self.second(String(decoding: Self.trimmed(time), as: UTF8.self))
        if let last, second <= last.second {
            throw ParseError("this time is not after the one of the row before; sort the rows and keep one of each")
        }
        return TrafficCurve.Point(second, try Self.value(String(decoding: Self.trimmed(value), as: UTF8.self)))
    }

    /// Seconds of `21600`, `06:00` or `06:00:30`.
    private static func second(_ text: String) throws(ParseError) -> Double {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 1 {
            let second = try Self.value(text)
            guard second <= Double(Self.daysLimit) * TrafficCurve.secondsPerDay else {
                throw ParseError("\(quoted(text)) s is past \(Self.daysLimit) days; is it in another unit?")
            }
            return second
        }
        return Double(try ClockTime.parse(text).second)
    }

    private static func value(_ text: String) throws(ParseError) -> Double {
        var rest = Substring(text).utf8
        guard let number = DecimalNumber.take(from: &rest), rest.isEmpty else {
            throw ParseError("\(quoted(text)) is not a number of 0 or more")
        }
        return number.fraction(of: 1)
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = bytes.drop(while: Self.isBlank)
        while let end = text.last, Self.isBlank(end) { text.removeLast() }
        return text
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

/// A time of the day as people write it: `06:00`, `23:59:30`.
public struct ClockTime: Sendable, Equatable, Comparable {
    /// Seconds from midnight: 0 to 86,399.
    public let second: Int

    /// So many seconds after midnight; a day's multiple is dropped.
    public init(second: Int) {
        let rest = second % 86_400
        self.second = rest < 0 ? rest + 86_400 : rest
    }

    /// Reads `hh:mm` or `hh:mm:ss`; throws for anything else.
    public static func parse(_ text: String) throws(ParseError) -> ClockTime {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let limits = [24, 60, 60]
        guard parts.count == 2 || parts.count == 3 else { throw Self.error(text) }
        var second = 0
        for (part, limit) in zip(parts, limits) {
            guard part.utf8.count == 2, part.utf8.allSatisfy({ decimalDigit($0) != nil }), let number = Int(part),
                number < limit
            else { throw Self.error(text) }
            second = second * 60 + number
        }
        return ClockTime(second: parts.count == 2 ? second * 60 : second)
    }

    public static func < (left: Self, right: Self) -> Bool { left.second < right.second }

    /// `06:00`, or `06:00:30` where there are seconds.
    public var text: String {
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = self.second % 60
        return "\(two(self.second / 3_600)):\(two(self.second / 60 % 60))" + (seconds > 0 ? ":\(two(seconds))" : "")
    }

    private static func error(_ text: String) -> ParseError {
        ParseError("\(quoted(text)) is not a time of the day; write one such as 06:00 or 23:59:30")
    }
}
