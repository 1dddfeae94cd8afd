/// Sizes as people write them: `50KB` is 50,000 bytes, `50KiB` is 51,200, a bare number is bytes.
public enum ByteSize {
    private static let decimalUnits: [(word: String, bytes: UInt64)] = [
        ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
    ]
    private static let binaryUnits: [(word: String, bytes: UInt64)] = [
        ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ]

    /// Bytes of a size such as `50KB`, `1.5MiB` or `512`. Throws for an unknown unit, for parts of a byte and past 64
    /// bits.
    public static func parse(_ text: String) throws(ParseError) -> UInt64 {
        var rest = Substring(text).utf8
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest) else {
            throw ParseError("\(quoted(text)) is not a size; write one such as 50KB, 64KiB or 512")
        }
        let word = String(rest) ?? ""
        var unit: UInt64 = 1
        if !word.isEmpty, word != "B" {
            let units = decimalUnits + binaryUnits
            guard let known = units.first(where: { $0.word == word || (word == "kB" && $0.word == "KB") })
            else {
                throw ParseError(
                    "\(quoted(word)) in \(quoted(text)) is no unit of size; use B, KB (1,000), KiB (1,024), "
                        + "MB, MiB, GB, GiB, TB or TiB")
            }
            unit = known.bytes
        }
        switch number.times(unit) {
        case .exact(let bytes): return bytes
        case .tooFine: throw ParseError("\(quoted(text)) is not a whole number of bytes")
        case .overflow: throw ParseError("\(quoted(text)) is larger than 64 bits can count")
        }
    }

    /// The same of a text that names its unit; a bare number is an error.
    public static func parseWithUnit(_ text: String) throws(ParseError) -> UInt64 {
        let bytes = try Self.parse(text)
        guard text.utf8.last.map({ decimalDigit($0) == nil }) == true else {
            throw ParseError("\(quoted(text)) has no unit; write \(quoted(text + "B")) or \(quoted(text + "KB"))")
        }
        return bytes
    }

    /// The size in its natural unit, exactly: `parse(text(x))` is x.
    public static func text(_ bytes: UInt64) -> String {
        for unit in decimalUnits where bytes >= unit.bytes && bytes % (unit.bytes / 10) == 0 {
            return decimalText(bytes, unit: unit.bytes) + unit.word
        }
        for unit in binaryUnits where bytes >= unit.bytes && bytes % unit.bytes == 0 {
            return "\(bytes / unit.bytes)\(unit.word)"
        }
        for unit in decimalUnits where bytes >= unit.bytes && bytes % (unit.bytes / 1_000) == 0 {
            return decimalText(bytes, unit: unit.bytes) + unit.word
        }
        return "\(bytes)B"
    }
}
