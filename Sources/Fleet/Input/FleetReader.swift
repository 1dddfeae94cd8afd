import Units
import YAML

extension Deployment {
    /// Reads the bytes of a fleet file (YAML, of which JSON is a part). `file` is its name in errors. Throws all errors
    /// at once, each with line and column; a deployment that is returned can be planned.
    public static func parse(_ bytes: [UInt8], file: String) throws(DocumentErrors) -> Deployment {
        try YAMLReader.value(of: bytes, kind: "fleet file", file: file, advice: "begin it with `version: 1`")
        { root in
            var reader = FleetReader()
            let deployment = reader.read(root)
            return (deployment, reader.errors)
        }
    }
}

/// Reads a fleet file from a YAML tree.
struct FleetReader: StrictReader {
    var log = ReadLog()

    /// The deployment of a tree; nil after an error.
    mutating func read(_ root: YAMLNode) -> Deployment? {
        var deployment = Deployment()
        guard let fields = self.readMapping(.fleet, root, at: "", into: &deployment) else { return nil }
        self.readVersion(fields)
        // An option may give what is missing.
        for flaw in deployment.flaws() where !flaw.isMissing {
            self.log.addLate("\(flaw.path): \(flaw.message)", at: flaw.path)
        }
        return self.errors.isEmpty ? deployment : nil
    }

    /// Reads the keys of a mapping into a deployment.
    @discardableResult
    mutating func readMapping(
        _ mapping: FleetKey.Mapping, _ node: YAMLNode, at path: String, into deployment: inout Deployment
    ) -> YAMLFields? {
        let keys = FleetKey.all.filter { $0.mapping == mapping }
        let name = path.isEmpty ? "a fleet file" : "`\(path)`"
        guard let fields = self.fields(of: node, at: path, named: name, known: keys.map(\.name)) else {
            return nil
        }
        for key in keys {
            guard let node = fields[key.name] else { continue }
            key.read(&self, node, fields.path(of: key.name), &deployment)
        }
        return fields
    }

    /// Reads the regions, each into the last place of the list.
    mutating func readRegions(_ node: YAMLNode, at path: String, into deployment: inout Deployment) {
        guard let items = self.list(node, at: path, example: "regions: [{name: eu-west-1, weight: 100%}]")
        else { return }
        guard (1...Deployment.regionsLimit).contains(items.count) else {
            self.refuse(path, node, "\(items.count) regions; write 1 to \(Deployment.regionsLimit) of them")
            return
        }
        for (index, item) in items.enumerated() {
            deployment.regions.append(Region("", weight: 0))
            let path = "\(path)[\(index)]"
            self.note(path, item)
            guard let fields = self.readMapping(.region, item, at: path, into: &deployment) else { continue }
            for (key, advice) in [
                ("name", "write `name: eu-west-1`"), ("weight", "write its share, such as `weight: 10%`"),
            ] {
                _ = self.required(key, fields, advice)
            }
        }
    }

    /// Requests a second, such as `8000/s`.
    mutating func requestRate(_ node: YAMLNode, at path: String) -> RequestRate? {
        self.word(node, at: path, "this is a rate, such as 8000/s") { text throws(ParseError) in
            guard text.hasSuffix("/s") else {
                throw ParseError("\(quoted(text)) has no unit of a rate; write one such as 8000/s")
            }
            let rate = Double(try Count.parse(String(text.dropLast(2))))
            guard rate > 0 else { throw ParseError("\(quoted(text)) is nothing; write a rate above 0") }
            return RequestRate(rate)
        }
    }

    /// Hours ahead of UTC, -12 to 14, such as `-5` or `5.5`.
    mutating func hours(_ node: YAMLNode, at path: String) -> Double? {
        self.word(node, at: path, "these are hours, such as -5") { text throws(ParseError) in
            let isBehind = text.hasPrefix("-")
            var rest = Substring(isBehind ? text.dropFirst() : text[...]).utf8
            guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest),
                rest.isEmpty
            else { throw ParseError("\(quoted(text)) is not a number of hours; write one such as -5 or 5.5") }
            let hours = isBehind ? -number.fraction(of: 1) : number.fraction(of: 1)
            guard (-12...14).contains(hours) else {
                throw ParseError("\(quoted(text)): clocks are 12 hours behind UTC to 14 ahead")
            }
            return hours
        }
    }
}

/// What is wrong with a deployment, at the path of its key.
public struct DeploymentFlaw: Error, Sendable, Equatable {
    public var path: String
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

extension Deployment {
    /// Everything that keeps it from being planned.
    public func flaws() -> [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        func add(_ path: String, _ message: String) {
            flaws.append(DeploymentFlaw(path: path, message: message))
        }
        if let daily = self.users.daily {
            if daily <= .zero { add("users.daily", "a service without users needs no fleet; write a number above 0") }
            if daily > Audience.most {
                add("users.daily", "\(Quantity.count(daily.count)) users are more than there are people")
            }
        } else {
            flaws.append(.missing("users.daily", "write the users of a day, such as 500M"))
        }
        switch Demand.resolve(self.users, self.session) {
        case .success: break
        case .failure(let flaw): flaws.append(flaw)
        }
        if self.session.bytes == nil {
            flaws.append(.missing("session.size", "write the body of an answer, such as 50KB"))
        }
        if let users = self.instance.users, users.low <= .zero {
            add("instance.users", "an instance that holds no users serves nobody; write a number above 0")
        }
        if self.session.perDay <= 0 { add("session.per_day", "no sessions; write a number above 0") }
        if self.session.requests < 1 { add("session.requests", "no requests; write at least 1") }
        if let compression = self.session.compression, compression.high >= 1 {
            add("session.compression", "nothing would be left of a body; write a share below 100%")
        }
        if self.instance.users == nil {
            let advice = "write the users that one instance holds, or measure them: `headroom capacity URL`"
            flaws.append(.missing("instance.users", advice))
        }
        if self.instance.type.isEmpty {
            flaws.append(.missing("instance.type", "write a type such as m5.2xlarge"))
        }
        if !(self.instance.utilisation > 0 && self.instance.utilisation <= 1) {
            add("instance.utilisation", "an instance is used to more than 0 % and at most 100 %")
        }
        if !(1...Zones.most).contains(self.zones.count) {
            add("zones.count", "write 1 to \(Zones.most) zones")
        }
        if self.zones.survive < 0 || self.zones.survive >= max(1, self.zones.count) {
            add(
                "zones.survive",
                "\(self.zones.survive) of \(self.zones.count) zones may not fail: at least one carries the load"
            )
        }
        if let kind = self.balancer?.kind, kind == .network, (self.balancer?.rules ?? 0) > 0 {
            add("balancer.rules", "a network load balancer has no rules")
        }
        flaws += self.regionFlaws
        return flaws
    }

    private var regionFlaws: [DeploymentFlaw] {
        var flaws: [DeploymentFlaw] = []
        guard !self.regions.isEmpty else { return [] }
        let sum = self.regions.reduce(0) { $0 + $1.weight }
        if abs(sum - 1) > Region.weightTolerance {
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
}

extension Region {
    /// By how much the weights may miss 1: shares are written with few decimals.
    static let weightTolerance = 0.000_5
}

extension Audience {
    /// More users of a day than there are people.
    static let most = Users(20_000_000_000)
}

extension Zones {
    /// More zones than any region has.
    static let most = 100
}
