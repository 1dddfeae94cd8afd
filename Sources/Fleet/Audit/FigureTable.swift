import Units

/// All figures of a claims file: as the document states them, and as they follow from the inputs. Each name is computed
/// once, after those that it needs.
struct FigureTable {
    private var figures: [FigureName: Figure] = [:]
    private let formulas: [FigureName: (formula: Formula, path: String)]
    private let names: [String]
    /// How figures of inputs and claims are printed.
    let formats: [String: FigureFormat]
    /// What is wrong, by the path of the formula in the file.
    private(set) var problems: [(path: String, error: FormulaError)] = []
    /// Claims and steps, each after those that its formula needs.
    private(set) var order: [String] = []
    /// Why a figure could not be computed.
    private var faults: [FigureName: String] = [:]

    /// `measured`: figures that a record gives in place of a claim's or an input's.
    init(_ claims: Claims, measured: [String: Figure] = [:]) {
        var formulas: [FigureName: (formula: Formula, path: String)] = [:]
        var figures: [FigureName: Figure] = [:]
        var names: [String] = []
        for input in claims.inputs {
            names.append(input.name)
            figures[FigureName(name: input.name, chain: .stated)] = input.figure.figure
            figures[FigureName(name: input.name, chain: .recomputed)] = measured[input.name] ?? input.figure.figure
        }
        for derived in claims.derived {
            names.append(derived.name)
            for chain in [Formula.Chain.stated, .recomputed] {
                formulas[FigureName(name: derived.name, chain: chain)] = (
                    derived.formula, ClaimsReader.path(figure: derived.name)
                )
            }
        }
        for (index, claim) in claims.claims.enumerated() {
            names.append(claim.id)
            figures[FigureName(name: claim.id, chain: .stated)] = claim.states.figure
            let recomputed = FigureName(name: claim.id, chain: .recomputed)
            if let measured = measured[claim.id] {
                figures[recomputed] = measured
            } else if let formula = claim.formula {
                formulas[recomputed] = (formula, ClaimsReader.path(claim: index, "formula"))
            } else {
                figures[recomputed] = claim.states.figure
            }
        }
        (self.figures, self.formulas, self.names) = (figures, formulas, names)
        self.formats = claims.statedFigures.mapValues(\.format)
        self.computeAll()
    }

    /// The value of a formula on a chain; throws with its place.
    func value(_ expression: Formula.Expression, _ chain: Formula.Chain) throws(FormulaError) -> Figure {
        try expression.value(chain) { name, chain, offset throws(FormulaError) in
            try self.figure(name, chain, offset)
        }
    }

    /// A claim's or another name's figure; nil where it could not be computed.
    subscript(name: String, chain: Formula.Chain) -> Figure? { self.figures[FigureName(name: name, chain: chain)] }

    private func figure(_ name: String, _ chain: Formula.Chain, _ offset: Int) throws(FormulaError) -> Figure {
        let key = FigureName(name: name, chain: chain)
        if let figure = self.figures[key] { return figure }
        if self.formulas[key] != nil || self.names.contains(name) { throw FormulaError(offset: offset, message: nil) }
        throw FormulaError(
            offset: offset,
            message:
                "\(quoted(name)) is neither a name of this file nor a unit\(suggestion(for: name, in: self.names))")
    }

    /// Most names in a message about a circle.
    private static let shownNames = 8

    /// Depth first, with a stack of its own: a file may refer through all of its names.
    private mutating func computeAll() {
        var isDone: Set<FigureName> = []
        var isOpen: Set<FigureName> = []
        for root in self.formulas.keys.sorted(by: { ($0.name, $0.chain.rank) < ($1.name, $1.chain.rank) }) {
            var stack: [(name: FigureName, needs: [FigureName], next: Int)] = []
            func push(_ name: FigureName) {
                guard let formula = self.formulas[name]?.formula else { return }
                isOpen.insert(name)
                stack.append((name, formula.root.references(name.chain), 0))
            }
            if !isDone.contains(root) { push(root) }
            // Each turn takes one reference, or ends one name.
            while let top = stack.last {
                guard top.needs.indices.contains(top.next) else {
                    stack.removeLast()
                    isOpen.remove(top.name)
                    isDone.insert(top.name)
                    self.compute(top.name)
                    if top.name.chain == .recomputed { self.order.append(top.name.name) }
                    continue
                }
                stack[stack.count - 1].next += 1
                let need = top.needs[top.next]
                if isDone.contains(need) || self.formulas[need] == nil { continue }
                if isOpen.contains(need) {
                    let circle = stack.drop { $0.name != need }.map(\.name.name) + [need.name]
                    self.report(circle, at: top.name)
                    continue
                }
                push(need)
            }
        }
    }

    private mutating func report(_ circle: [String], at name: FigureName) {
        guard let path = self.formulas[name]?.path else { return }
        let shown = circle.prefix(Self.shownNames).joined(separator: ", which needs ")
        let rest = circle.count > Self.shownNames ? ", …" : ""
        self.add(path, FormulaError(offset: 0, message: "a figure cannot need itself: \(shown)\(rest)"))
    }

    private mutating func compute(_ name: FigureName) {
        guard let (formula, path) = self.formulas[name] else { return }
        do {
            self.figures[name] = try self.value(formula.root, name.chain)
        } catch {
            self.faults[name] = error.message ?? self.fault(of: formula.root, name.chain)
            self.add(path, error)
        }
    }

    /// The value of a formula, or why it has none.
    func attempt(_ expression: Formula.Expression, _ chain: Formula.Chain) -> (figure: Figure?, fault: String?) {
        do throws(FormulaError) {
            return (try self.value(expression, chain), nil)
        } catch {
            return (nil, error.message ?? self.fault(of: expression, chain))
        }
    }

    /// Why a formula has no value, where a figure that it needs has none.
    private func fault(of expression: Formula.Expression, _ chain: Formula.Chain) -> String? {
        expression.references(chain).lazy.compactMap { self.faults[$0] }.first
    }

    /// Why a figure has no value.
    func fault(_ name: String, _ chain: Formula.Chain) -> String? {
        self.faults[FigureName(name: name, chain: chain)]
    }

    /// Once for both chains.
    private mutating func add(_ path: String, _ error: FormulaError) {
        guard let message = error.message else { return }
        let isKnown = self.problems.contains {
            $0.path == path && $0.error.offset == error.offset && $0.error.message == message
        }
        if !isKnown { self.problems.append((path, error)) }
    }
}
