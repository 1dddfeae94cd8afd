import Units
import YAML

/// The protocol to the target: TLS and the version of HTTP.
extension ProfileReader {
    /// `target.tls`.
    mutating func readTLS(_ node: YAMLNode, into plan: inout TLSPlan) {
        let path = "target.tls"
        let keys = ["insecure", "cacert", "cert", "key", "ciphers", "groups", "min", "max", "resume"]
        guard let fields = self.fields(of: node, at: path, named: "`tls`", keys: keys) else { return }
        for (key, target) in [("insecure", \TLSPlan.isInsecure), ("resume", \TLSPlan.resumes)] {
            guard let value = fields[key] else { continue }
            if let isOn = self.flag(value, at: fields.path(of: key)) { plan[keyPath: target] = isOn }
        }
        let files: [(String, WritableKeyPath<TLSPlan, String?>)] = [
            ("cacert", \.authorityFile), ("cert", \.certificateFile), ("key", \.keyFile),
        ]
        for (key, target) in files {
            guard let value = fields[key] else { continue }
            plan[keyPath: target] = self.fileName(value, at: fields.path(of: key))
        }
        let lists: [(String, WritableKeyPath<TLSPlan, String?>)] = [("ciphers", \.ciphers), ("groups", \.groups)]
        for (key, target) in lists {
            guard let value = fields[key] else { continue }
            plan[keyPath: target] = self.text(value, at: fields.path(of: key))
        }
        for (key, target) in [("min", \TLSPlan.lowest), ("max", \TLSPlan.highest)] {
            guard let value = fields[key] else { continue }
            if let version = self.choice(value, at: fields.path(of: key), of: TLSPlan.Version.self) {
                plan[keyPath: target] = version
            }
        }
    }

    /// `true` or `false`, as YAML has them.
    mutating func flag(_ node: YAMLNode, at path: String) -> Bool? {
        self.word(node, at: path, "this is true or false") { text throws(ParseError) in
            guard text == "true" || text == "false" else {
                throw ParseError("\(quoted(text)) is neither true nor false")
            }
            return text == "true"
        }
    }
}

extension TLSPlan {
    /// The same plan with file names relative to a folder, which ends with a slash or is empty.
    func relative(to folder: String) -> TLSPlan {
        func resolved(_ name: String?) -> String? { name.map { $0.hasPrefix("/") ? $0 : folder + $0 } }
        var plan = self
        plan.authorityFile = resolved(self.authorityFile)
        plan.certificateFile = resolved(self.certificateFile)
        plan.keyFile = resolved(self.keyFile)
        return plan
    }
}
