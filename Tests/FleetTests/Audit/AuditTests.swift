import Fleet
import Testing

/// Verdicts follow from figures, and evidence decides what arithmetic cannot.
@Suite struct AuditTests {
    static let measured = """
        inputs: {peak: {value: 10000 users}, each: {value: 100 users/instance}, prize: {value: $2/instance/h}}
        claims:
          - id: N
            text: 100 instances
            states: 100 instances
            formula: peak / each
            measure: {command: headroom capacity, record: r, of: each}
          - {id: C, text: it costs, states: $200/h, formula: N * prize}

        """

    static func audit(_ text: String, evidence: [String: ClaimEvidence] = [:]) throws -> Audit {
        Audit(try AuditFiles.claims(text: text), evidence: evidence)
    }

    @Test("Without a record a claim that needs one is untested, and the audit undecided")
    func untested() throws {
        let audit = try Self.audit(Self.measured)
        #expect(audit.lines.map(\.label) == ["right, untested", "right"])
        #expect(audit.verdict.word == .undecided)
        #expect(audit.verdict.sentence == "0 of 2 claims are wrong, 1 untested, 1 right")
    }

    @Test("A record supports a claim, and the audit ends well")
    func supported() throws {
        let evidence = ClaimEvidence(verdict: .supported, low: 150, high: 160, sentence: "At least 150 held.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["supported", "right"])
        #expect(audit.lines.map(\.againstText) == ["100 instances", "$200/h"], "a figure that is supported stands")
        #expect(audit.lines.first?.sentence == "At least 150 held.")
        #expect(audit.verdict.word == .supported)
        #expect(audit.verdict.sentence == "2 of 2 claims hold")
    }

    @Test("A record that refutes a claim replaces its figure, and its bracket goes on to what follows")
    func refuted() throws {
        let evidence = ClaimEvidence(verdict: .refuted, low: 40, high: 50, sentence: "40 to 50 held.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["REFUTED", "right from each"])
        #expect(audit.lines.map(\.againstText) == ["200 to 250 instances", "$400 to $500/h"])
        #expect(audit.lines.map(\.factorText) == ["x 2 to 2.5 too low", "x 2 to 2.5 too low"])
        #expect(audit.verdict.word == .refuted)
        #expect(
            audit.verdict.sentence
                == "1 of 2 claims is refuted (N is x 2 to 2.5 too low), 0 right, 1 right from wrong figures")
        #expect(audit.lines.last?.sentence == "Right from each (refuted); at 40 to 50 users/instance: $400 to $500/h.")
    }

    @Test("A record that decides nothing changes no figure")
    func undecided() throws {
        let evidence = ClaimEvidence(verdict: .undecided, low: 40, high: 500, sentence: "40 to 500 held.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["undecided", "right"])
        #expect(audit.lines.map(\.againstText) == ["100 instances", "$200/h"])
        #expect(audit.verdict.word == .undecided)
    }

    @Test("A measured 0 does not divide: the claim keeps its verdict, and nothing is computed from it")
    func zero() throws {
        let evidence = ClaimEvidence(verdict: .refuted, low: 0, high: 0, sentence: "None held.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["REFUTED", "right from each"])
        #expect(audit.lines.allSatisfy { $0.recomputed == nil })
        for line in audit.lines { #expect(line.sentence.contains("nothing can be computed: this divides by 0")) }
        #expect(audit.verdict.word == .refuted)
    }

    @Test("A bracket with one end, or from 0 on, gives figures with one end", arguments: [nil, 0.0])
    func oneEnd(low: Double?) throws {
        let evidence = ClaimEvidence(verdict: .refuted, low: low, high: 40, sentence: "Fewer than 40 held.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["REFUTED", "right from each"])
        #expect(audit.lines.map(\.againstText) == ["at least 250 instances", "at least $500/h"])
        #expect(audit.lines.map(\.factorText) == ["x at least 2.5 too low", "x at least 2.5 too low"])
        #expect(audit.lines.last?.sentence.contains("Right from each (refuted); at most 40 users/instance: at least $500/h") == true)
    }

    @Test("A claim whose own figure a record refutes is refuted, and not wrong")
    func refutedItself() throws {
        let text = """
            inputs: {a: {value: 100 users}}
            claims:
              - {id: N, text: t, states: 100 users, formula: a, measure: {command: c, record: r}}
              - {id: C, text: t, states: 200 users, formula: N * 2}

            """
        let evidence = ClaimEvidence(verdict: .refuted, low: 40, high: 50, sentence: "40 to 50 held.")
        let audit = try Self.audit(text, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["REFUTED", "right from N"])
        #expect(audit.lines.map(\.againstText) == ["40 to 50 users", "80 to 100 users"])
    }

    @Test("An amount that is open above is spread over tiers from its known end on")
    func openTiers() throws {
        let text = """
            inputs: {each: {value: 10 users/instance}, all: {value: 100 users}}
            claims:
              - {id: N, text: t, states: 10 instances, formula: all / each, measure: {command: c, record: r, of: each}}
              - {id: C, text: t, states: $15/h, formula: 'tiered(N, 5 instances, $2/instance/h, $1/instance/h)'}

            """
        let evidence = ClaimEvidence(verdict: .refuted, high: 5, sentence: "s")
        let audit = try Self.audit(text, evidence: ["N": evidence])
        #expect(audit.lines.map(\.againstText) == ["at least 20 instances", "at least $25/h"])
    }

    @Test("What is built on a claim that a record refutes without a figure is right from it, and not right")
    func refutedWithoutEnds() throws {
        let evidence = ClaimEvidence(verdict: .refuted, sentence: "It did not.")
        let audit = try Self.audit(Self.measured, evidence: ["N": evidence])
        #expect(audit.lines.map(\.label) == ["REFUTED", "right from each"])
        #expect(audit.verdict.claims.right == 0 && audit.verdict.claims.rightFrom == 1)
    }

    @Test("Long measured numbers are no overflow, and one that is says so")
    func digits() throws {
        let text = """
            inputs: {a: {value: 100 users}}
            claims:
              - {id: N, text: t, states: 100 users, formula: a, measure: {command: c, record: r, of: a}}
              - {id: C, text: t, states: 10 %, formula: 'N / (N + 900 users)'}

            """
        let evidence = ClaimEvidence(verdict: .refuted, low: 869.1234567890123, high: 1074.98765432101, sentence: "s")
        let lines = try Self.audit(text, evidence: ["N": evidence]).lines
        #expect(lines[1].label == "right from a" && lines[1].recomputed != nil)
        let power =
            "inputs: {a: {value: 2 users}}\nclaims: [{id: N, text: t, states: 2 users, formula: a, "
            + "measure: {command: c, record: r, of: a}}, {id: C, text: t, states: 32 users, formula: "
            + "'N * N * N * N * N / (1 user * 1 user * 1 user * 1 user)'}]\n"
        let fine = ClaimEvidence(verdict: .refuted, low: 1.23456789, high: 1.23456788e9, sentence: "s")
        let line = try #require(try Self.audit(power, evidence: ["N": fine]).lines.last)
        #expect(line.recomputed == nil)
        #expect(line.sentence.contains("nothing can be computed: the result has more digits than can be counted"))
    }

    @Test("A claim without a formula is unsupported, and a record alone can support it")
    func unsupported() throws {
        let text = """
            claims:
              - id: L
                text: it takes 100,000 requests a second
                states: 100,000 requests/s
                measure: {command: headroom run, record: r, objective: rate > 100000/s}

            """
        let open = try Self.audit(text)
        #expect(open.lines.map(\.label) == ["unsupported"] && open.verdict.word == .undecided)
        let held = try Self.audit(text, evidence: ["L": ClaimEvidence(verdict: .supported, sentence: "It did.")])
        #expect(held.lines.map(\.label) == ["supported"] && held.verdict.word == .supported)
        let failed = try Self.audit(text, evidence: ["L": ClaimEvidence(verdict: .refuted, sentence: "It did not.")])
        #expect(failed.lines.map(\.label) == ["REFUTED"] && failed.verdict.word == .refuted)
    }

    @Test(
        "Verdicts follow from figures",
        arguments: [
            ("formula: each * 3", AuditLine.Verdict.right), ("formula: each * 4", .wrong),
            ("formula: each * 3.3", .wrong),
            ("formula: each * 3.3, within: 10%", .right), ("formula: each * 3, agrees_with: each * 3", .right),
            ("formula: each * 3, agrees_with: each * 2", .inconsistent),
            ("formula: each * 3, needs: each > 1 user", .right),
            ("formula: each * 3, needs: each > 9 users", .wrong),
            ("formula: each * 3, needs: 'each <= between(1 user, 5 users)'", .undecided),
            ("formula: each * 3, needs: 'each == between(1 user, 5 users)'", .undecided),
            ("formula: each * 3, needs: 'each != between(1 user, 5 users)'", .undecided),
            ("formula: each * 3, needs: 'each <= between(2 users, 5 users)'", .right),
            ("agrees_with: each * 2", .inconsistent),
            ("agrees_with: each * 3", .unsupported), ("because: so it is", .unsupported),
        ])
    func verdicts(keys: String, verdict: AuditLine.Verdict) throws {
        let text = "inputs: {each: {value: 2 users}}\nclaims: [{id: A, text: t, states: 6 users, \(keys)}]\n"
        #expect(try AuditFiles.lines(text)["A"]?.verdict == verdict)
    }

    @Test("A claim whose steps are right from a wrong one says from which, however far behind it is")
    func roots() throws {
        let lines = try AuditFiles.lines(
            """
            inputs: {users_a_day: {value: 100 users}}
            figures: {twice: A * 2}
            claims:
              - {id: A, text: t, states: 1000 users, formula: users_a_day}
              - {id: Q, text: t, states: 2000 users, formula: twice}
              - {id: R, text: t, states: 2001 users, formula: Q + 1 user}

            """)
        #expect(lines["A"]?.label == "WRONG")
        #expect(lines["Q"]?.label == "right from A" && lines["Q"]?.againstText == "200 users")
        #expect(lines["R"]?.label == "right from A" && lines["R"]?.againstText == "201 users")
        #expect(lines["R"]?.sentence == "Right from A; at 100 users: 201 users.")
    }

    @Test("A contradiction is one only where its condition holds")
    func contradictions() throws {
        func label(_ condition: String) throws -> String? {
            try AuditFiles.lines(
                """
                inputs: {least: {value: 5 users}, most: {value: 3 users}}
                claims: [{id: A, text: t, states: 5 users, formula: least}]
                contradictions: [{id: D, text: t, between: [least, most], condition: '\(condition)', unit: users}]

                """)["D"]?.label
        }
        #expect(try label("least > most") == "INCONSISTENT")
        #expect(try label("least < most") == "right")
        #expect(try label("least <= between(4 users, 6 users)") == "undecided")
        #expect(try label("least == between(4 users, 6 users)") == "undecided")
        #expect(try label("least == between(6 users, 7 users)") == "right")
        #expect(try label("least <= between(5 users, 6 users)") == "INCONSISTENT")
        #expect(try label("least >= between(4 users, 5 users)") == "INCONSISTENT")
        #expect(try label("least != most") == "INCONSISTENT")
    }

    @Test("A record that leaves a side of a contradiction without a value takes no line away")
    func kept() throws {
        let text = Self.measured
            + "contradictions: [{id: D, text: t, between: [N], condition: 'N < peak / each * 2', unit: instances}]\n"
        let evidence = ClaimEvidence(verdict: .refuted, low: 0, high: 0, sentence: "None held.")
        let line = try #require(try Self.audit(text, evidence: ["N": evidence]).lines.last)
        #expect(line.label == "undecided" && line.says == "100 instances")
        #expect(line.sentence.contains("Nothing can be compared (N): this divides by 0"))
    }

    @Test("A name means the recomputed figure, and in the document's own arithmetic the stated one", arguments: [
        ("formula: A", "2 users"), ("formula: stated(A)", "6 users"), ("formula: recomputed(A)", "2 users"),
        ("formula: A, agrees_with: A", "6 users"), ("formula: A, agrees_with: recomputed(A)", "2 users"),
    ])
    func chains(keys: String, against: String) throws {
        let lines = try AuditFiles.lines(
            """
            inputs: {each: {value: 2 users}}
            claims:
              - {id: A, text: t, states: 6 users, formula: each}
              - {id: Q, text: t, states: 7 users, \(keys)}

            """)
        #expect(lines["Q"]?.againstText == against)
    }

    @Test("A document whose claims are all right is supported, as stated, too")
    func allRight() throws {
        let text =
            "inputs: {each: {value: 2 users}}\nclaims: [{id: A, text: t, states: 6 users, formula: each * 3}]\n"
        for mode in Audit.Mode.allCases {
            let audit = Audit(try AuditFiles.claims(text: text), mode: mode)
            #expect(audit.verdict.word == .supported)
            #expect(audit.verdict.sentence == "1 of 1 claim holds")
        }
    }
}
