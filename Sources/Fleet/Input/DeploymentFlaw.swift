import Units

/// What is wrong with a deployment, at the path of its key.
public struct DeploymentFlaw: Error, Sendable, Equatable {
    /// Such as `users.peak`.
    public var path: String
    /// What is wrong, and what to write instead.
    public var message: String
    /// Nothing is wrong, but something is not there.
    public var isMissing = false

    init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// A value that has to be given, and what to write.
    static func missing(_ path: String, _ advice: String) -> Self {
        var flaw = Self(path: path, message: "this is missing; \(advice)")
        flaw.isMissing = true
        return flaw
    }
}

/// The most of each figure of a deployment: above any that exists, and low enough that no product of them overflows.
enum DeploymentLimit {
    /// Users of a day, or accounts: twice as many as there are people.
    static let users = 20e9
    /// Users that one instance holds.
    static let usersEach = 1e9
    static let requestsPerSession = 1e6
    static let sessionsPerDay = 1e4
    static let bytesOfRequest = 1e12
    static let bytesOfUser = 1e15
    static let connectionsPerSession = 1e3
    static let queriesPerSession = 1e3
    static let rules = 1e4
    static let databasesOfRegion = 1e3
    static let targets = 1e6
    static let zones = 100
    /// The lowest utilisation.
    static let utilisation = 0.01
    /// By how much the weights of regions may miss 1, and are scaled to it: shares are written with few decimals.
    static let weightTolerance = 0.005
}

extension Deployment {
    /// Everything that keeps it from being planned.
    public func flaws() -> [DeploymentFlaw] {
        self.missingFlaws + self.rangeFlaws + self.zoneFlaws + self.regionFlaws
    }

    private var missingFlaws: [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        if self.users.daily == nil {
            flaws.append(.missing("users.daily", "write the users of a day, such as 500M"))
        }
        if case .failure(let flaw) = Demand.resolve(self) { flaws.append(flaw) }
        if self.session.bytes == nil {
            flaws.append(.missing("session.size", "write the body of an answer, such as 50KB"))
        }
        if self.instance.users == nil {
            let advice = "write the users that one instance holds, or measure them: `headroom capacity URL`"
            flaws.append(.missing("instance.users", advice))
        }
        if self.instance.type.isEmpty {
            flaws.append(.missing("instance.type", "write a type such as m5.2xlarge"))
        }
        return flaws
    }

    private var rangeFlaws: [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        func check(
            _ path: String, _ value: Double?, above low: Double? = nil, from: Double? = nil, to high: Double
        ) {
            guard let value else { return }
            let isEnough = low.map { value > $0 } ?? from.map { value >= $0 } ?? true
            if value.isFinite, isEnough, value <= high { return }
            let bound = low.map { "more than \(Quantity.rate($0))" } ?? "at least \(Quantity.rate(from ?? 0))"
            flaws.append(
                DeploymentFlaw(
                    path: path,
                    message:
                        "\(Quantity.rate(value)) cannot be planned; use \(bound), at most \(Quantity.rate(high))"
                ))
        }
        let (session, balancer, database) = (self.session, self.balancer, self.database)
        check("users.daily", self.users.daily?.value, above: 0, to: DeploymentLimit.users)
        check("session.requests", session.requests, above: 0, to: DeploymentLimit.requestsPerSession)
        check("session.per_day", session.perDay, above: 0, to: DeploymentLimit.sessionsPerDay)
        check("session.size", session.bytes?.high.value, above: 0, to: DeploymentLimit.bytesOfRequest)
        check("session.overhead", session.overhead?.high.value, from: 0, to: DeploymentLimit.bytesOfRequest)
        check("instance.users", self.instance.users?.low.value, above: 0, to: DeploymentLimit.usersEach)
        check(
            "instance.requests", self.instance.requests?.low.perSecond, above: 0,
            to: DeploymentLimit.usersEach)
        check(
            "instance.memory_per_user", self.instance.memoryPerUser?.value, above: 0,
            to: DeploymentLimit.bytesOfUser)
        check(
            "balancer.connections", balancer?.connectionsPerSession, above: 0,
            to: DeploymentLimit.connectionsPerSession)
        check("balancer.rules", balancer?.rules, from: 0, to: DeploymentLimit.rules)
        check("balancer.targets", balancer?.targets, from: 1, to: DeploymentLimit.targets)
        check("dns.queries", self.dns?.perSession, from: 0, to: DeploymentLimit.queriesPerSession)
        check("database.writers", database?.writers, from: 1, to: DeploymentLimit.databasesOfRegion)
        check("database.readers", database?.readers, from: 0, to: DeploymentLimit.databasesOfRegion)
        check("database.users", database?.users?.value, above: 0, to: DeploymentLimit.users)
        check(
            "database.size_per_user", database?.bytesPerUser?.value, above: 0, to: DeploymentLimit.bytesOfUser
        )
        if let compression = session.compression, compression.high >= 1 {
            flaws.append(
                DeploymentFlaw(
                    path: "session.compression",
                    message: "nothing would be left of a body; write a share below 100%"))
        }
        if !(DeploymentLimit.utilisation...1).contains(self.instance.utilisation) {
            flaws.append(
                DeploymentFlaw(
                    path: "instance.utilisation",
                    message:
                        "an instance is used to at least \(Quantity.percent(DeploymentLimit.utilisation)), and at "
                        + "most 100 %"))
        }
        if let balancer, balancer.kind == .network, balancer.rules > 0 {
            flaws.append(
                DeploymentFlaw(path: "balancer.rules", message: "a network load balancer has no rules"))
        }
        return flaws
    }

    private var zoneFlaws: [DeploymentFlaw] {
        let zones = self.zones
        guard (1...DeploymentLimit.zones).contains(zones.count) else {
            return [DeploymentFlaw(path: "zones.count", message: "write 1 to \(DeploymentLimit.zones) zones")]
        }
        guard zones.survive < 0 || zones.survive >= zones.count else { return [] }
        let message =
            "with \(zones.survive) of \(Quantity.plural(UInt64(zones.count), "zone")) failed nothing is left; write at "
            + "most \(zones.count - 1), or 0 to plan without a reserve"
        return [DeploymentFlaw(path: "zones.survive", message: message)]
    }

    private var regionFlaws: [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        guard !self.regions.isEmpty else { return [] }
        let sum = self.regions.reduce(0) { $0 + $1.weight }
        if abs(sum - 1) > DeploymentLimit.weightTolerance {
            flaws.append(
                DeploymentFlaw(
                    path: "regions", message: "the weights add up to \(Quantity.percent(sum)), not to 100 %"))
        }
        for (index, region) in self.regions.enumerated() {
            if region.weight <= 0 {
                flaws.append(
                    DeploymentFlaw(
                        path: "regions[\(index)].weight", message: "a region has some of the users"))
            }
            if self.regions[..<index].contains(where: { $0.name == region.name }) {
                flaws.append(
                    DeploymentFlaw(
                        path: "regions[\(index)].name", message: "\(quoted(region.name)) stands here twice"))
            }
        }
        return flaws
    }

    /// Whether a name has the form of AWS's types: a family, a point and a size. It may be one that the list lacks.
    private static func isTypeName(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let letter = parts[0].utf8.first, (0x61...0x7A).contains(letter),
            parts[0].utf8.contains(where: { decimalDigit($0) != nil })
        else { return false }
        let sizes = ["nano", "micro", "small", "medium", "large", "xlarge", "metal"]
        let size = parts[1].drop { $0.isNumber }
        return sizes.contains(String(parts[1])) || size == "xlarge" || size.hasPrefix("metal-")
    }

    /// What of it is not in the price list although a name of the list is close: a slip, and no other provider.
    func nameFlaws(_ prices: PriceBook) -> [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        let types = prices.instances.keys.sorted()
        if prices.instances[self.instance.type] == nil, !Self.isTypeName(self.instance.type),
            let near = nearest(self.instance.type, in: types)
        {
            flaws.append(
                DeploymentFlaw(
                    path: "instance.type",
                    message:
                        "\(quoted(self.instance.type)) is not in the price list; did you mean \(quoted(near))?"
                ))
        }
        for (index, region) in self.regions.enumerated() {
            guard let geography = region.geography, prices.cdn[geography] == nil else { continue }
            flaws.append(
                DeploymentFlaw(
                    path: "regions[\(index)].geography",
                    message: "\(quoted(geography)) is not in the price list"
                        + suggestion(for: geography, in: prices.cdn.keys.sorted())))
        }
        return flaws
    }
}
