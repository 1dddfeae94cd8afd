import Measure
import Testing
import Workload

@testable import Judge

@Suite("What a run concludes")
struct ConcludeTests {
    private static let planned = LoadPace(text: "every 1s", isPlanned: true, isConstant: true)
    private static let waiting = LoadPace(text: "back to back", isPlanned: false, isConstant: true)
    private static let storm = LoadPace(text: "all at once, every 1s", isPlanned: true, isStorm: true, isConstant: false)

    private func plan(pace: LoadPace = Self.planned) -> RunRecord.Plan {
        RunRecord.Plan(
            name: "n", url: "http://h/", session: "GET /", requestsPerSession: 1, model: .closed, pace: pace,
            connection: .perUser, usersAsked: 100, threads: 1, ramp: 0, warmup: 0, hold: 10 * second,
            sessions: nil, seed: 1)
    }

    /// 100 users at a request a second for 100 s. Each is answered in 2 ms, with no delay of the generator.
    private func run(pace: LoadPace = Self.planned, _ change: (inout RunRecord) -> Void = { _ in }) -> RunRecord {
        var summary = RunRecord(state: .complete, plan: self.plan(pace: pace), hold: Window(), outside: Window())
        for metric in [Metric.response, .service] {
            summary.hold.succeeded[metric.rawValue].record(2 * millisecond, times: 10_000)
            summary.hold.lower(metric)?.record(2 * millisecond, times: 10_000)
        }
        summary.hold.counters.requestsStarted = 10_000
        summary.hold.counters.requestsOK = 10_000
        summary.hold.counters.status[1] = 10_000
        summary.outcome.holdDuration = 100 * second
        summary.outcome.usersEstablished = 100
        summary.outcome.usersHeld = Held(lowest: 100, highest: 100, area: 1e13, duration: 100 * second)
        summary.outcome.connectionsHeld = summary.outcome.usersHeld
        summary.outcome.strain = Strain(worker: 0.2, steal: 0.01, quota: 0)
        change(&summary)
        summary.total.add(summary.hold.counters)
        return summary
    }

    private func concluded(_ summary: RunRecord, _ slo: [String] = ["p99 < 50ms"]) throws -> RunRecord {
        var summary = summary
        let objectives = SLO.effective(try slo.map(SLO.parse), holdsUsers: !summary.plan.isOpen)
        summary.conclude(objectives, windows: [:], series: nil)
        return summary
    }

    private func verdict(_ summary: RunRecord, _ slo: [String] = ["p99 < 50ms"]) throws -> RunVerdict {
        try #require(try self.concluded(summary, slo).verdict)
    }

    @Test("an ordinary run passes with exit 0 and names what was held, at which rate")
    func ordinary() throws {
        let verdict = try self.verdict(self.run())
        #expect(verdict.word == .pass && verdict.exit == .success)
        #expect(verdict.basis == .held(users: 100, asked: 100, requestsPerSecond: 100))
        var silent = self.run()
        silent.outcome.connectionsHeld = Held(lowest: 9, highest: 16, area: 12e9, duration: 1_000_000_000)
        silent.total.silentEnds = 2
        silent.total.silence = 10_000_000_000
        let fewer = FewerConnections(atOnce: 12, silence: 5_000_000_000)
        #expect(
            try self.verdict(silent).basis == .held(users: 100, asked: 100, requestsPerSecond: 100, on: fewer))
        #expect(try self.concluded(self.run()).slo.map(\.verdict) == [.pass, .pass, .pass, .pass])
    }

    @Test("an UNKNOWN does not hide a certain FAIL: exit 10 goes before 20, and 69, 130 and 143 before both")
    func precedence() throws {
        let unknown = ["p99 < 50ms", "session p99 < 1s"]
        #expect(try self.verdict(self.run(), unknown).exit == .unknown)
        #expect(try self.verdict(self.run(), unknown).word == .unknown)
        let both = try self.verdict(self.run(), unknown + ["p50 < 1ms"])
        #expect(both.word == .fail && both.exit == .objectiveNotMet)
        guard case .objective(let outcome, others: 0) = both.basis else {
            Issue.record("\(both.basis)")
            return
        }
        #expect(outcome.text == "p50 < 1ms")
        #expect(try self.verdict(self.run { $0.outcome.signal = 2 }, ["p50 < 1ms"]).exit == .interrupted)
        #expect(try self.verdict(self.run { $0.outcome.signal = 15 }, ["p50 < 1ms"]).exit == .terminated)
        let dead = self.run {
            $0.hold.counters.errors[Int(ErrorClass.refused.rawValue)] = 10_000
            $0.hold.counters.requestsOK = 0
            $0.hold.counters.status[1] = 0
            $0.outcome.signal = 1
        }
        #expect(try self.verdict(dead).exit == .interrupted)
        var unusable = dead
        unusable.outcome.signal = nil
        let verdict = try self.verdict(unusable)
        #expect(verdict.exit == .targetUnusable && verdict.word == .fail && verdict.basis == .targetUnusable)
        #expect(
            ExitCode.precedence.map(\.rawValue) == [70, 74, 130, 143, 69, 10, 20, 11, 12],
            "the order in which exits win")
        #expect(ExitCode.first(of: [.unknown, .objectiveNotMet, .refuted]) == .objectiveNotMet)
        #expect(ExitCode.first(of: []) == .success)
    }

    @Test("if no answer was as expected, the verdict names the answers: exit 69, or 10 if every one was a redirect")
    func noneExpected() throws {
        func verdict(_ change: (inout Counters) -> Void) throws -> RunVerdict {
            try self.verdict(
                self.run {
                    $0.hold.counters.errors[Int(ErrorClass.status.rawValue)] = 10_000
                    $0.hold.counters.requestsOK = 0
                    $0.hold.counters.status[1] = 0
                    change(&$0.hold.counters)
                })
        }
        let broken = try verdict {
            $0.status[0] = 7
            $0.status[4] = 9_988
            $0.status[3] = 12
        }
        let answers = [StatusCount(status: "5xx", count: 9_988), StatusCount(status: "4xx", count: 12)]
        #expect(broken.basis == .noneExpected(answers) && broken.exit == .targetUnusable && broken.word == .fail)
        let elsewhere = try verdict {
            $0.status[2] = 10_000
            $0.redirects[Int(RedirectStatus.found.rawValue)] = 9_999
        }
        let redirects = [StatusCount(status: "302", count: 9_999), StatusCount(status: "3xx", count: 1)]
        #expect(elsewhere.basis == .noneExpected(redirects) && elsewhere.exit == .objectiveNotMet)
        // Some answers had a status of 2xx, but not the expected one.
        let mixed = try verdict {
            $0.status[1] = 4_000
            $0.status[2] = 6_000
            $0.redirects[Int(RedirectStatus.found.rawValue)] = 6_000
        }
        #expect(mixed.exit == .targetUnusable)
    }

    @Test("a rule that stopped the run makes it FAIL, whatever its objectives say")
    func aborted() throws {
        let verdict = try self.verdict(
            self.run {
                $0.outcome.isAborted = true
                $0.outcome.stopReason = "errors > 5% for 10s"
            })
        #expect(verdict.word == .fail && verdict.exit == .objectiveNotMet)
        #expect(verdict.basis == .aborted("errors > 5% for 10s"))
    }

    @Test("with --strict a SUSPECT claim behind an objective turns a PASS into UNKNOWN, and leaves a FAIL as it is")
    func strict() throws {
        let doubtful = self.run {
            $0.plan.isStrict = true
            $0.validity = RunValidity()
            $0.validity?.latency.reasons = [ValidityReason(.suspect, .loopStall(60_000_000))]
        }
        let verdict = try self.verdict(doubtful)
        #expect(verdict.word == .unknown && verdict.exit == .unknown)
        #expect(verdict.basis == .suspect(.latency, .loopStall(60_000_000)))
        #expect(try self.verdict(doubtful, ["p99 < 1ms"]).exit == .objectiveNotMet)
        #expect(try self.verdict(doubtful, ["errors < 1%"]).exit == .success)
        var lax = doubtful
        lax.plan.isStrict = false
        #expect(try self.verdict(lax).exit == .success)
    }

    @Test("INVALID evidence of a claim does not change a verdict that does not need it")
    func invalidEvidence() throws {
        let late = self.run {
            $0.validity = RunValidity()
            let lag = ValidityFinding.sendLag(.p99, lag: 1_400_000, response: 2_000_000)
            $0.validity?.latency.reasons = [ValidityReason(.invalid, lag)]
        }
        #expect(try self.verdict(late).exit == .success)
        #expect(try self.verdict(late, ["p99 < 1ms"]).exit == .objectiveNotMet)
    }

    @Test(
        "a plan with more than 0.5 % missed by the generator passes nothing; what the server made late is the server's")
    func missedStarts() throws {
        func missed(_ never: UInt64, own: UInt64, servers: UInt64) -> RunRecord {
            self.run {
                $0.hold.counters.requestsStarted = 10_000 - never
                $0.hold.counters.neverStarted = never
                $0.hold.counters.lateGenerator = own
                $0.hold.counters.lateServer = servers
            }
        }
        let own = try self.verdict(missed(60, own: 100, servers: 0))
        #expect(own.word == .unknown && own.exit == .unknown)
        let slo = try #require(try self.concluded(missed(60, own: 100, servers: 0)).slo.first)
        #expect(slo.reason == .startsMissed(started: 9_940, planned: 10_000, reached: 100))
        #expect(try self.verdict(missed(50, own: 100, servers: 0)).word == .pass)
        #expect(try self.verdict(missed(60, own: 0, servers: 100)).word == .pass)
        // More than a tenth never started: nothing passes, whoever made them late.
        #expect(try self.verdict(missed(1_100, own: 0, servers: 2_000)).word == .fail)
        #expect(try self.verdict(missed(1_100, own: 2_000, servers: 0)).word == .unknown)
    }

    @Test(
        "a load that waits for answers counts as delivered if no worker was full and no CPU was taken",
        arguments: [
            (0.9, 0.049, 0.049, nil), (0.91, 0, 0, "busy"), (0.1, 0.05, 0, "steal"), (0.1, 0, 0.05, "quota"),
        ] as [(Double, Double, Double, String?)])
    func strain(worker: Double, steal: Double, quota: Double, limit: String?) throws {
        func run(_ pace: LoadPace) throws -> RunRecord {
            try self.concluded(
                self.run(pace: pace) { $0.outcome.strain = Strain(worker: worker, steal: steal, quota: quota) })
        }
        let summary = try run(Self.waiting)
        #expect(summary.slo.map(\.verdict) == [limit == nil ? .pass : .unknown, .pass, .pass, .pass])
        switch (limit, summary.slo.first?.reason) {
        case (nil, nil), ("busy", .workerBusy), ("steal", .stolen), ("quota", .throttled): break
        default: Issue.record("\(String(describing: summary.slo.first))")
        }
        // A plan counts as delivered if its requests started, however busy the generator was.
        #expect(try run(Self.planned).verdict?.word == .pass)
    }

    @Test("a load that was not sustained passes no latency if its plan is constant; other plans may grow")
    func notSteady() throws {
        let trend = Steadiness.Trend(begin: 4, end: 416, begun: 9_000, perSecond: 41, error: 1, word: .growing)
        let growing = Steadiness(inFlight: trend, inSession: trend)
        let summary = try self.concluded(self.run { $0.outcome.steadiness = growing })
        #expect(summary.verdict?.exit == .unknown && summary.slo.first?.reason == .notSteady(growing))
        #expect(try self.verdict(self.run(pace: Self.storm) { $0.outcome.steadiness = growing }).exit == .success)
    }

    @Test("users missing for lack of descriptors or ports, or lost in a pause, are not the server's fault")
    func ownUsers() throws {
        func short(_ change: (inout RunRecord) -> Void) throws -> SLOOutcome {
            let summary = self.run {
                $0.outcome.usersHeld.lowest = 90
                change(&$0)
            }
            return try #require(try self.concluded(summary).slo.last)
        }
        #expect(try short { _ in }.verdict == .fail)
        for (error, resource) in [(ErrorClass.fdLimit, ValidityFinding.Resource.descriptors), (.localPorts, .ports)] {
            #expect(
                try short { $0.hold.counters.errors[Int(error.rawValue)] = 10 }.reason == .ownLimit(resource))
            #expect(try short { $0.hold.counters.errors[Int(error.rawValue)] = 9 }.verdict == .fail)
        }
        let inPause = OwnPauses(longest: second, holdsLost: 10, holdsLostInPause: 10)
        #expect(try short { $0.outcome.pauses = inPause }.reason == .lostInPause(second))
        #expect(try short { $0.outcome.pauses = OwnPauses(longest: second, holdsLost: 10, holdsLostInPause: 9) }.verdict == .fail)
        let neverThere: (inout RunRecord) -> Void = {
            $0.outcome.pauses = inPause
            $0.outcome.usersEstablished = 90
        }
        #expect(try short(neverThere).verdict == .fail)
    }

    @Test("a run that was cut off before its hold shows nothing; one that was over held no user")
    func noHold() throws {
        func unreached(_ state: RunState) throws -> RunRecord {
            try self.concluded(
                self.run {
                    $0.state = state
                    $0.outcome.holdDuration = 0
                })
        }
        let killed = try unreached(.partial)
        #expect(killed.slo.first?.reason == .holdNotReached && killed.slo.last?.reason == .holdNotReached)
        #expect(killed.verdict?.exit == .unknown)
        #expect(try unreached(.complete).slo.last?.verdict == .fail)
    }

    @Test("sessions that were asked for and not made fail, unless the run was cut off")
    func sessions() throws {
        func made(_ state: RunState) throws -> SLOOutcome {
            let summary = self.run {
                $0.state = state
                $0.plan.sessions = 100
                $0.hold.counters.sessionsCompleted = 99
            }
            return try #require(try self.concluded(summary).slo.last)
        }
        #expect(try made(.complete).text == "sessions = asked" && made(.complete).verdict == .fail)
        #expect(try made(.partial).reason == .cutOff)
    }
}

@Suite("Faults while the generator paused")
struct OwnPausesTests {
    private func row(
        pause: UInt64, lost: UInt64 = 0, timeouts: UInt64 = 0, hold: UInt64 = second
    ) -> IntervalRow {
        var row = IntervalRow(
            start: 0, end: second, phase: .hold, inFlightAtStart: 0, inFlightAtEnd: 0, counters: Counters(),
            established: 1, usersHeld: Held(), connectionsHeld: Held(), responseP50: 0, responseP99: 0,
            responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
        row.hold.duration = hold
        row.loopLag = pause
        row.counters.holdsLost = lost
        row.hold.counters.errors[Int(ErrorClass.timeoutIdle.rawValue)] = timeouts
        return row
    }

    @Test("losses and time-outs in a second with a pause of 100 ms are the generator's; the loss is, if all are")
    func pauses() {
        var pauses = OwnPauses()
        pauses.take(row(pause: 100_000_000, lost: 3, timeouts: 2))
        pauses.take(row(pause: 99_000_000, timeouts: 7))
        #expect(pauses == OwnPauses(longest: 100_000_000, holdsLost: 3, holdsLostInPause: 3, timeoutsInPause: 2))
        #expect(pauses.lossPause == 100_000_000)
        // Before the hold nothing is counted. Requests due in the hold that timed out after it are counted.
        pauses.take(row(pause: second, lost: 9, timeouts: 1, hold: 0))
        #expect(pauses.holdsLost == 3 && pauses.timeoutsInPause == 3 && pauses.longest == 100_000_000)
        pauses.take(row(pause: 0, lost: 1))
        #expect(pauses.lossPause == nil)
        #expect(OwnPauses().lossPause == nil)
        var sum = pauses
        sum.add(pauses)
        #expect(sum == OwnPauses(longest: 100_000_000, holdsLost: 8, holdsLostInPause: 6, timeoutsInPause: 6))
    }
}
