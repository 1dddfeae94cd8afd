import Units

/// Checks what depends on several values: names, units, and that each formula has a value.
extension ClaimsReader {
    mutating func check(_ claims: Claims) {
        let table = FigureTable(claims)
        for problem in table.problems { self.report(problem.error, at: problem.path) }
        let names = claims.statedFigures.keys.sorted()
        for (index, claim) in claims.claims.enumerated() {
            func path(_ key: String) -> String { Self.path(claim: index, key) }
            self.check(claim, path, table)
            if let measurement = claim.measurement { self.check(measurement, path("measure"), claims) }
        }
        for (index, contradiction) in claims.contradictions.enumerated() {
            func path(_ key: String) -> String { Self.path(contradiction: index, key) }
            for (place, name) in contradiction.between.enumerated() where !names.contains(name) {
                self.refuse(
                    at: "\(path("between"))[\(place)]",
                    "there is no claim \(quoted(name))\(suggestion(for: name, in: names))")
            }
            if let left = self.compare(contradiction.condition, path("condition"), table),
                left.dimension != contradiction.format.dimension
            {
                self.refuse(
                    at: path("unit"),
                    "the condition compares \(left.dimension.text), not \(contradiction.format.dimension.text)"
                )
            }
            self.check(contradiction.shows, path("shows"), table)
        }
    }

    private mutating func check(_ claim: Claims.Claim, _ path: (String) -> String, _ table: FigureTable) {
        if let formula = claim.formula {
            self.need(claim, path("formula"), table[claim.id, .recomputed])
            // From the document's figures: its errors are those of the claim's own figure, or it divides by another 0.
            self.need(claim, path("formula"), self.value(formula, .stated, path("formula"), table))
        }
        if case .other(let formula) = claim.asStated {
            self.need(claim, path("as_stated"), self.value(formula, .stated, path("as_stated"), table))
        }
        if let formula = claim.agreesWith {
            self.need(claim, path("agrees_with"), self.value(formula, .stated, path("agrees_with"), table))
        }
        if let needs = claim.needs { _ = self.compare(needs, path("needs"), table) }
        self.check(claim.shows, path("shows"), table)
    }

    /// A figure of a claim has the dimension of what the claim states.
    private mutating func need(_ claim: Claims.Claim, _ path: String, _ figure: Figure?) {
        let stated = claim.states.figure.dimension
        guard let figure, figure.dimension != stated else { return }
        self.refuse(
            at: path, "this gives \(figure.dimension.text), and \(quoted(claim.states.text)) is \(stated.text)")
    }

    private mutating func check(_ shows: [Claims.Shown], _ path: String, _ table: FigureTable) {
        for (index, shown) in shows.enumerated() {
            let path = "\(path)[\(index)]"
            guard let figure = self.value(shown.formula, .recomputed, "\(path).formula", table) else { continue }
            guard figure.dimension != shown.format.dimension else { continue }
            self.refuse(
                at: "\(path).unit",
                "the formula gives \(figure.dimension.text), and this unit is \(shown.format.dimension.text)")
        }
    }

    private mutating func value(
        _ formula: Formula, _ chain: Formula.Chain, _ path: String, _ table: FigureTable
    ) -> Figure? {
        do {
            return try table.value(formula.root, chain)
        } catch {
            self.report(error, at: path)
            return nil
        }
    }

    /// The left side, where both can be compared.
    private mutating func compare(_ comparison: Comparison, _ path: String, _ table: FigureTable) -> Figure? {
        do throws(FormulaError) {
            let left = try table.value(comparison.left, .recomputed)
            let right = try table.value(comparison.right, .recomputed)
            do {
                try left.need(right, "compared with")
            } catch {
                throw FormulaError(offset: comparison.offset, message: error.message)
            }
            return left
        } catch {
            self.report(error, at: path)
            return nil
        }
    }

    /// The figure that is tested is one of the file, and an objective holds its number.
    private mutating func check(_ measurement: Claims.Measurement, _ path: String, _ claims: Claims) {
        let figures = claims.statedFigures
        guard let figure = figures[measurement.figure] else {
            self.refuse(
                at: "\(path).of",
                "there is no input or claim \(quoted(measurement.figure))"
                    + suggestion(for: measurement.figure, in: figures.keys.sorted())
            )
            return
        }
        if let objective = measurement.objective, !Claims.Measurement.numbers(in: objective).contains(figure.number) {
            self.refuse(
                at: "\(path).objective",
                "\(quoted(objective)) does not hold the number of \(quoted(figure.text)): it would test another claim"
            )
        }
    }
}

extension Claims.Measurement {
    /// The numbers in a text such as `rate > 100000/s`.
    static func numbers(in text: String) -> [Rational] {
        let digits = text.split { !($0.isASCII && ($0.isNumber || $0 == "." || $0 == ",")) }
        return digits.compactMap { word in
            let plain = word.filter { $0 != "," }
            var rest = Substring(plain).utf8
            guard let number = DecimalNumber.take(from: &rest), rest.isEmpty else { return nil }
            return Rational(Int128(number.digits), over: Int128(powerOfTen(number.decimals)))
        }
    }
}
