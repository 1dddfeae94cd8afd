import Units

/// What a reader of a plan should know before using it: contradictions between its figures, and what nobody measured.
public enum PlanCaution: Sendable, Equatable {
    /// No record backs the users of an instance.
    case untestedCapacity(users: Users)
    /// A record has no verdict, or UNKNOWN, and was taken all the same.
    case doubtfulRecord(RecordDoubt)
    /// A record was measured at another pace: requests a second of each user there and here.
    case otherPace(measured: Double, planned: Double)
    /// A record was measured on other hardware; nil: on hardware that is not known.
    case otherHardware(measured: String?, planned: String)
    /// The binding limit leaves the network nearly idle, and the processors, where their limit is known: each instance
    /// answers so little at the peak, and its network sustains so many times that. `cpu`: the share of its processors
    /// that is used; nil where nobody knows.
    case idle(binding: FleetLimit, requests: RequestRate, bandwidth: BitRate, times: Double, cpu: Double?)
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
    case tooManyBalancers(region: String, count: Double, most: Double)
    case tooManyDatabases(perRegion: Double, most: Double)
    case tooManyReaders(Double, most: Double)
    /// Prices are years old.
    case oldPrices(source: String, date: CalendarDate, years: Int)
    /// A price list of the future.
    case futurePrices(source: String, date: CalendarDate)
    /// Prices of one region for all of them.
    case pricesOfOneRegion(String)
    /// Regions whose viewers' prices are not known.
    case unknownGeographies([String])
    /// The bytes are those of a record, as they were on the wire: the stated compression is not applied to them.
    case compressionOfRecord(stated: Double)

    public enum FrontEnd: String, Sendable { case balancer = "load balancer", cdn = "CDN" }

    /// By how much the pace of a record may miss that of the plan, as a share.
    static let paceTolerance = 0.05
    /// So many times more of a resource than is used counts as idle.
    static let idleFactor = 10.0
    /// Processors that are used more than this are not idle.
    static let busyShare = 0.3

    static func all(of figures: PlanFigures, _ prices: PriceBook) -> [PlanCaution] {
        let deployment = figures.deployment
        var cautions: [PlanCaution] = []
        if let users = deployment.instance.users, users.basis != .measured {
            cautions.append(.untestedCapacity(users: users.value))
        }
        cautions += deployment.doubts.map(PlanCaution.doubtfulRecord)
        if let measured = deployment.measured {
            let pace = figures.pace
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
        if Set(deployment.regions.map(\.hours)).count > 1, deployment.traffic?.shape != .event {
            cautions.append(.regionsPeakApart)
        }
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
        return cautions + Self.limits(figures, prices) + Self.prices(figures, prices)
    }

    /// The binding limit leaves processors or network nearly unused.
    private static func idle(_ figures: PlanFigures) -> [PlanCaution] {
        guard let binding = figures.limits.max(by: { ($0.need?.exact ?? 0) < ($1.need?.exact ?? 0) }),
            binding.limit == .connections || binding.limit == .memory, let need = binding.need,
            need.bare > .zero, figures.type != nil
        else { return [] }
        let requests = figures.originRequests * figures.demand.peakOverAverage / need.bare.value
        let bits = figures.originBytes.bits / .day * figures.demand.peakOverAverage / need.bare.value
        let sustained = figures.limits.first { $0.limit == .bandwidthSustained }?.need?.exact ?? 0
        let times = sustained > 0 ? need.bare.value / sustained : .infinity
        let cpu = figures.limits.first { $0.limit == .cpu }?.need.map { $0.exact / need.exact }
        guard times >= Self.idleFactor, (cpu ?? 0) < Self.busyShare else { return [] }
        return [.idle(binding: binding.limit, requests: requests, bandwidth: bits, times: times, cpu: cpu)]
    }

    private static func limits(_ figures: PlanFigures, _ prices: PriceBook) -> [PlanCaution] {
        var cautions: [PlanCaution] = []
        if let balancer = figures.deployment.balancer, let most = prices.balancers[balancer.kind]?.perRegion {
            for (region, need) in figures.regions {
                guard let count = figures.balancers(for: need), count.value > most else { continue }
                cautions.append(.tooManyBalancers(region: region.name, count: count.value, most: most))
            }
        }
        if let database = figures.deployment.database {
            if figures.clusters * database.writers > 1 {
                cautions.append(.separateWriters(figures.clusters * database.writers))
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

    private static func prices(_ figures: PlanFigures, _ prices: PriceBook) -> [PlanCaution] {
        var cautions: [PlanCaution] = []
        if figures.regions.contains(where: { !$0.region.name.isEmpty && $0.region.name != prices.region }) {
            cautions.append(.pricesOfOneRegion(prices.region))
        }
        if figures.deployment.cdn != nil {
            let unknown = figures.regions.map(\.region).filter { figures.geography(of: $0) == nil }
            if !unknown.isEmpty { cautions.append(.unknownGeographies(unknown.map(\.name))) }
        }
        if let stated = figures.deployment.statedCompression {
            cautions.append(.compressionOfRecord(stated: stated))
        }
        return cautions
    }

    /// The ages of sources: years, or of the future.
    static func dates(of sources: [PriceBook.Source], today: CalendarDate) -> [PlanCaution] {
        sources.compactMap { source in
            if source.date > today { return .futurePrices(source: source.name, date: source.date) }
            let years = source.date.years(to: today)
            return years >= 1 ? .oldPrices(source: source.name, date: source.date, years: years) : nil
        }
    }
}
