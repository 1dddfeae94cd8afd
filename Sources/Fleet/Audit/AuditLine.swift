/// One claim or contradiction of a document, and what an audit found.
public struct AuditLine: Sendable {
    public let id: String
    public let kind: Kind
    /// Quoted from the document.
    public let text: String
    /// The stated figure as it is written; of a contradiction its left side, which is the document's own. Nil for a
    /// claim without a figure.
    public let says: String?
    public let stated: Figure?
    /// What follows instead; of a contradiction its right side. Nil where nothing does.
    public let recomputed: Figure?
    /// What the stated figure is held against: the recomputed one, and for an inconsistent claim the document's other
    /// figure.
    public let against: Figure?
    /// How figures of the line are printed.
    public let format: FigureFormat
    /// Stated over `against`.
    public let factor: Factor?
    public let verdict: Verdict
    /// Names whose figures are wrong, where the arithmetic from them is right.
    public let inherited: [String]
    /// Nil where no measurement is asked for.
    public let standing: Standing?
    public let measurement: Claims.Measurement?
    /// Why, for people.
    public let sentence: String
    /// Of a contradiction: the claims or inputs that contradict each other.
    public var between: [String] = []
    /// Names of the facts that what was recomputed rests on, in the order of the file.
    public var facts: [String] = []

    /// What the line is about.
    public enum Kind: String, Sendable {
        case claim, contradiction
    }

    /// What arithmetic says.
    public enum Verdict: String, Sendable, CaseIterable {
        case right, wrong, inconsistent
        /// Nothing gives the figure: no source, no formula.
        case unsupported
        /// Ranges overlap: for some numbers in them it holds.
        case undecided
        /// As stated: the document gives the figure without arithmetic.
        case given
    }

    /// What the measurement says.
    public enum Standing: String, Sendable, CaseIterable {
        case supported, refuted, undecided, untested
    }

    /// Its figure does not hold, by its own fault or another's.
    public var isOff: Bool { self.outcome == .wrong || !self.inherited.isEmpty }

    /// How the line counts.
    public enum Outcome: String, Sendable {
        case right, wrong, open
    }

    /// Right, wrong, or neither yet.
    public var outcome: Outcome {
        if self.verdict == .wrong || self.verdict == .inconsistent || self.standing == .refuted { return .wrong }
        if self.verdict == .undecided { return .open }
        switch self.standing {
        case .undecided, .untested: return .open
        case .supported: return .right
        case .refuted, nil: return self.verdict == .unsupported ? .open : .right
        }
    }

    /// The verdict in one word, or "right from S4"; what is wrong stands in capitals.
    public var label: String {
        switch (self.verdict, self.standing) {
        case (.wrong, _): return "WRONG"
        case (.inconsistent, _): return "INCONSISTENT"
        case (_, .refuted): return "REFUTED"
        case (_, .undecided), (.undecided, _): return "undecided"
        case (.right, .untested): return "right, untested"
        case (.given, _): return "given"
        case (.unsupported, .untested), (.unsupported, nil): return "unsupported"
        case (_, .supported): return "supported"
        case (.right, nil):
            guard let first = self.inherited.first else { return "right" }
            let isShort = self.inherited.count == 1 && first.utf8.count <= Self.shortName
            return "right from \(isShort ? first : "…")"
        }
    }

    /// Longest name in a label; the sentence has every name.
    private static let shortName = 4

    /// What the stated figure is held against, for people; empty where there is nothing.
    public var againstText: String { self.against.map(self.format.text) ?? "" }

    /// "x 1,000 too high"; empty for a figure that holds.
    public var factorText: String {
        guard let factor, self.isOff else { return "" }
        return factor.text
    }
}

extension AuditLine {
    /// A claim that states no figure.
    init(_ statement: Claims.Statement) {
        self.init(
            id: statement.id, kind: .claim, text: statement.text, says: nil, stated: nil, recomputed: nil,
            against: nil, format: FigureFormat(isMoney: false), factor: nil, verdict: .unsupported, inherited: [],
            standing: nil, measurement: nil, sentence: statement.because)
    }
}

/// How much too high or too low a figure is.
public struct Factor: Sendable, Hashable {
    /// Stated over recomputed, at the ends of the recomputed range.
    public let low: Rational
    public let high: Rational
    /// The recomputed figure is open at one end, and so is the factor: both are what it is at least.
    private var isLeast = false

    /// Nil where a figure is 0 or less, as no factor leads to it, and where an open end may lie on either side.
    init?(_ stated: Figure, over other: Figure) {
        guard stated.low > .zero, other.high > .zero, stated.dimension == other.dimension else { return nil }
        if other.isOpen || other.isAboveZero {
            let end = other.isOpen ? other.low : other.high
            guard stated.isExact, let bound = stated.low.divided(by: end),
                other.isOpen ? bound < .one : bound > .one
            else { return nil }
            (self.low, self.high, self.isLeast) = (bound, bound, true)
            return
        }
        guard other.low > .zero, let low = stated.low.divided(by: other.high),
            let high = stated.high.divided(by: other.low)
        else { return nil }
        (self.low, self.high) = (low, high)
    }

    /// The end that is nearer to 1; 1 where it lies between them.
    public var least: Rational { self.low > .one ? self.low : self.high < .one ? self.high : .one }

    /// How far from 1, whichever way.
    var size: Rational {
        let least = self.least
        return least < .one ? Rational.one.divided(by: least) ?? least : least
    }

    /// Digits of a factor that is shown: more where it would be 1.
    private static let digits = 3...9

    /// "x 9.11 too high", "x 3.84 to 6.76 too high", "x at least 2 too low"; empty for a factor of 1.
    var text: String {
        let isLow = self.high < .one
        guard isLow || self.low > .one else { return "" }
        let ends = isLow ? [self.high, self.low].map { Rational.one.divided(by: $0) ?? $0 } : [self.low, self.high]
        let digits = Self.digits.first { digits in ends.allSatisfy { $0.text(significant: digits) != "1" } }
        guard let digits else { return "" }
        let shown = ends.map { $0.text(significant: digits) }
        let words = shown.first == shown.last ? shown.prefix(1).joined() : shown.joined(separator: " to ")
        return "x \(self.isLeast ? "at least " : "")\(words) too \(isLow ? "low" : "high")"
    }
}
