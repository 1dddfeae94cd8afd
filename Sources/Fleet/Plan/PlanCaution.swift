/// What a reader of a plan should know before using it: contradictions between its figures, and what nobody measured.
public enum PlanCaution: Sendable, Equatable {
    /// No record backs the users of an instance.
    case untestedCapacity(users: Users)
    /// A record was measured at another pace: requests a second of each user there and here.
    case otherPace(measured: Double, planned: Double)
    /// A record was measured on other hardware; nil: on hardware that is not known.
    case otherHardware(measured: String?, planned: String)
    /// The binding limit leaves the others nearly idle: each instance answers so little at the peak.
    case idle(binding: FleetLimit, requests: RequestRate, bandwidth: BitRate, times: Double)
    /// The peak over average was assumed.
    case assumedPeak(ratio: Double)
    /// Regions have clocks of their own, and each is planned for its own peak.
    case regionsPeakApart
    /// Connections of clients end at the load balancer or CDN; the servers see other ones.
    case connectionsEndBefore(FrontEnd)
    /// Nothing is left for a failed zone, or for the load to grow while instances start.
    case noReserve
    case noSlack
    /// Heads, TLS and what is sent again are not in the bandwidth.
    case noOverhead
    /// Compression costs the servers CPU, which no limit has.
    case compressionCPU
    /// The limits that nobody knows.
    case unknownLimits([FleetLimit])
    /// Each region has writers of its own: such databases are separate ones.
    case separateWriters(Double)
    /// More than the provider's limits.
    case tooManyTargets(region: String, instances: Instances, most: Double)
    case tooManyDatabases(perRegion: Double, most: Double)
    case tooManyReaders(Double, most: Double)
    /// Prices are years old.
    case oldPrices(source: String, date: CalendarDate, years: Int)
    /// Prices of one region for all of them.
    case pricesOfOneRegion(String)

    public enum FrontEnd: String, Sendable { case balancer = "load balancer", cdn = "CDN" }

    /// By how much the pace of a record may miss that of the plan, as a share.
    static let paceTolerance = 0.05
    /// So many times more of a resource than is used counts as idle.
    static let idleFactor = 10.0

    static func all(of figures: PlanFigures, _ prices: PriceBook, today: CalendarDate) -> [PlanCaution] {
        let deployment = figures.deployment
        var cautions: [PlanCaution] = []
        if let users = deployment.instance.users, users.basis != .measured {
            cautions.append(.untestedCapacity(users: users.value))
        }
        if let measured = deployment.measured {
            let pace = figures.requests.perSecond / figures.demand.average.value
            if let own = measured.requestsPerUser, abs(own - pace) > Self.paceTolerance * pace {
                cautions.append(.otherPace(measured: own, planned: pace))
            }
            if measured.instanceType != deployment.instance.type {
                cautions.append(
                    .otherHardware(measured: measured.instanceType, planned: deployment.instance.type))
            }
        }
        cautions += Self.idle(figures)
        if figures.demand.peakOverAverageBasis == .assumed {
            cautions.append(.assumedPeak(ratio: figures.demand.peakOverAverage))
        }
        if Set(deployment.regions.map(\.hours)).count > 1 { cautions.append(.regionsPeakApart) }
        if deployment.cdn != nil {
            cautions.append(.connectionsEndBefore(.cdn))
        } else if deployment.balancer?.kind == .application {
            cautions.append(.connectionsEndBefore(.balancer))
        }
        if deployment.zones.survive == 0 { cautions.append(.noReserve) }
        if deployment.instance.utilisation >= 1 { cautions.append(.noSlack) }
        if deployment.session.overhead == nil { cautions.append(.noOverhead) }
        if (deployment.session.compression?.value ?? 0) > 0, deployment.instance.requests == nil {
            cautions.append(.compressionCPU)
        }
        let unknown = figures.limits.filter { $0.need == nil }.map(\.limit)
        if !unknown.isEmpty { cautions.append(.unknownLimits(unknown)) }
        return cautions + Self.limits(figures, prices) + Self.prices(figures, prices, today: today)
    }

    /// The binding limit leaves processors or network nearly unused.
    private static func idle(_ figures: PlanFigures) -> [PlanCaution] {
        guard let binding = figures.limits.max(by: { ($0.need?.exact ?? 0) < ($1.need?.exact ?? 0) }),
            binding.limit == .connections || binding.limit == .memory, let need = binding.need,
            need.bare > .zero,
            let type = figures.type
        else { return [] }
        let requests = figures.originRequests * figures.demand.peakOverAverage / need.bare.value
        let bits = figures.originBytes.bits / .day * figures.demand.peakOverAverage / need.bare.value
        let times = bits > .zero ? type.bandwidth / bits : .infinity
        guard times >= Self.idleFactor else { return [] }
        return [.idle(binding: binding.limit, requests: requests, bandwidth: bits, times: times)]
    }

    private static func limits(_ figures: PlanFigures, _ prices: PriceBook) -> [PlanCaution] {
        var cautions: [PlanCaution] = []
        if let balancer = figures.deployment.balancer, let own = prices.balancers[balancer.kind],
            let targets = own.targets, let most = own.perRegion
        {
            for (region, need) in figures.regions where need.withReserve.value > targets * most {
                cautions.append(
                    .tooManyTargets(region: region.name, instances: need.withReserve, most: targets * most))
            }
        }
        if let database = figures.deployment.database {
            if Double(figures.regions.count) * database.writers > 1 {
                cautions.append(.separateWriters(Double(figures.regions.count) * database.writers))
            }
            if let limits = prices.database {
                let perRegion = database.writers + database.readers
                if perRegion > limits.instancesPerRegion {
                    cautions.append(.tooManyDatabases(perRegion: perRegion, most: limits.instancesPerRegion))
                }
                if database.readers > limits.readers * database.writers {
                    cautions.append(
                        .tooManyReaders(database.readers, most: limits.readers * database.writers))
                }
            }
        }
        return cautions
    }

    private static func prices(_ figures: PlanFigures, _ prices: PriceBook, today: CalendarDate)
        -> [PlanCaution]
    {
        var cautions: [PlanCaution] = []
        let used = Set(figures.bill.compactMap(\.source))
        for name in used.sorted() {
            guard let source = prices.sources[name] else { continue }
            let years = source.date.years(to: today)
            if years >= 1 { cautions.append(.oldPrices(source: name, date: source.date, years: years)) }
        }
        if figures.regions.contains(where: { !$0.region.name.isEmpty && $0.region.name != prices.region }) {
            cautions.append(.pricesOfOneRegion(prices.region))
        }
        return cautions
    }
}
