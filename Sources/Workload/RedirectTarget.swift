import Units

/// Where a redirect leads, by its Location and the request that got it.
public enum RedirectTarget: Sendable, Equatable {
    /// To the target's own scheme, host and port: path and query.
    case same(path: String)
    /// To another followed name, on the same scheme and port.
    case sibling(host: String, path: String)
    /// To any other place.
    case other
    /// The Location cannot be followed, and why.
    case invalid(String)

    /// Resolves a Location against the request's path and query (RFC 3986 5.2, strictly). It refuses anything that RFC
    /// 3986 does not allow, so that no byte of a server gets into a request line where it does not belong. `hosts`:
    /// other names than the target's that are followed.
    public static func resolve(
        _ location: [UInt8], from path: String, at target: TargetURL, hosts: [String] = []
    ) -> RedirectTarget {
        guard location.count <= TargetURL.lengthLimit else { return .invalid("it is longer than 8192 bytes") }
        guard let reference = Self.checked(location) else {
            return .invalid("it holds bytes that RFC 3986 does not allow in a URI")
        }
        if let scheme = Self.scheme(of: reference) {
            let rest = reference[reference.index(reference.startIndex, offsetBy: scheme.count + 1)...]
            guard ["http", "https"].contains(asciiLowercased(scheme)) else { return .other }
            guard rest.hasPrefix("//") else { return .invalid("it has a scheme and no host") }
            return Self.absolute(String(reference), at: target, hosts)
        }
        if reference.hasPrefix("//") {
            return Self.absolute("\(target.scheme.rawValue):\(reference)", at: target, hosts)
        }
        return Self.same(Self.relative(reference, from: path))
    }

    /// The text without its fragment; nil if a byte is not allowed in a URI.
    private static func checked(_ location: [UInt8]) -> Substring? {
        for (index, byte) in location.enumerated() {
            guard (0x21...0x7E).contains(byte), !Self.refused.contains(byte) else { return nil }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < location.count, Self.isHex(location[index + 1]), Self.isHex(location[index + 2])
                else { return nil }
            }
        }
        return String(decoding: location, as: UTF8.self).prefix { $0 != "#" }
    }

    /// Visible characters that are neither reserved nor unreserved (RFC 3986 2.2 and 2.3).
    private static let refused = Array("\"<>\\^`{|}".utf8)

    private static func isHex(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    /// The text before the first colon, if that is a scheme (RFC 3986 3.1); nil for a relative reference.
    private static func scheme(of reference: Substring) -> Substring? {
        guard let mark = reference.firstIndex(where: { ":/?".contains($0) }), reference[mark] == ":" else { return nil }
        let word = reference[..<mark]
        guard let first = word.utf8.first, (0x61...0x7A).contains(first | 0x20) else { return nil }
        let isScheme = word.utf8.allSatisfy {
            (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "+-.".utf8.contains($0)
        }
        return isScheme ? word : nil
    }

    private static func absolute(_ text: String, at target: TargetURL, _ hosts: [String]) -> RedirectTarget {
        do {
            let url = try TargetURL.parse(text)
            guard url.scheme == target.scheme, url.port == target.port else { return .other }
            let found = Self.same(Self.split(url.path[...]))
            if url.host == target.host { return found }
            guard hosts.contains(url.host) else { return .other }
            if case .same(let path) = found { return .sibling(host: url.host, path: path) }
            return found
        } catch {
            return .invalid(error.message)
        }
    }

    private static func split(_ reference: Substring) -> (path: Substring, query: Substring?) {
        guard let mark = reference.firstIndex(of: "?") else { return (reference, nil) }
        return (reference[..<mark], reference[reference.index(after: mark)...])
    }

    /// RFC 3986 5.2.2 and 5.2.3, for a reference without scheme and authority.
    private static func relative(_ reference: Substring, from path: String) -> (path: Substring, query: Substring?) {
        let base = Self.split(path[...])
        let given = Self.split(reference)
        if given.path.isEmpty { return (base.path, given.query ?? base.query) }
        if given.path.hasPrefix("/") { return given }
        let folder = base.path.lastIndex(of: "/").map { base.path[...$0] } ?? "/"
        return (Substring(folder + given.path), given.query)
    }

    private static func same(_ parts: (path: Substring, query: Substring?)) -> RedirectTarget {
        let path = Self.withoutDots(parts.path) + (parts.query.map { "?\($0)" } ?? "")
        guard path.utf8.count <= TargetURL.lengthLimit else { return .invalid("it is longer than 8192 bytes") }
        do {
            try HTTPField.checkPath(path)
            return .same(path: path)
        } catch {
            return .invalid(error.message)
        }
    }

    /// RFC 3986 5.2.4, for a path that begins with a slash.
    static func withoutDots(_ path: Substring) -> String {
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            switch segment {
            case ".": if isLast { kept.append("") }
            case "..":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}

extension Step {
    /// The request after a redirect with this status to a path (RFC 9110 15.4). After 303, and for a POST after 301 and
    /// 302, it is a GET without the body and the fields that described it; else the same request.
    public func redirected(by status: UInt16, to path: String) -> Step {
        var step = self
        step.path = path
        let isSeeOther = status == 303 && self.method != "HEAD"
        guard isSeeOther || ([301, 302].contains(status) && self.method == "POST") else { return step }
        step.method = "GET"
        step.body = []
        step.headers.removeAll { Self.ofBody.contains(asciiLowercased($0.name[...])) }
        return step
    }

    private static let ofBody = ["content-type", "content-length", "content-encoding", "content-language"]

    /// The same request for another host: without its own Host, and without the first host's secrets (RFC 9110 15.4).
    public func leavingHost() -> Step {
        var step = self
        step.headers.removeAll { Self.ofHost.contains(asciiLowercased($0.name[...])) }
        return step
    }

    private static let ofHost = ["host", "authorization", "cookie", "proxy-authorization"]
}
