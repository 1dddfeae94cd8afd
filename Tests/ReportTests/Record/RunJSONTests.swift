import Foundation
import Measure
import Record
import Report
import TestSupport
import Testing

@Suite struct RunJSONTests {
    private func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    private func encoded(_ summary: RunRecord) -> [UInt8] {
        RunJSON.encode(summary, redactor: Fabricated.redactor)
    }

    @Test("run.json is what a person last saw")
    func golden() throws {
        try Golden.expect(self.encoded(Fabricated.healthy()), matches: "run-healthy.json")
        try Golden.expect(self.encoded(Fabricated.troubled()), matches: "run-troubled.json")
        try Golden.expect(self.encoded(Fabricated.limited()), matches: "run-limited.json")
        try Golden.expect(self.encoded(Fabricated.withObjectives()), matches: "run-objectives.json")
    }

    @Test("A run that begins has a plan and conditions and no result")
    func start() throws {
        let summary = Fabricated.healthy()
        let bytes = RunJSON.encodeStart(
            summary, objectives: summary.slo.map(\.text), redactor: Fabricated.redactor)
        try Golden.expect(bytes, matches: "run-start.json")
        let object = try self.object(bytes)
        #expect(object["state"] as? String == "running")
        for key in ["requests", "latency", "errors", "hold"] { #expect(object[key] == nil, "\(key)") }
    }

    @Test("The errors of the whole run and of the hold each add up to the failed requests")
    func errorsAddUp() throws {
        let object = try self.object(self.encoded(Fabricated.troubled()))
        for level in [object, try #require(object["hold"] as? [String: Any])] {
            let errors = try #require(level["errors"] as? [String: UInt64])
            let requests = try #require(level["requests"] as? [String: UInt64])
            #expect(errors.values.reduce(0, +) == requests["failed"])
            #expect(errors.values.allSatisfy { $0 > 0 })
        }
    }

    @Test("A metric without samples has a count and nulls")
    func emptyMetric() throws {
        let summary = RunRecord(
            state: .partial, plan: Fabricated.plan(), hold: Window(), outside: Window())
        let object = try self.object(self.encoded(summary))
        for key in ["latency", "latency_all"] {
            let latency = try #require(object[key] as? [String: [String: Any]])
            #expect(latency.count == Metric.count)
            for (_, values) in latency {
                #expect(values["count"] as? Int == 0)
                for (name, value) in values where !["count", "censored", "unended", "lower"].contains(name) {
                    #expect(value is NSNull, "\(name)")
                }
                if let unended = values["unended"] { #expect(unended as? Int == 0) }
                guard let lower = values["lower"] as? [String: Any] else { continue }
                #expect(lower.count == 1 + DistributionFigures.percentiles.count)
                for (name, value) in lower { #expect(name == "count" ? value as? Int == 0 : value is NSNull) }
            }
        }
    }

    @Test("A percentile is null exactly where fewer than ten samples lie beyond it")
    func thinPercentiles() throws {
        let window = Window()
        for value in 1...UInt64(1_000) { window.succeeded[Metric.response.rawValue].record(value) }
        let summary = RunRecord(state: .complete, plan: Fabricated.plan(), hold: window, outside: Window())
        let object = try self.object(self.encoded(summary))
        let latency = try #require(object["latency"] as? [String: [String: Any]])
        let response = try #require(latency["response"])
        #expect(response["p50"] as? Int == 500)
        #expect(response["p99"] as? Int == 990)
        #expect(response["p999"] is NSNull)
        #expect(response["p9999"] is NSNull)
        #expect(response["min"] as? Int == 1)
        #expect(response["max"] as? Int == 1_000)
    }

    @Test("latency has successes, latency_all every attempt")
    func allAttempts() throws {
        let object = try self.object(self.encoded(Fabricated.troubled()))
        let good = try #require(object["latency"] as? [String: [String: Any]])
        let all = try #require(object["latency_all"] as? [String: [String: Any]])
        #expect(good["response"]?["count"] as? Int == 2_778)
        #expect(all["response"]?["count"] as? Int == 2_778 + 6_233)
        #expect(all["response"]?["censored"] as? Int == 78, "its cut answers and what never started")
        #expect(good["response"]?["censored"] == nil)
    }

    @Test("There is no validity before it is judged, and no confidence before it is requested")
    func noValidity() throws {
        let object = try self.object(self.encoded(Fabricated.healthy()))
        #expect(object["validity"] == nil)
        #expect(object["confidence"] == nil)
    }

    @Test("Every claim has its verdict and its reasons, and the run has the worst of them")
    func validity() throws {
        let object = try self.object(self.encoded(Fabricated.limited()))
        let validity = try #require(object["validity"] as? [String: Any])
        #expect(validity["verdict"] as? String == "INVALID")
        let claims = try #require(validity["claims"] as? [String: [String: Any]])
        #expect(Set(claims.keys) == ["counts", "held", "throughput", "latency"])
        #expect(claims["counts"]?["verdict"] as? String == "VALID")
        #expect((claims["counts"]?["reasons"] as? [Any])?.isEmpty == true)
        let reasons = try #require(claims["latency"]?["reasons"] as? [[String: String]])
        #expect(reasons.map { $0["rule"] } == ["send_lag_p99", "generator_limited"])
        #expect(reasons.map { $0["verdict"] } == ["INVALID", "SUSPECT"])
    }

    @Test("An interval is written, or the reason why there is none")
    func confidence() throws {
        let object = try self.object(self.encoded(Fabricated.judged()))
        let confidence = try #require(object["confidence"] as? [String: [String: [String: Any]]])
        let response = try #require(confidence["response"])
        #expect(response["p50"]?["lower"] as? Int == 321_000)
        #expect(response["p50"]?["upper"] as? Int == 349_500)
        #expect((response["p99"]?["refused"] as? String)?.hasPrefix("not enough data") == true)
    }

    @Test("Late starts are counted by their cause, for the whole run and for the hold")
    func late() throws {
        let object = try self.object(self.encoded(Fabricated.limited()))
        let late = ["server": 13, "generator": 400, "never_started": 0, "never_started_server": 0]
        #expect(object["late"] as? [String: Int] == late)
        let hold = try #require(object["hold"] as? [String: Any])
        let lateInHold = ["server": 12, "generator": 345, "never_started": 0, "never_started_server": 0]
        #expect(hold["late"] as? [String: Int] == lateInHold)
    }

    @Test("The held count never exceeds the number asked for")
    func highestIsCapped() throws {
        let object = try self.object(self.encoded(Fabricated.healthy()))
        let connections = try #require(object["connections"] as? [String: Any])
        let held = try #require(connections["held"] as? [String: Any])
        #expect(held["highest"] as? Int == 2_000)
    }
}
