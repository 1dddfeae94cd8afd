import Units

/// Reads a formula, a comparison, or a figure with its unit. Precedence is that of school: brackets, then `*` and `/`
/// from left to right, then `+` and `-`. A unit belongs to the number in front of it; between other values `*` is never
/// left out.
struct FormulaParser {
    private let units: UnitCatalogue
    private let tokens: [FormulaToken]
    private var index = 0
    private var depth = 0

    private init(_ text: String, _ units: UnitCatalogue) throws(FormulaError) {
        self.units = units
        self.tokens = try FormulaToken.all(of: text)
    }

    static func formula(_ text: String, units: UnitCatalogue) throws(FormulaError) -> Formula {
        var parser = try FormulaParser(text, units)
        let root = try parser.sum()
        try parser.expectEnd()
        return Formula(root: root, text: text)
    }

    static func comparison(_ text: String, units: UnitCatalogue) throws(FormulaError) -> Comparison {
        var parser = try FormulaParser(text, units)
        let left = try parser.sum()
        let token = parser.current
        guard case .symbol(let symbol) = token.kind, let relation = Comparison.Relation(rawValue: symbol) else {
            let known = Comparison.Relation.allCases.map(\.rawValue).joined(separator: " ")
            throw FormulaError(
                offset: token.offset, message: "a comparison needs one of \(known) here; found \(token.shown)")
        }
        parser.index += 1
        let right = try parser.sum()
        try parser.expectEnd()
        return Comparison(left: left, right: right, relation: relation, offset: token.offset, text: text)
    }

    /// A number with its unit, such as `~250 PB/day` or `$3.50/instance/h`.
    static func stated(_ text: String, units: UnitCatalogue) throws(FormulaError) -> StatedFigure {
        var parser = try FormulaParser(text, units)
        parser.skip("~")
        let isMoney = parser.skip("$")
        let start = parser.current
        guard case .number(let number, let step) = start.kind else {
            throw FormulaError(
                offset: start.offset,
                message: "a figure begins with a number, such as 12,500 instances or $3.50/h; found \(start.shown)")
        }
        parser.index += 1
        var value = number
        var finest = step
        var unit = FigureFormat(isMoney: isMoney)
        while let (word, found) = parser.unitHere() {
            guard found.isMultiplier else { break }
            guard unit.isEmpty, let larger = value.times(found.scale), let step = finest.times(found.scale) else {
                throw FormulaError(offset: word.offset, message: FigureFault.overflow.message)
            }
            parser.index += 1
            (value, finest) = (larger, step)
        }
        try parser.readUnit(into: &unit)
        try parser.expectEnd(isFigure: true)
        guard let figure = unit.figure(value), let tolerance = unit.figure(finest) else {
            throw FormulaError(offset: start.offset, message: FigureFault.overflow.message)
        }
        return StatedFigure(
            number: value, figure: figure, step: tolerance.low, format: unit, text: text)
    }

    /// A unit alone, such as `Mbps/instance` or `$/GB`.
    static func format(_ text: String, units: UnitCatalogue) throws(FormulaError) -> FigureFormat {
        var parser = try FormulaParser(text, units)
        var unit = FigureFormat(isMoney: parser.skip("$"))
        try parser.readUnit(into: &unit)
        try parser.expectEnd(isFigure: true)
        return unit
    }

    private var current: FormulaToken {
        self.tokens.indices.contains(self.index) ? self.tokens[self.index] : FormulaToken(kind: .end, offset: 0)
    }

    @discardableResult
    private mutating func skip(_ symbol: String) -> Bool {
        guard self.current.kind == .symbol(symbol) else { return false }
        self.index += 1
        return true
    }

    /// `isFigure`: a number with its unit, in which there are no names.
    private func expectEnd(isFigure: Bool = false) throws(FormulaError) {
        let token = self.current
        switch token.kind {
        case .end: return
        case .word(let word) where self.units[word] == nil && (self.index > 0 || isFigure):
            let advice =
                isFigure ? "things of your own go into `things`" : "write `*` in front of it if it is a name"
            throw FormulaError(
                offset: token.offset, message: "\(quoted(word)) is no unit\(self.nearestUnit(word)); \(advice)")
        default: throw FormulaError(offset: token.offset, message: "an operator is missing before \(token.shown)")
        }
    }

    private func nearestUnit(_ word: String) -> String {
        // Eight times less than bytes: the nearest word would be the wrong one.
        if let prefix = word.unicodeScalars.first, ["k", "K", "M", "G", "T", "P", "E"].contains(prefix),
            word.dropFirst() == "b"
        {
            let small = prefix == "K" ? "k" : "\(prefix)"
            return "; write `\(small)bit` for bits or `\(prefix)B` for bytes"
        }
        return nearest(word, in: self.units.words).map { "; did you mean `\($0)`?" } ?? ""
    }

    /// The unit that the current word is.
    private func unitHere() -> (FormulaToken, FigureUnit)? {
        let token = self.current
        switch token.kind {
        case .word(let word): return self.units[word].map { (token, $0) }
        case .symbol("%"): return self.units["%"].map { (token, $0) }
        default: return nil
        }
    }

    /// Units, and after each `/` one more.
    private mutating func readUnit(into format: inout FigureFormat) throws(FormulaError) {
        while let (token, unit) = self.unitHere() {
            try self.add(unit, isOver: false, token, to: &format)
        }
        while self.skip("/") {
            guard let (token, unit) = self.unitHere() else {
                let token = self.current
                guard case .word(let word) = token.kind else {
                    throw FormulaError(offset: token.offset, message: "a unit belongs here; found \(token.shown)")
                }
                throw FormulaError(
                    offset: token.offset,
                    message:
                        "\(quoted(word)) is no unit\(self.nearestUnit(word)); things of your own go into `things`")
            }
            try self.add(unit, isOver: true, token, to: &format)
        }
    }

    private mutating func add(
        _ unit: FigureUnit, isOver: Bool, _ token: FormulaToken, to format: inout FigureFormat
    ) throws(FormulaError) {
        guard format.add(unit, isOver: isOver) else {
            throw FormulaError(offset: token.offset, message: "this is more than any unit of a figure")
        }
        self.index += 1
    }

    private mutating func sum() throws(FormulaError) -> Formula.Expression {
        self.depth += 1
        defer { self.depth -= 1 }
        guard self.depth <= Formula.depthLimit else {
            throw FormulaError(
                offset: self.current.offset, message: "brackets are nested deeper than \(Formula.depthLimit) levels")
        }
        return try self.terms("+", "-", Formula.Expression.sum) { parser throws(FormulaError) in
            try parser.terms("*", "/", Formula.Expression.product) { parser throws(FormulaError) in try parser.value()
            }
        }
    }

    /// Parts between two operators, the second of which inverts what follows.
    private mutating func terms(
        _ plain: String, _ inverse: String, _ join: ([Formula.Term]) -> Formula.Expression,
        part: (inout FormulaParser) throws(FormulaError) -> Formula.Expression
    ) throws(FormulaError) -> Formula.Expression {
        let start = self.current.offset
        let first = try part(&self)
        var terms = [Formula.Term(part: first, isInverse: false, offset: start)]
        while true {
            let offset = self.current.offset
            let isInverse = self.skip(inverse)
            guard isInverse || self.skip(plain) else { break }
            terms.append(Formula.Term(part: try part(&self), isInverse: isInverse, offset: offset))
        }
        return terms.count == 1 ? first : join(terms)
    }

    private mutating func value() throws(FormulaError) -> Formula.Expression {
        let token = self.current
        switch token.kind {
        case .symbol("-"):
            self.index += 1
            let offset = self.current.offset
            guard self.current.kind != .symbol("-") else {
                throw FormulaError(offset: offset, message: "one minus is enough")
            }
            let minus = Formula.Expression.constant(Figure(Rational(-1), .plain))
            return .product([
                Formula.Term(part: minus, isInverse: false, offset: token.offset),
                Formula.Term(part: try self.value(), isInverse: false, offset: offset),
            ])
        case .symbol("("):
            self.index += 1
            let inner = try self.sum()
            guard self.skip(")") else { throw self.missing("`)`") }
            return inner
        case .symbol("$"), .number: return try self.number()
        case .word(let word):
            self.index += 1
            if let function = Formula.Function(rawValue: word), self.current.kind == .symbol("(") {
                return try self.call(function, token.offset)
            }
            if let unit = self.units[word] { return .constant(Figure(unit.scale, unit.dimension)) }
            guard self.current.kind != .symbol("(") else {
                let known = Formula.Function.allCases.map(\.rawValue)
                throw FormulaError(
                    offset: token.offset,
                    message: "there is no function \(quoted(word))\(suggestion(for: word, in: known))")
            }
            return .name(word, nil, offset: token.offset)
        default: throw self.missing("a number, a name or `(`")
        }
    }

    private func missing(_ what: String) -> FormulaError {
        FormulaError(offset: self.current.offset, message: "\(what) is missing here; found \(self.current.shown)")
    }

    /// A number and the units behind it.
    private mutating func number() throws(FormulaError) -> Formula.Expression {
        let isMoney = self.skip("$")
        let token = self.current
        guard case .number(let number, _) = token.kind else { throw self.missing("a number") }
        self.index += 1
        var figure = Figure(number, isMoney ? UnitCatalogue.dollar.dimension : .plain)
        while let (token, unit) = self.unitHere() {
            do {
                figure = try figure.times(Figure(unit.scale, unit.dimension))
            } catch {
                throw FormulaError(offset: token.offset, message: error.message)
            }
            self.index += 1
        }
        if case .word(let word) = self.current.kind {
            throw FormulaError(
                offset: self.current.offset,
                message:
                    "\(quoted(word)) is no unit\(self.nearestUnit(word)); write `*` in front of it if it is a name")
        }
        return .constant(figure)
    }

    private mutating func call(_ function: Formula.Function, _ offset: Int) throws(FormulaError) -> Formula.Expression
    {
        self.index += 1
        var values: [Formula.Expression] = []
        if self.current.kind != .symbol(")") {
            repeat { values.append(try self.sum()) } while self.skip(",")
        }
        guard self.skip(")") else { throw self.missing("`,` or `)`") }
        guard function.counts.contains(values.count) else {
            let (least, most) = (function.counts.lowerBound, function.counts.upperBound)
            let needed = least == most ? "\(least)" : "\(least) to \(most)"
            throw FormulaError(
                offset: offset,
                message: "`\(function.rawValue)` takes \(needed) value\(most == 1 ? "" : "s"), not \(values.count)")
        }
        let chain: Formula.Chain? = function == .stated ? .stated : function == .recomputed ? .recomputed : nil
        guard let chain else { return .call(function, values, offset: offset) }
        guard case .name(let name, _, let place)? = values.first else {
            throw FormulaError(
                offset: offset,
                message: "`\(function.rawValue)` takes the name of a claim or of a figure, such as `stated(S7)`")
        }
        return .name(name, chain, offset: place)
    }
}
