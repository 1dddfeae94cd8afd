import Fleet
import Testing

/// How far a figure may be off, and what a wrong one does to those behind it.
@Suite struct AuditRoundingTests {
    private static func chain(_ states: [String]) -> String {
        """
        inputs:
          {daily: {value: 5M users}, share: {value: 29%}, each: {value: 1000 users/instance}, price: {value: $1/instance/h}}
        claims:
          - {id: A1, text: t, states: '\(states[0])', formula: daily * share}
          - {id: A2, text: t, states: '\(states[1])', formula: A1 / each}
          - {id: A3, text: t, states: '\(states[2])', formula: A2 * price}
          - {id: A4, text: t, states: '\(states[3])', formula: A3}

        """
    }

    @Test("A round number is no leeway: 1M users for 1.45 million are wrong, and what follows is right from them")
    func roundNumber() throws {
        let text = Self.chain(["1M users", "1,000 instances", "$1,000/h", "$24,000/day"])
        let audit = Audit(try AuditFiles.claims(text: text))
        #expect(audit.lines.map(\.label) == ["WRONG", "right from A1", "right from A1", "right from A1"])
        #expect(audit.lines.map(\.factorText) == Array(repeating: "x 1.45 too low", count: 4))
        #expect(audit.verdict.word == .refuted)
    }

    @Test("The chat service with 29 % online instead of 20 % is wrong")
    func chat() throws {
        let text = String(decoding: try AuditFiles.bytes("profiles/claims-chat-5m.yaml"), as: UTF8.self)
        #expect(text.contains("online_share: {value: 20%"))
        let bytes = Array(text.replacing("online_share: {value: 20%", with: "online_share: {value: 29%").utf8)
        let labels = Audit(try Claims.parse(bytes, file: "c")).lines.prefix(3).map(\.label)
        #expect(labels == ["WRONG", "right from C1", "right, untested"])
    }

    @Test(
        "Half of the last digit, at most 2 %, or what `within` says",
        arguments: [
            ("1 MB", "1 MiB", "WRONG"), ("1 KB", "1 KiB", "WRONG"), ("0M users", "200000 users", "WRONG"),
            ("30 users", "30.4 users", "right"), ("10 users", "10.4 users", "WRONG"),
            ("100 users", "101 users", "WRONG"),
            ("1.58M users", "1577000 users", "right"), ("10 users, within: 5%", "10.4 users", "right"),
            ("82%", "82.4%", "right"), ("82%", "81.4%", "WRONG"),
        ])
    func tolerance(states: String, formula: String, label: String) throws {
        let lines = try AuditFiles.lines("claims: [{id: A, text: t, states: \(states), formula: \(formula)}]\n")
        #expect(lines["A"]?.label == label)
    }

    @Test("A difference that is too small for three digits has its factor all the same")
    func smallFactor() throws {
        let text = "claims: [{id: A, text: t, states: '10,001 users', formula: '10,000 users'}]\n"
        let lines = try AuditFiles.lines(text)
        #expect(lines["A"]?.label == "WRONG" && lines["A"]?.factorText == "x 1.0001 too high")
    }

    @Test("Rounding that an earlier step carries on is right up to 2 %, and wrong with its factor above that")
    func carried() throws {
        func line(_ states: String, _ formula: String) throws -> AuditLine? {
            try AuditFiles.lines(
                """
                inputs: {rate: {value: 2314.8 users}, small: {value: 60.4 users}}
                claims:
                  - {id: A, text: t, states: '2,315 users', formula: rate}
                  - {id: Q, text: t, states: 60 users, formula: small}
                  - {id: R, text: t, states: '\(states)', formula: \(formula)}

                """)["R"]
        }
        #expect(try line("23,150 users", "A * 10")?.label == "right")
        let off = try #require(try line("3,600 users", "Q * Q / (1 user)"))
        #expect(off.label == "right" && off.againstText == "3,648 users")
        let wrong = try #require(try line("216,000 users", "Q * Q * Q / (1 user * 1 user)"))
        #expect(wrong.label == "WRONG" && wrong.factorText == "x 1.02 too low")
        #expect(wrong.sentence.contains("whose rounding adds up"))
    }

    @Test("A formula that takes the stated figure of a wrong claim is right from it")
    func statedOfWrong() throws {
        let lines = try AuditFiles.lines(
            """
            inputs: {a: {value: 100 users}}
            figures: {half: stated(W) / 2}
            claims:
              - {id: W, text: t, states: 1000 users, formula: a}
              - {id: A, text: t, states: 2000 users, formula: stated(W) * 2}
              - {id: Q, text: t, states: 500 users, formula: half}
              - {id: R, text: t, states: 501 users, formula: Q + 1 user}

            """)
        #expect(["A", "Q", "R"].map { lines[$0]?.label } == Array(repeating: "right from W", count: 3))
    }

    @Test("A claim without a figure is unsupported, with its sentence, where it stands in the file")
    func statement() throws {
        let text = """
            claims:
              - {id: A, text: t, states: 2 users, formula: 2 users}
              - {id: L, text: It is quick., because: The document does not say how quick.}
              - {id: C, text: t, states: 3 users, formula: A + 1 user}

            """
        for mode in Audit.Mode.allCases {
            let audit = Audit(try AuditFiles.claims(text: text), mode: mode)
            #expect(audit.lines.map(\.id) == ["A", "L", "C"])
            #expect(audit.lines.map(\.label) == ["right", "unsupported", "right"])
            #expect(audit.lines[1].says == nil && audit.lines[1].sentence == "The document does not say how quick.")
            #expect(audit.verdict.word == .undecided)
        }
    }
}
