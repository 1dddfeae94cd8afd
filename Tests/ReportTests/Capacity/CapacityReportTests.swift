import Capacity
import Measure
@testable import Record
@testable import Report
import TestSupport
import Testing
import Units

/// Reports of searches on a fabricated target: 907 users at 0.5 req/s each; beyond that it is overloaded.
@Suite struct CapacityReportTests {
    static func trial(_ plan: TrialPlan, capacity: Double) -> TrialResult {
        let overload = plan.load / capacity
        let share = overload > 1.05 ? 0.5 : 0.01 * overload * overload * overload * overload
        let seconds = Int(max(1, plan.duration / 1_000_000_000))
        let batches = (0..<seconds).map { second in
            // Every fourth second has four times the share, because servers have bursts.
            Exceedance.Batch(count: 1_000, beyond: second % 4 == 3 ? UInt64(1_000 * share * 4) : 0)
        }
        let objective = ObjectiveResult(
            text: "p99 < 500ms", kind: .latency, met: overload <= 1, measured: nil,
            exceedance: Exceedance(allowed: 0.01, batches: batches))
        let observation = TrialObservation(
            p50: UInt64(2_000_000 * (1 + overload)), p99: UInt64(10_000_000 + 490_000_000 * overload * overload),
            errorFraction: overload > 1.5 ? 0.02 : 0, requestsPerSecond: 0.5 * min(plan.load, capacity * 1.1),
            sessionsPerSecond: 0.05 * min(plan.load, capacity * 1.1),
            bitsPerSecond: 200_000 * min(plan.load, capacity * 1.1), targetCPU: min(1, 0.9 * overload))
        return TrialResult(
            load: plan.load, duration: plan.duration, objectives: [objective], observation: observation)
    }

    static func finding(
        _ capacity: Double, pace: String, every seconds: Double, assumed: Double = 2_000,
        void: Bool = false, maximum: Double = 100_000, silence: UInt64? = nil
    ) throws -> CapacityFinding {
        var search = Search(try SearchGoal(variable: .users, maximum: maximum))
        while case .trial(let plan) = search.step {
            var result = Self.trial(plan, capacity: capacity)
            if let silence {
                result.observation.fewerConnections = FewerConnections(
                    atOnce: UInt64(plan.load * 0.07), silence: silence)
            }
            if void { result.validity = .void(reason: "the generator was starved \u{1B}[31m") }
            search.record(result)
        }
        let answer = try #require(
            CapacityAnswer(search, pace: pace, plannedRequestsPerUser: seconds > 0 ? 1 / seconds : nil))
        return CapacityFinding(
            answer, assumption: Assumption(value: assumed, instanceType: "m5.2xlarge"),
            hardware: MeasuredHardware(description: "a fabricated target, 2 cores"),
            circumstances: Caution.Circumstances(proxyFields: ["Via"]), p99Limit: 500_000_000)
    }

    @Test("capacity.json of two paces is as a person last saw it")
    func json() throws {
        let findings = [
            try Self.finding(907, pace: "every 2s", every: 2), try Self.finding(70, pace: "back to back", every: 0),
        ]
        let bytes = try #require(CapacityJSON.encode(
                findings, verdict: CapacityVerdict(findings, exit: .refuted), redactor: Fabricated.redactor))
        try Golden.expect(bytes, matches: "capacity.json")
        #expect(CapacityJSON.encode(
                [], verdict: CapacityVerdict([], exit: .success), redactor: Fabricated.redactor) == nil)
    }

    @Test("The beginning of capacity.json has what each search looks for, with objectives of its own")
    func start() throws {
        let goal = try SearchGoal(variable: .users, maximum: 100_000)
        let bytes = CapacityJSON.encodeStart(
            [
                ("every 2s", goal, ["p99 < 500ms", "held = asked"]),
                ("idle 60s", try goal.holding(atLeast: 60_000_000_000), ["errors < 1%"]),
            ], assumption: 2_000, redactor: Fabricated.redactor)
        try Golden.expect(bytes, matches: "capacity-start.json")
    }

    @Test("trials.csv and frontier.csv are as a person last saw them")
    func csv() throws {
        let findings = [
            try Self.finding(907, pace: "every 2s", every: 2), try Self.finding(70, pace: "back to back", every: 0),
        ]
        var trials = TrialsCSV.header
        for (index, trial) in findings[0].answer.trials.enumerated() {
            trials += TrialsCSV.row(index, trial, pace: "every 2s", redactor: Fabricated.redactor)
        }
        try Golden.expect(trials, matches: "trials.csv")
        try Golden.expect(FrontierCSV.encode(findings, redactor: Fabricated.redactor), matches: "frontier.csv")
    }

    @Test("The summary of one pace, and of a frontier, is as a person last saw it")
    func summary() throws {
        let one = try Self.finding(907, pace: "every 2s", every: 2, assumed: 800)
        try Golden.expect(self.text([one], exit: .success), matches: "capacity.txt")
        try Golden.expect(self.text([one], exit: .success, form: .whole), matches: "capacity-whole.txt")
        let two = [
            try Self.finding(907, pace: "every 2s", every: 2), try Self.finding(70, pace: "back to back", every: 0),
        ]
        try Golden.expect(
            self.text(two, exit: .refuted, style: .colour), matches: "capacity-frontier-colour.txt")
        try Golden.expect(self.text(two, exit: .refuted, form: .whole), matches: "capacity-frontier-whole.txt")
    }

    @Test("Users held on fewer connections than there are users: the verdict, the page and capacity.json name both")
    func fewerConnections() throws {
        let silence: UInt64 = 5_000_000_000
        func finding(_ assumed: Double) throws -> CapacityFinding {
            try Self.finding(907, pace: "every 43.2s", every: 43.2, assumed: assumed, silence: silence)
        }
        let (supported, refuted) = (try finding(512), try finding(4_000))
        let words = "connections at once (the server closes after 5.00 s of silence)"
        let lower = try #require(refuted.answer.conditional?.plan.load)
        let connections = UInt64(lower * 0.07)
        // The trial with as many users as assumed, if there is one.
        #expect(supported.fewerConnectionsAssumed?.atOnce == 35)
        #expect(
            CapacityVerdict([supported], exit: .success).sentence.hasPrefix(
                "512 users supported, on 35 \(words) at every 43.2s: "))
        #expect(refuted.fewerConnectionsAssumed == nil)
        #expect(
            CapacityVerdict([refuted], exit: .refuted).sentence.hasSuffix(" held, on \(connections) \(words)"))
        // Wrapped on a page of 80 columns.
        let page = self.text([refuted], exit: .refuted).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(page.contains("Gbps on \(connections) \(words) "), "\(page)")
        let bytes = try #require(
            CapacityJSON.encode(
                [refuted], verdict: CapacityVerdict([refuted], exit: .refuted), redactor: Fabricated.redactor))
        let json = String(decoding: bytes, as: UTF8.self)
        #expect(json.contains("\"at_once\": \(connections),"))
        #expect(json.contains("\"silence\": \(silence)"))
        #expect(!json.contains("\"fewer_connections\": null"))
    }

    private func text(
        _ findings: [CapacityFinding], exit: ExitCode, form: Summary.Form = .page, columns: Int = 80,
        style: TerminalStyle = .plain
    ) -> String {
        CapacitySummary.text(
            findings, verdict: CapacityVerdict(findings, exit: exit), record: "results/20260101T000000Z-capacity-x",
            form: form, columns: columns, style: style, redactor: Fabricated.redactor)
    }

    @Test("The page of a search fits a screen of 80 x 24, and its last line is the verdict at every width")
    func fitsOneScreen() throws {
        let one = try Self.finding(907, pace: "every 2s", every: 2, assumed: 800)
        let low = try Self.finding(70, pace: "back to back", every: 0)
        let void = try Self.finding(907, pace: "every 2s", every: 2, void: true)
        for (findings, exit, word) in [
            ([one], ExitCode.success, "PASS  800 users supported at every 2s: 869 to 1,074 held · exit 0"),
            ([one, low], .refuted, "FAIL  2,000 users refuted at back to back: "),
            ([void], .unknown, "UNKNOWN  2,000 users undecided at every 2s: 3 INVALID trials at 1 · exit 20"),
            ([one], .interrupted, "UNKNOWN  interrupted before the search had an answer · exit 130"),
        ] {
            let lines = self.text(findings, exit: exit).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count - 1 <= 23, "\(word)")
            for line in lines.dropLast(2) { #expect(TerminalText.width(String(line)) <= 80, "\(line)") }
            for columns in [40, 60, 80] {
                let text = self.text(findings, exit: exit, columns: columns)
                #expect(text.split(separator: "\n").last?.hasPrefix(word) == true, "\(text)")
            }
        }
    }

    @Test("A search without an answer gives the reason, shows no number, and passes no control bytes to the terminal")
    func doomed() throws {
        let finding = try Self.finding(907, pace: "every 2s", every: 2, void: true)
        let text = self.text([finding], exit: .unknown)
        try Golden.expect(text, matches: "capacity-void.txt")
        #expect(!text.utf8.contains(0x1B))
        #expect(finding.exit == .unknown)
    }

    @Test("A target that did not recover: the page, its table and its last line name both times and the wait")
    func unrecovered() throws {
        var goal = try SearchGoal(variable: .users, maximum: 100_000)
        goal.assumption = 2_000
        var search = Search(goal)
        while case .trial(let plan) = search.step {
            var result = Self.trial(plan, capacity: 907)
            if !search.trials.isEmpty {
                result.began(Unrecovered(now: 210_000_000, first: 1_200_000, waited: 30_400_000_000))
            }
            search.record(result)
        }
        let answer = try #require(CapacityAnswer(search, pace: "every 2s", plannedRequestsPerUser: 0.5))
        let finding = CapacityFinding(answer, assumption: Assumption(value: 2_000), hardware: MeasuredHardware())
        #expect(finding.exit == .undecided)
        try Golden.expect(self.text([finding], exit: .undecided), matches: "capacity-unrecovered.txt")
        let bytes = try #require(
            CapacityJSON.encode(
                [finding], verdict: CapacityVerdict([finding], exit: .undecided), redactor: Fabricated.redactor))
        let json = String(decoding: bytes, as: UTF8.self)
        #expect(json.contains("\"validity\": \"unrecovered\",\n      \"reason\": \"the target had not recovered 30.4 s"))
    }

    @Test("What was sent again, redirected and sent to one address is on the page of a search as on that of a run")
    func detours() throws {
        var finding = try Self.finding(907, pace: "every 2s", every: 2, assumed: 800)
        for index in finding.answer.trials.indices {
            var counters = Counters()
            (counters.requestsOK, counters.status[2]) = (90, 100)
            (counters.resent[Int(ResentCause.allCases[0].rawValue)], counters.redirects[0]) = (2, 100)
            finding.answer.trials[index].result.observation.detours = Detours(
                counters: counters,
                resentExamples: [
                    ResentExample(cause: ResentCause.allCases[0], at: 1, request: "GET /a", detail: "trial \(index)")
                ],
                redirectExample: RedirectExample(status: 301, request: "GET /a", location: "/b\u{1B}[31m\(index)"),
                addresses: [
                    AddressCount(address: "10.0.0.1:80", connections: 5, requests: 100),
                    AddressCount(address: "10.0.0.2:80"),
                ])
        }
        try Golden.expect(self.text([finding], exit: .success), matches: "capacity-detours.txt")
        let whole = self.text([finding], exit: .success, form: .whole)
        let all = finding.answer.trials.count
        #expect(whole.contains("10.0.0.1:80  \(5 * all) connections · \(Quantity.count(UInt64(100 * all))) requests"))
        let two = self.text([finding, finding], exit: .success)
        #expect(two.contains("resent    \(4 * all) requests"), "\(two)")
        #expect(two.split(separator: "\n").count <= 23)
        let bytes = try #require(
            CapacityJSON.encode(
                [finding], verdict: CapacityVerdict([finding], exit: .success), redactor: Fabricated.redactor))
        let json = String(decoding: bytes, as: UTF8.self)
        #expect(json.split(separator: "\"301\": 100").count == all + 1)
        #expect(json.split(separator: "\"address\": \"10.0.0.2:80\"").count == all + 1)
    }

    @Test("A capacity above the range is reported in words and keys, and has no bracket")
    func aboveRange() throws {
        let finding = try Self.finding(907, pace: "every 2s", every: 2, assumed: 500, maximum: 600)
        let bytes = try #require(CapacityJSON.encode(
                [finding], verdict: CapacityVerdict([finding], exit: .undecided), redactor: Fabricated.redactor))
        let json = String(decoding: bytes, as: UTF8.self)
        #expect(json.contains("\"outcome\": \"above_range\""))
        #expect(json.contains("\"lower\": null"))
        let text = self.text([finding], exit: .unknown)
        #expect(text.contains("above the range: 600 users passed"))
        #expect(text.contains("500 users supported at every 2s: at least 600 held"))
        #expect(finding.judgement?.verdict == .supported)
    }
}
