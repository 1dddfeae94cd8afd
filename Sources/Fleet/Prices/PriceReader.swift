import Units
import YAML

extension PriceBook {
    /// Reads a price file. `file` is its name in errors; throws all errors at once, each with line and column.
    public static func parse(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> PriceBook {
        try YAMLReader.value(
            of: bytes, kind: "price file", file: file, advice: "begin it with `version: 1`"
        ) { root in
            var reader = PriceReader()
            reader.read(root)
            return (reader.book, reader.errors)
        }
    }

    /// The prices that come with headroom: AWS, us-east-1.
    public static func standard() throws(DocumentErrors) -> PriceBook {
        try Self.parse(PackageResources.aws_us_east_1_yaml, file: "aws-us-east-1.yaml")
    }
}

/// Reads a price file from a YAML tree.
struct PriceReader: StrictReader {
    var log = ReadLog()
    private(set) var book = PriceBook()
    private var sources: [String: PriceBook.Source] = [:]

    /// Most entries of one list of a price file.
    static let entriesLimit = 10_000

    mutating func read(_ root: YAMLNode) {
        let known = [
            "version", "region", "sources", "instances", "internet", "balancers", "transfer", "cdn", "dns",
            "database",
        ]
        guard let fields = self.fields(of: root, at: "", named: "a price file", known: known) else { return }
        self.readVersion(fields)
        if let node = fields["region"], let region = self.text(node, at: "region") {
            self.book.region = region
        }
        if let node = self.required("sources", fields, "name where the prices were read, with the date") {
            self.readSources(node)
        }
        if let node = fields["instances"] { self.readInstances(node) }
        if let node = fields["internet"] { self.readInternet(node) }
        if let node = fields["balancers"] { self.readBalancers(node) }
        if let node = fields["transfer"] {
            self.book.transfer = self.tiered(node, at: "transfer")
        }
        if let node = fields["cdn"] { self.readCDN(node) }
        if let node = fields["dns"] { self.readDNS(node) }
        if let node = fields["database"] { self.readDatabase(node) }
    }

    /// The values of a section, and the name of its source, which is one of the list.
    private mutating func section(
        _ node: YAMLNode, _ path: String, _ known: [String]
    ) -> (fields: YAMLFields, source: PriceBook.Source)? {
        guard let fields = self.fields(of: node, at: path, named: "`\(path)`", known: ["source"] + known)
        else {
            return nil
        }
        guard let source = self.source(fields, at: path) else { return nil }
        return (fields, source)
    }

    private mutating func source(_ fields: YAMLFields, at path: String) -> PriceBook.Source? {
        guard let node = self.required("source", fields, "name one of `sources`"),
            let name = self.text(node, at: fields.path(of: "source"))
        else { return nil }
        if let source = self.sources[name] { return source }
        self.refuse(
            fields.path(of: "source"), node,
            "\(quoted(name)) is not in `sources`\(suggestion(for: name, in: self.sources.keys.sorted()))")
        return nil
    }

    /// The entries of a mapping whose keys are names.
    private mutating func entries(_ node: YAMLNode, at path: String) -> [(
        name: String, node: YAMLNode, path: String
    )] {
        guard let fields = self.fields(of: node, at: path, named: "`\(path)`", known: nil) else { return [] }
        guard fields.values.count <= Self.entriesLimit else {
            self.refuse(path, node, "more than \(Self.entriesLimit) entries")
            return []
        }
        return fields.values.sorted { $0.key < $1.key }.map { ($0.key, $0.value, fields.path(of: $0.key)) }
    }

    private mutating func readSources(_ node: YAMLNode) {
        for (name, node, path) in self.entries(node, at: "sources") {
            guard let fields = self.fields(of: node, at: path, named: "a source", known: ["date", "text"]),
                let dateNode = self.required("date", fields, "write it as 2026-07-20"),
                let textNode = self.required("text", fields, "say where the prices were read"),
                let date = self.word(
                    dateNode, at: fields.path(of: "date"), "this is a date", parse: CalendarDate.parse),
                let text = self.text(textNode, at: fields.path(of: "text"))
            else { continue }
            self.sources[name] = PriceBook.Source(name: name, date: date, text: text)
        }
    }

    private mutating func readInstances(_ node: YAMLNode) {
        guard let (fields, source) = self.section(node, "instances", ["types"]),
            let types = self.required(
                "types", fields, "list the types, such as `m5.2xlarge: {hour: 0.384, …}`")
        else { return }
        for (name, node, path) in self.entries(types, at: "instances.types") {
            let known = ["hour", "vcpus", "memory", "bandwidth", "burst"]
            guard let fields = self.fields(of: node, at: path, named: "a type of instance", known: known)
            else { continue }
            guard let hour = self.money(fields, "hour"), let vcpus = self.positive(fields, "vcpus"),
                let memory = self.bytes(fields, "memory"), let bandwidth = self.dataRate(fields, "bandwidth")
            else { continue }
            let burst = fields["burst"].flatMap { _ in self.dataRate(fields, "burst") }
            self.book.instances[name] = PriceBook.InstanceType(
                hour: Price(hour), vcpus: vcpus, memory: memory, bandwidth: bandwidth, burst: burst,
                source: source)
        }
    }

    private mutating func readInternet(_ node: YAMLNode) {
        guard let (fields, source) = self.section(node, "internet", ["vcpus", "bandwidth"]),
            let vcpus = self.positive(fields, "vcpus"), let bandwidth = self.dataRate(fields, "bandwidth")
        else { return }
        self.book.internet = PriceBook.InternetLimit(vcpus: vcpus, bandwidth: bandwidth, source: source)
    }

    private mutating func readBalancers(_ node: YAMLNode) {
        let kinds = Balancer.Kind.allCases
        guard
            let fields = self.fields(
                of: node, at: "balancers", named: "`balancers`", known: kinds.map(\.rawValue))
        else { return }
        for kind in kinds {
            guard let node = fields[kind.rawValue] else { continue }
            self.book.balancers[kind] = self.balancer(node, fields.path(of: kind.rawValue))
        }
    }

    private mutating func balancer(_ node: YAMLNode, _ path: String) -> PriceBook.BalancerPrices? {
        let known = [
            "hour", "unit_hour", "new_connections", "active_connections", "bytes_per_hour",
            "rule_evaluations",
            "free_rules", "limits",
        ]
        guard let (fields, source) = self.section(node, path, known), let hour = self.money(fields, "hour"),
            let unit = self.money(fields, "unit_hour"), let new = self.positive(fields, "new_connections"),
            let active = self.positive(fields, "active_connections"),
            let bytes = self.bytes(fields, "bytes_per_hour")
        else { return nil }
        var prices = PriceBook.BalancerPrices(
            hour: Price(hour), unitHour: Price(unit), newConnections: Rate(new),
            activeConnections: Connections(active),
            bytes: bytes / .hour, source: source)
        if fields["rule_evaluations"] != nil {
            prices.ruleEvaluations = self.positive(fields, "rule_evaluations").map { Rate($0) }
            prices.freeRules = self.positive(fields, "free_rules") ?? 0
        }
        if let limits = fields["limits"],
            let (fields, source) = self.section(
                limits, fields.path(of: "limits"), ["targets", "per_region"])
        {
            prices.limitsSource = source
            prices.targets = fields["targets"].flatMap { _ in self.positive(fields, "targets") }
            prices.perRegion = fields["per_region"].flatMap { _ in self.positive(fields, "per_region") }
        }
        return prices
    }

    private mutating func readCDN(_ node: YAMLNode) {
        guard let (fields, source) = self.section(node, "cdn", ["geographies", "regions"]) else { return }
        if let node = fields["geographies"] {
            for (name, node, path) in self.entries(node, at: "cdn.geographies") {
                guard
                    let fields = self.fields(
                        of: node, at: path, named: "a geography", known: ["tiers", "requests_10k"]),
                    let tiers = self.required("tiers", fields, "list the tiers"),
                    let transfer = self.tiers(tiers, at: fields.path(of: "tiers"), source: source)
                else { continue }
                let requests = fields["requests_10k"].flatMap { _ in self.money(fields, "requests_10k") }
                self.book.cdn[name] = PriceBook.CDNPrices(
                    transfer: transfer, requests: requests.map { Price($0, per: 10_000) })
            }
        }
        guard let node = fields["regions"] else { return }
        for (name, node, path) in self.entries(node, at: "cdn.regions") {
            guard let geography = self.text(node, at: path) else { continue }
            guard self.book.cdn[geography] != nil else {
                let known = suggestion(for: geography, in: self.book.cdn.keys.sorted())
                self.refuse(path, node, "\(quoted(geography)) is not in `geographies`\(known)")
                continue
            }
            self.book.geographies[name] = geography
        }
    }

    private mutating func readDNS(_ node: YAMLNode) {
        let kinds = NameQueries.Kind.allCases
        guard
            let (fields, source) = self.section(
                node, "dns", ["threshold", "zone_month"] + kinds.map(\.rawValue)),
            let threshold = self.positive(fields, "threshold"), let zone = self.money(fields, "zone_month")
        else { return }
        var prices = PriceBook.DNSPrices(zoneMonth: zone, kinds: [:], source: source)
        for kind in kinds {
            guard let node = fields[kind.rawValue],
                let fields = self.fields(
                    of: node, at: fields.path(of: kind.rawValue), named: "prices of queries",
                    known: ["below", "above"]),
                let below = self.money(fields, "below"), let above = self.money(fields, "above")
            else { continue }
            prices.kinds[kind] = PriceBook.DNSPrices.QueryTiers(
                threshold: Queries(threshold), below: Price(below, per: 1_000_000),
                above: Price(above, per: 1_000_000))
        }
        self.book.dns = prices
    }

    private mutating func readDatabase(_ node: YAMLNode) {
        let known = ["storage_gib_month", "volume", "readers", "instances_per_region", "instances"]
        guard let (fields, source) = self.section(node, "database", known),
            let storage = self.money(fields, "storage_gib_month"), let volume = self.bytes(fields, "volume"),
            let readers = self.positive(fields, "readers"),
            let most = self.positive(fields, "instances_per_region")
        else { return }
        var instances: [String: Price<InstanceHourKind>] = [:]
        if let node = fields["instances"] {
            for (name, node, path) in self.entries(node, at: "database.instances") {
                guard let price = self.money(node, at: path) else { continue }
                instances[name] = Price(price)
            }
        }
        self.book.database = PriceBook.DatabasePrices(
            storageMonth: Price(storage, per: bytesPerGibibyte), volume: volume, readers: readers,
            instancesPerRegion: most, instances: instances, source: source)
    }

    private mutating func tiered(_ node: YAMLNode, at path: String) -> TieredPrice? {
        guard let (fields, source) = self.section(node, path, ["tiers"]),
            let tiers = self.required("tiers", fields, "list the tiers")
        else { return nil }
        return self.tiers(tiers, at: fields.path(of: "tiers"), source: source)
    }

    private mutating func tiers(_ node: YAMLNode, at path: String, source: PriceBook.Source) -> TieredPrice? {
        let example = "[{up_to: 10TiB, price: 0.09}, {price: 0.05}]"
        guard let items = self.list(node, at: path, example: example), !items.isEmpty else { return nil }
        var tiers: [TieredPrice.Tier] = []
        for (index, item) in items.enumerated() {
            let path = "\(path)[\(index)]"
            guard let fields = self.fields(of: item, at: path, named: "a tier", known: ["up_to", "price"]),
                let price = self.money(fields, "price")
            else { return nil }
            let end = fields["up_to"] == nil ? nil : self.bytes(fields, "up_to")
            let isLast = index == items.count - 1
            guard isLast == (end == nil) else {
                self.refuse(
                    path, item, "every tier but the last ends at `up_to`, and the last one has no end")
                return nil
            }
            if let end, let last = tiers.last?.upTo, end <= last {
                self.refuse(path, item, "a tier ends after the one before it")
                return nil
            }
            tiers.append(TieredPrice.Tier(upTo: end, price: Price(price, per: bytesPerGibibyte)))
        }
        return TieredPrice(tiers: tiers, source: source)
    }
}

/// AWS bills storage and transfer by 2^30 bytes.
let bytesPerGibibyte: Int64 = 1 << 30

/// Values of a price file. Each is required, and above 0 where it is not money.
extension PriceReader {
    fileprivate mutating func money(_ fields: YAMLFields, _ key: String) -> Money? {
        guard let node = self.required(key, fields, "write dollars, such as 0.384") else { return nil }
        return self.money(node, at: fields.path(of: key))
    }

    fileprivate mutating func money(_ node: YAMLNode, at path: String) -> Money? {
        self.word(node, at: path, "these are dollars, such as 0.384") { text throws(ParseError) in
            let money = try Money.parse(text)
            guard money <= AmountLimit.price else {
                throw ParseError("\(quoted(text)) is more than \(AmountLimit.price.text), the highest price")
            }
            return money
        }
    }

    fileprivate mutating func positive(_ fields: YAMLFields, _ key: String) -> Double? {
        guard let node = self.required(key, fields, "write a number") else { return nil }
        return self.count(node, at: fields.path(of: key))
    }

    fileprivate mutating func bytes(_ fields: YAMLFields, _ key: String) -> Bytes? {
        guard let node = self.required(key, fields, "write a size, such as 32GiB") else { return nil }
        return self.bytes(node, at: fields.path(of: key))
    }

    fileprivate mutating func dataRate(_ fields: YAMLFields, _ key: String) -> BitRate? {
        guard let node = self.required(key, fields, "write a rate, such as 2.5Gbps") else { return nil }
        return self.dataRate(node, at: fields.path(of: key))
    }
}
