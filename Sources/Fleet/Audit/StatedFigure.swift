/// A figure as a document states it: `250 PB/day`.
public struct StatedFigure: Sendable {
    /// The number in front of the unit, with its `M` or `billion`: 250.
    let number: Rational
    /// In base units.
    public let figure: Figure
    /// One in the last digit that is written, in base units.
    let step: Rational
    /// How figures of its unit are printed.
    public let format: FigureFormat
    /// As it is written.
    public let text: String
}

/// A unit for printing: `PB/day`, `$/instance/h`.
public struct FigureFormat: Sendable {
    private let isMoney: Bool
    private var above: [FigureUnit] = []
    private var below: [FigureUnit] = []
    private var scale = Rational.one
    private var baseScale = Rational.one
    /// What a figure in this unit counts.
    public private(set) var dimension = Dimension.plain

    /// Most words of a unit.
    private static let wordsLimit = 8

    init(isMoney: Bool) {
        self.isMoney = isMoney
        if isMoney { self.dimension = UnitCatalogue.dollar.dimension }
    }

    /// No unit yet, dollars aside.
    var isEmpty: Bool { self.above.isEmpty && self.below.isEmpty }

    /// Multiplies by a unit or divides by it; false where that is too much.
    mutating func add(_ unit: FigureUnit, isOver: Bool) -> Bool {
        guard self.above.count + self.below.count < Self.wordsLimit,
            let dimension = self.dimension.times(unit.dimension, power: isOver ? -1 : 1),
            let scale = isOver ? self.scale.divided(by: unit.scale) : self.scale.times(unit.scale),
            let base = isOver ? self.baseScale.divided(by: unit.baseScale) : self.baseScale.times(unit.baseScale)
        else { return false }
        (self.dimension, self.scale, self.baseScale) = (dimension, scale, base)
        if isOver { self.below.append(unit) } else { self.above.append(unit) }
        return true
    }

    /// So many of the unit; nil where that does not fit.
    func figure(_ number: Rational) -> Figure? {
        number.times(self.scale).map { Figure($0, self.dimension) }
    }

    /// A figure of this dimension for people: `0.87 Gbps`, `$7,401 to $13,025/day`; less than half of a unit in a
    /// smaller one: 0.25 PB/day is `250 TB/day`.
    public func text(_ figure: Figure) -> String {
        var format = self
        // Each turn takes the next smaller prefix.
        while let smaller = format.smaller(for: figure) { format = smaller }
        return format.plainText(figure)
    }

    /// The format for a figure that is small in this one; nil where it is not, or where no unit is smaller.
    private func smaller(for figure: Figure) -> FigureFormat? {
        guard !self.isMoney, let first = self.above.first, let unit = UnitCatalogue.smaller(than: first),
            let size = figure.high.magnitude.divided(by: self.scale), size > .zero, size < Self.half
        else { return nil }
        var format = FigureFormat(isMoney: false)
        for unit in [unit] + self.above.dropFirst() { guard format.add(unit, isOver: false) else { return nil } }
        for unit in self.below { guard format.add(unit, isOver: true) else { return nil } }
        return format
    }

    private static let half = Rational.one.divided(by: Rational(2)) ?? .one

    private func plainText(_ figure: Figure) -> String {
        guard let low = figure.low.divided(by: self.scale), let high = figure.high.divided(by: self.scale) else {
            return "?"
        }
        let (first, last) = (self.number(low), self.number(high))
        let numbers = first == last ? first : "\(first) to \(last)"
        let bound = figure.isOpen ? "at least " : figure.isAboveZero ? "at most " : ""
        let shown = bound.isEmpty ? numbers : bound + self.number(high)
        return shown + self.suffix(isOne: low == high && low == .one)
    }

    /// The number alone.
    private func number(_ value: Rational) -> String {
        guard self.isMoney else { return value.text() }
        let size = value.magnitude
        let digits =
            size < .one
            ? size.text() : size < Rational(1_000) ? size.text(decimals: 2) : size.rounded(.toNearestOrEven).text()
        return "\(value.isNegative ? "-" : "")$\(digits)"
    }

    /// The unit behind a number, with the blank in front of it where one belongs there.
    private func suffix(isOne: Bool) -> String {
        let words = self.above.map { isOne ? $0.singular : $0.plural }.joined(separator: " ")
        let blank = words.isEmpty || words == "x" ? "" : " "
        return blank + words + self.below.map { "/\($0.singular)" }.joined()
    }

    /// A number for programs, in `baseUnit`.
    public func base(_ value: Rational) -> Double {
        (value.divided(by: self.baseScale) ?? value).double
    }

    /// The unit for programs: `B/day` for `PB/day`, `$/h`, `share` for `%`.
    public var baseUnit: String {
        let words = (self.isMoney ? ["$"] : []) + self.above.map(\.base)
        let above = words.isEmpty ? (self.below.isEmpty ? "number" : "1") : words.joined(separator: "·")
        return ([above] + self.below.map { $0.plural == $0.base ? $0.singular : $0.base }).joined(separator: "/")
    }
}
