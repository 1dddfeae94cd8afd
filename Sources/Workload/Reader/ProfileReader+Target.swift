/// The target.
extension ProfileReader {
    /// Where to send.
    mutating func readTarget(_ node: YAMLNode, into profile: inout Profile) {
        let keys = ["url", "timeouts", "http"]
        guard let fields = self.fields(of: node, at: "target", named: "`target`", keys: keys) else { return }
        if let url = self.required("url", fields, "write `url: http://host:port`") {
            let target = self.word(url, at: "target.url", "this is a URL, such as http://127.0.0.1:8080") {
                text throws(WordError) in
                let target = try TargetURL.parse(text)
                guard !target.path.contains("?") else {
                    throw WordError("the URL has a query; put it into the paths of the steps")
                }
                return target
            }
            if let target { profile.target = target }
        }
        if let timeouts = fields["timeouts"] { self.readTimeouts(timeouts, into: &profile.timeouts) }
        if let http = fields["http"] { self.checkHTTP(http) }
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

    /// HTTP/1.1 is all there is, so nothing has to be remembered.
    private mutating func checkHTTP(_ node: YAMLNode) {
        _ = self.word(node, at: "target.http", "this is auto or 1.1") { text throws(WordError) in
            switch text {
            case "auto", "1.1": return
            case "2", "h2c":
                throw WordError("\(quoted(text)) comes with HTTP/2, which is not available yet; use 1.1")
            default: throw WordError("\(quoted(text)) is no version of HTTP here; use auto or 1.1")
            }
        }
    }
}
