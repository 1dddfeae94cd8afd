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
        switch Demand.resolve(deployment) {
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

    /// The regions with weights that add up to 1, or the only one.
    var places: [Region] {
        let regions = self.deployment.regions
        let sum = regions.reduce(0) { $0 + $1.weight }
        guard sum > 0 else { return [Region("", weight: 1)] }
        return regions.map { region in
            var region = region
            region.weight /= sum
            return region
        }
    }

    /// Instances at the peak with everything: of all regions.
    var planned: Instances { self.regions.reduce(.zero) { $0 + $1.need.withReserve } }

    var sessions: Rate<SessionKind> {
        Sessions(self.demand.daily.value * self.deployment.session.perDay) / .day
    }

    /// Clients reach the instances themselves, through an internet gateway.
    var isPublic: Bool { self.deployment.balancer == nil }

    // MARK: Instances

    /// Instances for a number of them before rounding, summed over regions that each round up.
    private func need(_ exact: Double, in regions: [Region]) -> LimitRow.Need {
        var need = LimitRow.Need(bare: .zero, atUtilisation: .zero, withReserve: .zero, exact: exact)
        for region in regions {
            let own = Instances(exact * region.weight)
            need.bare += own.roundedUp
            let used = own / self.deployment.instance.utilisation
            need.atUtilisation += used.roundedUp
            need.withReserve += self.deployment.zones.withReserve(used)
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
            if self.isOfOtherPace { return unknown("the record is of another pace, and its CPU ended it") }
            return known(self.demand.peak, each: self.usersEach)
        case .cpu:
            guard let requestsEach else { return unknown("needs `instance.requests`") }
            return known(self.originRequests * self.demand.peakOverAverage, each: requestsEach)
        case .bandwidthSustained:
            guard let type else { return unknown(notListed) }
            let most = self.internetLimit(of: type)
            return known(peakBits, each: most.map { min($0, type.bandwidth) } ?? type.bandwidth)
        case .bandwidthBurst:
            guard let type else { return unknown(notListed) }
            switch (type.burst, self.internetLimit(of: type)) {
            case (let burst?, let most?): return known(peakBits, each: min(burst, most))
            case (let burst?, nil): return known(peakBits, each: burst)
            case (nil, let most?): return known(peakBits, each: most)
            case (nil, nil): return unknown("no `burst` in the price list")
            }
        case .memory:
            guard let type else { return unknown(notListed) }
            guard let own = self.deployment.instance.memoryPerUser else {
                return unknown("needs `instance.memory_per_user`")
            }
            return known(own * self.demand.peak.value, each: type.memory)
        }
    }

    /// What an instance reaches through an internet gateway; nil behind a load balancer, and where no limit is known.
    private func internetLimit(of type: PriceBook.InstanceType) -> BitRate? {
        guard self.isPublic, let internet = self.prices.internet else { return nil }
        return type.vcpus < internet.vcpus ? internet.bandwidth : type.bandwidth * 0.5
    }

    /// Requests a second of each user.
    var pace: Double { self.requests.perSecond / self.demand.average.value }

    /// The processors ended the search of the capacity, and its users asked at another pace: their number says nothing
    /// here, and the requests a second do.
    private var isOfOtherPace: Bool {
        guard let measured = self.deployment.measured, measured.users != nil, measured.requests != nil,
            let own = measured.requestsPerUser
        else { return false }
        return abs(own - self.pace) > PlanCaution.paceTolerance * self.pace
    }
}

extension Zones {
    /// Share of the need that may be missing after zones have failed. 26,786 instances in three zones leave 17,857 of
    /// 17,857.14: that is no overload.
    static let missing = 0.001

    /// Instances of which enough are left after the zones that may fail have failed: N x zones / (zones - failed), and
    /// more where the zones then hold whole instances that are too few.
    func withReserve(_ need: Instances) -> Instances {
        let left = Double(self.count - self.survive)
        var count = (need * (Double(self.count) / left)).roundedUp
        // One more of each zone is always enough.
        for _ in 0..<self.count where self.remaining(of: count) < need * (1 - Self.missing) {
            count += Instances(1)
        }
        return count
    }

    /// What is left when the fullest zones fail; instances are spread evenly.
    private func remaining(of instances: Instances) -> Instances {
        let each = (instances.value / Double(self.count)).rounded(.down)
        let fuller = instances.value - each * Double(self.count)
        return Instances(instances.value - each * Double(self.survive) - min(Double(self.survive), fuller))
    }
}
