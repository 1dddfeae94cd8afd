import Units

/// Checks what depends on several values: names, units, and that each formula has a value.
extension ClaimsReader {
    mutating func check(_ claims: Claims) {
        let table = FigureTable(claims)
        for problem in table.problems { self.report(problem.error, at: problem.path) }
        if table.problems.isEmpty { self.checkSupport(claims) }
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
            if let left = self.compare(contradiction.condition, path("condition"), table, left: .stated),
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
    private mutating func compare(
        _ comparison: Comparison, _ path: String, _ table: FigureTable, left chain: Formula.Chain = .recomputed
    ) -> Figure? {
        do throws(FormulaError) {
            let left = try table.value(comparison.left, chain)
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

    /// No claim is held against itself: its formula leads to it by no name, neither recomputed nor stated.
    private mutating func checkSupport(_ claims: Claims) {
        var needs: [String: [String]] = [:]
        var paths: [String: String] = [:]
        func names(_ formula: Formula) -> [String] { formula.root.references(.recomputed).map(\.name) }
        for derived in claims.derived { needs[derived.name] = names(derived.formula) }
        for (index, claim) in claims.claims.enumerated() {
            needs[claim.id] = claim.formula.map(names)
            paths[claim.id] = Self.path(claim: index, "formula")
            for (key, formula) in [("as_stated", claim.ownOther), ("agrees_with", claim.agreesWith)] {
                guard let formula, names(formula).contains(claim.id) else { continue }
                self.refuse(
                    at: Self.path(claim: index, key),
                    "\(claim.id) would be held against itself; write how the document comes to it otherwise")
            }
        }
        var isDone: Set<String> = []
        for claim in claims.claims {
            var stack: [(name: String, next: Int)] = [(claim.id, 0)]
            var isOpen: Set<String> = [claim.id]
            if isDone.contains(claim.id) { continue }
            // Each turn takes one reference, or ends one name.
            while let top = stack.last {
                guard let list = needs[top.name], list.indices.contains(top.next) else {
                    isDone.insert(top.name)
                    isOpen.remove(top.name)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let need = list[top.next]
                if isOpen.contains(need) {
                    let circle = stack.drop { $0.name != need }.map(\.name)
                    let root = circle.first { paths[$0] != nil } ?? claim.id
                    let way = (circle + [need]).prefix(Self.shownNames).joined(separator: ", which needs ")
                    self.refuse(
                        at: paths[root] ?? "claims",
                        "\(root) would be held against itself: \(way); start from inputs or other claims")
                } else if isDone.insert(need).inserted {
                    isOpen.insert(need)
                    stack.append((need, 0))
                }
            }
        }
    }

    /// Most names in a message about a circle.
    private static let shownNames = 8

    /// The figure that is tested is one of the file, and an objective compares with it.
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
        if let objective = measurement.objective, !figure.isLimit(of: objective) {
            self.refuse(
                at: "\(path).objective",
                "\(quoted(objective)) does not compare with \(quoted(figure.text)): it would test another claim"
            )
        }
    }
}

extension Claims.Claim {
    /// The document's other arithmetic.
    var ownOther: Formula? {
        if case .other(let formula) = self.asStated { formula } else { nil }
    }
}

extension StatedFigure {
    /// An objective such as `rate > 100000/s` or `p99 < 100ms for checkout` compares with this figure: its limit is the
    /// same amount in a unit of the same kind. Of a rate it does not matter what is counted, nor on what.
    func isLimit(of objective: String) -> Bool {
        let signs: Set<Character> = ["<", ">", "="]
        guard let place = objective.lastIndex(where: signs.contains) else { return false }
        var words = objective[objective.index(after: place)...].split(separator: " ")
        if let scope = words.firstIndex(where: { $0 == "for" || $0 == "in" }) { words = Array(words[..<scope]) }
        let text = words.joined(separator: " ").replacing("req/s", with: "requests/s")
        guard let limit = try? FormulaParser.stated(text, units: UnitCatalogue()) else { return false }
        return limit.figure.low == self.figure.low && self.figure.dimension.isMeasured(as: limit.figure.dimension)
    }

    /// A record that counts `unit`, `users` or `sessions/s`, can test this figure.
    public func isCounted(in unit: String) -> Bool {
        let dimension = self.figure.dimension
        if unit.hasSuffix("/s") { return dimension.isRate }
        return !dimension.hasTime && dimension.countedThing.map { !["instances", "requests"].contains($0) } == true
    }

    /// The figure in base units: things, or things per second.
    public var base: Double { self.figure.low.double }
}
