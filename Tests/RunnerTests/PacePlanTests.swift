import Capacity
import Testing
import Units
import Workload

@testable import Runner

@Suite struct PacePlanTests {
    private static let second: UInt64 = 1_000_000_000

    /// Users that each ask every 20 s.
    private static func plan(
        isTrialGiven: Bool = false, reconnects: Bool = false, slo: [String] = []
    ) throws -> PacePlan {
        var profile = try Loads.profile(port: 80, every: 20 * Self.second)
        profile.slo = try slo.map { text throws(ParseError) in try SLO.parse(text) }
        var goal = try SearchGoal(variable: .users, maximum: 1_000)
        goal.isTrialGiven = isTrialGiven
        return try PacePlan(
            profile: profile, variable: .users, process: .even, goal: goal, reconnects: reconnects
        ).paced()
    }

    private static let trial = TrialPlan(load: 100, duration: 20 * second, purpose: .growth)

    @Test("users that join hold two cycles of their pace; those of the trial before have completed one already")
    func cycles() throws {
        let plan = try Self.plan()
        #expect(plan.keepsUsers && plan.needed == nil)
        #expect(plan.goal.trial == 20 * Self.second)
        #expect(try plan.profile(of: Self.trial, isWarm: false).load.hold == 40 * Self.second)
        #expect(try plan.profile(of: Self.trial, isWarm: true).load.hold == 20 * Self.second)
        #expect(try plan.profile(of: Self.trial, isWarm: true).load.users == 100)
        #expect(try Self.plan(reconnects: true).goal.trial == 40 * Self.second)
    }

    @Test("a length that was given stays, and what it lacks is known")
    func given() throws {
        let plan = try Self.plan(isTrialGiven: true)
        #expect(plan.goal.trial == 10 * Self.second && plan.needed == 20 * Self.second)
        #expect(try plan.profile(of: Self.trial, isWarm: false).load.hold == Self.trial.duration)
    }

    @Test("users connect again in every trial where an objective is about connects")
    func connects() throws {
        #expect(try !Self.plan(slo: ["connect max < 1s"]).keepsUsers)
        #expect(try Self.plan(slo: ["max < 1s"]).keepsUsers)
    }

    @Test("a percentile needs ten samples beyond it")
    func samples() throws {
        let samples = try #require(try Self.plan(slo: ["p99 < 1s", "p50 < 1s"]).goal.samples)
        #expect(abs(samples.needed - 1_000) < 1e-6 && abs(samples.perLoad - 0.05) < 1e-9)
    }

    @Test("a trial of a rate has sessions that arrive at it, and no users that are held")
    func rate() throws {
        let goal = try SearchGoal(variable: .sessionsPerSecond, maximum: 1_000)
        let plan = try PacePlan(
            profile: try Loads.profile(port: 80), variable: .sessionsPerSecond, process: .poisson, goal: goal
        ).paced()
        #expect(!plan.keepsUsers && plan.goal.arrivalIrregularity == 1)
        let load = try plan.profile(of: Self.trial, isWarm: false).load
        #expect(load.open?.plan.highestRate == 100 && load.open?.plan.process == .poisson)
        #expect(load.users == Load().users)
    }
}
