/// What a figure counts, as powers of base units: `B/s`, `users/region`, `$/instance/s`. Figures of different
/// dimensions are never added or compared.
public struct Dimension: Sendable, Hashable {
    /// The powers by the plural name of the base unit; none is 0.
    private var powers: [String: Int] = [:]

    /// A number without a unit.
    static let plain = Dimension()

    private init() {}

    /// One base unit.
    init(_ base: String) { self.powers = [base: 1] }

    static let byte = "B"
    static let second = "s"
    static let dollar = "$"
    /// Things that every claims file may count.
    static let things = ["users", "requests", "sessions", "connections", "instances"]

    /// Highest power of a unit: beyond it a formula is a mistake.
    private static let powerLimit = 8

    /// A number without a unit.
    public var isPlain: Bool { self.powers.isEmpty }

    /// It is one of something per time: its whole numbers depend on the unit of time.
    var hasTime: Bool { self.powers[Self.second] != nil }

    /// Something is counted per second, of whatever it is: `requests/balancer/s`.
    var isRate: Bool { self.powers[Self.second] == -1 && self.countedThing != nil || self == Self.perSecond }

    /// The one thing that is counted, per whatever it is: `connections` of `connections/instance`. Nil for bytes,
    /// money, times and for more than one.
    var countedThing: String? {
        let counted = self.powers.filter { $0.value > 0 }
        guard counted.count == 1, let (thing, power) = counted.first, power == 1,
            ![Self.byte, Self.second, Self.dollar].contains(thing), self.powers[Self.byte] == nil,
            self.powers[Self.dollar] == nil
        else { return nil }
        return self.powers[Self.second].map { $0 == -1 } ?? true ? thing : nil
    }

    private static let perSecond = Dimension.plain.times(Dimension(Self.second), power: -1)

    /// A limit of this kind can be compared with it: a rate with a rate, bits with bits per second, whatever they are
    /// per; anything else only with its own kind.
    func isMeasured(as limit: Dimension) -> Bool {
        if limit.isRate { return self.isRate }
        if limit.powers == [Self.byte: 1, Self.second: -1] {
            let below = self.powers.filter { $0.key != Self.byte && $0.key != Self.second }
            return self.powers[Self.byte] == 1 && self.powers[Self.second] == -1 && below.values.allSatisfy { $0 < 0 }
        }
        return self == limit
    }

    /// The product with another to the power of 1 or -1; nil beyond the highest power.
    func times(_ other: Dimension, power: Int = 1) -> Dimension? {
        var product = self
        for (base, exponent) in other.powers {
            let sum = (product.powers[base] ?? 0) + power * exponent
            guard abs(sum) <= Self.powerLimit else { return nil }
            product.powers[base] = sum == 0 ? nil : sum
        }
        return product
    }

    /// For people: `B/s`, `users/region`, or "a plain number".
    public var text: String { self.text(isOne: false) }

    /// The same behind a number.
    func text(isOne: Bool) -> String {
        if self.isPlain { return "a plain number" }
        let words = self.powers.keys.sorted { Self.rank($0) < Self.rank($1) }
        func list(_ isOver: Bool) -> [String] {
            words.flatMap { word -> [String] in
                let power = self.powers[word] ?? 0
                return (power < 0) == isOver
                    ? Array(repeating: isOver || isOne ? Self.singular(word) : word, count: abs(power)) : []
            }
        }
        let above = list(false).joined(separator: "·")
        return ([above.isEmpty ? "1" : above] + list(true)).joined(separator: "/")
    }

    /// Money first, time last.
    private static func rank(_ word: String) -> (Int, String) {
        switch word {
        case Self.dollar: (0, word)
        case Self.byte: (1, word)
        case Self.second: (3, word)
        default: (2, word)
        }
    }

    /// One of the things: `user`, `box`, `query`.
    static func singular(_ plural: String) -> String {
        guard plural.utf8.count > 2, plural.hasSuffix("s") else { return plural }
        if ["xes", "sses", "shes"].contains(where: plural.hasSuffix) { return String(plural.dropLast(2)) }
        if plural.utf8.count > 4, plural.hasSuffix("ies") { return plural.dropLast(3) + "y" }
        return String(plural.dropLast())
    }
}
