/// Shares as people write them: `0.1%`.
public enum Percentage {
    /// The share, 0...1, of a text such as `0.1%`; throws without the sign, and above 100%.
    public static func parse(_ text: String) throws(ParseError) -> Double {
        guard text.utf8.count <= TimeSpan.lengthLimit, text.hasSuffix("%") else {
            throw ParseError("\(quoted(text)) is not a percentage; write one such as 0.1%")
        }
        var rest = text.dropLast().utf8
        guard let number = DecimalNumber.take(from: &rest), rest.isEmpty else {
            throw ParseError("\(quoted(text)) is not a percentage; write one such as 0.1%")
        }
        let share = number.fraction(of: 100)
        guard share <= 1 else { throw ParseError("\(quoted(text)) is more than everything; use at most 100%") }
        return share
    }
}
