@testable import Fleet
import Numerics
import Testing
import Units

@Suite struct ScalingRunTests {
    /// Users on 100 users per instance; each pair is an hour from which on so many users are there.
    static func curve(_ hours: [(hour: Double, users: Double)]) -> (curve: TrafficCurve, peak: Users) {
        let peak = hours.map(\.users).max() ?? 1
        var points: [TrafficCurve.Point] = []
        for (index, entry) in hours.enumerated() {
            if index > 0 { points.append(TrafficCurve.Point(entry.hour * 3_600, hours[index - 1].users / peak)) }
            points.append(TrafficCurve.Point(entry.hour * 3_600, entry.users / peak))
        }
        points.append(TrafficCurve.Point(86_400 - 1, (hours.last?.users ?? 0) / peak))
        return (TrafficCurve(.learned, points), Users(peak))
    }

    static func scenario(
        _ curve: TrafficCurve, peak: Double = 1_000_000, capacity: Double = 2_000, price: String? = "0.384",
        regions: [ScalingRegion] = [ScalingRegion(name: "all")], change: (inout ScalingSettings) -> Void = { _ in }
    ) throws -> ScalingScenario {
        var settings = ScalingSettings()
        change(&settings)
        return try ScalingScenario(
            curve: curve, peakUsers: Users(peak), usersPerInstance: Users(capacity), regions: regions,
            settings: settings, price: try price.map { Price(try Money.parse($0)) })
    }

    @Test("A simulated group follows AWS's worked example: 10, 11, 14, 13, 10 instances")
    func workedExample() throws {
        let day = Self.curve([(0, 500), (6, 600), (7, 770), (8, 560), (9, 390), (10, 500)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { settings in
            settings.step = StepScalingTests.example
            settings.metric = .cpu(atCapacity: 1)
            settings.minimum = 10
        }
        let run = scenario.run(.step(scenario.settings.step))
        var desired: [Int] = []
        for step in run.steps where step.desired != desired.last { desired.append(step.desired) }
        #expect(desired == [10, 11, 14, 13, 10])
        #expect(run.summary.activities == 4)
    }

    @Test("The static peak of the document is 12,500 instances and $115,200 a day")
    func staticPeak() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000)
        let summary = scenario.run(.fixed(nil)).summary
        #expect(summary.peakInstances == 12_500)
        #expect(summary.instanceHours == InstanceHours(300_000))
        #expect(summary.cost == .dollars(115_200))
        #expect(summary.costPerDay == .dollars(115_200))
        #expect(summary.secondsOver == 0 && summary.activities == 0)
        #expect(abs(summary.averageInstances - 12_500) < 1e-9)
    }

    @Test("Perfect foresight has what is needed in every step, and costs half the static peak at a peak of 2 averages")
    func perfect() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000)
        let run = scenario.run(.perfect)
        #expect(run.steps.allSatisfy { $0.inService >= $0.needed })
        #expect(run.summary.secondsOver == 0 && run.summary.refusedUserMinutes == 0)
        // The rest is boots and drains: 12,500 of each in a day, at most 30 s + 300 s.
        let hours = run.summary.instanceHours.value
        #expect(hours > 150_000 && hours < 150_000 + 12_500 * 400.0 / 3_600)
        // Nothing is kept that is not needed, but for one instance over the pause at the lowest demand.
        #expect(run.steps.allSatisfy { $0.inService - $0.needed <= 1 })
    }

    @Test("Perfect foresight keeps instances over a pause that is shorter than a drain and a boot, and not over a longer one")
    func pauses() {
        let times = InstanceGroup.Times(ScalingSettings())
        // A launch of 55.8 s is two steps of 30 s, less 16.5 s that are not billed, and 300 s of drain: 343.5 s.
        #expect(PerfectPlan.instances([2] + Array(repeating: 1, count: 11) + [2], times: times)
            == Array(repeating: 2, count: 13))
        let long = [2] + Array(repeating: 1, count: 12) + [2]
        #expect(PerfectPlan.instances(long, times: times) == long)
        #expect(PerfectPlan.instances([0, 0, 1, 0, 0], times: times) == [0, 0, 1, 0, 0])
        #expect(PerfectPlan.instances([], times: times) == [])
    }

    @Test("A group sized on connections that scales on CPU never grows: the alarm does not fire, and users are refused")
    func wrongMetric() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000) { settings in
            settings.metric = .cpu(atCapacity: 0.03)
            settings.minimum = 1_250
            settings.maximum = 15_000
            settings.policies = [.step]
        }
        let comparison = ScalingComparison(scenario)
        let run = try #require(comparison.run(of: .step))
        #expect(run.steps.allSatisfy { $0.desired == 1_250 })
        #expect(run.summary.peakRefused == Users(25_000_000 - 1_250 * 2_000))
        #expect(run.summary.secondsOver > 12 * 3_600)
        #expect(comparison.cautions.contains(
            .neverScalesOut(.step, .cpu, full: 0.03, threshold: 0.7)))
        // The same group on its connections refuses almost nobody.
        var connections = scenario
        connections.settings.metric = .connections
        #expect(connections.run(.step(StepScaling())).summary.refusedUserMinutes
            < run.summary.refusedUserMinutes / 1_000)
    }

    @Test("A jump of demand is answered after 3 data points and a launch: 3 minutes, or 15 without detailed monitoring", arguments: [
        60, 300,
    ])
    func reaction(period: Int) throws {
        var event = TrafficEvent()
        event.start = .seconds(12 * 3_600)
        event.rise = .zero
        event.height = 1.5
        let scenario = try Self.scenario(try .event(event), peak: 150_000, capacity: 1_000) { settings in
            settings.minimum = 100
            settings.period = .seconds(period)
        }
        let run = scenario.run(.targetTracking(TargetTracking()))
        let steps = run.steps
        let noon = 12 * 120
        // 100,000 users at a target of 50 % are 200 instances; 150,000 are 300.
        #expect(steps[noon - 1].desired == 200)
        #expect(steps[noon].demand == Users(150_000))
        let launch = try #require(steps.firstIndex { $0.desired > 200 })
        #expect((launch - noon) * 30 == 3 * period)
        #expect(steps[launch].desired == 300 && steps[launch].booting == 100)
        // 25.8 s of boot and 30 s of health check end within the second step.
        let ready = try #require(steps.firstIndex { $0.inService == 300 })
        #expect((ready - launch) * 30 == 60)
        #expect(run.summary.secondsOver == 0)
    }

    @Test("Nothing is scaled in while instances warm up, and what is removed drains before it is gone")
    func scaleIn() throws {
        let day = Self.curve([(0, 1_000), (6, 3_000), (6.05, 300), (20, 1_000)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { settings in
            settings.targetTracking.outPeriods = 1
            settings.targetTracking.inPeriods = 1
        }
        let steps = scenario.run(.targetTracking(scenario.settings.targetTracking)).steps
        let grown = try #require(steps.firstIndex { $0.booting > 0 && $0.second > 5 * 3_600 })
        let shrunk = try #require(steps.indices.first { $0 > grown && steps[$0].desired < steps[$0 - 1].desired })
        // 25.8 s of boot and 300 s of warm-up of the last launch.
        let last = try #require(steps.indices.last { $0 < shrunk && steps[$0].desired > steps[$0 - 1].desired })
        #expect((shrunk - last) * 30 >= 326)
        #expect(steps[shrunk].draining > 0)
        #expect(steps[shrunk + 9].draining >= steps[shrunk].draining)
        let gone = try #require(steps.indices.first { $0 > shrunk && steps[$0].draining == 0 })
        #expect((gone - shrunk) * 30 >= 300)
    }

    @Test("Instances that still drain count as there: a low alarm that goes on removes no more until they are gone")
    func draining() throws {
        let day = Self.curve([(0, 10_000), (6, 10)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { settings in
            settings.step.in.adjustments = [.init(-50)]
            settings.step.in.periods = 1
            settings.step.out.threshold = 1
        }
        let steps = scenario.run(.step(scenario.settings.step)).steps
        let changes = steps.indices.filter { $0 > 6 * 120 && steps[$0].desired < steps[$0 - 1].desired }
        let before = steps[6 * 120].desired
        #expect(before >= 100)
        let half = before - before / 2
        #expect(changes.prefix(2).map { steps[$0].desired } == [half, half - half / 2])
        for (first, second) in zip(changes, changes.dropFirst()) { #expect((second - first) * 30 >= 300) }
    }

    @Test("A forecast knows the earlier days alone: an event of the last day changes nothing in it")
    func noLeak() throws {
        var event = TrafficEvent()
        event.height = 4
        let flat = try Self.scenario(.flat, peak: 250_000) { $0.days = 3 }
        let spiked = try Self.scenario(try .event(event), peak: 1_000_000) { $0.days = 3 }
        let policy = ScalingPolicy.predictive(PredictiveScaling())
        let desired = spiked.run(policy).steps.map(\.desired)
        #expect(flat.run(policy).steps.map(\.desired) == desired)
        #expect(desired.last == 250)
        #expect(spiked.run(policy).summary.peakRefused > .zero)
    }

    @Test("A forecast is the mean of its hour over the earlier days, and is acted on before the hour begins")
    func forecast() throws {
        let day = Self.curve([(0, 1_000), (9, 4_000), (10, 1_000)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100)
        var policy = PredictiveScaling()
        policy.target = 1
        let run = scenario.run(.predictive(policy))
        let first = try #require(run.steps.first { $0.desired == 40 })
        #expect(first.second == 9 * 3_600 - 300)
        // It only adds: from then on they stay.
        #expect(run.steps.last?.desired == 40)
        #expect(run.steps.first?.desired == 10)
    }

    @Test("A forecast and a dynamic policy together have the larger number of the two, and scale in")
    func combined() throws {
        let scenario = try Self.scenario(try .businessDay(), peak: 1_000_000)
        let dynamic = scenario.run(.targetTracking(TargetTracking()))
        let both = scenario.run(.combined(TargetTracking(), PredictiveScaling()))
        #expect(both.summary.secondsOver <= dynamic.summary.secondsOver)
        #expect(both.summary.fewestInstances < both.summary.peakInstances / 2)
    }

    @Test("A forecast above the maximum is cut to it, or may exceed it where that is allowed")
    func aboveMaximum() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 1_000_000) { $0.maximum = 400 }
        var policy = PredictiveScaling()
        policy.target = 1
        #expect(scenario.run(.predictive(policy)).summary.peakInstances == 400)
        policy.aboveMaximum = 0
        #expect(scenario.run(.predictive(policy)).summary.peakInstances > 480)
    }

    @Test("Scheduled actions set the number of instances at their local time, every day")
    func scheduled() throws {
        let actions = [
            ScheduledAction(at: ClockTime(second: 6 * 3_600), instances: 500),
            ScheduledAction(at: ClockTime(second: 22 * 3_600), instances: 100),
        ]
        let zone = [ScalingRegion(name: "tokyo", utcOffset: .seconds(9 * 3_600))]
        let scenario = try Self.scenario(.flat, peak: 1_000, regions: zone) { $0.days = 2 }
        let steps = scenario.run(.scheduled(actions)).steps
        func desired(_ hour: Int) -> Int { steps[hour * 120].desired }
        #expect(desired(0) == 500 && desired(12) == 500 && desired(13) == 100 && desired(20) == 100)
        #expect(desired(21) == 500 && desired(24 + 13) == 100)
    }

    @Test("A schedule of its own has enough for every hour of a day that repeats")
    func ownSchedule() throws {
        let scenario = try Self.scenario(try .businessDay(), peak: 1_000_000)
        let run = scenario.run(.scheduled(nil))
        #expect(run.summary.secondsOver == 0)
        #expect(run.summary.activities <= 24)
        #expect(run.summary.instanceHours < scenario.run(.fixed(nil)).summary.instanceHours)
    }

    @Test("Simple scaling waits for its activity and its cooldown, step scaling does not")
    func cooldown() throws {
        let day = Self.curve([(0, 1_000), (6, 5_000)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100)
        var policy = StepScaling()
        policy.out.periods = 1
        policy.out.adjustments = [.init(100)]
        let steps = scenario.run(.simple(policy)).steps
        let changes = steps.indices.filter {
            $0 > 6 * 120 && steps[$0].desired > steps[$0 - 1].desired
        }
        #expect(changes.count >= 2)
        for (first, second) in zip(changes, changes.dropFirst()) { #expect((second - first) * 30 >= 356) }
    }

    @Test("Random fleets: users are conserved, totals are the sums of the regions, and the limits hold", arguments: 0..<12)
    func sums(seed: UInt64) throws {
        var random = RandomFleet(seed: seed)
        let scenario = try random.scenario()
        let comparison = ScalingComparison(scenario)
        for run in comparison.runs {
            let parts = run.regions.map(\.summary)
            let (wanted, served) = (run.summary.demandUserMinutes, run.summary.servedUserMinutes)
            #expect(abs(wanted - served - run.summary.refusedUserMinutes) < 1e-9 * wanted)
            func isSum(_ total: Double, _ values: [Double]) -> Bool {
                abs(total - values.reduce(0, +)) <= 1e-9 * max(1, abs(total))
            }
            #expect(isSum(run.summary.instanceHours.value, parts.map(\.instanceHours.value)))
            #expect(isSum(run.summary.servedUserMinutes, parts.map(\.servedUserMinutes)))
            #expect(isSum(run.summary.refusedUserMinutes, parts.map(\.refusedUserMinutes)))
            #expect(isSum(run.summary.instanceHours.value, run.steps.map(\.instanceHours.value)))
            #expect(run.summary.cost == parts.compactMap(\.cost).reduce(.zero, +))
            // Demand does not depend on the policy.
            #expect(run.summary.demandUserMinutes == comparison.runs[0].summary.demandUserMinutes)
            #expect(run.summary.longestRecoverySeconds <= run.summary.secondsOver)
            for step in run.steps {
                #expect(step.inService >= 0 && step.booting >= 0 && step.draining >= 0 && step.billed >= 0)
            }
            if ![.perfect, .fixed].contains(run.policy.kind) {
                #expect(run.summary.peakInstances <= scenario.settings.maximum)
            }
        }
        // Without a reserve nothing that is never over the objective is cheaper than perfect foresight.
        let perfect = try #require(comparison.run(of: .perfect))
        #expect(perfect.summary.secondsOver == 0)
        for run in comparison.runs where run.summary.secondsOver == 0 {
            #expect(run.summary.instanceHours >= perfect.summary.instanceHours, "\(run.policy.kind)")
        }
    }

    @Test("Random fleets: a larger capacity never costs more instances or instance-hours", arguments: 0..<12)
    func monotone(seed: UInt64) throws {
        var random = RandomFleet(seed: seed &+ 1_000)
        var scenario = try random.scenario()
        var last: [ScalingPolicy.Kind: ScalingSummary] = [:]
        for _ in 0..<4 {
            for policy in [ScalingPolicy.fixed(nil), .perfect] {
                let summary = scenario.run(policy).summary
                if let before = last[policy.kind] {
                    #expect(summary.instanceHours <= before.instanceHours)
                    #expect(summary.peakInstances <= before.peakInstances)
                }
                last[policy.kind] = summary
            }
            scenario.usersPerInstance = scenario.usersPerInstance * (1 + random.unit() / 3)
        }
    }

    @Test("Regions in other time zones have a lower peak together, and the same users over the day")
    func regions() throws {
        let regions = (0..<10).map { ScalingRegion(name: "r\($0)", utcOffset: .seconds(3_600 * (2 * $0 - 10))) }
        let one = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000)
        let ten = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000, regions: regions)
        let (single, spread) = (one.run(.perfect).summary, ten.run(.perfect).summary)
        #expect(spread.peakDemand < single.peakDemand * 0.7)
        #expect(abs(spread.averageDemand / single.averageDemand - 1) < 1e-9)
        // Each region has its own peak to provide for.
        #expect(ten.run(.fixed(nil)).summary.peakInstances == 12_500)
    }

    @Test("Parts of the fleet's instances are whole, and add up to them", arguments: [0, 1, 5, 7, 999, 8_000, 10_000_000])
    func parts(instances: Int) throws {
        for count in [1, 3, 7, 10] {
            let regions = (0..<count).map { ScalingRegion(name: "r\($0)", weight: 1 + Double($0 % 4) / 3) }
            let scenario = try Self.scenario(.flat, regions: regions)
            let parts = scenario.parts(instances)
            #expect(parts.reduce(0, +) == instances)
            for (part, region) in zip(parts, regions) {
                #expect(abs(Double(part) - Double(instances) * scenario.share(of: region)) < 1)
            }
        }
    }

    @Test("Ten regions keep the maximum of the fleet together, and a maximum below the sum of their peaks is named")
    func maximum() throws {
        let regions = (0..<10).map { ScalingRegion(name: "r\($0)", utcOffset: .seconds(3_600 * (2 * $0 - 10))) }
        let small = try Self.scenario(.flat, peak: 50_000, regions: regions) { settings in
            settings.maximum = 5
            settings.policies = [.targetTracking]
        }
        #expect(small.run(.targetTracking(TargetTracking())).summary.peakInstances == 5)
        #expect(
            ScalingComparison(small).cautions
                == [.maximumBelowPeak(maximum: 5, needed: 30, short: 10, regions: 10)])
        // The sum of the regions' peaks is 12,500 instances, and the most at once about 7,500.
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000, regions: regions) { settings in
            settings.maximum = 8_000
            settings.policies = [.targetTracking]
        }
        let comparison = ScalingComparison(scenario)
        let tracking = try #require(comparison.run(of: .targetTracking))
        #expect(tracking.summary.secondsOver > 0)
        #expect(
            comparison.cautions.contains(.maximumBelowPeak(maximum: 8_000, needed: 12_500, short: 10, regions: 10)))
        // With a reserve of a half the peaks need 25,000.
        let reserved = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000, regions: regions) { settings in
            settings.maximum = 15_000
            settings.safety = 0.5
            settings.policies = [.targetTracking]
        }
        let compared = ScalingComparison(reserved)
        #expect(
            compared.cautions.contains(.maximumBelowReserve(maximum: 15_000, needed: 25_000, short: 10, regions: 10)))
        let capped = try #require(compared.run(of: .targetTracking))
        #expect(!compared.keepsReserve(capped))
    }

    @Test("Numbers that were given keep the reserve if they always have enough instances for it")
    func givenNumbers() throws {
        let scenario = try Self.scenario(.flat, peak: 100_000, capacity: 100) { settings in
            settings.safety = 0.5
            settings.fixed = 1_990
            settings.schedule = [ScheduledAction(at: ClockTime(second: 0), instances: 2_000)]
            settings.policies = [.scheduled, .simple]
        }
        let comparison = ScalingComparison(scenario)
        let (fixed, simple) = (comparison.run(of: .fixed), comparison.run(of: .simple))
        #expect(fixed.map(comparison.keepsReserve) == false && simple.map(comparison.keepsReserve) == false)
        #expect(comparison.best?.policy.kind == .scheduled)
    }

    /// Five days with a peak of 1 and two of 0.3, in hours: the last row closes the seventh day.
    static func week() throws -> TrafficCurve {
        var rows: [String] = []
        for hour in 0...168 {
            let level = hour / 24 < 5 || hour == 168 ? 1.0 : 0.3
            rows.append("\(hour * 3_600),\(level * (hour % 24 >= 8 && hour % 24 < 20 ? 1 : 0.2))")
        }
        return try TrafficCSV.parse(Array(rows.joined(separator: "\n").utf8), file: "week.csv")
    }

    @Test("A schedule of its own has enough for every day of a week, and a forecast begins with its seven days")
    func severalDays() throws {
        let curve = try Self.week()
        #expect(curve.days == 7)
        let scenario = try Self.scenario(curve, peak: 1_000_000) { $0.days = 14 }
        #expect(scenario.daysBefore == 7)
        #expect(scenario.run(.scheduled(nil)).summary.secondsOver == 0)
        // By noon of the first counted Sunday 13 days are known: ten of 500 instances, and three of 150.
        var policy = (tracking: TargetTracking(), forecast: PredictiveScaling())
        (policy.tracking.target, policy.forecast.target) = (1, 1)
        let steps = scenario.run(.combined(policy.tracking, policy.forecast)).steps
        let noon = try #require(steps.first { $0.second == 6 * 86_400 + 12 * 3_600 })
        #expect(noon.needed == 150 && noon.desired == 420)
    }

    @Test("The longest time over the objective is that of one region, and one that lasts to the end is marked")
    func longestOver() throws {
        // Each is over for the hours around its own peak: one after the other, and never both.
        let regions = [ScalingRegion(name: "a"), ScalingRegion(name: "b", utcOffset: .seconds(6 * 3_600))]
        let day = Self.curve([(0, 1_000), (8, 2_000), (14, 1_000)])
        let scenario = try Self.scenario(day.curve, peak: 4_000, capacity: 100, regions: regions)
        let run = scenario.run(.fixed(30))
        let each = run.regions.map(\.summary.longestRecoverySeconds)
        #expect(each.allSatisfy { $0 > 5 * 3_600 && $0 < 7 * 3_600 })
        #expect(run.summary.longestRecoverySeconds == each.max())
        #expect(run.summary.secondsOver > 11 * 3_600)
        #expect(!run.regions.contains { $0.summary.isOverAtEnd })
        let small = scenario.run(.fixed(10)).regions.map(\.summary)
        #expect(small.count { $0.isOverAtEnd } == 2)
    }

    @Test("A group without a minimum that falls to no instance has no metric, and the days that it is dead are named")
    func deadGroup() throws {
        let day = Self.curve([(0, 0), (6, 1_000)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { settings in
            settings.minimum = 0
            settings.policies = [.targetTracking, .scheduled]
        }
        let comparison = ScalingComparison(scenario)
        let dead = comparison.cautions.compactMap { if case .deadGroups(let kind, 1, 1, _) = $0 { kind } else { nil } }
        #expect(dead == [.targetTracking])
        let alive = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100)
        #expect(ScalingComparison(alive).cautions == [])
    }

    @Test("Steps that add nothing are named, and keep no reserve")
    func addsNothing() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 1.5)) { settings in
            settings.step.out.adjustments = [.init(0)]
            settings.policies = [.step]
        }
        let comparison = ScalingComparison(scenario)
        #expect(comparison.cautions == [.addsNothing(.step)])
        #expect(comparison.best?.policy.kind == .fixed)
    }

    @Test("A simulation of more steps than the limit is refused with what to change; a year of ten regions is not")
    func work() throws {
        let regions = (0..<10).map { ScalingRegion(name: "r\($0)") }
        _ = try Self.scenario(.flat, regions: regions) { $0.days = 366 }
        let error = #expect(throws: ParseError.self) {
            try Self.scenario(.flat, regions: regions) { settings in
                settings.days = 366
                settings.stepLength = .seconds(1)
            }
        }
        #expect(error?.message.contains("steps; at most 200,000,000 are simulated") == true)
    }

    @Test("An overrun that few users notice does not lose the objective, and one that 0.01 % of their time goes to does")
    func tolerated() throws {
        for (hours, holds) in [(0.001, true), (0.02, false)] {
            // One instance too few, of a hundred, for so many hours: a share of 0.01 x hours / 24.
            let day = Self.curve([(0, 9_900), (6, 10_000), (6 + hours * 24, 9_900)])
            let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { $0.fixed = 99 }
            let comparison = ScalingComparison(scenario)
            let run = try #require(comparison.run(of: .fixed))
            #expect(run.summary.secondsOver > 0 && comparison.holds(run) == holds, "\(run.summary.failedShare)")
        }
    }

    @Test("An instance as a queue: the time above a response time is that of the users at which Erlang C reaches it")
    func slow() throws {
        var queue = ServiceQueue(serviceTime: .milliseconds(10), servers: 1, perUser: RequestRate(1))
        queue.limit = .milliseconds(100)
        // M/M/1: the 99th percentile is ln 100 / (100/s - users/s), 100 ms at 53.95 users.
        let within = try #require(queue.usersWithinLimit).value
        #expect(abs(within - (100 - 46.051_701_859_880_91)) < 1e-6)
        #expect(queue.most == Users(100))
        let day = Self.curve([(0, 5_000), (6, 5_500), (12, 5_000)])
        let scenario = try Self.scenario(day.curve, peak: day.peak.value, capacity: 100) { settings in
            settings.queue = queue
            settings.fixed = 100
        }
        let summary = scenario.run(.fixed(100)).summary
        #expect(abs(summary.secondsSlow - 6 * 3_600) <= 60 && summary.secondsOver == 0)
        let larger = try Self.scenario(day.curve, peak: day.peak.value, capacity: 101) { $0.queue = queue }
        #expect(
            ScalingComparison(larger).cautions == [.queueBelowCapacity(most: Users(100), capacity: Users(101))])
    }

    @Test("Money of billed milliseconds is exact: a third of an hour costs a third of its price")
    func exactMoney() throws {
        let price = Price<InstanceHourKind>(try Money.parse("0.3"))
        #expect(price.cost(ofParts: 1_200_000, perUnit: 3_600_000).exactText == "0.1")
        #expect(price.cost(ofParts: 1, perUnit: 3_600_000) == Money(nanodollars: 83))
        let year = 10_000_000 * 366 * 86_400_000
        #expect(price.cost(ofParts: year, perUnit: 3_600_000).exactText == "26352000000")
    }

    @Test("Little's law: the users' time of a day is the 500 million users times the minutes of each", arguments: [
        (peakOverAverage: 2, minutes: 36.0), (1.5, 48),
    ])
    func usersTime(peakOverAverage: Double, minutes: Double) throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: peakOverAverage), peak: 25_000_000)
        let summary = scenario.run(.fixed(nil)).summary
        #expect(abs(summary.servedUserMinutes / minutes / 500e6 - 1) < 1e-9)
        // Twice the users of the plan are named.
        var other = scenario
        other.visits = ScalingScenario.Visits(daily: Users(500e6), time: .seconds(minutes * 60))
        #expect(ScalingComparison(other).cautions == [])
        other.visits?.daily = Users(250e6)
        #expect(ScalingComparison(other).cautions.contains { if case .otherUsers = $0 { true } else { false } })
    }

    @Test("Without any launch and drain time perfect foresight pays for exactly what is needed")
    func noTimes() throws {
        let scenario = try Self.scenario(.worldcup98) { settings in
            settings.pending = .zero
            settings.boot = .zero
            settings.healthCheck = .zero
            settings.warmup = .zero
            settings.drain = .zero
            settings.targetTracking.target = 1
            settings.targetTracking.outPeriods = 1
        }
        let run = scenario.run(.perfect)
        #expect(run.summary.instanceHours.value == Double(run.steps.reduce(0) { $0 + $1.needed }) / 120)
        #expect(run.steps.allSatisfy { $0.inService == $0.needed && $0.booting == 0 && $0.draining == 0 })
        let tracking = scenario.run(.targetTracking(scenario.settings.targetTracking))
        #expect(tracking.steps.allSatisfy { $0.booting == 0 && $0.draining == 0 && $0.inService == $0.desired })
    }

    @Test("A minimum at the average need and a maximum below the peak are named")
    func cautions() throws {
        let scenario = try Self.scenario(try .sine(peakOverAverage: 2), peak: 25_000_000) { settings in
            settings.minimum = 6_250
            settings.maximum = 12_000
            settings.policies = [.targetTracking]
        }
        let comparison = ScalingComparison(scenario)
        #expect(comparison.runs.map(\.policy.kind) == [.fixed, .targetTracking, .perfect])
        #expect(
            comparison.cautions.contains(.maximumBelowPeak(maximum: 12_000, needed: 12_500, short: 1, regions: 1)))
        #expect(comparison.cautions.contains { if case .minimumAboveAverage(6_250, _) = $0 { true } else { false } })
        #expect(comparison.best?.policy.kind == .fixed)
        let tracking = try #require(comparison.run(of: .targetTracking)).summary
        #expect(tracking.peakRefused == Users(1_000_000))
        #expect(tracking.longestRecoverySeconds == tracking.secondsOver)
        #expect(tracking.underTimeshare > 0.1 && tracking.underAccuracy > 0)
    }

    @Test("The elasticity measures of a fleet that is a tenth too small or too large all day are a tenth, and all day")
    func elasticity() throws {
        let scenario = try Self.scenario(.flat, peak: 200_000)
        let small = scenario.run(.fixed(90)).summary
        #expect(abs(small.underAccuracy - 0.1) < 1e-12 && small.underTimeshare == 1)
        #expect(small.overAccuracy == 0 && small.overTimeshare == 0)
        #expect(abs(small.shortShare - 0.1) < 1e-12 && small.idleShare == 0 && abs(small.refusedShare - 0.1) < 1e-12)
        #expect(small.peakRefused == Users(20_000) && small.refusedUserMinutes == 20_000 * 1_440)
        #expect(small.secondsOver == 86_400 && small.longestRecoverySeconds == 86_400)
        let large = scenario.run(.fixed(110)).summary
        #expect(abs(large.overAccuracy - 0.1) < 1e-12 && large.overTimeshare == 1)
        #expect(large.underAccuracy == 0 && large.secondsOver == 0)
        #expect(abs(large.idleShare - 10.0 / 110) < 1e-12 && large.shortShare == 0)
    }

    @Test("Above a measured capacity users are served late, up to the number at which an instance refuses")
    func refusedAbove() throws {
        let scenario = try Self.scenario(.flat, peak: 200_000) { $0.refusedAbove = Users(2_200) }
        let summary = scenario.run(.fixed(95)).summary
        #expect(summary.secondsOver == 86_400 && summary.refusedUserMinutes == 0)
        #expect(abs(summary.mostUsersPerInstance.value - 200_000.0 / 95) < 1e-9)
        #expect(scenario.run(.fixed(90)).summary.peakRefused == Users(200_000 - 90 * 2_200))
    }

    @Test("Settings that cannot be simulated are refused with the key")
    func problems() throws {
        let changes: [(String, (inout ScalingSettings) -> Void)] = [
            ("minimum", { $0.minimum = -1 }), ("maximum", { $0.minimum = 10; $0.maximum = 5 }),
            ("step_length", { $0.stepLength = .seconds(7) }), ("step_length", { $0.stepLength = .zero }),
            ("period", { $0.period = .seconds(45) }), ("days", { $0.days = 0 }), ("drain", { $0.drain = .seconds(-1) }),
            ("boot", { $0.boot = .day }), ("pending", { $0.pending = .seconds(40) }),
            ("cpu_at_capacity", { $0.metric = .cpu(atCapacity: 0) }), ("target", { $0.targetTracking.target = 0 }),
            ("step.in", { $0.step.in.threshold = 0.8 }), ("schedule", { $0.schedule = [] }),
            ("refused_above", { $0.refusedAbove = Users(.nan) }),
            ("step.out", { $0.step.out.adjustments = [.init(to: 0.1, 1), .init(from: 0.2, 2)] }),
        ]
        for (path, change) in changes {
            let error = #expect(throws: ParseError.self) { try Self.scenario(.flat, change: change) }
            #expect(error?.message.hasPrefix(path + ":") == true, "\(path): \(error?.message ?? "nothing")")
        }
        #expect(throws: ParseError.self) { try Self.scenario(.flat) { $0.safety = 0 } }
        #expect(throws: ParseError.self) { try Self.scenario(.flat, peak: .nan) }
        #expect(throws: ParseError.self) { try Self.scenario(.flat, capacity: 0) }
        #expect(throws: ParseError.self) { try Self.scenario(.flat, peak: 1e20) }
        #expect(throws: ParseError.self) { try Self.scenario(.flat, regions: []) }
    }
}

/// Scenarios from a seed.
struct RandomFleet {
    private var random: RandomGenerator

    init(seed: UInt64) { self.random = RandomGenerator(seed: seed) }

    mutating func unit() -> Double { self.random.unit() }

    mutating func scenario() throws -> ScalingScenario {
        let values = (0..<(3 + Int(self.random.upTo(40)))).map { _ in self.random.unit() + 0.01 }
        let regions = (0...Int(self.random.upTo(2))).map { index in
            ScalingRegion(
                name: "r\(index)", weight: 0.1 + self.random.unit(),
                utcOffset: .seconds(Int(self.random.upTo(23)) * 3_600 - 11 * 3_600))
        }
        return try ScalingRunTests.scenario(
            try .learned(values, every: .seconds(1)), peak: 1_000 + 1e6 * self.random.unit(), capacity: 100 + 2_000 * self.random.unit(),
            regions: regions
        ) { settings in
            settings.stepLength = .seconds(60)
            settings.appStart = .seconds(Int(self.random.upTo(200)))
            settings.drain = .seconds(Int(self.random.upTo(600)))
            settings.warmup = .seconds(Int(self.random.upTo(600)))
            settings.minimum = Int(self.random.upTo(20))
            settings.policies = ScalingPolicy.Kind.allCases
        }
    }
}
