/// Numbers of things as people write them: `500M` is 500,000,000, `12,500` and `2.5k` are read, too.
public enum Count {
    private static let factors: [(word: String, factor: UInt64)] = [
        ("", 1), ("k", 1_000), ("K", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ]

    /// The number of a text such as `500M`. Throws for an unknown word, for parts of one thing, and past 64 bits.
    public static func parse(_ text: String) throws(ParseError) -> UInt64 {
        let plain = try Self.withoutCommas(text)
        var rest = Substring(plain).utf8
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest) else {
            throw ParseError("\(quoted(text)) is not a number; write one such as 2000, 12,500 or 500M")
        }
        let word = String(rest) ?? ""
        guard let factor = Self.factors.first(where: { $0.word == word })?.factor else {
            throw ParseError(
                "\(quoted(word)) in \(quoted(text)) is not known; use k (thousand), M (million), G (10^9) or T (10^12)")
        }
        switch number.times(factor) {
        case .exact(let count): return count
        case .tooFine: throw ParseError("\(quoted(text)) is not a whole number")
        case .overflow: throw ParseError("\(quoted(text)) is larger than 64 bits can count")
        }
    }

    /// The same as a number above 0.
    public static func parsePositive(_ text: String) throws(ParseError) -> Double {
        let count = Double(try Self.parse(text))
        guard count > 0 else { throw ParseError("\(quoted(text)) is nothing; write a number above 0") }
        return count
    }

    /// Without the commas between thousands; a comma elsewhere is an error.
    private static func withoutCommas(_ text: String) throws(ParseError) -> String {
        guard text.utf8.contains(UInt8(ascii: ",")) else { return text }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let first = parts.first?.utf8.count ?? 0
        let groups = parts.dropFirst()
        guard (1...3).contains(first), groups.dropLast().allSatisfy({ $0.utf8.count == 3 }),
            let last = groups.last, last.utf8.prefix(while: { decimalDigit($0) != nil }).count == 3
        else {
            throw ParseError("\(quoted(text)): a comma stands between thousands only, as in 12,500")
        }
        return parts.joined()
    }
}
