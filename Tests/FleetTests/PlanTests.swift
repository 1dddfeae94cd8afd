import Fleet
import Numerics
import Testing
import Units

/// Plans of the document's deployment and of random ones.
@Suite struct PlanTests {
    static func document() -> Deployment {
        var deployment = Deployment()
        deployment.users.daily = Users(500_000_000)
        deployment.users.peakShare = 0.05
        deployment.session.requests = 10
        deployment.session.bytes = Bracket(Bytes(50_000), .given)
        deployment.instance.users = Bracket(Users(2_000), .given)
        deployment.instance.type = "m5.2xlarge"
        return deployment
    }

    static func today() throws -> CalendarDate { try CalendarDate.parse("2026-11-30") }

    /// Read once: a debug build takes a while for it.
    private static let prices = Result { try PriceBook.standard() }

    static func plan(_ deployment: Deployment) throws -> FleetPlan {
        try FleetPlan(deployment, prices: try Self.prices.get(), today: try Self.today())
    }

    private func value(_ id: String, _ plan: FleetPlan) throws -> PlanValue {
        try #require(plan.lines.first { $0.id == id }, "\(id) is a line").value
    }

    @Test(
        "The document's 25 M users need 12,500 instances bare, 17,858 at 70 %, and 26,786 with a zone in reserve"
    )
    func documentInstances() throws {
        let plan = try Self.plan(Self.document())
        let need = try #require(plan.binding?.need)
        #expect(plan.binding?.limit == .connections)
        #expect(need.bare == Instances(12_500))
        #expect(need.atUtilisation == Instances(17_858))
        #expect(need.withReserve == Instances(26_786))
        #expect(plan.demand.peak == Users(25_000_000))
    }

    @Test("Bandwidth is 23.1 Gbps on average, and 231 Gbps at ten times that")
    func documentBandwidth() throws {
        let plan = try Self.plan(Self.document())
        guard case .rate(let average, _) = try self.value("bandwidth.average", plan),
            case .rate(let event, _) = try self.value("bandwidth.event", plan)
        else {
            Issue.record("both are rates")
            return
        }
        #expect(abs(average - 250e12 * 8 / 86_400) < 1)
        #expect(abs(event - 10 * average) < 1)
    }

    @Test(
        "Two of peak share, peak over average and time give the third, by Little's law",
        arguments: [
            (0.05, 10.0, 7.2), (0.05, 2.0, 36.0), (0.05, 3.0, 24.0),
        ])
    func little(share: Double, ratio: Double, minutes: Double) throws {
        var users = Audience()
        users.daily = Users(500_000_000)
        func plan(_ change: (inout Audience) -> Void) throws -> Demand {
            var deployment = Self.document()
            deployment.users = users
            change(&deployment.users)
            return try Self.plan(deployment).demand
        }
        let time = Duration.seconds(minutes * 60)
        let demands = try [
            plan {
                $0.peakShare = share; $0.peakOverAverage = ratio
            },
            plan {
                $0.peakShare = share; $0.timePerDay = time
            },
            plan {
                $0.peakOverAverage = ratio; $0.timePerDay = time
            },
        ]
        for demand in demands {
            #expect(abs(demand.peakOverAverage - ratio) < 1e-9)
            #expect(abs(demand.timePerDay.seconds - minutes * 60) < 1e-6)
            #expect(abs(demand.peak.value - 25_000_000) < 1e-3)
            // L = λ W.
            #expect(
                abs(demand.average.value - demand.daily.value / 86_400 * demand.timePerDay.seconds) < 1e-3)
        }
    }

    @Test("Three figures that contradict Little's law are refused, with all three in the message")
    func contradiction() throws {
        var deployment = Self.document()
        deployment.users.peakOverAverage = 10
        deployment.users.timePerDay = .seconds(36 * 60)
        let flaw = #expect(throws: DeploymentFlaw.self) { try Self.plan(deployment) }
        #expect(flaw?.path == "users.peak_over_average")
        #expect(flaw?.message.contains("7.20 minutes") == true)
    }

    /// Bare, without reserve, as the corrected table of the document counts.
    private static func bare(_ ratio: Double) -> Deployment {
        var deployment = Self.document()
        deployment.users.peakOverAverage = ratio
        deployment.instance.utilisation = 1
        deployment.zones.survive = 0
        return deployment
    }

    @Test(
        "12,500 instances cost $115,200 a day; scaled with the load they cost that over the peak over average",
        arguments: [
            (2.0, 57_600), (1.5, 76_800), (10.0, 11_520), (5.0, 23_040),
        ])
    func instanceBill(ratio: Double, scaled: Int64) throws {
        let line = try #require(try Self.plan(Self.bare(ratio)).bill.lines.first { $0.id == "instances" })
        #expect(line.fixed?.value == .dollars(115_200))
        let error = try #require(line.scaled).value - .dollars(scaled)
        #expect(abs(error.dollarsForTests) < 0.01)
    }

    private func dollars(_ id: String, _ plan: FleetPlan) throws -> Double {
        try #require(plan.bill.lines.first { $0.id == id }?.fixed, "\(id) has a price").value
            .dollarsForTests
    }

    @Test("250 TB a day cost $11,771 from the servers, $6,014 from a CDN, and $2,230 compressed to 75 TB")
    func transferBill() throws {
        var deployment = Self.bare(10)
        #expect(abs(try self.dollars("transfer", try Self.plan(deployment)) - 11_771) < 1)
        deployment.cdn = CDN()
        #expect(abs(try self.dollars("cdn_transfer", try Self.plan(deployment)) - 6_014) < 1)
        #expect(abs(try self.dollars("cdn_requests", try Self.plan(deployment)) - 5_000) < 0.01)
        deployment.session.compression = Bracket(0.7, .given)
        #expect(abs(try self.dollars("cdn_transfer", try Self.plan(deployment)) - 2_230) < 1)
    }

    @Test("Load balancers: 2 a region for 1,250 instances, and capacity units by the largest dimension")
    func balancerBill() throws {
        var deployment = Self.bare(10)
        deployment.regions = (1...10).map { Region("us-east-\($0)", weight: 0.1) }
        deployment.balancer = Balancer()
        var plan = try Self.plan(deployment)
        #expect(try self.value("balancers.count", plan) == .amount(20, unit: "load balancers"))
        #expect(abs(try self.dollars("balancers", plan) - 10.80) < 0.001)
        // 250 TB a day are 10,417 units on average, which cost $2,000.
        #expect(abs(try self.dollars("balancer_units", plan) - 2_000) < 0.01)
        deployment.cdn = CDN()
        deployment.cdn?.hitRatio = Bracket(0.9, .given)
        deployment.session.compression = Bracket(0.7, .given)
        plan = try Self.plan(deployment)
        // 2.5 M users at once are 833 units, more than the 312.5 of the bytes.
        #expect(abs(try self.dollars("balancer_units", plan) - 160) < 0.01)
    }

    @Test("15,000 M latency queries a month cost $160 a day, besides the zone")
    func nameBill() throws {
        var deployment = Self.bare(10)
        deployment.dns = NameQueries()
        let zone = 0.50 / 30
        #expect(abs(try self.dollars("names", try Self.plan(deployment)) - 160 - zone) < 0.001)
    }

    @Test(
        "2.5 TB cost $7.76 a day and fit one volume for 15 years linear, 405 days compound; 2.5 PB need 18 volumes"
    )
    func database() throws {
        var deployment = Self.bare(10)
        var database = Database()
        database.bytesPerUser = Bytes(5_000)
        database.growth = 0.01
        database.readers = 4
        deployment.database = database
        deployment.regions = (1...10).map { Region("us-east-\($0)", weight: 0.1) }
        var plan = try Self.plan(deployment)
        #expect(try self.value("database.instances", plan) == .amount(50, unit: "instances"))
        #expect(try self.value("database.stored", plan) == .amount(2.5e12, unit: "B"))
        #expect(try self.value("database.growth", plan) == .amount(25e9, unit: "B"))
        #expect(try self.value("database.full_linear", plan) == .amount(5_529, unit: "days"))
        #expect(try self.value("database.full_compound", plan) == .amount(405, unit: "days"))
        #expect(abs(try self.dollars("database_storage", plan) - 7.76) < 0.01)
        #expect(plan.bill.unknown.map(\.id) == ["database_instances"])
        database.bytesPerUser = Bytes(5_000_000)
        deployment.database = database
        plan = try Self.plan(deployment)
        #expect(try self.value("database.volumes", plan) == .amount(18, unit: "volumes"))
    }

    @Test("A measured bracket goes to every line that depends on it")
    func bracket() throws {
        var deployment = Self.document()
        var capacity = MeasuredCapacity()
        capacity.users = (1_800, 2_200)
        deployment.take(capacity)
        let plan = try Self.plan(deployment)
        let line = try #require(plan.lines.first { $0.id == "instances.connections.bare" })
        #expect(line.value == .amount(13_889, unit: "instances"))
        #expect(line.low == .amount(11_364, unit: "instances"))
        #expect(line.high == .amount(13_889, unit: "instances"))
        let cost = try #require(plan.bill.lines.first?.fixed)
        #expect(cost.low < cost.value && cost.high == cost.value)
    }

    /// Deployments that could be someone's, drawn from a seed.
    private static func random(_ random: inout RandomGenerator) -> Deployment {
        func uniform(_ low: Double, _ high: Double) -> Double {
            low + (high - low) * Double(random.next() >> 11) * 0x1p-53
        }
        var deployment = Self.document()
        deployment.users.daily = Users(uniform(1e3, 1e9).rounded())
        deployment.users.peakShare = uniform(0.001, 0.3)
        deployment.users.peakOverAverage = uniform(1, 20)
        deployment.session.requests = uniform(1, 100).rounded()
        deployment.session.bytes = Bracket(Bytes(uniform(100, 1e7)), .given)
        deployment.instance.users = Bracket(Users(uniform(10, 1e5)), .given)
        deployment.instance.utilisation = uniform(0.1, 1)
        deployment.zones.count = Int(uniform(2, 6))
        deployment.zones.survive = Int(uniform(0, 2))
        if uniform(0, 1) < 0.5 {
            deployment.cdn = CDN()
            deployment.cdn?.hitRatio = Bracket(uniform(0, 0.99), .given)
        }
        if uniform(0, 1) < 0.5 { deployment.balancer = Balancer() }
        if uniform(0, 1) < 0.5 {
            let weight = uniform(0.1, 0.9)
            deployment.regions = [
                Region("us-east-1", weight: weight), Region("eu-west-1", weight: 1 - weight),
            ]
        }
        return deployment
    }

    @Test(
        "On random deployments more capacity never costs more instances, and totals are the sums of their lines"
    )
    func properties() throws {
        var generator = RandomGenerator(seed: 26)
        for _ in 0..<300 {
            var deployment = Self.random(&generator)
            let plan = try? Self.plan(deployment)
            // Some draws contradict Little's law: a user would be there for more than a day.
            guard let plan else { continue }
            let need = try #require(plan.binding?.need)
            #expect(need.bare <= need.atUtilisation && need.atUtilisation <= need.withReserve)
            let fixed = plan.bill.lines.compactMap(\.fixed?.value).reduce(Money.zero, +)
            #expect(plan.bill.fixed?.value == fixed)
            for line in plan.bill.lines {
                guard let fixed = line.fixed, let scaled = line.scaled else { continue }
                #expect(scaled.value <= fixed.value)
                #expect(fixed.low <= fixed.value && fixed.value <= fixed.high)
            }
            let users = try #require(deployment.instance.users).value
            deployment.instance.users = Bracket(users * 1.1, .given)
            let larger = try #require(try Self.plan(deployment).binding?.need)
            #expect(larger.withReserve <= need.withReserve)
            deployment.instance.users = Bracket(users, .given)
            deployment.instance.utilisation = min(1, deployment.instance.utilisation * 1.1)
            #expect(try #require(try Self.plan(deployment).binding?.need).withReserve <= need.withReserve)
        }
    }

    @Test(
        "A reserve is real: after the fullest zones have failed, what is left carries the peak",
        arguments: [
            (1_000.0, 3, 1), (60_000, 3, 1), (60_000, 2, 1), (1e6, 4, 2), (25e6, 3, 1), (3e6, 6, 5),
        ])
    func reserve(daily: Double, zones: Int, survive: Int) throws {
        var deployment = Self.document()
        deployment.users.daily = Users(daily)
        deployment.zones.count = zones
        deployment.zones.survive = survive
        let plan = try Self.plan(deployment)
        let planned = try #require(plan.binding?.need).withReserve.value
        let each = (planned / Double(zones)).rounded(.down)
        let fuller = planned - each * Double(zones)
        let left = planned - each * Double(survive) - min(Double(survive), fuller)
        #expect(left * 2_000 * 0.7 >= plan.demand.peak.value * 0.999)
    }

    @Test(
        "A record whose processors ended it says nothing of users at another pace: its requests a second are planned with"
    )
    func otherPace() throws {
        var deployment = Self.document()
        var capacity = MeasuredCapacity()
        capacity.users = (869, 1_074)
        capacity.requests = (434.5, 537)
        capacity.requestsPerUser = 0.5
        capacity.instanceType = "m5.2xlarge"
        deployment.take(capacity)
        let plan = try Self.plan(deployment)
        #expect(plan.binding?.limit == .cpu)
        #expect(plan.limits.first { $0.limit == .connections }?.need == nil)
        #expect(plan.cautions.contains { if case .otherPace = $0 { true } else { false } })
        // The simulation has the users that the processors carry, not those of the other pace.
        deployment.traffic = try TrafficCurve.sine(peakOverAverage: 2)
        let simulated = try #require(try Self.plan(deployment).scenario())
        #expect(simulated.usersPerInstance > Users(90_000))
        // Users that are stated count again, and the record's requests a second keep their caution.
        deployment.state(usersOfInstance: Users(2_000))
        let stated = try Self.plan(deployment)
        #expect(stated.binding?.limit == .connections)
        #expect(stated.cautions.contains { if case .otherPace = $0 { true } else { false } })
    }

    @Test("Processors that are used are not called idle")
    func busy() throws {
        var deployment = Self.document()
        deployment.instance.requests = Bracket(RequestRate(10), .given)
        #expect(!(try Self.plan(deployment).cautions.contains { if case .idle = $0 { true } else { false } }))
    }

    @Test("A slip in the name of a type or a geography is refused with what was meant")
    func slips() throws {
        var deployment = Self.document()
        deployment.instance.type = "m5.2xlrage"
        let type = #expect(throws: DeploymentFlaw.self) { try Self.plan(deployment) }
        // A name of the right form may be a type that the list lacks.
        for name in ["c5a.xlarge", "r5.large", "m6id.large", "u-6tb1.metal-112xl"] {
            var other = Self.document()
            other.instance.type = name
            #expect(throws: Never.self) { try Self.plan(other) }
        }
        #expect(type?.message.contains("`m5.2xlarge`") == true)
        deployment = Self.document()
        deployment.regions = [Region("a", weight: 1, geography: "eurpe")]
        let place = #expect(throws: DeploymentFlaw.self) { try Self.plan(deployment) }
        #expect(place?.message.contains("`europe`") == true)
    }

    @Test("One global cluster has one writer, and readers in every region")
    func globalDatabase() throws {
        var deployment = Self.document()
        deployment.regions = (1...10).map { Region("us-east-\($0)", weight: 0.1) }
        var database = Database()
        database.scope = .global
        database.readers = 4
        deployment.database = database
        let plan = try Self.plan(deployment)
        #expect(try self.value("database.instances", plan) == .amount(41, unit: "instances"))
        #expect(!plan.cautions.contains { if case .separateWriters = $0 { true } else { false } })
    }

    @Test("The targets of a region's load balancers are a limit: 50 of them with 1,000 each, and more is a caution")
    func targets() throws {
        var deployment = Self.document()
        deployment.balancer = Balancer()
        var plan = try Self.plan(deployment)
        #expect(try self.value("instances.balancer_targets.region", plan) == .amount(26_786, unit: "instances"))
        #expect(try self.value("instances.balancer_targets.most", plan) == .amount(50_000, unit: "instances"))
        #expect(!plan.cautions.contains { if case .tooManyBalancers = $0 { true } else { false } })
        deployment.balancer?.targets = 500
        plan = try Self.plan(deployment)
        #expect(try self.value("instances.balancer_targets.most", plan) == .amount(25_000, unit: "instances"))
        #expect(plan.cautions.contains { if case .tooManyBalancers = $0 { true } else { false } })
    }

    @Test("Without a quota nobody knows how many load balancers there are")
    func networkBalancer() throws {
        var deployment = Self.document()
        deployment.balancer = Balancer()
        deployment.balancer?.kind = .network
        let plan = try Self.plan(deployment)
        guard case .unknown = try self.value("balancers.count", plan) else {
            Issue.record("the count is unknown")
            return
        }
        #expect(plan.bill.unknown.map(\.id) == ["balancers"])
    }

    @Test("Without any price there is no total, and not a total of 0")
    func nothingKnown() throws {
        let plan = try FleetPlan(Self.document(), prices: PriceBook(), today: try Self.today())
        #expect(plan.bill.fixed == nil && plan.bill.scaled == nil && plan.perMillionSessions == nil)
    }

    @Test("A plan is simulated with its own static peak, its utilisation and its reserve")
    func scenario() throws {
        var deployment = Self.document()
        #expect(try Self.plan(deployment).scenario() == nil)
        deployment.traffic = try TrafficCurve.sine(peakOverAverage: 2)
        let plan = try Self.plan(deployment)
        #expect(abs(plan.demand.peakOverAverage - 2) < 1e-6 && plan.demand.peakOverAverageBasis == .derived)
        let scenario = try #require(try plan.scenario())
        #expect(scenario.settings.fixed == nil && scenario.usersPerInstance == Users(2_000))
        #expect(scenario.regions.compactMap(\.planned).reduce(0, +) == 26_786)
        #expect(abs(scenario.settings.targetTracking.target - 0.7 * 2 / 3) < 1e-9)
        let fixed = try #require(ScalingComparison(scenario).run(of: .fixed)).summary
        #expect(fixed.secondsOver == 0 && fixed.cost == plan.bill.lines.first?.fixed?.value)
        // Little's law: the users of a day and their time are the average of the simulated demand.
        let visits = try #require(scenario.visits)
        #expect(abs(visits.average / fixed.averageDemand - 1) < 1e-6 && visits.daily == plan.demand.daily)
        deployment.session.every = .seconds(216)
        deployment.users.timePerDay = nil
        var settings = ScalingSettings()
        settings.queue = ServiceQueue(
            serviceTime: .milliseconds(20), servers: 8, perUser: RequestRate(1 / 43.2))
        deployment.scaling = settings
        let other = try Self.plan(deployment)
        let error = #expect(throws: ParseError.self) { try other.scenario() }
        #expect(error?.message.hasPrefix("scaling.service.every: ") == true)
    }

    @Test(
        "Policies that size themselves have one reserve: with a flat demand each costs what the static peak does"
    )
    func oneReserve() throws {
        var deployment = Self.document()
        deployment.traffic = .flat
        deployment.scaling = ScalingSettings()
        let comparison = ScalingComparison(try #require(try Self.plan(deployment).scenario()))
        for kind in [ScalingPolicy.Kind.perfect, .scheduled, .targetTracking, .predictive, .combined] {
            let run = try #require(comparison.run(of: kind))
            #expect(abs(comparison.againstStatic(run) ?? 1) < 2e-4, "\(kind)")
            #expect(comparison.keepsReserve(run) && comparison.holds(run), "\(kind)")
        }
        // Step scaling lets instances fill up to its own threshold: it is no answer to a plan with a reserve.
        let step = try #require(comparison.run(of: .step))
        #expect(!comparison.keepsReserve(step) && comparison.best?.policy.kind != .step)
        // Over the objective stays at all that an instance holds.
        #expect(comparison.holds(step) && step.summary.secondsOver == 0)
    }

    @Test(
        "The plan's own instances as `fixed` and `maximum` keep its reserve in every region, and a hundred fewer do not"
    )
    func ownReserve() throws {
        var deployment = Self.document()
        deployment.regions = (0..<10).map { Region("r\($0)", weight: 0.1) }
        deployment.traffic = .flat
        for (count, keeps) in [(26_786, true), (26_686, false)] {
            var settings = ScalingSettings()
            settings.fixed = count
            settings.maximum = count
            settings.policies = [.scheduled]
            deployment.scaling = settings
            let comparison = ScalingComparison(try #require(try Self.plan(deployment).scenario()))
            for kind in [ScalingPolicy.Kind.fixed, .scheduled] {
                let run = try #require(comparison.run(of: kind))
                #expect(comparison.keepsReserve(run) == keeps, "\(kind) of \(count)")
            }
        }
    }

    @Test("The bill's scaled instances cost what perfect foresight does, but for boots and drains")
    func scaledIsPerfect() throws {
        var deployment = Self.document()
        deployment.traffic = try TrafficCurve.sine(peakOverAverage: 2)
        var settings = ScalingSettings()
        settings.drain = .zero
        deployment.scaling = settings
        let plan = try Self.plan(deployment)
        let scenario = try #require(try plan.scenario())
        let run = scenario.run(.perfect)
        let scaled = try #require(plan.bill.lines.first?.scaled).value.dollarsForTests
        let cost = try #require(run.summary.costPerDay).dollarsForTests
        #expect(cost >= scaled * 0.999 && cost < scaled * 1.01)
    }

    @Test("A curve whose peak is not the one that is stated is refused")
    func curveAgainstPeak() throws {
        var deployment = Self.document()
        deployment.users.peakOverAverage = 10
        deployment.traffic = try TrafficCurve.sine(peakOverAverage: 2)
        let flaw = #expect(throws: DeploymentFlaw.self) { try Self.plan(deployment) }
        #expect(flaw?.path == "users.peak_over_average" && flaw?.message.contains("2.00 times") == true)
        deployment.traffic = nil
        deployment.scaling = ScalingSettings()
        let plan = try Self.plan(deployment)
        #expect(throws: ParseError.self) { try plan.scenario() }
    }

    @Test("A body that is stated has the stated compression, and that of a record does not")
    func compression() throws {
        var deployment = Self.document()
        deployment.session.compression = Bracket(0.7, .given)
        let traffic = MeasuredTraffic(body: Bytes(15_000), overhead: Bytes(200))
        deployment.take(traffic)
        deployment.take(traffic)
        #expect(deployment.session.compression == nil && deployment.statedCompression == 0.7)
        #expect(try Self.plan(deployment).cautions.contains(.compressionOfRecord(stated: 0.7)))
        deployment.state(body: Bytes(50_000))
        #expect(deployment.session.compression?.value == 0.7 && deployment.statedCompression == nil)
    }

    @Test("A type that is not in the price list makes its price and limits unknown, and never 0")
    func unknownType() throws {
        var deployment = Self.document()
        deployment.instance.type = "x9.mega"
        let plan = try Self.plan(deployment)
        #expect(plan.bill.unknown.map(\.id) == ["instances"])
        #expect(plan.limits.first { $0.limit == .bandwidthSustained }?.need == nil)
        #expect(plan.limits.first { $0.limit == .bandwidthSustained }?.because?.contains("x9.mega") == true)
    }

    @Test("The plan flags idle instances, an assumed peak, and prices that are years old")
    func cautions() throws {
        let book = try PriceBook.standard()
        let plan = try FleetPlan(Self.document(), prices: book, today: try CalendarDate.parse("2029-08-01"))
        #expect(
            plan.cautions.contains {
                if case .idle(.connections, _, _, let times, nil) = $0 { times > 10 } else { false }
            })
        #expect(plan.cautions.contains(.assumedPeak(ratio: 2)))
        #expect(
            plan.cautions.contains {
                if case .oldPrices("karpenter", _, years: 3) = $0 { true } else { false }
            })
    }
}

extension Money {
    /// Dollars as a floating point number, to compare with a figure of a document.
    fileprivate var dollarsForTests: Double { Double(self.nanodollars) / 1e9 }
}
