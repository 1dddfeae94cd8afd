/// Checks for invalid values of the target, from a file or from flags.
extension Profile {
    /// TLS and the version of HTTP.
    func checkTarget(_ flaws: inout ValidationErrors) {
        if self.http == .http2 && self.target.scheme == .http {
            flaws.add(.http, "2 is HTTP/2 over TLS, but the URL is http://; write https://, or use h2c")
        }
        if self.http == .h2c && self.target.scheme == .https {
            flaws.add(.http, "h2c is HTTP/2 in clear text, but the URL is https://; use 2, or write http://")
        }
        self.checkHTTP2(&flaws)
        if self.follow < 0 || self.follow > Self.followLimit {
            flaws.add(.follow, "this is a number from 0 to \(Self.followLimit)")
        }
        self.checkFollowHosts(&flaws)
        if self.streams < 1 || self.streams > Self.streamsLimit {
            flaws.add(.streams, "this is a number from 1 to \(Self.streamsLimit)")
        }
        if self.streams > 1 && !self.mayBeHTTP2 {
            flaws.add(.streams, "users share a connection over HTTP/2 only; set `http` to 2 or h2c")
        }
        if self.streams > 1, self.mayBeHTTP2, let asked = self.load.connectionAsked, asked != .perUser {
            flaws.add(
                .loadConnection,
                "\(asked.rawValue) ends a connection that others share; use `streams` 1")
        }
        if self.target.scheme == .http && self.tls != TLSPlan() {
            flaws.add(.tls, "TLS is set up, but the URL is http://; write https://, or leave TLS out")
        }
        if self.tls.keyFile != nil && self.tls.certificateFile == nil {
            flaws.add(.tlsKey, "a key without its certificate; give the certificate as well")
        }
        if self.tls.lowest > self.tls.highest {
            flaws.add(
                .tlsMin,
                "TLS from \(self.tls.lowest.rawValue) to \(self.tls.highest.rawValue) is no version at all")
        }
        for (key, list) in [(ProfileKey.tlsCiphers, self.tls.ciphers), (.tlsGroups, self.tls.groups)] {
            guard let list else { continue }
            let isVisible = list.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            if list.isEmpty || list.utf8.count > Self.tlsListLimit || !isVisible {
                flaws.add(key, "names between colons, at most \(Self.tlsListLimit) bytes, no spaces")
            }
        }
    }

    private func checkHTTP2(_ flaws: inout ValidationErrors) {
        let values = [
            (ProfileKey.http2Window, self.http2.window, HTTP2Plan.windowRange),
            (.http2ConnectionWindow, self.http2.connectionWindow, HTTP2Plan.connectionWindowRange),
            (.http2Frame, self.http2.frame, HTTP2Plan.frameRange),
        ]
        for (key, value, range) in values {
            guard let value, !range.contains(value) else { continue }
            flaws.add(key, "\(value) bytes; use \(range.lowerBound) to \(range.upperBound)")
        }
        if self.http2 != HTTP2Plan() && !self.mayBeHTTP2 {
            flaws.add(.http2, "these are of HTTP/2; set `http` to 2 or h2c, or leave them out")
        }
    }

    /// HTTP/2 was asked for, or the server may pick it.
    private var mayBeHTTP2: Bool { self.sharing > 0 || self.http == .auto && self.target.scheme == .https }

    /// Most bytes of a list of ciphers or groups.
    static let tlsListLimit = 4_096
}
