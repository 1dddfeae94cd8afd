import Units
import YAML

/// Reads a profile from a YAML tree and collects all errors, each with its place. `Profile.validate` checks the values
/// that depend on nothing else, as it does for those from flags.
struct ProfileReader {
    /// Reads the file of a body or of a trace, by its name relative to the profile's folder.
    typealias FileSource = (String) throws(ParseError) -> [UInt8]

    /// The supported version of the format.
    static let version = 1

    let readFile: FileSource
    /// The keys that are known.
    let keys: [ProfileKey]
    private(set) var errors: [YAMLError] = []
    /// The place of each value, by its path of keys.
    private var places: [String: (line: Int, column: Int)] = [:]
    /// Paths whose value was refused: the profile then holds a stand-in, which is not checked again.
    private var refused: Set<String> = []
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
        for flaw in profile.validate() {
            let ancestors = Self.ancestors(of: flaw.path)
            guard !ancestors.contains(where: self.refused.contains) else { continue }
            let place = ancestors.compactMap { self.places[$0] }.first ?? (line: 1, column: 1)
            self.errors.append(YAMLError(line: place.line, column: place.column, message: flaw.description))
        }
    }

    /// The path itself and those around it, innermost first: `a[1].b`, `a[1]`, `a`.
    private static func ancestors(of path: String) -> [String] {
        var paths = [path]
        var rest = Substring(path)
        while let cut = rest.lastIndex(where: { $0 == "." || $0 == "[" }) {
            rest = rest[..<cut]
            paths.append(String(rest))
        }
        return paths
    }
}

/// Errors and places.
extension ProfileReader {
    /// Reports an error at a value and marks its path, so that it is not checked again.
    mutating func refuse(_ path: String, _ node: YAMLNode, _ message: String) {
        self.refused.insert(path)
        self.report(node, path.isEmpty ? message : "\(path): \(message)")
    }

    /// Reports an error at a node.
    mutating func report(_ node: YAMLNode, _ message: String) {
        self.errors.append(YAMLError(line: node.line, column: node.column, message: message))
    }

    /// Marks a path whose error is reported already.
    mutating func markRefused(_ path: String) {
        self.refused.insert(path)
    }

    /// Notes the place of a value.
    mutating func note(_ path: String, _ node: YAMLNode) {
        self.places[path] = (node.line, node.column)
    }
}
