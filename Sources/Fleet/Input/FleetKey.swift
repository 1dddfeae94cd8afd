import YAML

/// One key of a fleet file: where it stands, what the reference says of it, and what its value sets. The reader, its
/// advice on a mistyped key and docs/reference/fleet.md come from the list of these.
public struct FleetKey: ReadingKey, Sendable {
    public let mapping: Mapping
    public let name: String
    public let type: String
    public let meaning: String
    public let example: String
    let read: Reading

    typealias Reader = FleetReader
    typealias Target = Deployment

    /// A mapping of a fleet file.
    public enum Mapping: String, Sendable, CaseIterable {
        case fleet, users, session, instance
        case region = "regions[]"
        case zones, cdn, balancer, dns, database
    }

    init(
        _ mapping: Mapping, _ name: String, _ type: String, _ meaning: String, _ example: String,
        _ read: @escaping Reading
    ) {
        self.mapping = mapping
        self.name = name
        self.type = type
        self.meaning = meaning
        self.example = example
        self.read = read
    }

    /// Every key, by mapping, in the order in which an error lists them.
    public static let all: [FleetKey] =
        fleetKeys + usersKeys + sessionKeys + instanceKeys + regionKeys + zonesKeys + cdnKeys + balancerKeys
        + dnsKeys
        + databaseKeys
}

extension FleetKey {
    /// A mapping of its own; `begin` notes that it is there.
    private static func section(
        _ mapping: Mapping, _ begin: @escaping @Sendable (inout Deployment) -> Void = { _ in }
    )
        -> Reading
    {
        { reader, node, path, deployment in
            begin(&deployment)
            reader.readMapping(mapping, node, at: path, into: &deployment)
        }
    }

    private static let fleetKeys: [FleetKey] = [
        FleetKey(.fleet, "version", "integer", "the version of the format: 1", "1", { _, _, _, _ in }),
        FleetKey(.fleet, "name", "text", "names the fleet", "fleet-500m", text { $1.name = $0 }),
        FleetKey(
            .fleet, "users", "mapping", "who comes, and how many at once", "{daily: 500M, peak: 5%}",
            section(.users)),
        FleetKey(
            .fleet, "session", "mapping", "what a user asks for", "{requests: 10, size: 50KB}",
            section(.session)),
        FleetKey(
            .fleet, "instance", "mapping", "what one instance holds", "{type: m5.2xlarge, users: 2000}",
            section(.instance)),
        FleetKey(
            .fleet, "regions", "list (one without a name)", "the regions and their shares of the users",
            "[{name: eu-west-1, weight: 60%}, …]",
            { reader, node, path, deployment in reader.readRegions(node, at: path, into: &deployment) }),
        FleetKey(
            .fleet, "zones", "mapping", "the availability zones of each region", "{count: 3, survive: 1}",
            section(.zones)),
        FleetKey(
            .fleet, "cdn", "mapping (none)", "a content delivery network in front of the servers",
            "{hits: 90%}",
            section(.cdn) { $0.cdn = CDN() }),
        FleetKey(
            .fleet, "balancer", "mapping (none)", "the load balancers of each region", "{kind: application}",
            section(.balancer) { $0.balancer = Balancer() }),
        FleetKey(
            .fleet, "dns", "mapping (none)", "queries of names", "{kind: latency}",
            section(.dns) { $0.dns = NameQueries() }),
        FleetKey(
            .fleet, "database", "mapping (none)", "databases and what they store", "{writers: 1, readers: 4}",
            section(.database) { $0.database = Database() }),
        FleetKey(
            .fleet, "traffic", "mapping (a sine or a business day)", "the demand over a day", "{shape: sine}",
            { reader, node, path, deployment in
                deployment.traffic = reader.readTraffic(node, at: path, readFile: reader.readFile)
            }),
        FleetKey(
            .fleet, "scaling", "mapping (not simulated)", "how the fleet follows the load", "{minimum: 1250}",
            { reader, node, path, deployment in reader.readScaling(node, at: path, into: &deployment) }),
        FleetKey(
            .fleet, "prices", "file (those of headroom)", "a price file, relative to this file",
            "own.yaml",
            text { $1.prices = $0 }),
    ]

    private static let usersKeys: [FleetKey] = [
        FleetKey(
            .users, "daily", "number", "users that come on a day", "500M",
            count { $1.users.daily = Users($0) }),
        FleetKey(
            .users, "peak", "share", "the share of them that is there at once at the peak", "5%",
            share { $1.users.peakShare = $0 }),
        FleetKey(
            .users, "peak_over_average", "decimal",
            "users at the peak over the average of the day", "2", factor { $1.users.peakOverAverage = $0 }),
        FleetKey(
            .users, "time_per_day", "time",
            "how long a user is there on a day; without it the session's requests times `every`", "36m",
            span { $1.users.timePerDay = $0 }),
    ]

    private static let sessionKeys: [FleetKey] = [
        FleetKey(
            .session, "requests", "decimal (1)", "requests of a session", "10",
            factor { $1.session.requests = $0 }),
        FleetKey(
            .session, "size", "size", "the body of one answer, before compression", "50KB",
            bytes { $1.session.bytes = Bracket($0, .given) }),
        FleetKey(
            .session, "overhead", "size (0, and a caution)",
            "both heads of a request, its share of TLS, and what is sent again", "1KB",
            bytes { $1.session.overhead = Bracket($0, .given) }),
        FleetKey(
            .session, "compression", "share (none)", "the share by which bodies shrink on the wire", "70%",
            share { $1.session.compression = Bracket($0, .given) }),
        FleetKey(
            .session, "per_day", "decimal (1)", "sessions of a user a day", "1",
            factor { $1.session.perDay = $0 }),
        FleetKey(
            .session, "every", "time", "the time from one request of a user to the next", "43.2s",
            span { $1.session.every = $0 }),
    ]

    private static let instanceKeys: [FleetKey] = [
        FleetKey(
            .instance, "type", "word", "the type of instance, as the price list names it", "m5.2xlarge",
            text { $1.instance.type = $0 }),
        FleetKey(
            .instance, "users", "number",
            "users that it holds inside the objective; `--from` takes them from a record",
            "2000", count { $1.instance.users = Bracket(Users($0), .given) }),
        FleetKey(
            .instance, "requests", "rate (unknown)",
            "requests a second that one instance answers inside the objective",
            "8000/s",
            { reader, node, path, deployment in
                guard let rate = reader.requestRate(node, at: path) else { return }
                deployment.instance.requests = Bracket(rate, .given)
            }),
        FleetKey(
            .instance, "memory_per_user", "size (unknown)", "memory of one user on the server", "100KB",
            bytes { $1.instance.memoryPerUser = $0 }),
        FleetKey(
            .instance, "utilisation", "share (70%)",
            "the share of what an instance holds up to which it is used", "70%",
            share { $1.instance.utilisation = $0 }),
    ]

    private static let regionKeys: [FleetKey] = [
        FleetKey(
            .region, "name", "word", "the region's name", "eu-west-1",
            text { name, deployment in deployment.changeLastRegion { $0.name = name } }),
        FleetKey(
            .region, "weight", "share", "its share of the users; all of them add up to 100 %", "10%",
            share { weight, deployment in deployment.changeLastRegion { $0.weight = weight } }),
        FleetKey(
            .region, "hours", "decimal (0)", "hours that its clocks are ahead of UTC", "-5",
            of({ $0.hours($1, at: $2) }) { hours, deployment in
                deployment.changeLastRegion { $0.hours = hours }
            }),
        FleetKey(
            .region, "geography", "word (by its name)",
            "where its users are, as the prices of the CDN name it", "europe",
            text { geography, deployment in deployment.changeLastRegion { $0.geography = geography } }),
    ]

    private static let zonesKeys: [FleetKey] = [
        FleetKey(
            .zones, "count", "integer (3)", "how many a region has", "3", integer { $1.zones.count = $0 }),
        FleetKey(
            .zones, "survive", "integer (1)", "how many may fail while the others carry the peak", "1",
            integer { $1.zones.survive = $0 }),
    ]

    private static let cdnKeys: [FleetKey] = [
        FleetKey(
            .cdn, "hits", "share (0%)", "the share of bytes and requests that it answers itself", "90%",
            share { $1.cdn?.hitRatio = Bracket($0, .given) })
    ]

    private static let balancerKeys: [FleetKey] = [
        FleetKey(
            .balancer, "kind", "`application` or `network` (`application`)", "the kind of load balancer",
            "application",
            choice(Balancer.Kind.self) { $1.balancer?.kind = $0 }),
        FleetKey(
            .balancer, "targets", "number (the provider's quota)", "most instances behind one of them",
            "1000",
            count { $1.balancer?.targets = $0 }),
        FleetKey(
            .balancer, "rules", "decimal (0)", "rules that each request is held against", "20",
            factor { $1.balancer?.rules = $0 }),
        FleetKey(
            .balancer, "connections", "decimal (1)", "connections that a session opens", "1",
            factor { $1.balancer?.connectionsPerSession = $0 }),
    ]

    private static let dnsKeys: [FleetKey] = [
        FleetKey(
            .dns, "kind", "`standard`, `latency` or `geo` (`latency`)", "how names are answered", "latency",
            choice(NameQueries.Kind.self) { $1.dns?.kind = $0 }),
        FleetKey(
            .dns, "queries", "decimal (1)", "queries of a session that no cache answers", "1",
            factor { $1.dns?.perSession = $0 }),
    ]

    private static let databaseKeys: [FleetKey] = [
        FleetKey(
            .database, "scope", "`region` or `global` (`region`)",
            "a cluster in each region, or one for all with readers everywhere",
            "global",
            choice(Database.Scope.self) { $1.database?.scope = $0 }),
        FleetKey(
            .database, "type", "word (unknown)", "the type of instance, as the price list names it",
            "db.r6g.2xlarge",
            text { $1.database?.type = $0 }),
        FleetKey(
            .database, "writers", "number (1)", "writers of each cluster", "1",
            count { $1.database?.writers = $0 }),
        FleetKey(
            .database, "readers", "number (0)", "readers of each region", "4",
            wholeNumber { $1.database?.readers = $0 }),
        FleetKey(
            .database, "users", "number (those of a day)", "users that have data", "500M",
            count { $1.database?.users = Users($0) }),
        FleetKey(
            .database, "size_per_user", "size (unknown)", "what is stored of one user", "5KB",
            bytes { $1.database?.bytesPerUser = $0 }),
        FleetKey(
            .database, "growth", "share (0%)", "what a day adds, as a share of what is stored", "1%",
            share { $1.database?.growth = $0 }),
    ]
}

extension Deployment {
    /// Changes the region that is read at the moment.
    fileprivate mutating func changeLastRegion(_ change: (inout Region) -> Void) {
        if let last = self.regions.indices.last { change(&self.regions[last]) }
    }
}
