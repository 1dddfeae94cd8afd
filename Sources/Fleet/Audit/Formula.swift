/// A formula of a claims file as a tree: numbers with units, names, sums, products and calls.
struct Formula: Sendable {
    let root: Expression
    /// As it is written.
    let text: String

    /// Most characters of a formula.
    static let lengthLimit = 1_000
    /// Most levels of brackets and calls.
    static let depthLimit = 32

    /// A part of a formula. `offset` is where it stands in the text, in characters from 0.
    indirect enum Expression: Sendable {
        case constant(Figure)
        /// A name, as the document states it or as it is recomputed; nil as in the formula around it.
        case name(String, Chain?, offset: Int)
        case sum([Term])
        case product([Term])
        case call(Function, [Expression], offset: Int)
    }

    /// A part of a sum or a product. `isInverse`: it is subtracted, or divided by.
    struct Term: Sendable {
        let part: Expression
        let isInverse: Bool
        /// Of its operator; of the part itself for the first.
        let offset: Int
    }

    /// Which figure a name means.
    enum Chain: Sendable, Hashable {
        /// The document's own.
        case stated
        /// The one that follows from the inputs.
        case recomputed

        /// For a fixed order.
        var rank: Int { self == .stated ? 0 : 1 }
    }

    /// What a formula may call.
    enum Function: String, Sendable, CaseIterable {
        case sum, max, min, ceil, floor, round, between, tiered, power, stated, recomputed

        /// How many values it takes.
        var counts: ClosedRange<Int> {
            switch self {
            case .sum, .max, .min: 1...Self.most
            case .ceil, .floor, .round, .stated, .recomputed: 1...1
            case .between, .power: 2...2
            case .tiered: 2...Self.most
            }
        }

        private static let most = 64
    }
}

/// Two formulas and how they must compare.
struct Comparison: Sendable {
    let left: Formula.Expression
    let right: Formula.Expression
    let relation: Relation
    /// Of the relation in the text, in characters from 0.
    let offset: Int
    /// As it is written.
    let text: String

    /// How they compare; `!=` stands for itself.
    enum Relation: String, Sendable, CaseIterable {
        case less = "<"
        case atMost = "<="
        case more = ">"
        case atLeast = ">="
        case equal = "=="
        case different = "!="
    }

    /// Whether a comparison is true.
    enum Truth: Sendable {
        case holds, fails
        /// Of some numbers in the ranges it is, of others it is not.
        case open

        var negated: Truth { self == .holds ? .fails : self == .fails ? .holds : .open }
    }

    /// Whether it holds for all numbers of both figures, for none, or for some.
    func truth(_ left: Figure, _ right: Figure) -> Truth {
        switch self.relation {
        case .less: left.isBelow(right) ? .holds : left.isNotBelow(right) ? .fails : .open
        case .more: right.isBelow(left) ? .holds : right.isNotBelow(left) ? .fails : .open
        case .atMost: right.isNotBelow(left) ? .holds : right.isBelow(left) ? .fails : .open
        case .atLeast: left.isNotBelow(right) ? .holds : left.isBelow(right) ? .fails : .open
        case .equal: Self.equality(left, right)
        case .different: Self.equality(left, right).negated
        }
    }

    /// Two numbers are equal or not; ranges that overlap may be.
    private static func equality(_ left: Figure, _ right: Figure) -> Truth {
        if left.isBelow(right) || right.isBelow(left) { return .fails }
        return left.isExact && right.isExact ? .holds : .open
    }
}

/// What is wrong in a formula, and where.
struct FormulaError: Error {
    /// In characters from the beginning of the formula.
    let offset: Int
    /// Nil for what follows from an error that is reported elsewhere.
    let message: String?
}
