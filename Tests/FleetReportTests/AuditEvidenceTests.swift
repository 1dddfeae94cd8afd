import Fleet
import Foundation
import Report
import Testing
import Units

/// Records as evidence for claims.
@Suite struct AuditEvidenceTests {
    /// Read once: the cases only ask for it.
    private static let claims = Result { try AuditOutputTests.claims("claims-500m") }

    /// A claim of 2,000 connections of an instance, and one of 100,000 requests a second.
    private static func read(_ record: String, of id: String = "S2") throws -> ClaimEvidence {
        let claims = try Self.claims.get()
        let claim = try #require(claims.claims.first { $0.id == id })
        return try AuditEvidence.read(Array(record.utf8), for: try #require(claim.measurement), of: claims)
    }

    private static func search(
        value: String = "2000", verdict: String = "refuted", schema: String = "headroom.capacity/1",
        state: String = "complete", bracket: String = "\"lower\": 869, \"upper\": 1074"
    ) -> String {
        """
        {"schema": "\(schema)", "state": "\(state)",
         "capacity": {\(bracket), "unit": "users", "pace": "every 2s"},
         "assumption": {"value": \(value), "verdict": "\(verdict)", "ratio": [0.4, 0.5], "instance_type": "m5.2xlarge"},
         "hardware": {"instance_type": "unknown", "description": "this machine, 2 cores"}}
        """
    }

    @Test("A search that assumed the stated number gives its verdict, its bracket and what was measured")
    func searched() throws {
        let evidence = try Self.read(Self.search())
        #expect(evidence.verdict == .refuted && evidence.low == 869 && evidence.high == 1_074)
        #expect(
            evidence.sentence
                == "2,000 users are refuted at every 2s: 869 to 1,074 held; measured on this machine, 2 cores, "
                + "not on m5.2xlarge.")
        #expect(try Self.read(Self.search(verdict: "undecided")).verdict == .undecided)
        let least = try Self.read(Self.search(verdict: "supported", bracket: "\"lower\": null, \"at_least\": 2100"))
        #expect(least.verdict == .supported && least.low == nil && least.sentence.contains("at least 2,100 held"))
    }

    @Test("The refuted number is replaced in what follows from it: 12,500 instances become about 23,300 to 28,800")
    func feeds() throws {
        let claims = try AuditOutputTests.claims("claims-500m")
        let audit = Audit(claims, evidence: ["S2": try Self.read(Self.search())])
        let line = try #require(audit.lines.first { $0.id == "S2" })
        #expect(line.label == "REFUTED" && line.againstText == "23,277 to 28,769 instances")
        #expect(line.sentence.contains("not on m5.2xlarge"))
    }

    @Test("The search of this repository's results supports 2,000 users, on the hardware that it names")
    func repository() throws {
        let record = try String(
            contentsOf: AuditOutputTests.root.appending(path: "results/capacity-nginx.json"), encoding: .utf8)
        let evidence = try Self.read(record)
        #expect(evidence.verdict == .supported && evidence.low == 6_746)
    }

    @Test("A search that goes on decides nothing")
    func running() throws {
        #expect(try Self.read(Self.search(state: "running")).verdict == .undecided)
    }

    @Test(
        "A run decides by the objective that the claim names",
        arguments: [
            ("PASS", ClaimEvidence.Verdict.supported), ("FAIL", .refuted), ("UNKNOWN", .undecided),
        ])
    func run(word: String, verdict: ClaimEvidence.Verdict) throws {
        let evidence = try Self.read(
            """
            {"schema": "headroom.run/1", "state": "complete", "slo": [{"text": "errors < 0.1%", "verdict": "PASS"},
             {"text": "rate > 100000/s", "verdict": "\(word)", "measured": 98000.5, "unit": "requests/s"}]}
            """, of: "S18")
        #expect(evidence.verdict == verdict)
        #expect(evidence.sentence == "rate > 100000/s is \(verdict.rawValue), measured 98000.5 requests/s.")
    }

    @Test(
        "A record that tests something else is refused, and says what it tests",
        arguments: [
            (search(value: "1000"), "S2", "it assumes 1,000, and the document states 2,000"),
            (search(schema: "headroom.capacity/2"), "S2", "its schema is `headroom.capacity/2`"),
            (search(verdict: "perhaps"), "S2", "no verdict that is known here"),
            (search(), "S18", "the claim needs a run with the objective `rate > 100000/s`"),
            (
                #"{"schema": "headroom.run/1", "slo": []}"#, "S2",
                "needs a search: `headroom capacity` with `--assume 2000`"
            ),
            (#"{"schema": "headroom.capacity/1", "state": "complete"}"#, "S2", "it assumes nothing"),
            (
                #"{"schema": "headroom.run/1", "slo": [{"text": "p99 < 1s", "verdict": "PASS"}]}"#, "S18",
                "it has no objective `rate > 100000/s`; it has: p99 < 1s"
            ),
            (#"{"schema": "headroom.run/2"}"#, "S18", "use the headroom that wrote it"),
            ("{}", "S2", "not a record"), ("", "S2", "it is empty"), ("{", "S2", "not valid YAML"),
        ])
    func refused(record: String, id: String, fragment: String) {
        let error = #expect(throws: ParseError.self) { try Self.read(record, of: id) }
        #expect(error?.message.contains(fragment) == true, "\(error?.message ?? "")")
    }

    @Test("A record that is cut at any byte is refused or read")
    func cut() throws {
        let record = Self.search()
        for count in 0..<record.utf8.count {
            _ = try? Self.read(String(decoding: record.utf8.prefix(count), as: UTF8.self))
        }
    }
}
