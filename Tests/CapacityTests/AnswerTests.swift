import Capacity
import Measure
import Testing

@Suite struct AnswerTests {
    static let goalMaximum = 100_000.0

    /// A search that ended at a hard limit.
    static func answer(
        _ capacity: UInt64, maximum: Double = goalMaximum, minimum: Double = 1
    ) throws -> CapacityAnswer {
        var search = Search(try SearchGoal(variable: .users, minimum: minimum, maximum: maximum))
        _ = search.finish(HardTarget(capacity: capacity).run)
        return try #require(CapacityAnswer(search, pace: "every 43.2s", plannedRequestsPerUser: 1 / 43.2))
    }

    @Test("An assumption within what was confirmed is supported, from what failed on refuted")
    func verdicts() throws {
        let answer = try Self.answer(2_000)
        #expect(Judgement(Assumption(value: 2_000), answer).verdict == .supported)
        #expect(Judgement(Assumption(value: 2_001), answer).verdict == .refuted)
        #expect(Judgement(Assumption(value: 1_000), answer).lowerRatio == 2)
        #expect(ExitCode(answer, Judgement(Assumption(value: 2_000), answer)) == .success)
        #expect(ExitCode(answer, Judgement(Assumption(value: 3_000), answer)) == .refuted)
        #expect(ExitCode(answer, nil) == .success)
    }

    @Test("An assumption inside the bracket, or above what could be reached, is undecided")
    func undecided() throws {
        var answer = try Self.answer(2_000)
        answer.outcome = .converged(
            Bracket(
                lower: 1_900, upper: 2_100, estimate: 2_000, kind: .statistical, confidence: 0.95,
                widthReached: false, isConfirmed: true, isRetested: true, dispersion: 80, trials: [],
                violations: []))
        let inside = Judgement(Assumption(value: 1_950), answer)
        #expect(inside.verdict == .undecided)
        #expect(inside.lowerRatio == 1_900 / 1_950.0 && inside.upperRatio == 2_100 / 1_950.0)
        // A load that passed twice and was confirmed is supported, wherever the bracket ends.
        #expect(Judgement(Assumption(value: 2_000), answer).verdict == .supported)
        #expect(ExitCode(answer, inside) == .undecided)

        answer.outcome = .generatorLimited(atLeast: 1_500, reason: "ports")
        #expect(Judgement(Assumption(value: 1_999), answer).verdict == .undecided)
        #expect(Judgement(Assumption(value: 1_500), answer).verdict == .supported)
        #expect(Judgement(Assumption(value: 2_000), try Self.answer(5_000, maximum: 1_000)).verdict == .undecided)
        #expect(Judgement(Assumption(value: 2_000), try Self.answer(9, minimum: 100)).verdict == .refuted)
    }

    @Test("A lower end that was not confirmed supports nothing")
    func unconfirmed() throws {
        var answer = try Self.answer(2_000)
        guard case .converged(var bracket) = answer.outcome else { return #expect(Bool(false)) }
        bracket.isConfirmed = false
        answer.outcome = .converged(bracket)
        #expect(Judgement(Assumption(value: 1_000), answer).verdict == .undecided)
    }

    @Test("If nothing valid was measured, the exit says so, whatever was assumed")
    func exits() throws {
        var answer = try Self.answer(2_000)
        answer.outcome = .doomed(.void(load: 1, times: 3, reason: "starved"))
        #expect(ExitCode(answer, Judgement(Assumption(value: 1), answer)) == .unknown)
        answer.outcome = .doomed(.targetLost(reason: "reset"))
        #expect(ExitCode(answer, nil) == .targetUnusable)
        answer.outcome = .generatorLimited(atLeast: nil, reason: "fd_limit")
        #expect(ExitCode(answer, nil) == .unknown)
        #expect(ExitCode.first(of: [.success, .undecided, .refuted]) == .refuted)
        #expect(ExitCode.first(of: [.refuted, .unknown]) == .unknown)
        #expect(ExitCode.first(of: []) == .success)
    }

    /// A search whose p99 fails from a load on, with observations.
    static func latencyAnswer(
        _ line: Double, kind: ObjectiveResult.Kind = .latency, observe: (Double) -> TrialObservation
    ) throws -> CapacityAnswer {
        var search = Search(try SearchGoal(variable: .users, maximum: 1e5))
        _ = search.finish { plan in
            let objective = ObjectiveResult(
                text: "x", kind: kind, met: plan.load <= line, measured: nil, exceedance: nil)
            return TrialResult(
                load: plan.load, duration: plan.duration, objectives: [objective],
                observation: observe(plan.load))
        }
        return try #require(CapacityAnswer(search, pace: "back to back", plannedRequestsPerUser: nil))
    }

    @Test("The limit is decided from evidence, and a cause goes before its symptom")
    func limits() throws {
        #expect(try Self.answer(200).limitedBy == .connections)
        #expect(try Self.answer(5_000, maximum: 1_000).limitedBy == .searchRange)
        let nothing = TrialObservation()
        #expect(try Self.latencyAnswer(500) { _ in nothing }.limitedBy == .latency)
        #expect(try Self.latencyAnswer(500, kind: .errors) { _ in nothing }.limitedBy == .errors)
        let busy = try Self.latencyAnswer(500) { TrialObservation(targetCPU: min(1, $0 / 500)) }
        #expect(busy.limitedBy == .targetCPU)
        let oneThread = try Self.latencyAnswer(500) {
            TrialObservation(targetCPU: 0.12, targetBusiestCore: min(1, $0 / 500))
        }
        #expect(oneThread.limitedBy == .targetCPU)
        let link = try Self.latencyAnswer(500) {
            TrialObservation(bitsPerSecond: min(9.5e8, $0 * 2e6), linkBitsPerSecond: 1e9, targetCPU: 1)
        }
        #expect(link.limitedBy == .bandwidth)
    }

    @Test("Users at 70 % CPU lie between two measured loads, whose trials are named")
    func utilisation() throws {
        let answer = try Self.latencyAnswer(500) { TrialObservation(targetCPU: min(1, $0 / 640)) }
        let point = try #require(UtilisationPoint.find(0.7, in: answer.trials))
        #expect(abs(point.load - 448) < 1e-9)
        #expect(!point.trials.isEmpty)
        let loads = point.trials.map { answer.trials[$0].plan.load }
        #expect(try #require(loads.min()) < 448 && #require(loads.max()) >= 448)
        #expect(UtilisationPoint.find(0.7, in: try Self.answer(200).trials) == nil)
        let idle = try Self.latencyAnswer(500) { TrialObservation(targetCPU: $0 / 1e5) }
        #expect(UtilisationPoint.find(0.7, in: idle.trials) == nil)
    }

    @Test("A caution is given if it bears on the answer, and only then")
    func cautions() throws {
        let planned = Assumption(value: 2_000, instanceType: "m5.2xlarge")
        let small = try Self.answer(200)
        #expect(Caution.all(small, Caution.Circumstances(), assumption: nil).isEmpty)
        let cautionsOfPlan = Caution.all(small, Caution.Circumstances(), assumption: planned)
        #expect(cautionsOfPlan == [.burst(longestTrial: 20_000_000_000)])
        #expect(
            Caution.all(small, Caution.Circumstances(proxyFields: ["Via"], addresses: 2), assumption: nil)
                == [.proxy(signs: ["Via"]), .severalAddresses(2)])
        let crowded = try Self.answer(40_000)
        #expect(
            Caution.all(crowded, Caution.Circumstances(newConnectionsPerSecond: 471), assumption: nil)
                == [
                    .ports(limit: 28_232, what: .heldConnections), .ports(limit: 470, what: .newConnections),
                ])
        // At 200 users a trial of 2 s has 400 of the 1,000 requests that a p99 needs.
        var short = Caution.Circumstances()
        (short.samples, short.trial) = (SearchGoal.Samples(needed: 1_000, perLoad: 1), 2_000_000_000)
        guard case .fewSamples(let few)? = Caution.all(small, short, assumption: nil).first else {
            Issue.record("no caution")
            return
        }
        let load = try #require(small.conditional).plan.load
        #expect(few.held == 2 * load && few.trialNeeded == UInt64((1_000 / load).rounded(.up)) * 1_000_000_000)
        short.trial = 10_000_000_000
        #expect(Caution.all(small, short, assumption: nil).isEmpty)
        let wide = try Self.latencyAnswer(500) { TrialObservation(bitsPerSecond: $0 * 1.2e7) }
        let cautions = Caution.all(wide, Caution.Circumstances(), assumption: planned)
        #expect(cautions.contains(.instanceBandwidth(limit: 2.5e9, what: .sustained)))
        #expect(cautions.contains(.instanceBandwidth(limit: 5e9, what: .internetGateway)))
    }

    @Test("Conditional throughput is that of the longest passed trial at the lower end")
    func conditional() throws {
        let answer = try Self.answer(200)
        #expect(answer.conditional?.plan.load == 200)
        #expect(answer.conditional?.plan.purpose == .confirmation)
    }
}
