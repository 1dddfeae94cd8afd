import Units

/// Prices and limits of a provider, each with its source and date. What is not in it is unknown.
public struct PriceBook: Sendable {
    /// The region whose prices those of instances are.
    public var region = ""
    public var instances: [String: InstanceType] = [:]
    public var internet: InternetLimit?
    public var balancers: [Balancer.Kind: BalancerPrices] = [:]
    /// What leaves for the internet, by bytes of a month.
    public var transfer: TieredPrice?
    /// The content delivery network, by geography.
    public var cdn: [String: CDNPrices] = [:]
    /// The geography of regions whose names begin so.
    public var geographies: [String: String] = [:]
    public var dns: DNSPrices?
    public var database: DatabasePrices?

    public init() {}

    /// Where a price was read.
    public struct Source: Sendable, Hashable {
        /// As the price file calls it.
        public var name: String
        public var date: CalendarDate
        public var text: String
    }

    /// A type of instance.
    public struct InstanceType: Sendable {
        public var hour: Price<InstanceHourKind>
        public var vcpus: Double
        public var memory: Bytes
        /// What it sustains.
        public var bandwidth: BitRate
        /// What it reaches for a while; nil where that is not known.
        public var burst: BitRate?
        public var source: Source
    }

    /// What an instance reaches through an internet gateway.
    public struct InternetLimit: Sendable {
        /// An instance with fewer processors gets at most `bandwidth`, a larger one half of its own.
        public var vcpus: Double
        public var bandwidth: BitRate
        public var source: Source
    }

    /// A load balancer's prices, and what one capacity unit carries.
    public struct BalancerPrices: Sendable {
        public var hour: Price<BalancerHourKind>
        public var unitHour: Price<CapacityUnitHourKind>
        public var newConnections: Rate<ConnectionKind>
        public var activeConnections: Connections
        public var bytes: Rate<ByteKind>
        /// Nil where rules cost nothing.
        public var ruleEvaluations: Rate<RuleKind>?
        public var freeRules = 0.0
        public var source: Source
        /// The provider's default quotas; nil where they are not known.
        public var targets: Double?
        public var perRegion: Double?
        public var limitsSource: Source?
    }

    /// Prices of the content delivery network for viewers of a geography.
    public struct CDNPrices: Sendable {
        public var transfer: TieredPrice
        /// Requests over HTTPS; nil where that is not known.
        public var requests: Price<RequestKind>?
    }

    /// Prices of queries of names.
    public struct DNSPrices: Sendable {
        public var zoneMonth: Money
        public var kinds: [NameQueries.Kind: QueryTiers]
        public var source: Source

        /// Below and above a number of queries in a month.
        public struct QueryTiers: Sendable {
            public var threshold: Queries
            public var below: Price<QueryKind>
            public var above: Price<QueryKind>
        }
    }

    /// Prices and limits of databases.
    public struct DatabasePrices: Sendable {
        /// A month of storage.
        public var storageMonth: Price<ByteKind>
        /// The most that one volume holds.
        public var volume: Bytes
        /// Readers of one cluster, and instances of a region.
        public var readers: Double
        public var instancesPerRegion: Double
        public var instances: [String: Price<InstanceHourKind>]
        public var source: Source
    }

    /// The geography of a region, by the longest beginning of its name that is known.
    public func geography(of region: String) -> String? {
        let known = self.geographies.filter { region == $0.key || region.hasPrefix($0.key + "-") }
        return known.max { $0.key.utf8.count < $1.key.utf8.count }?.value
    }

    /// The same book with the entries of another in place of its own.
    public func replacing(with other: PriceBook) -> PriceBook {
        var book = self
        if !other.instances.isEmpty, !other.region.isEmpty { book.region = other.region }
        book.instances.merge(other.instances) { $1 }
        book.internet = other.internet ?? book.internet
        book.balancers.merge(other.balancers) { $1 }
        book.transfer = other.transfer ?? book.transfer
        book.cdn.merge(other.cdn) { $1 }
        book.geographies.merge(other.geographies) { $1 }
        book.dns = other.dns ?? book.dns
        if var database = other.database {
            if let own = book.database { database.instances.merge(own.instances) { given, _ in given } }
            book.database = database
        }
        return book
    }
}

/// A price that falls with what a month takes: each tier is for the part that lies in it.
public struct TieredPrice: Sendable {
    /// In the order of their ends; the last one has none.
    public var tiers: [Tier]
    public var source: PriceBook.Source

    /// A price up to an amount of a month.
    public struct Tier: Sendable {
        /// Nil for the last one.
        public var upTo: Bytes?
        public var price: Price<ByteKind>
    }

    /// What an amount of one month costs.
    public func cost(ofMonth amount: Bytes) -> Money {
        var cost = Money.zero
        var begin = Bytes.zero
        for tier in self.tiers {
            let end = min(tier.upTo ?? amount, amount)
            if end > begin { cost += tier.price.cost(of: end - begin) }
            begin = max(begin, tier.upTo ?? begin)
        }
        return cost
    }
}

/// Days of the month that a bill is made for: prices by the month are divided by it.
let daysPerMonth = 30.0

/// Load balancers times the hours that they run.
public enum BalancerHourKind: Countable { public static let unit = "balancer-hours" }
/// Rules that requests are held against.
public enum RuleKind: Countable { public static let unit = "rules" }
/// Queries of names.
public enum QueryKind: Countable { public static let unit = "queries" }
public typealias Queries = Amount<QueryKind>
