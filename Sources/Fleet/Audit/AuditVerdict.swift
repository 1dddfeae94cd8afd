/// The verdict of an audit: its last line.
public struct AuditVerdict: Sendable, Equatable {
    public let word: Word
    /// Without the word.
    public let sentence: String
    /// How many lines have each label.
    public let wrong: Int
    public let inconsistent: Int
    public let refuted: Int
    public let undecided: Int
    public let untested: Int
    public let unsupported: Int
    public let right: Int
    public let given: Int

    /// What the document is worth. The exit codes are 0, 11 and 12.
    public enum Word: String, Sendable {
        case supported = "SUPPORTED"
        case refuted = "REFUTED"
        case undecided = "UNDECIDED"
    }

    /// Most examples in the sentence.
    private static let examplesLimit = 3

    init(_ lines: [AuditLine]) {
        func count(_ isOne: (AuditLine) -> Bool) -> Int { lines.count(where: isOne) }
        let wrong = lines.filter { $0.outcome == .wrong }
        let open = lines.filter { $0.outcome == .open }
        self.wrong = wrong.count { $0.verdict == .wrong }
        self.inconsistent = wrong.count { $0.verdict == .inconsistent }
        self.refuted = wrong.count - self.wrong - self.inconsistent
        self.undecided = open.count { $0.standing == .undecided }
        self.unsupported = open.count { $0.verdict == .unsupported && $0.standing != .undecided }
        self.untested = open.count - self.undecided - self.unsupported
        self.given = count { $0.verdict == .given }
        self.right = count { $0.outcome == .right } - self.given
        self.word = !wrong.isEmpty ? .refuted : open.isEmpty ? .supported : .undecided
        var parts: [String] = []
        let total = "\(lines.count) claim\(lines.count == 1 ? "" : "s")"
        if !wrong.isEmpty {
            let kinds = [("wrong", self.wrong), ("inconsistent", self.inconsistent), ("refuted", self.refuted)]
            let names = kinds.filter { $0.1 > 0 }.map(\.0)
            let list = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
            parts.append("\(wrong.count) of \(total) \(wrong.count == 1 ? "is" : "are") \(list)")
        } else if open.isEmpty {
            parts.append("\(lines.count) of \(total) hold\(lines.count == 1 ? "s" : "")")
        } else {
            parts.append("0 of \(total) \(lines.count == 1 ? "is" : "are") wrong")
        }
        for (word, number) in [
            ("undecided", self.undecided), ("untested", self.untested), ("unsupported", self.unsupported),
        ] where number > 0 {
            parts.append("\(number) \(word)")
        }
        if self.word != .supported { parts.append("\(self.right) right") }
        if self.given > 0 { parts.append("\(self.given) given") }
        let examples = Self.examples(wrong)
        self.sentence = parts.joined(separator: ", ") + (examples.isEmpty ? "" : " (\(examples))")
    }

    /// The claims that are furthest off; those that are wrong before those that only do not fit to another.
    private static func examples(_ wrong: [AuditLine]) -> String {
        let claims = wrong.enumerated().filter { $0.element.kind == .claim && !$0.element.factorText.isEmpty }
        let sorted = claims.sorted { left, right in
            let isFit = (left.element.verdict == .inconsistent, right.element.verdict == .inconsistent)
            if isFit.0 != isFit.1 { return isFit.1 }
            let (first, second) = (left.element.factor?.size ?? .one, right.element.factor?.size ?? .one)
            return first == second ? left.offset < right.offset : first > second
        }
        let shown = sorted.prefix(Self.examplesLimit).map { "\($0.element.id) is \($0.element.factorText)" }
        return (shown + (sorted.count > shown.count ? ["…"] : [])).joined(separator: ", ")
    }
}
