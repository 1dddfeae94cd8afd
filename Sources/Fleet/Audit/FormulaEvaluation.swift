/// Computes formulas, exactly.
extension Formula.Expression {
    /// The value; `figure` looks a name up and throws for an unknown one. `chain`: which figures names mean, unless the
    /// formula says it.
    func value(
        _ chain: Formula.Chain,
        _ figure: (_ name: String, _ chain: Formula.Chain, _ offset: Int) throws(FormulaError) -> Figure
    ) throws(FormulaError) -> Figure {
        switch self {
        case .constant(let constant): return constant
        case .name(let name, let own, let offset): return try figure(name, own ?? chain, offset)
        case .sum(let terms):
            return try Self.folded(terms, chain, figure) { total, part, isInverse throws(FigureFault) in
                try isInverse ? total.minus(part) : total.plus(part)
            }
        case .product(let terms):
            return try Self.folded(terms, chain, figure) { total, part, isInverse throws(FigureFault) in
                try isInverse ? total.divided(by: part) : total.times(part)
            }
        case .call(let function, let parts, let offset):
            var values: [Figure] = []
            for part in parts { values.append(try part.value(chain, figure)) }
            return try Self.located(offset) { () throws(FigureFault) in try function.value(values) }
        }
    }

    private static func folded(
        _ terms: [Formula.Term], _ chain: Formula.Chain,
        _ figure: (String, Formula.Chain, Int) throws(FormulaError) -> Figure,
        by join: (Figure, Figure, Bool) throws(FigureFault) -> Figure
    ) throws(FormulaError) -> Figure {
        var total: Figure?
        for term in terms {
            let part = try term.part.value(chain, figure)
            if let held = total {
                total = try Self.located(term.offset) { () throws(FigureFault) in try join(held, part, term.isInverse)
                }
            } else {
                total = part
            }
        }
        guard let total else { throw FormulaError(offset: 0, message: "there is nothing to compute") }
        return total
    }

    /// Gives a fault its place.
    private static func located(
        _ offset: Int, _ body: () throws(FigureFault) -> Figure
    ) throws(FormulaError) -> Figure {
        do {
            return try body()
        } catch {
            throw FormulaError(offset: offset, message: error.message)
        }
    }

    /// The names in it, with the figures that they mean.
    func references(_ chain: Formula.Chain) -> [FigureName] {
        switch self {
        case .constant: []
        case .name(let name, let own, _): [FigureName(name: name, chain: own ?? chain)]
        case .sum(let terms), .product(let terms): terms.flatMap { $0.part.references(chain) }
        case .call(_, let parts, _): parts.flatMap { $0.references(chain) }
        }
    }
}

/// A name, and which of its figures is meant.
struct FigureName: Hashable {
    let name: String
    let chain: Formula.Chain
}

extension Formula.Function {
    /// Of the values between its brackets.
    func value(_ values: [Figure]) throws(FigureFault) -> Figure {
        guard let first = values.first, let last = values.last else { throw FigureFault("a value is missing") }
        switch self {
        case .sum:
            var total = first
            for value in values.dropFirst() { total = try total.plus(value) }
            return total
        case .max: return try .extreme(values, isMost: true)
        case .min: return try .extreme(values, isMost: false)
        case .ceil: return try first.rounded(.up)
        case .floor: return try first.rounded(.down)
        case .round: return try first.rounded(.toNearestOrEven)
        case .between: return try first.joined(last)
        case .tiered: return try Self.tiered(first, Array(values.dropFirst()))
        case .power: return try first.power(last)
        case .stated, .recomputed: return first
        }
    }

    /// What an amount costs by tiers: so much at the first price, so much at the second, and the rest at the last.
    private static func tiered(_ amount: Figure, _ tiers: [Figure]) throws(FigureFault) -> Figure {
        guard let last = tiers.last, !tiers.count.isMultiple(of: 2) else {
            throw FigureFault("`tiered` takes an amount, pairs of a width and its price, and the price of the rest")
        }
        let nothing = Figure(.zero, amount.dimension)
        var rest = amount
        var total = try nothing.times(last)
        for index in stride(from: 0, to: tiers.count - 1, by: 2) {
            let (width, price) = (tiers[index], tiers[index + 1])
            total = try total.plus(try .extreme([rest, width], isMost: false).times(price))
            // Not by the difference of ranges, which would be wider than the amount is.
            try amount.need(width, "counted in tiers of")
            guard let low = rest.low.minus(width.high), let high = rest.high.minus(width.low) else { throw .overflow }
            rest = Figure(low: Swift.max(low, .zero), high: Swift.max(high, .zero), amount.dimension).opened(
                rest.isOpen, isAboveZero: false)
        }
        return try total.plus(try rest.times(last))
    }
}
