import Units

/// The load of a record as a curve: the requests that were started in each interval of its hold, spread over a day.
public enum LearnedTraffic {
    /// Most bytes of an intervals.csv: that of a day.
    public static let sizeLimit = 256 << 20

    /// The columns that a curve needs.
    private static let columns = ["start", "end", "phase", "requests_started"]

    /// Reads the bytes of an intervals.csv; `file` is its name in errors, beside the line.
    public static func parse(_ bytes: [UInt8], file: String) throws(ParseError) -> TrafficCurve {
        var rest = bytes[...]
        let head = Self.cells(Self.line(&rest))
        var places: [Int] = []
        for column in Self.columns {
            guard let place = head.firstIndex(of: column[...]) else {
                throw ParseError(
                    "\(quoted(file)) has no column `\(column)`: it is no intervals.csv of a record")
            }
            places.append(place)
        }
        var values: [Double] = []
        // The first one's: an interval is cut short only where a phase ends.
        var length: Duration?
        var number = 1
        // Each turn takes a line, and with its line feed at least one byte.
        while !rest.isEmpty {
            let row = Self.cells(Self.line(&rest))
            number += 1
            guard row.count == head.count, let start = UInt64(row[places[0]]),
                let end = UInt64(row[places[1]]),
                end > start, let started = UInt64(row[places[3]])
            else {
                // A run that was killed has a row that was cut, as its last one.
                if rest.isEmpty { break }
                throw ParseError("\(quoted(file)), line \(number): not a row of its columns")
            }
            guard row[places[2]] == "hold" else { continue }
            values.append(Double(started) / Double(end - start))
            length = length ?? .nanoseconds(Int64(clamping: end - start))
        }
        guard let length else { throw ParseError("\(quoted(file)) has no interval of a hold") }
        return try TrafficCurve.learned(values, every: length)
    }

    /// Takes the next line without its end.
    private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let line = rest.prefix { $0 != UInt8(ascii: "\n") }
        rest = rest[line.endIndex...].dropFirst()
        return line
    }

    private static func cells(_ line: ArraySlice<UInt8>) -> [Substring] {
        String(decoding: line, as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
    }
}
