import Units

/// The claims of a design document as data: its figures, how they follow from each other, and what measures them.
/// Docs: docs/reference/claims.md.
public struct Claims: Sendable {
    public var document = Document(title: "", source: nil)
    /// Figures that the document gives, and facts from elsewhere, in the order of the file.
    var inputs: [Input] = []
    /// Steps in between that are no claims.
    var derived: [Derived] = []
    /// The claims, in the order of the file.
    public var claims: [Claim] = []
    /// Sentences of the document that state no figure.
    var statements: [Statement] = []
    /// What the document says twice, and differently.
    public var contradictions: [Contradiction] = []

    /// The document that is audited.
    public struct Document: Sendable {
        public var title: String
        /// Where it is; nil if the file does not say so.
        public var source: String?
    }

    /// A figure that nothing else gives.
    struct Input: Sendable {
        let name: String
        let figure: StatedFigure
        /// Quoted from the document; nil where the file has no quote.
        let text: String?
        /// Where it comes from, if not from the document.
        let origin: Origin?

        var isFact: Bool { self.origin != nil }
    }

    /// A source, and the day on which it was read.
    struct Origin: Sendable {
        let source: String
        let date: CalendarDate
    }

    /// A named formula.
    struct Derived: Sendable {
        let name: String
        let formula: Formula
    }

    /// One sentence of the document with its figure.
    public struct Claim: Sendable {
        public let id: String
        /// Quoted from the document.
        public let text: String
        public let states: StatedFigure
        var formula: Formula?
        /// The document's own arithmetic, where it is another than `formula`.
        var asStated = OwnArithmetic.formula
        /// Another way to the same figure, from the document's own figures.
        var agreesWith: Formula?
        /// What must hold for the claim to be right, besides its figure.
        var needs: Comparison?
        /// How far the stated figure may be off, as a share of it; nil: half of its last digit, at most 2 %.
        var within: Rational?
        var shows: [Shown] = []
        /// Why, in a sentence.
        public var because: String?
        public var measurement: Measurement?
    }

    /// A sentence of the document that states no figure: nothing can be computed, and a person says why it is
    /// unsupported.
    struct Statement: Sendable {
        let id: String
        let text: String
        let because: String
        /// So many claims stand before it.
        let place: Int
    }

    /// How the document comes to a figure.
    enum OwnArithmetic: Sendable {
        /// As the formula says.
        case formula
        /// In another way.
        case other(Formula)
        /// It does not say how.
        case given
    }

    /// Two figures that cannot both hold.
    public struct Contradiction: Sendable {
        public let id: String
        public let text: String
        /// The claims that contradict each other.
        public let between: [String]
        /// It is one if this holds.
        let condition: Comparison
        /// The unit in which both sides are printed.
        let format: FigureFormat
        /// What the sides are; nil: the formulas say it.
        var left: String?
        var right: String?
        var shows: [Shown] = []
        public var because: String?
    }

    /// A figure that is printed beside a claim.
    struct Shown: Sendable {
        let what: String
        let formula: Formula
        let format: FigureFormat
    }

    /// What decides a claim that arithmetic cannot.
    public struct Measurement: Sendable {
        /// The command line that measures it.
        public let command: String
        /// The name of its record in the folder of evidence.
        public let record: String
        /// The name of the figure that it tests: the claim's id, or an input.
        public let figure: String
        /// The objective of a run that tests it; nil for a capacity search, which assumes the number.
        public let objective: String?
        /// The pace that a record must have, such as `every 43.2s`; nil: any.
        public let pace: String?
        /// The type of instance that a record must be of; nil: any.
        public let hardware: String?
        /// Why no record can decide it yet; nil if one can.
        public let missing: String?
    }
}

extension Claims {
    /// What a measurement tests, as the document states it; nil for a figure that is not of this file.
    public func figure(of measurement: Measurement) -> StatedFigure? { self.statedFigures[measurement.figure] }
}
