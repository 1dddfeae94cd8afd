import Units

#if canImport(Glibc)
import Glibc
#endif

/// The lines of a plan, section by section.
extension PlanFigures {
    var lines: [PlanLine] {
        self.inputLines + self.demandLines + self.instanceLines + self.regionLines + self.balancerLines
            + self.transferLines
            + self.nameLines + self.databaseLines
    }

    /// What the plan was made with.
    private var inputLines: [PlanLine] {
        let (session, instance, zones) = (
            self.deployment.session, self.deployment.instance, self.deployment.zones
        )
        func line<Kind>(_ id: String, _ label: String, _ bracket: Bracket<Amount<Kind>>?) -> PlanLine? {
            bracket.map { PlanLine(.input, id, label, PlanValue($0.value), $0.basis) }
        }
        let lines: [PlanLine?] = [
            line("instance.users", "users of an instance", instance.users),
            instance.requests.map {
                PlanLine(
                    .input, "instance.requests", "requests of an instance", PlanValue($0.value), $0.basis)
            },
            PlanLine(.input, "instance.utilisation", "used up to", .share(instance.utilisation), .given),
            PlanLine(
                .input, "zones.count", "zones of a region", .amount(Double(zones.count), unit: "zones"),
                .given),
            PlanLine(
                .input, "zones.survive", "zones that may fail", .amount(Double(zones.survive), unit: "zones"),
                .given),
            PlanLine(
                .input, "session.requests", "requests of a session", PlanValue(Requests(session.requests)),
                .given),
            PlanLine(
                .input, "session.per_day", "sessions of a user a day", PlanValue(Sessions(session.perDay)),
                .given),
            line("session.size", "body of an answer", session.bytes),
            line("session.overhead", "heads, TLS and the rest of a request", session.overhead),
            self.deployment.cdn.map {
                PlanLine(
                    .input, "cdn.hits", "answered by the CDN", .share($0.hitRatio.value), $0.hitRatio.basis,
                    note: $0.hitRatio.basis == .measured ? nil : "untested")
            },
            session.compression.map {
                PlanLine(
                    .input, "session.compression", "compression", .share($0.value), $0.basis,
                    note: $0.basis == .measured ? nil : "untested")
            },
        ]
        return lines.compactMap { $0 }
    }

    private var demandLines: [PlanLine] {
        let demand = self.demand
        let ratio = demand.peakOverAverage
        var ratioNote: String?
        if demand.peakOverAverageBasis == .assumed {
            ratioNote = "an ordinary day"
        }
        return [
            PlanLine(.demand, "users.daily", "daily users", PlanValue(demand.daily), .given),
            PlanLine(.demand, "users.peak", "users at once, peak", PlanValue(demand.peak)),
            PlanLine(
                .demand, "users.peak_share", "share of the daily users", .share(demand.peakShare),
                demand.peakShareBasis),
            PlanLine(.demand, "users.average", "users at once, average", PlanValue(demand.average)),
            PlanLine(
                .demand, "users.peak_over_average", "peak over average", .ratio(ratio),
                demand.peakOverAverageBasis,
                note: ratioNote),
            PlanLine(
                .demand, "users.time_per_day", "time of a user a day", .time(demand.timePerDay),
                demand.timeBasis,
                note: demand.timeBasis == .derived ? "Little's law" : nil),
            PlanLine(.demand, "requests.average", "requests, average", PlanValue(self.requests)),
            PlanLine(.demand, "requests.peak", "requests, peak", PlanValue(self.requests * ratio)),
        ] + self.eventLines
    }

    /// What ten times the average would be, where nobody said what the peak is.
    private var eventLines: [PlanLine] {
        let average = self.bytes.bits / .day
        var lines = [
            PlanLine(.demand, "bandwidth.average", "bandwidth to clients, average", PlanValue(average)),
            PlanLine(
                .demand, "bandwidth.peak", "bandwidth to clients, peak",
                PlanValue(average * self.demand.peakOverAverage)),
        ]
        if self.demand.peakOverAverageBasis == .assumed {
            lines.append(
                PlanLine(
                    .demand, "bandwidth.event", "bandwidth to clients at ten times the average",
                    PlanValue(average * Demand.eventPeakOverAverage), note: "as for an event"))
        }
        return lines
    }

    private var instanceLines: [PlanLine] {
        self.limits.flatMap { row -> [PlanLine] in
            let id = "instances.\(row.limit.rawValue)"
            guard let need = row.need else {
                return [
                    PlanLine(.instances, id, row.limit.rawValue, .unknown(row.because ?? ""), .unknown)
                ]
            }
            return [
                PlanLine(.instances, "\(id).bare", "bare", PlanValue(need.bare)),
                PlanLine(
                    .instances, "\(id).utilisation", "at the target utilisation",
                    PlanValue(need.atUtilisation)),
                PlanLine(.instances, "\(id).reserve", "with the reserve", PlanValue(need.withReserve)),
            ]
        } + [
            PlanLine(.instances, "instances.planned", "planned", PlanValue(self.planned)),
            PlanLine(
                .instances, "instances.vcpus", "processors of all of them",
                self.type.map { .amount(self.planned.value * $0.vcpus, unit: "vCPU") }
                    ?? .unknown("not in the price list"),
                self.type == nil ? .unknown : .derived),
        ] + self.targetLines
    }

    /// What the load balancers of a region take, and what the largest region asks of them: a limit that more instances
    /// do not help.
    private var targetLines: [PlanLine] {
        guard let balancer = self.deployment.balancer,
            let largest = self.regions.map(\.need.withReserve).max()
        else { return [] }
        let prices = self.prices.balancers[balancer.kind]
        let most = (balancer.targets ?? prices?.targets).flatMap { targets in prices?.perRegion.map { targets * $0 } }
        return [
            PlanLine(
                .instances, "instances.balancer_targets.region", "of the largest region", PlanValue(largest)),
            PlanLine(
                .instances, "instances.balancer_targets.most", "behind the load balancers of a region",
                most.map { PlanValue(Instances($0)) } ?? .unknown("no quota is known"),
                most == nil ? .unknown : .derived, note: most == nil ? nil : "the default quotas"),
        ]
    }

    private var regionLines: [PlanLine] {
        guard !self.deployment.regions.isEmpty else { return [] }
        return self.regions.map { region, need in
            PlanLine(
                .regions, "regions.\(region.name).instances", region.name, PlanValue(need.withReserve),
                note: "\(Quantity.count((self.demand.peak * region.weight).count)) users at its peak")
        }
    }

    // MARK: Load balancers

    /// Capacity units of each dimension at a load of so many times the average; nil without prices.
    func capacityUnits(at factor: Double) -> [(dimension: String, units: CapacityUnits)]? {
        guard let balancer = self.deployment.balancer, let prices = self.prices.balancers[balancer.kind]
        else {
            return nil
        }
        let opened = Rate<ConnectionKind>(self.sessions.perSecond * balancer.connectionsPerSession) * factor
        let active = Connections(self.demand.average.value * balancer.connectionsPerSession) * factor
        let bytes = self.originBytes / .day * factor
        var units: [(String, CapacityUnits)] = [
            ("new connections", CapacityUnits(opened / prices.newConnections)),
            ("active connections", CapacityUnits(active / prices.activeConnections)),
            ("bytes", CapacityUnits(bytes / prices.bytes)),
        ]
        let rules = max(0, balancer.rules - prices.freeRules)
        if rules > 0, let evaluations = prices.ruleEvaluations {
            let asked = Rate<RuleKind>(self.originRequests.perSecond * rules) * factor
            units.append(("rule evaluations", CapacityUnits(asked / evaluations)))
        }
        return units
    }

    /// Load balancers of each region for the targets behind them; nil where nobody knows how many one has.
    func balancers(for need: LimitRow.Need) -> Amount<BalancerKind>? {
        guard let balancer = self.deployment.balancer,
            let targets = balancer.targets ?? self.prices.balancers[balancer.kind]?.targets
        else { return nil }
        return max(Amount(1), Amount<BalancerKind>(need.withReserve.value / targets).roundedUp)
    }

    /// Those of all regions.
    var balancers: Amount<BalancerKind>? {
        self.regions.reduce(Amount<BalancerKind>.zero) { sum, region in
            sum.flatMap { sum in self.balancers(for: region.need).map { sum + $0 } }
        }
    }

    private var balancerLines: [PlanLine] {
        guard let balancer = self.deployment.balancer else { return [] }
        let prices = self.prices.balancers[balancer.kind]
        var lines = [
            PlanLine(
                .balancers, "balancers.count", "load balancers",
                self.balancers.map { PlanValue($0) }
                    ?? .unknown("needs `balancer.targets`: no quota is known"),
                self.balancers == nil ? .unknown : .derived)
        ]
        if let targets = balancer.targets ?? prices?.targets {
            lines.append(
                PlanLine(
                    .balancers, "balancers.targets", "most instances behind one",
                    .amount(targets, unit: "instances"),
                    balancer.targets == nil ? .assumed : .given,
                    note: balancer.targets == nil ? "the default quota" : nil))
        }
        for (name, factor) in [("average", 1.0), ("peak", self.demand.peakOverAverage)] {
            for (dimension, units) in self.capacityUnits(at: factor) ?? [] {
                let id = dimension.replacingSpaces
                lines.append(
                    PlanLine(.balancers, "balancers.\(id).\(name)", "\(dimension), \(name)", PlanValue(units))
                )
            }
        }
        return lines
    }

    // MARK: Transfer, names and databases

    private var transferLines: [PlanLine] {
        var lines = [
            PlanLine(.transfer, "transfer.clients", "to clients a day", PlanValue(self.bytes))
        ]
        let average = self.originBytes.bits / .day
        lines.append(
            PlanLine(
                .transfer, "transfer.origin", "from the servers a day", PlanValue(self.originBytes),
                note: self.deployment.cdn == nil ? "all of it: no CDN" : nil))
        lines.append(
            PlanLine(.transfer, "transfer.origin_average", "from the servers, average", PlanValue(average)))
        lines.append(
            PlanLine(
                .transfer, "transfer.origin_peak", "from the servers, peak",
                PlanValue(average * self.demand.peakOverAverage)))
        return lines
    }

    /// Queries of names on a day; nil where they are not planned.
    var queries: Queries? {
        self.deployment.dns.map {
            Queries(self.demand.daily.value * self.deployment.session.perDay * $0.perSession)
        }
    }

    private var nameLines: [PlanLine] {
        guard let queries else { return [] }
        return [
            PlanLine(
                .names, "names.queries", "queries a day", PlanValue(queries),
                note: "at most: resolvers of clients answer some of them")
        ]
    }

    /// Bytes that are stored on the first day; nil where that is not known.
    var stored: Bytes? {
        guard let database = self.deployment.database, let each = database.bytesPerUser else { return nil }
        return each * (database.users ?? Users(self.demand.daily.value)).value
    }

    /// Clusters of databases: each has its own writer.
    var clusters: Double { self.deployment.database?.scope == .global ? 1 : Double(self.places.count) }

    /// Database instances of all regions.
    var databases: Instances? {
        self.deployment.database.map {
            Instances($0.writers * self.clusters + $0.readers * Double(self.places.count))
        }
    }

    private var databaseLines: [PlanLine] {
        guard let database = self.deployment.database, let databases else { return [] }
        var lines = [
            PlanLine(.database, "database.instances", "database instances", PlanValue(databases)),
            PlanLine(.database, "database.clusters", "clusters", .amount(self.clusters, unit: "clusters")),
        ]
        guard let stored else {
            lines.append(
                PlanLine(
                    .database, "database.stored", "stored", .unknown("needs `database.size_per_user`"),
                    .unknown))
            return lines
        }
        lines.append(PlanLine(.database, "database.stored", "stored on the first day", PlanValue(stored)))
        if database.growth > 0 {
            let year = 365.0
            lines.append(
                PlanLine(
                    .database, "database.growth", "a day adds", PlanValue(stored * database.growth),
                    note: "on the first day"))
            lines.append(
                PlanLine(
                    .database, "database.year_linear", "stored after a year, linear",
                    PlanValue(stored * (1 + database.growth * year))))
            lines.append(
                PlanLine(
                    .database, "database.year_compound", "stored after a year, compound",
                    PlanValue(stored * pow(1 + database.growth, year))))
        }
        guard let volume = self.prices.database?.volume else { return lines }
        lines.append(
            PlanLine(
                .database, "database.volumes", "volumes that it fills",
                PlanValue(Amount<VolumeKind>(stored / volume).roundedUp)))
        guard database.growth > 0 else { return lines }
        let room = max(1, volume / stored)
        for (name, days) in [
            ("linear", (room - 1) / database.growth), ("compound", log(room) / log(1 + database.growth)),
        ] {
            let isFar = days > Self.farthestDays
            lines.append(
                PlanLine(
                    .database, "database.full_\(name)", "one volume is full after, \(name)",
                    .amount(min(days, Self.farthestDays).rounded(.down), unit: "days"),
                    note: isFar ? "or later" : nil))
        }
        return lines
    }

    /// Nobody plans a hundred years ahead.
    private static let farthestDays = 36_500.0
}

/// Volumes of databases.
public enum VolumeKind: Countable { public static let unit = "volumes" }
/// Load balancers.
public enum BalancerKind: Countable { public static let unit = "load balancers" }

extension String {
    /// With `_` in place of blanks.
    fileprivate var replacingSpaces: String { String(self.map { $0 == " " ? "_" : $0 }) }
}
