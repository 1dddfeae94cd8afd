import Units
import YAML

/// Values that fleet files, price files and claims share. Each returns nil after it has reported an error.
extension StrictReader {
    /// The `version` of a document; anything but 1 is an error.
    mutating func readVersion(_ fields: YAMLFields) {
        guard let node = self.required("version", fields, "write `version: 1`"),
            let version = self.integer(node, at: fields.path(of: "version"), as: Int.self), version != 1
        else { return }
        self.refuse(
            fields.path(of: "version"), node, "version \(version) is not known; this headroom reads version 1"
        )
    }

    /// A whole number above 0, such as `500M`.
    mutating func count(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a number, such as 2000 or 500M", parse: Count.parsePositive)
    }

    /// A whole number, such as `4` or `0`.
    mutating func wholeNumber(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a whole number, such as 4") { text throws(ParseError) in
            Double(try Count.parse(text))
        }
    }

    /// A number with decimals, such as `2.5` or `0`.
    mutating func factor(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a number, such as 2.5", parse: DecimalNumber.parse)
    }

    /// A share of 1, written as a percentage.
    mutating func share(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a share, such as 70%", parse: Percentage.parse)
    }

    /// Bytes, more than none, with their unit.
    mutating func bytes(_ node: YAMLNode, at path: String) -> Bytes? {
        self.word(node, at: path, "this is a size, such as 50KB") { text throws(ParseError) in
            let bytes = try ByteSize.parseWithUnit(text)
            guard bytes > 0 else { throw ParseError("\(quoted(text)) is nothing; write a size above 0") }
            return Bytes(Double(bytes))
        }
    }

    /// Bits per second, more than none.
    mutating func dataRate(_ node: YAMLNode, at path: String) -> BitRate? {
        self.word(node, at: path, "this is a data rate, such as 2.5Gbps") { text throws(ParseError) in
            let rate = try DataRate.parse(text)
            guard rate > 0 else { throw ParseError("\(quoted(text)) is nothing; write a rate above 0") }
            return BitRate(rate)
        }
    }

    /// A time above 0, and at most a year.
    mutating func span(_ node: YAMLNode, at path: String) -> Duration? {
        guard let time = self.time(node, at: path) else { return nil }
        guard time > 0, time <= TimeSpan.limitNanoseconds else {
            self.refuse(path, node, time == 0 ? "this time is 0" : "this time is longer than a year")
            return nil
        }
        return .nanoseconds(Int64(clamping: time))
    }
}
