import Fleet
import Testing

/// The document of 500 million users, line by line. The expected figures were computed by hand from the document and the
/// price lists, not by this program.
@Suite struct SeedAuditTests {
    /// A line as it must come out.
    struct Expected: Sendable, CustomTestStringConvertible {
        let id: String
        let label: String
        let against: String
        let factor: String
        let fragments: [String]
        var testDescription: String { self.id }

        init(_ id: String, _ label: String, _ against: String, _ factor: String = "", says fragments: [String] = []) {
            (self.id, self.label, self.against, self.factor, self.fragments) = (id, label, against, factor, fragments)
        }
    }

    /// Computed once: the cases only read them.
    private static let audits = Result {
        let claims = try AuditFiles.claims("profiles/claims-500m.yaml")
        return Dictionary(uniqueKeysWithValues: Audit.Mode.allCases.map { ($0, Audit(claims, mode: $0)) })
    }

    static func audit(_ mode: Audit.Mode = .recomputed) throws -> Audit {
        try #require(try Self.audits.get()[mode])
    }

    static let claims: [Expected] = [
        .init("S1", "right", "25,000,000 users"),
        .init("S2", "right, untested", "12,500 instances", says: ["assumption (see D1)"]),
        .init("S3", "right", "8 cores/instance"),
        .init("S4", "WRONG", "$0.384/instance/h", "x 9.11 too high"),
        .init(
            "S5", "right from S4", "$4,800/h", "x 9.11 too high",
            says: ["Right from S4; at $0.384/instance/h: $4,800/h."]),
        .init("S6", "right", "500 KB/session", says: ["no headers"]),
        .init("S7", "WRONG", "250 TB/day", "x 1,000 too high"),
        .init("S8", "right from S7", "250,000 GB/day", "x 1,000 too high"),
        .init(
            "S9", "WRONG", "231.5 Gbps", "x 7.98 too low",
            says: ["231,481 Gbps: x 7,982 too low", "Average: 23.15 Gbps"]),
        .init("S10", "WRONG", "2.5 TB", "x 1,000 too high"),
        .init("S11", "right from S10", "25 GB/day", "x 1,000 too high", says: ["linear: 4.65x; compound: 37.78x"]),
        .init("S12", "right", "1,250 instances"),
        .init("S13", "right", "15,000 instances", says: ["120,000 cores"]),
        .init("S14", "right", "2,500,000 users/region", says: ["time zones"]),
        .init("S15", "right", "1,250 instances/region"),
        .init(
            "S16", "right", "1,000 instances/balancer",
            says: [
                "A region needs: 2 balancers/region", "all regions: 20 balancers",
                "at the maximum a region needs: 2 ",
            ]),
        .init(
            "S17", "INCONSISTENT", "2 balancers/region", "x 12.5 too high",
            says: ["57,870 requests/s/region", "0.5787 balancers/region", "Recomputed: 1 balancer/region"]),
        .init("S18", "unsupported", ""),
        .init("S19", "right, untested", "23.15 Gbps", "x 7.98 too low", says: ["Right from S9;"]),
        .init("S20", "right, untested", "6.944 Gbps", "x 7.72 too low", says: ["Right from S9 (0.87 Gbps);"]),
        .init("S21", "right", "33.33x", says: ["32.22x from the document's own figures", "Stated low"]),
        .init("S22", "WRONG", "50 databases", says: ["10 databases against 1 database."]),
        .init("S23", "right from S4", "$115,200/day", "x 9.11 too high"),
        .init(
            "S24", "INCONSISTENT", "$105,000/day", "x 2 too high",
            says: ["Instances on average: 2,500 instances", "peak over average: 5x", "Recomputed: $11,520/day"]),
        .init(
            "S25", "WRONG", "$11,771/day", "x 42.5 too high",
            says: ["$11,641,662/day: x 23.3 too low", "For 250 TB: $2/GB", "for 250 PB: $0.002/GB"]),
        .init("S26", "right from S25", "$0/day", says: ["EC2 to CloudFront costs nothing"]),
        .init(
            "S27", "WRONG", "$174.80/day", "x 172 too high",
            says: ["$1,250/database/h", "storage of 2.5 TB: $7.76/day", "of 2.5 PB: $7,761/day"]),
        .init(
            "S28", "right", "$7,474 to $8,352/day", says: ["Each: $6.40/database/h", "storage of 2.5 PB: $7,761/day"]),
        .init(
            "S29", "WRONG", "$7,401 to $13,025/day", "x 3.84 to 6.76 too high",
            says: ["CloudFront: $7,230 to $11,014/day", "balancers: $170.80 to $2,011/day"]),
        .init("S30", "right from …", "$127,146/day", "x 12.4 too high", says: ["Right from S4, S25, S27;"]),
        .init(
            "S31", "right from …", "$26,394 to $32,897/day", "x 8.59 to 10.7 too high",
            says: ["Right from S24, S25, S29;"]),
        .init("S32", "right from …", "74.13 to 79.24 %", "x 1.03 to 1.11 too high", says: ["(82.11 %)"]),
        .init("S33", "unsupported", "", says: ["labels do not follow"]),
    ]

    static let contradictions: [Expected] = [
        .init(
            "D1", "INCONSISTENT", "92.59 instances", "x 135 too high",
            says: ["46.3 requests/s/instance", "18.52 Mbps/instance", "999,999", "(S2, S9)."]),
        .init(
            "D2", "INCONSISTENT", "70 %", "x 4,061 too low",
            says: ["46.3 requests/s/instance", "CPU in use at the peak: 0.01724 %; CPU at which"]),
        .init("D3", "INCONSISTENT", "5x", "x 2 too high", says: ["at 10: 7.2 min", "at 3: 24 min", "at 2: 36 min"]),
        .init("D4", "INCONSISTENT", "23.15 connections/instance", "x 86.4 too high"),
        .init("D5", "INCONSISTENT", "1,250 instances"),
        .init(
            "D6", "INCONSISTENT", "26,786 instances", "x 1.79 too low",
            says: ["The maximum of the plan: 15,000 instances", "At 70 % with all zones: 17,858 instances"]),
        .init("D7", "INCONSISTENT", "505 to 510 KB/session", "x 1.01 to 1.02 too low"),
    ]

    @Test(
        "Each claim and contradiction has its verdict, its figure and its factor", arguments: claims + contradictions)
    func line(expected: Expected) throws {
        let line = try #require(try Self.audit().lines.first { $0.id == expected.id })
        #expect(line.label == expected.label)
        #expect(line.againstText == expected.against)
        #expect(line.factorText == expected.factor)
        for fragment in expected.fragments { #expect(line.sentence.contains(fragment), "\(line.sentence)") }
    }

    @Test("All 33 claims and 7 contradictions are there, in order, each with a sentence")
    func order() throws {
        let lines = try Self.audit().lines
        #expect(lines.map(\.id) == (Self.claims + Self.contradictions).map(\.id))
        #expect(
            lines.prefix(33).allSatisfy { $0.kind == .claim }
                && lines.suffix(7).allSatisfy { $0.kind == .contradiction })
        for line in lines { #expect(!line.sentence.isEmpty, "\(line.id)") }
    }

    @Test(
        "A document that has a reserve and counts headers is no contradiction",
        arguments: [
            ("D6", "states: 15,000 instances", "states: 26,786 instances", "right"),
            ("D6", "states: 15,000 instances", "states: 26,785 instances", "INCONSISTENT"),
            ("D7", "states: 500 KB/session", "states: 511 KB/session", "right"),
            ("D7", "states: 500 KB/session", "states: 507 KB/session", "undecided"),
            ("D5", "1,250 instances\n    formula: S2 * b", "900 instances\n    formula: S2 * b", "right"),
        ])
    func changed(id: String, old: String, new: String, label: String) throws {
        let text = String(decoding: try AuditFiles.bytes("profiles/claims-500m.yaml"), as: UTF8.self)
        #expect(text.contains(old))
        let bytes = Array(text.replacing(old, with: new, maxReplacements: 1).utf8)
        let audit = Audit(try Claims.parse(bytes, file: "c.yaml"))
        #expect(audit.lines.first { $0.id == id }?.label == label)
    }

    @Test("A document's own step that does not lead to its figure is inconsistent, though the figure is right")
    func twoWrongs() throws {
        let text = String(decoding: try AuditFiles.bytes("profiles/claims-500m.yaml"), as: UTF8.self)
        let bytes = Array(text.replacing("states: 12,500 instances", with: "states: 17,858 instances").utf8)
        let line = Audit(try Claims.parse(bytes, file: "c.yaml")).lines.first { $0.id == "S12" }
        #expect(line?.label == "INCONSISTENT" && line?.againstText == "1,786 instances")
        #expect(line?.sentence.contains("By `S2 * baseline_share` the document itself has 1,786") == true)
    }

    @Test("The last line counts every line once and names what is furthest off")
    func verdict() throws {
        let verdict = try Self.audit().verdict
        #expect(verdict.word == .refuted)
        let claims = verdict.claims
        let sum = claims.wrong + claims.inconsistent + claims.refuted + claims.undecided + claims.untested
        #expect(sum + claims.unmeasurable + claims.unsupported + claims.right + claims.rightFrom + claims.given == 33)
        #expect(verdict.contradictions.real == 7)
        #expect(
            verdict.sentence
                == "10 of 33 claims are wrong or inconsistent (S7 is x 1,000 too high, S10 is x 1,000 too high, "
                + "S27 is x 172 too high, …), 7 of 7 contradictions are real, 1 untested, 2 not measurable yet, "
                + "2 unsupported, 10 right, 8 right from wrong figures")
    }

    @Test(
        "As stated, the document's own steps lead to the document's own figures",
        arguments: [
            ("S1", "25,000,000 users"), ("S2", "12,500 instances"), ("S5", "$43,750/h"), ("S8", "250,000,000 GB/day"),
            ("S11", "25 TB/day"), ("S12", "1,250 instances"), ("S13", "15,000 instances"),
            ("S14", "2,500,000 users/region"),
            ("S15", "1,250 instances/region"), ("S17", "25 balancers/region"), ("S19", "2.9 Gbps"),
            ("S20", "0.87 Gbps"),
            ("S21", "32.22x"), ("S22", "50 databases"), ("S23", "$1,050,000/day"), ("S26", "$15,000/day"),
            ("S30", "$1,580,000/day"), ("S31", "$282,680/day"), ("S32", "82.11 %"),
        ])
    func asStated(id: String, figure: String) throws {
        let line = try #require(try Self.audit(.asStated).lines.first { $0.id == id })
        #expect(line.againstText == figure)
        #expect(line.verdict == .right)
    }

    @Test(
        "As stated, three steps do not lead to the figure behind them, and prices are given",
        arguments: [
            ("S7", "WRONG", "250 TB/day"), ("S9", "WRONG", "231,481 Gbps"), ("S10", "WRONG", "2.5 TB"),
            ("S4", "given", ""),
            ("S18", "given", ""), ("S33", "unsupported", ""), ("S24", "given", ""),
            ("S25", "given", ""), ("S29", "given", ""),
        ])
    func slips(id: String, label: String, figure: String) throws {
        let line = try #require(try Self.audit(.asStated).lines.first { $0.id == id })
        #expect(line.label == label)
        #expect(line.againstText == figure)
    }
}
