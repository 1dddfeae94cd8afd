import Numerics
import Testing

@testable import Fleet

/// Formulas, units and exact fractions.
@Suite struct FormulaTests {
    static func value(_ text: String, things: [String] = []) throws -> Figure {
        let formula = try FormulaParser.formula(text, units: UnitCatalogue(things: things))
        return try formula.root.value(.recomputed) { name, _, offset throws(FormulaError) in
            throw FormulaError(offset: offset, message: name)
        }
    }

    static func text(_ text: String, in unit: String, things: [String] = []) throws -> String {
        try FormulaParser.format(unit, units: UnitCatalogue(things: things)).text(
            try Self.value(text, things: things))
    }

    @Test(
        "Brackets come before products, products before sums, and equals are taken from left to right",
        arguments: [
            ("2 + 3 * 4", "14"), ("(2 + 3) * 4", "20"), ("12 / 3 / 2", "2"), ("12 / (3 / 2)", "8"),
            ("10 - 3 - 2", "5"),
            ("-2 * 3", "-6"), ("2 * -3", "-6"), ("5% * 200", "10"), ("1,000 * 2.5", "2,500"), ("6 ÷ 4 × 2", "3"),
            ("sum(1, 2, 3)", "6"), ("max(1, 3, 2)", "3"), ("min(4, 3)", "3"), ("ceil(7 / 2)", "4"),
            ("floor(7 / 2)", "3"),
            ("round(5 / 2)", "3"), ("ceil(-7 / 2)", "-3"), ("floor(-7 / 2)", "-4"), ("round(-5 / 2)", "-3"),
            ("1 / 3", "0.3333"),
            ("2 / 3", "0.6667"), ("between(3, 1)", "1 to 3"), ("between(1, 2) * between(3, 4)", "3 to 8"),
            ("between(1, 2) - between(1, 2)", "-1 to 1"), ("1 / between(2, 4)", "0.25 to 0.5"),
        ])
    func arithmetic(formula: String, result: String) throws {
        #expect(try Self.text(formula, in: "") == result)
    }

    @Test(
        "Units convert by their factors, and a bit is an eighth of a byte",
        arguments: [
            ("250 PB/day", "Gbps", "23,148 Gbps"), ("1 GiB", "B", "1,073,741,824 B"), ("8 Gbps", "GB/s", "1 GB/s"),
            ("$43,750/h", "$/day", "$1,050,000/day"), ("1 day", "h", "24 h"), ("1 month", "days", "30 days"),
            ("500M users * 5%", "users", "25,000,000 users"), ("1 session/user * 3 users", "sessions", "3 sessions"),
            ("2.5 PB", "TB", "2,500 TB"), ("0.3 PB", "PB", "300 TB"), ("0.6 PB", "PB", "0.6 PB"),
            ("2 million users", "users", "2,000,000 users"),
            ("$0.0000075 * 1", "$", "$0.0000075"), ("$999.999 * 1", "$", "$1,000"), ("$1.005 * 1", "$", "$1.01"),
            ("1 user", "users", "1 user"),
        ])
    func units(formula: String, unit: String, result: String) throws {
        #expect(try Self.text(formula, in: unit) == result)
    }

    @Test("Things that a file declares are units of their own")
    func things() throws {
        #expect(
            try Self.text("12 replicas / (4 regions)", in: "replicas/region", things: ["replicas", "regions"])
                == "3 replicas/region")
        #expect(throws: FormulaError.self) {
            try Self.value("1 replica + 1 region", things: ["replicas", "regions"])
        }
    }

    @Test(
        "An amount is spread over tiers, each at its price, the rest at the last",
        arguments: [
            ("tiered(5 GB, 10 GB, $2/GB, $1/GB)", "$10"), ("tiered(15 GB, 10 GB, $2/GB, $1/GB)", "$25"),
            ("tiered(0 GB, 10 GB, $2/GB, $1/GB)", "$0"),
            ("tiered(35 GB, 10 GB, $2/GB, 20 GB, $1/GB, $0.5/GB)", "$42.50"),
            ("tiered(between(5 GB, 15 GB), 10 GB, $2/GB, $1/GB)", "$10 to $25"),
        ])
    func tiers(formula: String, cost: String) throws {
        #expect(try Self.text(formula, in: "$") == cost)
    }

    @Test(
        "A power is exact where it fits, and else a range that holds it",
        arguments: [
            ("power(2, 10)", "1,024"), ("power(1.5, 2)", "2.25"), ("power(7, 0)", "1"), ("power(101%, 365)", "37.78"),
            ("power(between(1, 2), 3)", "1 to 8"), ("power(0.5, 100)", "0"),
        ])
    func powers(formula: String, result: String) throws {
        #expect(try Self.text(formula, in: "").hasPrefix(result))
    }

    @Test("The range of a power holds the number: 1.01 to the 365th is 37.78343433288728")
    func powerRange() throws {
        let figure = try Self.value("power(1.01, 365)")
        #expect(figure.low < figure.high)
        #expect(abs(figure.low.double - 37.78343433288728) < 1e-9 && abs(figure.high.double - 37.78343433288728) < 1e-9)
        for bad in [
            "power(2 KB, 2)", "power(2, 1.5)", "power(0 - 2, 2)", "power(2, 4000)", "power(2, -1)", "power(1000, 99)",
        ] {
            #expect(throws: FormulaError.self, "\(bad)") { try Self.value(bad) }
        }
    }

    @Test("Money is exact: a third of a dollar three times is a dollar")
    func exact() throws {
        #expect(try Self.value("$1 / 3 + $1 / 3 + $1 / 3") == Self.value("$1"))
        #expect(try Self.value("0.1 + 0.2") == Self.value("0.3"))
    }

    @Test(
        "A stated figure holds what rounds to its last digit",
        arguments: [
            ("2.9 Gbps", "2.85 Gbps", true), ("2.9 Gbps", "2.84 Gbps", false), ("25M users", "25.4M users", true),
            ("25M users", "25.6M users", false), ("12,500 users", "12,500.5 users", true),
            ("12,500 users", "12,501 users", false),
            ("82%", "82.11%", true), ("82%", "83%", false),
        ])
    func tolerance(states: String, figure: String, isRight: Bool) throws {
        let line = try AuditFiles.lines("claims: [{id: A, text: t, states: '\(states)', formula: '\(figure)'}]\n")[
            "A"]
        #expect(line?.verdict == (isRight ? .right : .wrong))
    }

    @Test("Fractions are in lowest terms, compare exactly, and give nil where 128 bits do not do")
    func rationals() throws {
        let third = try #require(Rational(2, over: 6))
        #expect(third.numerator == 1 && third.denominator == 3)
        #expect(try #require(Rational(1, over: -3)) == third.negated)
        #expect(Rational(1, over: 0) == nil && Rational(.min, over: 1) == nil)
        let large = try #require(Rational(.max, over: 3)), next = try #require(Rational(.max - 1, over: 3))
        #expect(next < large && large.negated < next.negated && !(large < large))
        #expect(large.times(large) == nil && large.plus(large) == nil && large.divided(by: .zero) == nil)
        #expect(
            Rational(measured: .nan) == nil && Rational(measured: .infinity) == nil
                && Rational(measured: 1e300) == nil)
        #expect(Rational(measured: -0.25) == Rational(-1, over: 4))
        #expect(try #require(Rational(measured: 33_571.775)).double == 33_571.775)
    }

    @Test("Sums and products of random fractions are those of the obvious formula")
    func random() throws {
        var generator = RandomGenerator(seed: 28)
        for _ in 0..<500 {
            let parts = (0..<4).map { _ in Int128(Int.random(in: -1_000...1_000, using: &generator)) }
            guard parts[1] != 0, parts[3] != 0, let left = Rational(parts[0], over: parts[1]),
                let right = Rational(parts[2], over: parts[3])
            else { continue }
            #expect(
                left.plus(right) == Rational(parts[0] * parts[3] + parts[2] * parts[1], over: parts[1] * parts[3]),
                "\(parts)")
            #expect(left.times(right) == Rational(parts[0] * parts[2], over: parts[1] * parts[3]), "\(parts)")
            #expect((left < right) == (left.double < right.double), "\(parts)")
            #expect(left.rounded(.up).double == left.double.rounded(.up), "\(parts)")
            #expect(left.rounded(.down).double == left.double.rounded(.down), "\(parts)")
        }
    }
}
