import Units
import YAML

/// The target.
extension ProfileReader {
    /// Where to send.
    mutating func readTarget(_ node: YAMLNode, into profile: inout Profile) {
        let keys = ["url", "timeouts", "http", "streams", "http2", "tls", "follow", "follow_hosts"]
        guard let fields = self.fields(of: node, at: "target", named: "`target`", keys: keys) else { return }
        if let url = self.required("url", fields, "write `url: http://host:port`") {
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
        if let timeouts = fields["timeouts"] { self.readTimeouts(timeouts, into: &profile.timeouts) }
        if let http = fields["http"] {
            profile.http = self.choice(http, at: "target.http", of: HTTPChoice.self) ?? profile.http
        }
        if let streams = fields["streams"] {
            profile.streams = self.integer(streams, at: "target.streams", as: Int.self) ?? profile.streams
        }
        if let follow = fields["follow"] {
            profile.follow = self.integer(follow, at: "target.follow", as: Int.self) ?? profile.follow
        }
        if let hosts = fields["follow_hosts"] { profile.followHosts = self.followHosts(hosts) }
        if let http2 = fields["http2"] { self.readHTTP2(http2, into: &profile.http2) }
        if let tls = fields["tls"] { self.readTLS(tls, into: &profile.tls) }
    }

    private mutating func followHosts(_ node: YAMLNode) -> [FollowHost] {
        let path = "target.follow_hosts"
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

    private mutating func readHTTP2(_ node: YAMLNode, into plan: inout HTTP2Plan) {
        let keys = ["window", "connection_window", "frame"]
        guard let fields = self.fields(of: node, at: "target.http2", named: "`http2`", keys: keys) else { return }
        let targets: [(String, WritableKeyPath<HTTP2Plan, UInt64?>)] = [
            ("window", \.window), ("connection_window", \.connectionWindow), ("frame", \.frame),
        ]
        for (key, target) in targets {
            guard let value = fields[key] else { continue }
            if let size = self.size(value, at: fields.path(of: key)) { plan[keyPath: target] = size }
        }
    }

    private mutating func readTimeouts(_ node: YAMLNode, into timeouts: inout Timeouts) {
        let path = "target.timeouts"
        let keys = ["connect", "first_byte", "idle", "total"]
        guard let fields = self.fields(of: node, at: path, named: "`timeouts`", keys: keys) else { return }
        let targets: [(String, WritableKeyPath<Timeouts, UInt64>)] = [
            ("connect", \.connect), ("first_byte", \.firstByte), ("idle", \.idle), ("total", \.total),
        ]
        for (key, target) in targets {
            guard let value = fields[key] else { continue }
            if let time = self.time(value, at: fields.path(of: key)) { timeouts[keyPath: target] = time }
        }
    }
}
