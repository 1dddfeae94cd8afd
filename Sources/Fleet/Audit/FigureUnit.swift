/// A word that gives a number its unit, such as `KB`, `users`, `day` or `%`.
struct FigureUnit: Sendable, Hashable {
    /// As it is printed for one, and for several.
    let singular: String
    let plural: String
    /// How many base units one of it is.
    let scale: Rational
    let dimension: Dimension
    /// What a file for programs counts instead, and how many base units one of that is: bytes for `PB`.
    let base: String
    let baseScale: Rational
    /// It belongs to the number: `M`, `billion`.
    let isMultiplier: Bool
    /// The word of the next smaller unit, for a number that is small in this one: `TB` for `PB`.
    let smaller: String?

    init(
        _ singular: String, plural: String? = nil, _ scale: Rational, _ dimension: Dimension, base: String? = nil,
        baseScale: Rational? = nil, isMultiplier: Bool = false, smaller: String? = nil
    ) {
        self.singular = singular
        self.plural = plural ?? singular
        self.scale = scale
        self.dimension = dimension
        self.base = base ?? self.plural
        self.baseScale = baseScale ?? scale
        self.isMultiplier = isMultiplier
        self.smaller = smaller
    }
}

/// The units that the formulas of one claims file may use: the built-in ones, and the things that it declares.
struct UnitCatalogue: Sendable {
    private let units: [String: FigureUnit]

    /// With the things of a file, by their plural names: `regions`.
    init(things: [String] = []) {
        self.units = Self.builtIn.merging(Self.things(things)) { builtIn, _ in builtIn }
    }

    /// The unit of a word; nil for a word that is none.
    subscript(word: String) -> FigureUnit? { self.units[word] }

    /// The next smaller unit of one.
    static func smaller(than unit: FigureUnit) -> FigureUnit? { unit.smaller.flatMap { Self.builtIn[$0] } }

    /// Every word, for suggestions.
    var words: [String] { self.units.keys.sorted() }

    /// Dollars, which are written in front of the number.
    static let dollar = FigureUnit("$", .one, Dimension(Dimension.dollar))

    private static func things(_ plurals: [String]) -> [String: FigureUnit] {
        var units: [String: FigureUnit] = [:]
        for plural in plurals {
            let unit = FigureUnit(Dimension.singular(plural), plural: plural, .one, Dimension(plural))
            units[plural] = unit
            units[unit.singular] = unit
        }
        return units
    }

    private static let builtIn: [String: FigureUnit] = {
        var units = Self.things(Dimension.things)
        func add(_ words: [String], _ unit: FigureUnit) { for word in words { units[word] = unit } }
        func number(_ numerator: Int128, _ denominator: Int128 = 1) -> Rational {
            Rational(numerator, over: denominator) ?? .one
        }
        for (words, scale) in [
            (["k", "K", "thousand"], 1_000), (["M", "million"], 1_000_000), (["bn", "billion"], 1_000_000_000),
        ] {
            let unit = FigureUnit(words[0], number(Int128(scale)), .plain, isMultiplier: true)
            add(words, unit)
        }
        add(["%"], FigureUnit("%", number(1, 100), .plain, base: "share", baseScale: .one))
        add(["x", "times"], FigureUnit("x", .one, .plain, base: "number"))
        let bytes = Dimension(Dimension.byte)
        var (decimal, binary): (Int128, Int128) = (1, 1)
        var smaller: (bytes: String?, bits: String?, rate: String?)
        for prefix in ["", "K", "M", "G", "T", "P", "E"] {
            let words = prefix == "" ? ["B", "byte", "bytes"] : prefix == "K" ? ["KB", "kB"] : ["\(prefix)B"]
            add(
                words,
                FigureUnit("\(prefix)B", number(decimal), bytes, base: "B", baseScale: .one, smaller: smaller.bytes))
            if prefix != "" {
                add(["\(prefix)iB"], FigureUnit("\(prefix)iB", number(binary), bytes, base: "B", baseScale: .one))
            }
            let small = prefix == "K" ? "k" : prefix
            let bits = prefix == "" ? ["bit", "bits"] : ["\(small)bit"]
            let size = number(decimal, 8)
            add(
                bits,
                FigureUnit("\(small)bit", size, bytes, base: "bit", baseScale: number(1, 8), smaller: smaller.bits))
            if let rate = bytes.times(Dimension(Dimension.second), power: -1) {
                let unit = FigureUnit(
                    "\(small)bps", size, rate, base: "bit/s", baseScale: number(1, 8), smaller: smaller.rate)
                add(["\(small)bps"], unit)
            }
            smaller = ("\(prefix)B", "\(small)bit", "\(small)bps")
            decimal *= 1_000
            binary *= 1_024
        }
        let seconds = Dimension(Dimension.second)
        for (words, scale) in [
            (["ms"], number(1, 1_000)), (["us"], number(1, 1_000_000)), (["s", "second", "seconds"], number(1)),
            (["min", "minute", "minutes"], number(60)), (["h", "hour", "hours"], number(3_600)),
            (["day", "days", "d"], number(86_400)), (["week", "weeks"], number(604_800)),
            (["month", "months"], number(2_592_000)), (["year", "years"], number(31_536_000)),
        ] {
            let isWord = words[0].utf8.count > 3 || words[0] == "day"
            add(words, FigureUnit(words[0], plural: isWord ? words[0] + "s" : nil, scale, seconds, base: words[0]))
        }
        add(["USD"], Self.dollar)
        return units
    }()
}
