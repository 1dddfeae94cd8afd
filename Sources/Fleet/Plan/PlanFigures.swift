import Units

/// The figures of a plan at one end of its brackets.
struct PlanFigures {
    let deployment: Deployment
    let prices: PriceBook
    let demand: Demand
    /// The type of instance in the price list; nil where it is not there.
    let type: PriceBook.InstanceType?
    /// Requests of clients, and those that a CDN leaves for the servers.
    let requests: RequestRate
    let originRequests: RequestRate
    /// Bytes to clients on a day, and what of them the servers send.
    let bytes: Bytes
    let originBytes: Bytes
    /// Users that one instance holds.
    let usersEach: Users
    private(set) var limits: [LimitRow] = []
    /// Instances of each region, and all of them, as the binding limit asks for them.
    private(set) var regions: [(region: Region, need: LimitRow.Need)] = []

    init(_ deployment: Deployment, _ prices: PriceBook, _ scenario: Scenario) throws(DeploymentFlaw) {
        self.deployment = deployment
        self.prices = prices
        switch Demand.resolve(deployment.users, deployment.session) {
        case .success(let demand): self.demand = demand
        case .failure(let flaw): throw flaw
        }
        let session = deployment.session
        self.type = prices.instances[deployment.instance.type]
        let hits = deployment.cdn?.hitRatio.at(scenario, largerCosts: false) ?? 0
        let compression = session.compression?.at(scenario, largerCosts: false) ?? 0
        let body = session.bytes?.at(scenario, largerCosts: true) ?? .zero
        let overhead = session.overhead?.at(scenario, largerCosts: true) ?? .zero
        let daily = Requests(self.demand.daily.value * session.requestsPerDay)
        self.requests = daily / .day
        self.originRequests = self.requests * (1 - hits)
        self.bytes = (body * (1 - compression) + overhead) * daily.value
        self.originBytes = self.bytes * (1 - hits)
        self.usersEach = deployment.instance.users?.at(scenario, largerCosts: false) ?? Users(1)
        let requestsEach = deployment.instance.requests?.at(scenario, largerCosts: false)
        self.limits = FleetLimit.allCases.map { self.row($0, requestsEach) }
        let exact = self.limits.compactMap { $0.need?.exact }.max() ?? 0
        self.regions = self.places.map { ($0, self.need(exact, in: [$0])) }
    }

    /// The regions, or the only one.
    private var places: [Region] {
        self.deployment.regions.isEmpty ? [Region("", weight: 1)] : self.deployment.regions
    }

    /// Instances at the peak with everything: of all regions.
    var planned: Instances { self.regions.reduce(.zero) { $0 + $1.need.withReserve } }

    var sessions: Rate<SessionKind> {
        Sessions(self.demand.daily.value * self.deployment.session.perDay) / .day
    }

    // MARK: Instances

    /// Instances for a number of them before rounding, summed over regions that each round up.
    private func need(_ exact: Double, in regions: [Region]) -> LimitRow.Need {
        let zones = self.deployment.zones
        let utilisation = self.deployment.instance.utilisation
        let reserve = Double(zones.count) / Double(max(1, zones.count - zones.survive))
        var need = LimitRow.Need(bare: .zero, atUtilisation: .zero, withReserve: .zero, exact: exact)
        for region in regions {
            let own = Instances(exact * region.weight)
            need.bare += own.roundedUp
            need.atUtilisation += (own / utilisation).roundedUp
            need.withReserve += (own / utilisation * reserve).roundedUp
        }
        return need
    }

    private func row(_ limit: FleetLimit, _ requestsEach: RequestRate?) -> LimitRow {
        func known<Kind>(_ peak: Amount<Kind>, each: Amount<Kind>) -> LimitRow {
            LimitRow(
                limit: limit, each: PlanValue(each), peak: PlanValue(peak),
                need: self.need(peak / each, in: self.places))
        }
        func known<Kind>(_ peak: Rate<Kind>, each: Rate<Kind>) -> LimitRow {
            LimitRow(
                limit: limit, each: PlanValue(each), peak: PlanValue(peak),
                need: self.need(peak / each, in: self.places))
        }
        func unknown(_ because: String) -> LimitRow { LimitRow(limit: limit, because: because) }
        let peakBits = self.originBytes.bits / .day * self.demand.peakOverAverage
        let notListed = "\(quoted(self.deployment.instance.type)) is not in the price list"
        switch limit {
        case .connections:
            return known(self.demand.peak, each: self.usersEach)
        case .cpu:
            guard let requestsEach else {
                return unknown("`instance.requests`")
            }
            return known(self.originRequests * self.demand.peakOverAverage, each: requestsEach)
        case .bandwidthSustained:
            guard let type else { return unknown(notListed) }
            return known(peakBits, each: type.bandwidth)
        case .bandwidthBurst:
            guard let type else { return unknown(notListed) }
            guard let internet = self.prices.internet else {
                return unknown("the price list has no `internet`")
            }
            let isSmall = type.vcpus < internet.vcpus
            return known(
                peakBits, each: isSmall ? internet.bandwidth : max(type.bandwidth * 0.5, internet.bandwidth))
        case .memory:
            guard let type else { return unknown(notListed) }
            guard let own = self.deployment.instance.memoryPerUser else {
                return unknown("`instance.memory_per_user`")
            }
            return known(own * self.demand.peak.value, each: type.memory)
        }
    }
}
