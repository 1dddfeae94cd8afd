import Measure
import Testing

/// What a run records becomes the evidence by which it is judged.
@Suite struct EvidenceOfSummaryTests {
    private static func plan(model: RunRecord.Plan.Model = .closed, isConstant: Bool = true) -> RunRecord.Plan {
        RunRecord.Plan(
            name: "x", url: "http://127.0.0.1/", session: "1 × GET /", requestsPerSession: 1, model: model,
            pace: LoadPace(text: "every 1s", isPlanned: true, isConstant: isConstant),
            connection: .perUser, usersAsked: 20, threads: 1, ramp: 0, warmup: 0, hold: 1, sessions: nil,
            seed: 1)
    }

    /// 2,000 requests of 10 ms, sent `lag` late by the generator.
    private static func summary(plan: RunRecord.Plan = Self.plan(), lag: UInt64) -> RunRecord {
        let window = Window()
        for _ in 0..<2_000 {
            window.succeeded[Metric.response.rawValue].record(10_000_000 + lag)
            window.succeeded[Metric.service.rawValue].record(10_000_000)
            window.succeeded[Metric.sendLag.rawValue].record(lag)
            window.succeeded[Metric.generatorLag.rawValue].record(lag)
            window.succeeded[Metric.clientDelay.rawValue].record(20_000)
        }
        window.counters.requestsStarted = 2_000
        window.counters.requestsOK = 2_000
        var summary = RunRecord(state: .complete, plan: plan, hold: window, outside: Window())
        summary.outcome.holdDuration = 10_000_000_000
        summary.outcome.usersHeld = Held(lowest: 20, highest: 20, area: 200e9, duration: 10_000_000_000)
        var usage = WorkerUsage()
        usage.duration = 10_000_000_000
        usage.cpu = 2_000_000_000
        usage.involuntarySwitches = 50
        usage.loopLag = lag
        var worker = WorkerHealth()
        worker.add(usage)
        var health = GeneratorHealth()
        health.workers = [worker]
        health.openFilesHighest = 40
        health.openFilesLimit = 1_000
        health.portsLimit = 28_000
        summary.outcome.health = health
        return summary
    }

    @Test("Counts, latencies and the machine are taken over as measured")
    func values() {
        let summary = Self.summary(lag: 50_000)
        summary.hold.counters.neverStarted = 7
        summary.hold.counters.errors[Int(ErrorClass.fdLimit.rawValue)] = 2
        let evidence = Evidence(summary, series: nil)
        #expect(evidence.isPlanned && !evidence.isOpen && evidence.isConstant && evidence.keepsConnections)
        #expect(evidence.plannedStarts == 2_007)
        #expect(evidence.achievedStarts == 2_000)
        #expect(evidence.ownFailures == 2)
        #expect((evidence.usersAsked, evidence.usersHeld) == (20, 20))
        #expect(
            evidence.generatorLag?.p99
                == summary.hold.succeeded[Metric.generatorLag.rawValue].value(atPercentile: 99))
        #expect(evidence.workers.first?.cpuShare == 0.2)
        #expect(evidence.workers.first?.involuntarySwitchesPerSecond == 5)
        #expect(evidence.descriptors == Evidence.Headroom(used: 40, limit: 1_000))
        // The CPUs and the connections were not read: their values are unknown, and not 0.
        #expect(evidence.stealShare == nil && evidence.retransmittedShare == nil)
        #expect(evidence.drift == nil && evidence.warmUp == nil)
    }

    @Test("A generator's lag of more than a tenth of the response time is INVALID, and a small one is not")
    func verdict() {
        #expect(Validity.judge(Evidence(Self.summary(lag: 50_000), series: nil)).latency.verdict == .valid)
        let late = Validity.judge(Evidence(Self.summary(lag: 5_000_000), series: nil))
        #expect(late.latency.verdict == .invalid)
        #expect(late.counts.verdict == .valid)
    }

    @Test("An open load has no users to hold, and is constant if its plan has one rate")
    func open() {
        func evidence(isConstant: Bool) -> Evidence {
            Evidence(Self.summary(plan: Self.plan(model: .open, isConstant: isConstant), lag: 0), series: nil)
        }
        let constant = evidence(isConstant: true)
        #expect(constant.isOpen && constant.isPlanned && constant.isConstant)
        #expect(constant.usersAsked == 0)
        #expect(!evidence(isConstant: false).isConstant)
    }
}
