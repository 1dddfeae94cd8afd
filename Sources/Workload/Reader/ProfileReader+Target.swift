import Units
import YAML

/// The target.
extension ProfileReader {
    /// Where to send.
    mutating func readTarget(_ node: YAMLNode, into profile: inout Profile) {
        guard let fields = self.fields(of: node, at: "target", named: "`target`", keys: .target) else { return }
        if let url = self.required(.url, fields, "write `url: http://host:port`") {
            let target = self.word(url, at: "target.url", "this is a URL, such as http://127.0.0.1:8080") {
                text throws(ParseError) in
                let target = try TargetURL.parse(text)
                guard !target.path.contains("?") else {
                    throw ParseError("the URL has a query; put it into the paths of the steps")
                }
                return target
            }
            if let target { profile.target = target }
        }
        self.readValues(fields, of: .target, into: &profile)
        let mappings: [(ProfileKey, ProfileKey.Mapping)] = [(.timeouts, .timeouts), (.http2, .http2), (.tls, .tls)]
        for (key, mapping) in mappings {
            guard let node = fields[key],
                let fields = self.fields(of: node, at: key.path, named: "`\(key.name)`", keys: mapping)
            else { continue }
            self.readValues(fields, of: mapping, into: &profile)
        }
    }

    /// Other names of the target's addresses.
    mutating func followHosts(_ node: YAMLNode, at path: String) -> [FollowHost] {
        guard let items = self.list(node, at: path, example: "follow_hosts: [example.com]") else { return [] }
        var hosts: [FollowHost] = []
        for (index, item) in items.enumerated() {
            let host = self.word(item, at: "\(path)[\(index)]", "this is a host, such as example.com") {
                text throws(ParseError) in try FollowHost.parse(text)
            }
            if let host { hosts.append(host) }
        }
        return hosts
    }
}
