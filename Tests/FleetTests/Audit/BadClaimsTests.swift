import Fleet
import Testing
import YAML

/// Claims files that are refused: each with the place of its error and what the error says.
@Suite struct BadClaimsTests {
    /// One bad file.
    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String
        let place: String
        let fragment: String
        var testDescription: String { "\(self.place) \(self.fragment)" }

        /// A whole file.
        static func file(_ text: String, _ place: String, _ fragment: String) -> Bad {
            Bad(text: text, place: place, fragment: fragment)
        }

        /// A valid head of 3 lines with the inputs `users` and `each`, then this on line 4.
        static func tail(_ text: String, _ place: String, _ fragment: String) -> Bad {
            let head =
                "version: 1\ndocument: {title: t}\n"
                + "inputs: {daily: {value: 5 users}, each: {value: 2 KB/user}, none: {value: 0 users}}\n"
            return Bad(text: head + text + "\n", place: place, fragment: fragment)
        }

        /// A claim of this figure with an objective that tests another one.
        static func objective(_ states: String, _ objective: String) -> Bad {
            let claim = "claims: [{id: A, text: t, states: '\(states)', measure: {command: c, record: r, objective: '"
            return Self.tail("\(claim)\(objective)'}}]", "4:\(claim.count + 1)", "does not compare with `\(states)`")
        }

        /// A claim of 10 users with this formula; its error is so many characters after its beginning.
        static func formula(_ formula: String, _ offset: Int, _ fragment: String) -> Bad {
            let claim = "claims: [{id: S1, text: t, states: 10 users, formula: '"
            return Self.tail("\(claim)\(formula)'}]", "4:\(claim.count + 1 + offset)", fragment)
        }
    }

    @Test(
        "An objective is one about the figure, in a unit of its kind",
        arguments: [
            ("100 ms", "max < 100ms"), ("0.1 s", "p99 < 100ms for checkout"), ("0.1%", "errors < 0.1%"),
            ("75,000 requests/s/instance", "rate > 75000/s"),
            ("75,000 requests/s", "rate > 75000 req/s in 99% of 10s windows"),
            ("1 Gbps/instance", "throughput > 1 Gbps"), ("6M requests/min", "rate > 100000/s"),
        ])
    func objectives(states: String, objective: String) throws {
        let text =
            "version: 1\ndocument: {title: t}\nclaims: [{id: A, text: t, states: '\(states)', "
            + "measure: {command: c, record: r, objective: '\(objective)'}}]\n"
        #expect(throws: Never.self) { try Claims.parse(Array(text.utf8), file: "c.yaml") }
    }

    static let structure: [Bad] = [
        .file("", "1:1", "the claims file is empty"),
        .file("[1]", "1:1", "a claims file is a mapping"),
        .file(
            "version: 2\ndocument: {title: t}\nclaims: [{id: A, text: t, states: 1 user}]\n", "1:10",
            "version 2 is not known"),
        .file(
            "document: {title: t}\nclaims: [{id: A, text: t, states: 1 user}]\n", "1:1",
            "version: this key is missing"),
        .file("version: 1\nclaims: [{id: A, text: t, states: 1 user}]\n", "1:1", "document: this key is missing"),
        .file(
            "version: 1\ndocument: {}\nclaims: [{id: A, text: t, states: 1 user}]\n", "2:11",
            "title: this key is missing"),
        .file("version: 1\ndocument: {title: t}\n", "1:1", "claims: this key is missing"),
        .tail("claims: []", "4:9", "there is no claim to audit"),
        .tail("claim: []", "4:1", "did you mean `claims`?"),
        .tail("claims: [{id: A, text: t, states: 1 user, formla: daily}]", "4:43", "did you mean `formula`?"),
        .tail("claims: [{text: t, states: 1 user}]", "4:10", "id: this key is missing"),
        .tail("claims: [{id: A, states: 1 user}]", "4:10", "text: this key is missing"),
        .tail("claims: [{id: A, text: t}]", "4:10", "states: this key is missing"),
        .tail("claims: [{id: 1A, text: t, states: 1 user}]", "4:15", "cannot be a name in formulas"),
        .tail("claims: [{id: user, text: t, states: 1 user}]", "4:15", "is a unit or a function"),
        .tail("claims: [{id: ceil, text: t, states: 1 user}]", "4:15", "is a unit or a function"),
        .tail("claims: [{id: daily, text: t, states: 1 user}]", "4:15", "is taken since line 3"),
        .tail(
            "claims:\n  - {id: A, text: t, states: 1 user}\n  - {id: A, text: t, states: 1 user}", "6:10",
            "is taken since line 5"),
        .tail("things: [users]\nclaims: [{id: A, text: t, states: 1 user}]", "4:10", "is a unit already"),
        .tail("things: [a-b]\nclaims: [{id: A, text: t, states: 1 user}]", "4:10", "cannot be a name"),
        .tail(
            "facts: {p: {value: $1/h}}\nclaims: [{id: A, text: t, states: 1 user}]", "4:12",
            "source: this key is missing"),
        .tail(
            "facts: {p: {value: $1/h, source: s, date: soon}}\nclaims: [{id: A, text: t, states: 1 user}]", "4:43",
            "is not a date"),
        .tail("claims: [{id: A, text: '', states: 1 user}]", "4:24", "a text has 1 to 1000 characters"),
        .tail("claims: [{id: A, text: t, states: 1 user, within: 200%}]", "4:51", "above 0 and at most 100%"),
        .tail("claims: [{id: A, text: t, states: 1 user, within: 2 KB}]", "4:51", "a share of the stated figure"),
        .tail("claims: [{id: A, text: t, states: [1]}]", "4:35", "this is a number with its unit"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user, measure: {command: c, record: ../up}}]", "4:73",
            "cannot name a record"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user, measure: {command: c, record: r, of: dayly}}]", "4:80",
            "did you mean `daily`?"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user, measure: {command: c, record: r, objective: rate > 5/s}}]",
            "4:87",
            "does not compare with `1 user`"),
        .objective("100 s", "max < 100ms"), .objective("100,000 requests/day", "rate > 100000/s"),
        .objective("99%", "p99 < 5ms"), .objective("2 users", "p99 < 2s"), .objective("5 requests", "rate > 5/s"),
        .objective("5 GB/s", "throughput > 5Gbps"), .objective("10", "errors < 10%"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user}]\n"
                + "contradictions: [{id: D, text: t, between: [B], condition: A < daily, unit: users}]", "5:45",
            "there is no claim `B`"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user}]\n"
                + "contradictions: [{id: D, text: t, between: [A], condition: A + daily, unit: users}]", "5:69",
            "a comparison needs one of < <= > >= == != here"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user}]\n"
                + "contradictions: [{id: D, text: t, between: [A], condition: A < daily, unit: KB}]", "5:77",
            "the condition compares users, not B"),
        .tail(
            "claims: [{id: A, text: t, states: 1 user, shows: [{what: w, formula: each, unit: KB}]}]", "4:82",
            "the formula gives B/user, and this unit is B"),
    ]

    static let formulas: [Bad] = [
        .formula("daily + each", 6, "users cannot be added to B/user"),
        .formula("daily - 5", 6, "a plain number cannot be subtracted from users"),
        .formula("daily * each", 0, "this gives B, and `10 users` is users"),
        .formula("daily * 2 KB", 0, "this gives B·users, and `10 users` is users"),
        .formula("dayly * 2", 0, "did you mean `daily`?"),
        .formula("daily / none * 1 user", 6, "this divides by 0"),
        .formula("daily / (3 - 3)", 6, "this divides by 0"),
        .formula("daily / between(0 - 1, 1)", 6, "this divides by a range that holds 0"),
        .formula("S1 * 2", 0, "a figure cannot need itself: S1, which needs S1"),
        .formula("stated(S1) * 2", 0, "S1 would be held against itself: S1, which needs S1"),
        .formula("2 daily", 2, "write `*` in front of it if it is a name"),
        .formula("daily 2", 6, "an operator is missing before `2`"),
        .formula("2 usrs", 2, "did you mean `users`?"),
        .formula("daily *", 7, "a number, a name or `(` is missing here; found the end"),
        .formula("(daily", 6, "`)` is missing here"),
        .formula("daily)", 5, "an operator is missing before `)`"),
        .formula("", 0, "a number, a name or `(` is missing here"),
        .formula("min(12,5) * 1 user", 6, "write a space after one that separates values"),
        .formula("ceil(daily, 2)", 0, "`ceil` takes 1 value, not 2"),
        .formula("max() * daily", 0, "`max` takes 1 to 64 values, not 0"),
        .formula("maxx(daily)", 0, "there is no function `maxx`; did you mean `max`?"),
        .formula("stated(2)", 0, "`stated` takes the name of a claim"),
        .formula("tiered(daily, 5 users, 2)", 0, "pairs of a width and its price"),
        .formula("ceil(daily / 1 s) * 1 s", 0, "depends on the unit of time"),
        .formula("daily & 2", 6, "has no meaning in a formula"),
        .formula("daily * 12345678901234567890123456789012", 8, "more than 30 digits"),
        .formula(
            "daily * 100000000000000000000000000000 * 100000000000000000000000000000", 39,
            "more digits than can be counted"),
        .formula(
            String(repeating: "(", count: 40) + "daily" + String(repeating: ")", count: 40), 32,
            "nested deeper than 32"),
        .formula("daily * " + String(repeating: "1 * ", count: 300) + "1", 0, "longer than 1000 characters"),
        .formula("daily" + String(repeating: " * daily", count: 9), 62, "a higher power of a unit"),
        .formula("--daily", 1, "one minus is enough"),
    ]

    static let figures: [Bad] = [
        .tail("claims: [{id: A, text: t, states: -5 users}]", "4:35", "a figure begins with a number"),
        .tail("claims: [{id: A, text: t, states: NaN users}]", "4:35", "a figure begins with a number"),
        .tail("claims: [{id: A, text: t, states: many}]", "4:35", "a figure begins with a number"),
        .tail("claims: [{id: A, text: t, states: 5 usrs}]", "4:37", "did you mean `users`?"),
        .tail("claims: [{id: A, text: t, states: 5 usrs}]", "4:37", "things of your own go into `things`"),
        .tail("claims: [{id: A, text: t, states: 5 Gb/s}]", "4:37", "write `Gbit` for bits or `GB` for bytes"),
        .tail("claims: [{id: A, text: t, states: 5 users/kb}]", "4:43", "write `kbit` for bits or `kB` for bytes"),
        .tail("claims: [{id: A, text: t, states: 1.000 users}]", "4:35", "write a comma"),
        .tail("claims: [{id: A, text: t, states: $12.500/h}]", "4:36", "write a comma"),
        .tail("claims: [{id: A, text: t, states: 5 users/dya}]", "4:43", "did you mean `day`?"),
        .tail("claims: [{id: A, text: t, states: 5 users/}]", "4:43", "a unit belongs here; found the end"),
        .tail("claims: [{id: A, text: t, states: 1e400 users}]", "4:36", "is no unit"),
        .tail("claims: [{id: A, text: t, states: '12,50 users'}]", "4:38", "groups of three digits"),
        .tail(
            "claims: [{id: A, text: t, states: 10, formula: daily}]", "4:48",
            "this gives users, and `10` is a plain number"),
    ]

    static let circles: [Bad] = [
        .tail(
            "claims:\n  - {id: A, text: t, states: 1 user, formula: Q}\n  - {id: Q, text: t, states: 1 user, formula: A}",
            "6:47", "a figure cannot need itself: A, which needs Q, which needs A"),
        .tail(
            "claims:\n  - {id: A, text: t, states: 1 user, formula: stated(Q)}\n"
                + "  - {id: Q, text: t, states: 1 user, formula: A}",
            "5:47", "A would be held against itself: A, which needs Q, which needs A"),
        .tail(
            "figures: {p: stated(A)}\nclaims: [{id: A, text: t, states: 1 user, formula: p}]", "5:52",
            "A would be held against itself"),
        .tail("claims: [{id: A, text: t, states: 1 user, agrees_with: A}]", "4:56", "A would be held against itself"),
        .tail("claims: [{id: A, text: t, states: 1 user, as_stated: A}]", "4:54", "A would be held against itself"),
        .tail(
            "figures: {p: q * 2, q: p}\nclaims: [{id: A, text: t, states: 1 user}]", "4:24",
            "a figure cannot need itself"),
    ]

    @Test("A wrong file is refused at its place", arguments: structure + formulas + figures + circles)
    func refused(bad: Bad) throws {
        let error = #expect(throws: DocumentErrors.self) { try Claims.parse(Array(bad.text.utf8), file: "c.yaml") }
        let errors = try #require(error).errors
        let found = errors.first { $0.message.contains(bad.fragment) }
        #expect(found.map { "\($0.line):\($0.column)" } == bad.place, "\(errors)")
        #expect(found?.description.hasPrefix("c.yaml:\(bad.place): ") == true)
    }

    @Test("All errors are reported at once, in the order of the file, and what follows from an error is not one")
    func several() throws {
        let text = """
            version: 1
            document: {title: t}
            inputs: {daily: {value: 5 users}}
            claims:
              - {id: A, text: t, states: 1 user, formula: dayly}
              - {id: Q, text: t, states: 1 user, formula: A * 2}
              - {id: C, text: t, states: 1 KB, formula: daily}

            """
        let error = #expect(throws: DocumentErrors.self) { try Claims.parse(Array(text.utf8), file: "c.yaml") }
        #expect(try #require(error).errors.map(\.line) == [5, 7])
    }

    @Test("A list beyond its limit is refused")
    func limits() throws {
        let items = (0...500).map { "{id: A\($0), text: t, states: 1 user}" }.joined(separator: ", ")
        let text = "version: 1\ndocument: {title: t}\nclaims: [\(items)]\n"
        let error = #expect(throws: DocumentErrors.self) { try Claims.parse(Array(text.utf8), file: "c.yaml") }
        #expect(try #require(error).errors.first?.message.contains("more than 500 items") == true)
    }

    @Test("A chain through all of its names is computed: depth is no limit")
    func chain() throws {
        let items = (1..<500).map {
            "  - {id: A\($0), text: t, states: \($0 + 1) users, formula: 'A\($0 - 1) + 1 user'}\n"
        }
        let text =
            "version: 1\ndocument: {title: t}\nclaims:\n  - {id: A0, text: t, states: 1 user, formula: 1 user}\n"
        let audit = Audit(try Claims.parse(Array((text + items.reversed().joined()).utf8), file: "c.yaml"))
        #expect(audit.verdict.claims.right == 500)
    }
}
