/// The verdict of an audit: its last line.
public struct AuditVerdict: Sendable, Equatable {
    public let word: Word
    /// Without the word.
    public let sentence: String
    public let claims: Claims
    public let contradictions: Contradictions

    /// How many claims have each label; each counts once.
    public struct Claims: Sendable, Equatable {
        public let right: Int
        /// Right from a figure that is wrong.
        public let rightFrom: Int
        public let wrong: Int
        public let inconsistent: Int
        public let refuted: Int
        public let undecided: Int
        /// A command can measure it, and no record is there.
        public let untested: Int
        /// No record can decide it yet.
        public let unmeasurable: Int
        public let unsupported: Int
        public let given: Int

        init(_ lines: [AuditLine]) {
            func count(_ outcome: AuditLine.Outcome, _ isOne: (AuditLine) -> Bool) -> Int {
                lines.count { $0.outcome == outcome && isOne($0) }
            }
            func isUnsupported(_ line: AuditLine) -> Bool {
                line.verdict == .unsupported && line.standing != .undecided
            }
            func isUntested(_ line: AuditLine) -> Bool { line.standing == .untested && line.verdict == .right }
            self.wrong = count(.wrong) { $0.verdict == .wrong }
            self.inconsistent = count(.wrong) { $0.verdict == .inconsistent }
            self.refuted = count(.wrong) { $0.verdict != .wrong && $0.verdict != .inconsistent }
            self.unsupported = count(.open, isUnsupported)
            self.untested = count(.open) { isUntested($0) && $0.measurement?.missing == nil }
            self.unmeasurable = count(.open) { isUntested($0) && $0.measurement?.missing != nil }
            self.undecided = count(.open) { !isUnsupported($0) && !isUntested($0) }
            self.given = count(.right) { $0.verdict == .given }
            self.rightFrom = count(.right) { !$0.inherited.isEmpty }
            self.right = count(.right) { $0.verdict != .given && $0.inherited.isEmpty }
        }
    }

    /// How many contradictions there are, and are not.
    public struct Contradictions: Sendable, Equatable {
        public let real: Int
        public let none: Int
        public let undecided: Int

        init(_ lines: [AuditLine]) {
            self.real = lines.count { $0.outcome == .wrong }
            self.undecided = lines.count { $0.outcome == .open }
            self.none = lines.count - self.real - self.undecided
        }

        var all: Int { self.real + self.none + self.undecided }
    }

    /// What the document is worth. The exit codes are 0, 11 and 12.
    public enum Word: String, Sendable {
        case supported = "SUPPORTED"
        case refuted = "REFUTED"
        case undecided = "UNDECIDED"
    }

    /// Most examples in the sentence.
    private static let examplesLimit = 3

    init(_ lines: [AuditLine]) {
        let claims = lines.filter { $0.kind == .claim }
        self.claims = Claims(claims)
        self.contradictions = Contradictions(lines.filter { $0.kind == .contradiction })
        let isWrong = lines.contains { $0.outcome == .wrong }
        let isOpen = lines.contains { $0.outcome == .open }
        self.word = isWrong ? .refuted : isOpen ? .undecided : .supported
        let examples = Self.examples(claims.filter { $0.outcome == .wrong })
        var parts = [Self.lead(claims, self.claims) + (examples.isEmpty ? "" : " (\(examples))")]
        if self.contradictions.all > 0 {
            let (real, all) = (self.contradictions.real, self.contradictions.all)
            let verb = real == 1 || all == 1 ? "is real" : "are real"
            parts.append("\(real) of \(Self.counted(all, "contradiction")) \(verb)")
            if self.contradictions.undecided > 0 { parts.append("\(self.contradictions.undecided) of them undecided") }
        }
        for (word, number) in [
            ("undecided", self.claims.undecided), ("untested", self.claims.untested),
            ("not measurable yet", self.claims.unmeasurable), ("unsupported", self.claims.unsupported),
        ] where number > 0 {
            parts.append("\(number) \(word)")
        }
        if self.claims.right + self.claims.rightFrom < claims.count { parts.append("\(self.claims.right) right") }
        if self.claims.rightFrom > 0 { parts.append("\(self.claims.rightFrom) right from wrong figures") }
        if self.claims.given > 0 { parts.append("\(self.claims.given) given") }
        self.sentence = parts.joined(separator: ", ")
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "10 of 33 claims are wrong or inconsistent".
    private static func lead(_ lines: [AuditLine], _ counts: Claims) -> String {
        let total = Self.counted(lines.count, "claim")
        let kinds = [("wrong", counts.wrong), ("inconsistent", counts.inconsistent), ("refuted", counts.refuted)]
        let names = kinds.filter { $0.1 > 0 }.map(\.0)
        let wrong = kinds.map(\.1).reduce(0, +)
        if wrong == 0 {
            let isAll = lines.allSatisfy { $0.outcome == .right && $0.inherited.isEmpty }
            return isAll
                ? "\(lines.count) of \(total) hold\(lines.count == 1 ? "s" : "")"
                : "0 of \(total) \(lines.count == 1 ? "is" : "are") wrong"
        }
        let list = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
        return "\(wrong) of \(total) \(wrong == 1 ? "is" : "are") \(list)"
    }

    /// The claims that are furthest off; those that are wrong before those that only do not fit to another.
    private static func examples(_ wrong: [AuditLine]) -> String {
        let claims = wrong.enumerated().filter { !$0.element.factorText.isEmpty }
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
