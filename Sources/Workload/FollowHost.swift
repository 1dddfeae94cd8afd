import Units

/// Another name than the target's to which redirects are followed, on the target's own scheme, port and addresses.
public struct FollowHost: Sendable, Equatable {
    /// A name or an address literal, without brackets.
    public var host: String
    /// The port as given; nil: the target's.
    public var port: UInt16?

    /// A name with its port.
    public init(host: String, port: UInt16? = nil) {
        self.host = host
        self.port = port
    }

    /// Reads `HOST` or `HOST:PORT`.
    public static func parse(_ text: String) throws(ParseError) -> FollowHost {
        guard !text.contains(where: { "/?#".contains($0) }) else {
            throw ParseError("\(quoted(text)) is more than a host; write HOST or HOST:PORT")
        }
        let url = try TargetURL.parse("http://\(text)")
        let hasPort = text.hasPrefix("[") ? !text.hasSuffix("]") : text.contains(":")
        return FollowHost(host: url.host, port: hasPort ? url.port : nil)
    }

    /// The text that is printed and parsed again.
    public var text: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        return self.port.map { "\(name):\($0)" } ?? name
    }
}

extension Profile {
    /// Most names besides the target's: more than a site has spellings of its own name.
    public static let followHostsLimit = 16

    /// Checks for hosts that cannot be followed, whatever they resolve to.
    func checkFollowHosts(_ flaws: inout ValidationErrors) {
        if self.followHosts.isEmpty { return }
        if self.followHosts.count > Self.followHostsLimit {
            flaws.add(.followHosts, "these are more than \(Self.followHostsLimit)")
        }
        if self.follow == 0 {
            flaws.add(.followHosts, "no redirect is followed; say how many with --follow N (`target.follow`)")
        }
        for (index, host) in self.followHosts.enumerated() {
            guard let port = host.port, port != self.target.port else { continue }
            flaws.add(
                "\(ProfileKey.followHosts.path)[\(index)]",
                "\(host.text): connections go to port \(self.target.port) of the target, and a redirect to another "
                    + "port would need connections of its own; leave the port out")
        }
    }
}
