/// A number with its dimension: in base units (bytes, seconds, dollars, things), exact, and a range where only a range
/// is known. A range of which a record has one end only is open at the other.
public struct Figure: Sendable, Hashable {
    /// The lower end.
    public let low: Rational
    /// The upper end; the same where the figure is one number, and where nothing bounds it above.
    public let high: Rational
    /// What it counts.
    public let dimension: Dimension
    /// Nothing is known to bound it above: "at least `low`".
    public private(set) var isOpen = false
    /// `low` is 0, and the figure is above that: "at most `high`".
    public private(set) var isAboveZero = false

    init(_ value: Rational, _ dimension: Dimension) {
        self.init(low: value, high: value, dimension)
    }

    /// From the smaller to the larger of two ends.
    init(low: Rational, high: Rational, _ dimension: Dimension) {
        self.low = min(low, high)
        self.high = max(low, high)
        self.dimension = dimension
    }

    /// What a record found: one end may be missing, and the lower one may be 0. Nil without an end.
    init?(measuredLow low: Rational?, high: Rational?, _ dimension: Dimension) {
        guard let high else {
            guard let low, low > .zero else { return nil }
            self.init(low, dimension)
            self.isOpen = true
            return
        }
        self.init(low: low ?? .zero, high: high, dimension)
        self.isAboveZero = self.low == .zero && self.high > .zero
    }

    /// It is one number.
    public var isExact: Bool { self.low == self.high && !self.isOpen }

    private var isOneSided: Bool { self.isOpen || self.isAboveZero }

    /// Every number in it is smaller than every one of the other.
    func isBelow(_ other: Figure) -> Bool { !self.isOpen && self.high < other.low }

    /// No number in it is smaller than any of the other.
    func isNotBelow(_ other: Figure) -> Bool { !other.isOpen && self.low >= other.high }

    /// Whether a stated number is this, give or take `tolerance`.
    func contains(_ value: Rational, tolerance: Rational) -> Bool {
        guard let least = self.low.minus(tolerance), let most = self.high.plus(tolerance) else { return false }
        return least <= value && (self.isOpen || value <= most)
    }
}

/// Why figures cannot be calculated with; a sentence's beginning, without the place.
struct FigureFault: Error {
    let message: String

    init(_ message: String) { self.message = message }

    static let overflow = FigureFault("the result has more digits than can be counted exactly")
    static let power = FigureFault("the result is a higher power of a unit than any figure has")
    static let unbounded = FigureFault("a record has one end of what this needs, and nothing bounds the result")
}

/// Arithmetic; each operation throws for what does not fit together and what does not fit into 128 bits.
extension Figure {
    func plus(_ other: Figure) throws(FigureFault) -> Figure {
        try self.need(other, "added to")
        guard let low = self.low.plus(other.low), let high = self.high.plus(other.high) else { throw .overflow }
        return Figure(low: low, high: high, self.dimension).opened(
            self.isOpen || other.isOpen, isAboveZero: self.isAboveZero || other.isAboveZero)
    }

    func minus(_ other: Figure) throws(FigureFault) -> Figure {
        try other.need(self, "subtracted from")
        if other.isOpen { throw .unbounded }
        guard let low = self.low.minus(other.high), let high = self.high.minus(other.low) else { throw .overflow }
        return Figure(low: low, high: high, self.dimension).opened(self.isOpen, isAboveZero: false)
    }

    func times(_ other: Figure) throws(FigureFault) -> Figure {
        guard self.isOneSided || other.isOneSided else {
            return try self.combined(other, power: 1) { $0.times($1) }
        }
        guard let dimension = self.dimension.times(other.dimension) else { throw .power }
        guard self.low >= .zero, other.low >= .zero else { throw .unbounded }
        guard let low = self.low.times(other.low), let high = self.high.times(other.high) else { throw .overflow }
        let isOpen = self.isOpen || other.isOpen
        return Figure(low: low, high: high, dimension).opened(
            isOpen, isAboveZero: self.isPositive && other.isPositive)
    }

    func divided(by other: Figure) throws(FigureFault) -> Figure {
        guard other.low > .zero || other.high < .zero || other.isAboveZero else {
            throw FigureFault(other.isExact ? "this divides by 0" : "this divides by a range that holds 0")
        }
        guard self.isOneSided || other.isOneSided else {
            return try self.combined(other, power: -1) { $0.divided(by: $1) }
        }
        guard let inverse = Dimension.plain.times(other.dimension, power: -1) else { throw .power }
        let (first, last) = (Rational.one.divided(by: other.high), Rational.one.divided(by: other.low))
        guard let upper = Figure(measuredLow: other.isOpen ? nil : first, high: last, inverse) else {
            throw .unbounded
        }
        return try self.times(upper)
    }

    /// Most factors of a power: ten years of days.
    private static let powerLimit = 3_650

    /// A plain number above 0 to a whole power, such as growth over days: a range of 15 decimals that holds it, where
    /// the exact fraction has more.
    func power(_ exponent: Figure) throws(FigureFault) -> Figure {
        let count = exponent.low.numerator
        guard self.dimension.isPlain, exponent.dimension.isPlain, exponent.isExact, exponent.low.isWhole,
            (0...Int128(Self.powerLimit)).contains(count), self.low > .zero, !self.isOneSided
        else {
            throw FigureFault("`power` takes a plain number above 0, and a whole one from 0 to \(Self.powerLimit)")
        }
        guard let low = self.low.power(Int(count), .down), let high = self.high.power(Int(count), .up) else {
            throw .overflow
        }
        return Figure(low: low, high: high, self.dimension)
    }

    /// The smallest or the largest of figures of one dimension.
    static func extreme(_ figures: [Figure], isMost: Bool) throws(FigureFault) -> Figure {
        guard var result = figures.first else { throw FigureFault("there is nothing to compare") }
        for figure in figures.dropFirst() {
            try result.need(figure, "compared with")
            let isOpen = isMost ? result.isOpen || figure.isOpen : result.isOpen && figure.isOpen
            // The end of one that is open bounds nothing.
            let high =
                isMost || result.isOpen == figure.isOpen
                ? isMost ? max(result.high, figure.high) : min(result.high, figure.high)
                : result.isOpen ? figure.high : result.high
            let low = isMost ? max(result.low, figure.low) : min(result.low, figure.low)
            result = Figure(low: low, high: high, result.dimension).opened(
                isOpen,
                isAboveZero: isMost
                    ? result.isAboveZero || figure.isAboveZero : [result, figure].allSatisfy(\.isPositive))
        }
        return result
    }

    /// Both figures and what lies between them.
    func joined(_ other: Figure) throws(FigureFault) -> Figure {
        try self.need(other, "compared with")
        return Figure(low: min(self.low, other.low), high: max(self.high, other.high), self.dimension).opened(
            self.isOpen || other.isOpen, isAboveZero: [self, other].allSatisfy(\.isPositive))
    }

    /// To whole things, bytes or dollars.
    func rounded(_ rule: FloatingPointRoundingRule) throws(FigureFault) -> Figure {
        guard !self.dimension.hasTime else {
            throw FigureFault(
                "a whole number of \(self.dimension.text) depends on the unit of time; divide by a unit first, such as "
                    + "`ceil(x / (1 request/s))`")
        }
        let low = self.isAboveZero && rule == .up ? Rational.one : self.low.rounded(rule)
        return Figure(low: low, high: self.high.rounded(rule), self.dimension).opened(self.isOpen, isAboveZero: false)
    }

    private var isPositive: Bool { self.low > .zero || self.isAboveZero }

    /// The same with these ends open. `isAboveZero` counts only where the lower end is 0.
    func opened(_ isOpen: Bool, isAboveZero: Bool) -> Figure {
        var figure = self
        if isOpen { figure = Figure(self.low, self.dimension) }
        figure.isOpen = isOpen
        figure.isAboveZero = isAboveZero && figure.low == .zero && (isOpen || figure.high > .zero)
        return figure
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
            throw .power
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
