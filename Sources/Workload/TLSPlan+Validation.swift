/// What of the target cannot be, wherever it came from.
extension Profile {
    /// TLS and the version of HTTP.
    func checkTarget(_ flaws: inout FlawList) {
        if self.http == .http2 || self.http == .h2c {
            flaws.add("target.http", "\(self.http.rawValue) comes with HTTP/2, which is not available yet; use 1.1")
        }
        if self.target.scheme == .http && self.tls != TLSPlan() {
            flaws.add("target.tls", "TLS is set up, but the URL is http://; write https://, or leave TLS out")
        }
        if self.tls.keyFile != nil && self.tls.certificateFile == nil {
            flaws.add("target.tls.key", "a key without its certificate; give the certificate as well")
        }
        if self.tls.lowest > self.tls.highest {
            flaws.add(
                "target.tls.min",
                "TLS from \(self.tls.lowest.rawValue) to \(self.tls.highest.rawValue) is no version at all")
        }
        for (key, list) in [("ciphers", self.tls.ciphers), ("groups", self.tls.groups)] {
            guard let list else { continue }
            if list.isEmpty || list.utf8.count > Self.tlsListLimit || list.utf8.contains(where: { $0 < 0x21 || $0 > 0x7E }) {
                flaws.add("target.tls.\(key)", "names between colons, at most \(Self.tlsListLimit) bytes, no spaces")
            }
        }
    }

    /// Bytes of a list of ciphers or groups.
    static let tlsListLimit = 4_096
}
