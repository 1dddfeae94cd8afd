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
        self.word(node, at: path, "this is a number, such as 2000 or 500M") { text throws(ParseError) in
            let count = Double(try Count.parse(text))
            guard count > 0 else { throw ParseError("\(quoted(text)) is nothing; write a number above 0") }
            return count
        }
    }

    /// A number above 0 with decimals, such as `2.5`.
    mutating func factor(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a number, such as 2.5") { text throws(ParseError) in
            var rest = Substring(text).utf8
            guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest),
                rest.isEmpty
            else { throw ParseError("\(quoted(text)) is not a number; write one such as 2.5") }
            return number.fraction(of: 1)
        }
    }

    /// A share of 1, written as a percentage.
    mutating func share(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "this is a share, such as 70%", parse: Percentage.parse)
    }

    /// Bytes, more than none.
    mutating func bytes(_ node: YAMLNode, at path: String) -> Bytes? {
        self.size(node, at: path).map { Bytes(Double($0)) }
    }

    /// Bits per second.
    mutating func dataRate(_ node: YAMLNode, at path: String) -> BitRate? {
        self.word(node, at: path, "this is a data rate, such as 2.5Gbps", parse: DataRate.parse).map {
            BitRate($0)
        }
    }

    /// A time above 0.
    mutating func span(_ node: YAMLNode, at path: String) -> Duration? {
        guard let time = self.time(node, at: path) else { return nil }
        guard time > 0, time <= TimeSpan.limitNanoseconds else {
            self.refuse(path, node, time == 0 ? "this time is 0" : "this time is longer than a year")
            return nil
        }
        return .nanoseconds(Int64(clamping: time))
    }
}
