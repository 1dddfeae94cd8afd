import Units

extension TargetURL {
    /// Longest URL that is accepted.
    static let lengthLimit = 8_192

    /// Reads `http://host:port/path?query` (RFC 3986, RFC 9110 4.2). Names, IPv4 and [IPv6]; a missing port is the
    /// scheme's, a fragment is dropped. Throws if the scheme or the host is missing, for user information (a secret
    /// does not belong in a URL), and for bytes that a request may not contain.
    public static func parse(_ text: String) throws(ParseError) -> TargetURL {
        guard !text.isEmpty else {
            throw ParseError("the URL is empty; write one such as http://127.0.0.1:8080/")
        }
        guard text.utf8.count <= lengthLimit else {
            throw ParseError("the URL is longer than \(lengthLimit) bytes; shorten it")
        }
        // Errors repeat no part of the text before it is known to hold no password.
        for byte in text.utf8 where !(0x21...0x7E).contains(byte) {
            let what = byte == 0x20 ? "a space" : byte < 0x80 ? controlName(byte) : "a character beyond ASCII"
            throw ParseError(
                "the URL holds \(what); percent-encode paths, and write international names as xn--")
        }
        let (scheme, rest) = try splitScheme(text)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.contains("@") else {
            throw ParseError(
                "the URL holds a user name or a password; take it out and send an Authorization header")
        }
        let (host, portText) = try splitPort(authority)
        let target = rest[end...].prefix { $0 != "#" }
        let path = target.first == "/" ? String(target) : "/" + target
        try HTTPField.checkPath(path)
        return TargetURL(
            scheme: scheme, host: try canonicalHost(host), port: try port(portText, of: scheme), path: path)
    }

    /// The URL's text, which can be parsed again.
    public var text: String { "\(self.scheme.rawValue)://\(self.authority)\(self.path)" }

    private static func splitScheme(_ text: String) throws(ParseError) -> (Scheme, Substring) {
        guard let mark = text.range(ofBytes: "://") else {
            // The part before an @ may be a secret and is not repeated.
            let shown = text.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
            throw ParseError("the URL has no scheme; write \(quoted("http://" + shown))")
        }
        let word = text[..<mark.lowerBound]
        guard let scheme = Scheme(rawValue: asciiLowercased(word)) else {
            throw ParseError("\(quoted(word)) is not a scheme headroom speaks; write http:// or https://")
        }
        return (scheme, text[mark.upperBound...])
    }

    /// Host (an IPv6 address still in its brackets), and the text after the colon if there is one.
    private static func splitPort(_ authority: Substring) throws(ParseError) -> (Substring, Substring?) {
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else {
                throw ParseError("\(quoted(authority)) lacks a `]` after the IPv6 address")
            }
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.first == ":" else {
                throw ParseError(
                    "\(quoted(authority)) has \(quoted(after)) after the address; write [address]:port")
            }
            return (authority[...close], after.isEmpty ? nil : after.dropFirst())
        }
        guard let colon = authority.firstIndex(of: ":") else { return (authority, nil) }
        let after = authority[authority.index(after: colon)...]
        guard !after.contains(":") else {
            throw ParseError(
                "\(quoted(authority)) has several colons; an IPv6 address stands in brackets: [::1]:80")
        }
        return (authority[..<colon], after)
    }

    private static func port(_ text: Substring?, of scheme: Scheme) throws(ParseError) -> UInt16 {
        guard let text else { return scheme == .http ? 80 : 443 }
        guard text.utf8.count <= 5, text.utf8.allSatisfy({ decimalDigit($0) != nil }),
            let port = UInt16(text), port > 0
        else { throw ParseError("\(quoted(text)) is not a port; use 1 to 65535") }
        return port
    }

    private static func canonicalHost(_ host: Substring) throws(ParseError) -> String {
        guard !host.isEmpty else {
            throw ParseError("the URL has no host; write one such as http://127.0.0.1:8080/")
        }
        if host.first == "[" {
            let address = host.dropFirst().dropLast()
            guard !address.contains("%") else {
                throw ParseError(
                    "\(quoted(host)) names an interface, which is not supported; drop the part after `%`")
            }
            guard isIPv6(address) else { throw ParseError("\(quoted(host)) is not an IPv6 address") }
            return asciiLowercased(address)
        }
        try checkName(host)
        return asciiLowercased(host)
    }

    /// A DNS name (RFC 1123 2.1, and `_`, which is used in practice) or an IPv4 address. A name that ends in a number
    /// must be an address. Otherwise `127.1` would mean one thing here and another to a resolver.
    private static func checkName(_ host: Substring) throws(ParseError) {
        let name = host.last == "." ? host.dropLast() : host
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy(isLabel) else {
            throw ParseError("\(quoted(host)) is not a host name; use letters, digits, `-` and `.`")
        }
        let last = labels.last ?? ""
        let looksNumeric = last.utf8.allSatisfy { decimalDigit($0) != nil } || last.hasPrefix("0x")
        guard !looksNumeric || (isIPv4(name) && host == name) else {
            throw ParseError("\(quoted(host)) is not an IPv4 address; write four numbers from 0 to 255")
        }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let allowed: (UInt8) -> Bool = { byte in
            decimalDigit(byte) != nil || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
        return (1...63).contains(label.utf8.count) && label.utf8.allSatisfy(allowed) && label.first != "-"
            && label.last != "-"
    }
}

/// Four decimal numbers without leading zeros, each at most 255.
func isIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
        && parts.allSatisfy { part in
            (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { decimalDigit($0) != nil }
                && UInt8(part) != nil && (part.utf8.count == 1 || part.first != "0")
        }
}

/// An IPv6 address in the text form of RFC 4291 2.2: eight groups, at most one `::`, an IPv4 tail allowed.
func isIPv6(_ text: Substring) -> Bool {
    guard text.utf8.count <= 45 else { return false }
    let halves: [Substring]
    if let gap = String(text).range(ofBytes: "::") {
        let whole = String(text)
        halves = [whole[..<gap.lowerBound], whole[gap.upperBound...]]
    } else {
        halves = [text]
    }
    var groups = 0
    for (index, half) in halves.enumerated() where !half.isEmpty {
        let parts = half.split(separator: ":", omittingEmptySubsequences: false)
        for (place, part) in parts.enumerated() {
            let isTail = index == halves.count - 1 && place == parts.count - 1
            if isTail, part.contains(".") {
                guard isIPv4(part) else { return false }
                groups += 2
            } else {
                guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexDigit) else {
                    return false
                }
                groups += 1
            }
        }
    }
    return halves.count == 2 ? groups <= 7 : groups == 8
}

private func isHexDigit(_ byte: UInt8) -> Bool {
    decimalDigit(byte) != nil || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66)
}

extension String {
    /// The first place of an ASCII word, compared by bytes.
    fileprivate func range(ofBytes word: String) -> Range<String.Index>? {
        let wanted = Array(word.utf8)
        var start = self.utf8.startIndex
        while start < self.utf8.endIndex {
            if self.utf8[start...].starts(with: wanted) {
                return start..<self.utf8.index(start, offsetBy: wanted.count)
            }
            start = self.utf8.index(after: start)
        }
        return nil
    }
}
