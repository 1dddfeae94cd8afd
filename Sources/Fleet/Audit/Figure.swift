/// A number with its dimension: in base units (bytes, seconds, dollars, things), exact, and a range where only a range
/// is known.
public struct Figure: Sendable, Hashable {
    /// The lower end.
    public let low: Rational
    /// The upper end; the same where the figure is one number.
    public let high: Rational
    /// What it counts.
    public let dimension: Dimension

    init(_ value: Rational, _ dimension: Dimension) {
        self.init(low: value, high: value, dimension)
    }

    /// From the smaller to the larger of two ends.
    init(low: Rational, high: Rational, _ dimension: Dimension) {
        self.low = min(low, high)
        self.high = max(low, high)
        self.dimension = dimension
    }

    /// It is one number.
    public var isExact: Bool { self.low == self.high }

    /// Whether a stated number is this, give or take `tolerance`.
    func contains(_ value: Rational, tolerance: Rational) -> Bool {
        guard let least = self.low.minus(tolerance), let most = self.high.plus(tolerance) else { return false }
        return least <= value && value <= most
    }
}

/// Why figures cannot be calculated with; a sentence's beginning, without the place.
struct FigureFault: Error {
    let message: String

    init(_ message: String) { self.message = message }

    static let overflow = FigureFault("the result has more digits than can be counted exactly")
}

/// Arithmetic; each operation throws for what does not fit together and what does not fit into 128 bits.
extension Figure {
    func plus(_ other: Figure) throws(FigureFault) -> Figure {
        try self.need(other, "added to")
        guard let low = self.low.plus(other.low), let high = self.high.plus(other.high) else { throw .overflow }
        return Figure(low: low, high: high, self.dimension)
    }

    func minus(_ other: Figure) throws(FigureFault) -> Figure {
        try other.need(self, "subtracted from")
        guard let low = self.low.minus(other.high), let high = self.high.minus(other.low) else { throw .overflow }
        return Figure(low: low, high: high, self.dimension)
    }

    func times(_ other: Figure) throws(FigureFault) -> Figure {
        try self.combined(other, power: 1) { $0.times($1) }
    }

    func divided(by other: Figure) throws(FigureFault) -> Figure {
        guard other.low > .zero || other.high < .zero else {
            throw FigureFault(other.isExact ? "this divides by 0" : "this divides by a range that holds 0")
        }
        return try self.combined(other, power: -1) { $0.divided(by: $1) }
    }

    /// The smallest or the largest of figures of one dimension.
    static func extreme(_ figures: [Figure], isMost: Bool) throws(FigureFault) -> Figure {
        guard var result = figures.first else { throw FigureFault("there is nothing to compare") }
        for figure in figures.dropFirst() {
            try result.need(figure, "compared with")
            result =
                isMost
                ? Figure(low: max(result.low, figure.low), high: max(result.high, figure.high), result.dimension)
                : Figure(low: min(result.low, figure.low), high: min(result.high, figure.high), result.dimension)
        }
        return result
    }

    /// Both figures and what lies between them.
    func joined(_ other: Figure) throws(FigureFault) -> Figure {
        try self.need(other, "compared with")
        return Figure(low: min(self.low, other.low), high: max(self.high, other.high), self.dimension)
    }

    /// To whole things, bytes or dollars.
    func rounded(_ rule: FloatingPointRoundingRule) throws(FigureFault) -> Figure {
        guard !self.dimension.hasTime else {
            throw FigureFault(
                "a whole number of \(self.dimension.text) depends on the unit of time; divide by a unit first, such as "
                    + "`ceil(x / (1 request/s))`")
        }
        return Figure(low: self.low.rounded(rule), high: self.high.rounded(rule), self.dimension)
    }

    /// Both have the same dimension.
    func need(_ other: Figure, _ verb: String) throws(FigureFault) {
        guard self.dimension == other.dimension else {
            throw FigureFault("\(self.dimension.text) cannot be \(verb) \(other.dimension.text)")
        }
    }

    private func combined(
        _ other: Figure, power: Int, by operation: (Rational, Rational) -> Rational?
    ) throws(FigureFault) -> Figure {
        guard let dimension = self.dimension.times(other.dimension, power: power) else {
            throw FigureFault("the result is a higher power of a unit than any figure has")
        }
        var ends: [Rational] = []
        for left in self.isExact ? [self.low] : [self.low, self.high] {
            for right in other.isExact ? [other.low] : [other.low, other.high] {
                guard let end = operation(left, right) else { throw .overflow }
                ends.append(end)
            }
        }
        guard let low = ends.min(), let high = ends.max() else { throw .overflow }
        return Figure(low: low, high: high, dimension)
    }
}
