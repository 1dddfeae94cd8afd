import Units
import YAML

/// Reads a profile from a YAML tree and collects all errors, each with its place. `Profile.validate` checks the values
/// that depend on nothing else, as it does for those from flags.
struct ProfileReader: StrictReader {
    /// Reads the file of a body or of a trace, by its name relative to the profile's folder.
    typealias FileSource = (String) throws(ParseError) -> [UInt8]

    /// The supported version of the format.
    static let version = 1

    let readFile: FileSource
    /// The keys that are known.
    let keys: [ProfileKey]
    var log = ReadLog()
    /// Bytes of bodies read so far.
    var bodyBytes: UInt64 = 0

    init(keys: [ProfileKey] = ProfileKey.all, readFile: @escaping FileSource) {
        self.keys = keys
        self.readFile = readFile
    }

    /// The profile of a tree; nil after an error.
    mutating func read(_ root: YAMLNode) -> Profile? {
        guard let fields = self.fields(of: root, at: "", named: "a profile", keys: .profile) else {
            return nil
        }
        self.readVersion(self.required(.version, fields, "write `version: 1`"))
        let name = self.required(.profileName, fields, "name the record, such as `name: paced-shop`").flatMap {
            self.text($0, at: "name")
        }
        var profile = Profile(
            name: name ?? "", target: TargetURL(scheme: .http, host: "localhost", port: 80, path: "/"),
            session: [])
        if let node = self.required(.target, fields, "write `target: {url: http://…}`") {
            self.readTarget(node, into: &profile)
        }
        if let node = self.required(.session, fields, "write steps, such as `session: [{get: /}]`") {
            profile.session = self.steps(node, prefix: profile.target.path)
        }
        if let node = fields[.load] { self.readLoad(node, into: &profile) }
        if let node = fields[.slo] { profile.slo = self.objectives(node) }
        self.validate(profile)
        return self.errors.isEmpty ? profile : nil
    }

    private mutating func readVersion(_ node: YAMLNode?) {
        guard let node, let version = self.integer(node, at: "version", as: Int.self) else { return }
        guard version == Self.version else {
            self.refuse(
                "version", node,
                "version \(version) is not known; this headroom reads version \(Self.version)")
            return
        }
    }

    private mutating func objectives(_ node: YAMLNode) -> [SLO] {
        guard let items = self.list(node, at: "slo", example: "slo: [p99 < 500ms, errors < 0.1%]") else {
            return []
        }
        var objectives: [SLO] = []
        for (index, item) in items.enumerated() {
            let path = "slo[\(index)]"
            self.note(path, item)
            guard let text = self.text(item, at: path) else { continue }
            do { objectives.append(try SLO.parse(text)) } catch { self.refuse(path, item, error.message) }
        }
        return objectives
    }

    /// Adds the flaws of a whole profile at the places of their values.
    private mutating func validate(_ profile: Profile) {
        for flaw in profile.validate() { self.log.addLate(flaw.description, at: flaw.path) }
    }
}
