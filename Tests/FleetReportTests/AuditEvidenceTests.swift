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
        state: String = "complete", bracket: String = "\"lower\": 869, \"upper\": 1074", unit: String = "users",
        pace: String = "every 43.2s", hardware: String = "m5.2xlarge", frontier: String = "",
        verdictLine: String = "\"verdict\": {\"word\": \"FAIL\", \"sentence\": \"s\"}, "
    ) -> String {
        """
        {"schema": "\(schema)", "state": "\(state)", \(verdictLine)"frontier": [\(frontier)],
         "capacity": {\(bracket), "unit": "\(unit)", "pace": "\(pace)"},
         "assumption": {"value": \(value), "verdict": "\(verdict)", "ratio": [0.4, 0.5], "instance_type": "m5.2xlarge"},
         "hardware": {"instance_type": "\(hardware)", "description": "2 cores"}}
        """
    }

    @Test("A search that assumed the stated number gives its verdict, its bracket and what was measured")
    func searched() throws {
        let evidence = try Self.read(Self.search())
        #expect(evidence.verdict == .refuted && evidence.low == 869 && evidence.high == 1_074)
        #expect(
            evidence.sentence
                == "2,000 users are refuted at every 43.2s: 869 to 1,074 held; measured on m5.2xlarge, 2 cores.")
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
        let contradiction = try #require(audit.lines.first { $0.id == "D1" })
        #expect(contradiction.says == "12,500 instances", "a contradiction says what the document says")
    }

    @Test(
        "Another pace or other hardware than the claim's command names decides nothing, and says so",
        arguments: [
            (search(pace: "every 2s"), "the pace is every 2s, not every 43.2s."),
            (search(hardware: "unknown"), "the hardware is not known, not m5.2xlarge."),
            (
                search(pace: "back to back", hardware: "m7g.large"),
                "the pace is back to back, not every 43.2s, and the hardware is m7g.large, not m5.2xlarge."
            ),
        ])
    func elsewhere(record: String, fragment: String) throws {
        let evidence = try Self.read(record)
        #expect(evidence.verdict == .undecided && evidence.low == nil && evidence.high == nil)
        #expect(evidence.sentence.contains("869 to 1,074 held") && evidence.sentence.hasSuffix(fragment))
    }

    @Test("Of a search of several paces the one that the claim names decides, however it is written")
    func paces() throws {
        let frontier = """
            {"pace": "back to back", "lower": 10, "upper": 20, "verdict": "refuted"},
            {"pace": "every 43200ms", "lower": 3000, "upper": 4000, "verdict": "supported"}
            """
        let evidence = try Self.read(Self.search(pace: "back to back", frontier: frontier))
        #expect(evidence.verdict == .supported && evidence.low == 3_000 && evidence.high == 4_000)
    }

    @Test(
        "A record that did not end, or ended without a verdict or with UNKNOWN, decides nothing and says why",
        arguments: [
            (search(state: "running"), "it did not end"), (search(state: "interrupted"), "it did not end"),
            (search(verdictLine: ""), "it has no verdict"),
            (search(verdictLine: #""verdict": {"word": "UNKNOWN", "sentence": "too slow"}, "#), "UNKNOWN (too slow)"),
            (#"{"schema": "headroom.capacity/1", "state": "running"}"#, "it did not end"),
        ])
    func undecided(record: String, fragment: String) throws {
        let evidence = try Self.read(record)
        #expect(evidence.verdict == .undecided && evidence.sentence.contains(fragment), "\(evidence.sentence)")
    }

    @Test("The search of this repository's results has no verdict, and decides nothing")
    func repository() throws {
        let record = try String(
            contentsOf: AuditOutputTests.root.appending(path: "results/capacity-nginx.json"), encoding: .utf8)
        let evidence = try Self.read(record)
        #expect(evidence.verdict == .undecided && evidence.sentence.contains("it has no verdict"))
    }

    @Test("A search counts what the claim counts: neither instances nor a rate")
    func counts() throws {
        func read(_ states: String, unit: String) throws -> ClaimEvidence.Verdict {
            let text =
                "version: 1\ndocument: {title: t}\nthings: [rooms]\nclaims: [{id: A, text: t, states: '\(states)', "
                + "measure: {command: c, record: r}}]\n"
            let claims = try Claims.parse(Array(text.utf8), file: "c")
            let measurement = try #require(claims.claims.first?.measurement)
            let record = Self.search(value: "20", unit: unit)
            return try AuditEvidence.read(Array(record.utf8), for: measurement, of: claims).verdict
        }
        #expect(try read("20 users/instance", unit: "users") == .refuted)
        #expect(try read("20 rooms", unit: "users") == .refuted)
        #expect(try read("20 sessions/s", unit: "sessions/s") == .refuted)
        for (states, unit) in [
            ("20 instances", "users"), ("20 instances", "sessions/s"), ("20 users", "sessions/s"),
            ("20 users/s", "users"), ("20 sessions/day", "sessions/s"), ("20 KB", "users"), ("20 ms", "users"),
        ] {
            #expect(throws: ParseError.self, "\(states) \(unit)") { try read(states, unit: unit) }
        }
    }

    private static func run(
        _ word: String, measured: String = "98000.5", unit: String = "1/s", state: String = "complete",
        verdict: String = "PASS"
    ) -> String {
        """
        {"schema": "headroom.run/1", "state": "\(state)", "verdict": {"word": "\(verdict)", "sentence": "s"},
         "plan": {"url": "http://10.0.0.1/asset"}, "hold": {"duration": 60000000000}, "load": {"pace": "back to back"},
         "slo": [{"text": "errors < 0.1%", "verdict": "PASS"},
         {"text": "rate > 100000/s", "verdict": "\(word)", "measured": \(measured), "unit": "\(unit)"}]}
        """
    }

    @Test(
        "A run decides by the objective that the claim names, and says what was measured, where and for how long",
        arguments: [
            ("PASS", ClaimEvidence.Verdict.supported), ("FAIL", .refuted), ("UNKNOWN", .undecided),
        ])
    func run(word: String, verdict: ClaimEvidence.Verdict) throws {
        let evidence = try Self.read(Self.run(word), of: "S18")
        #expect(evidence.verdict == verdict)
        #expect(
            evidence.sentence
                == "rate > 100000/s is \(verdict.rawValue), measured 98,001 requests/s of http://10.0.0.1/asset in 60 s; "
                + "a run does not name the target's hardware.")
    }

    @Test("A run that did not end or is UNKNOWN decides nothing, though its objective passed")
    func openRuns() throws {
        #expect(try Self.read(Self.run("PASS", state: "interrupted"), of: "S18").verdict == .undecided)
        let unknown = try Self.read(Self.run("PASS", verdict: "UNKNOWN"), of: "S18")
        #expect(unknown.verdict == .undecided && unknown.sentence.contains("its verdict is UNKNOWN (s)"))
    }

    @Test(
        "What a run measured is printed with its unit",
        arguments: [
            ("13360879", "ns", "13.4 ms"), ("111.4487365591437", "1/s", "111 requests/s"), ("0.001", "fraction", "0.1 %"),
            ("2000", "count", "2,000"), ("18600000", "bit/s", "18.6 Mbps"),
        ])
    func units(measured: String, unit: String, shown: String) throws {
        let evidence = try Self.read(Self.run("PASS", measured: measured, unit: unit), of: "S18")
        #expect(evidence.sentence.contains(", measured \(shown) of"), "\(evidence.sentence)")
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
                #"{"schema": "headroom.run/1", "state": "complete", "slo": [{"text": "p99 < 1s", "verdict": "PASS"}]}"#, "S18",
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
