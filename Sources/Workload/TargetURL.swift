/// Where requests go: scheme, host, port and the path of the URL.
public struct TargetURL: Sendable, Equatable {
    public enum Scheme: String, Sendable { case http, https }

    public var scheme: Scheme
    /// A name or an address literal, without brackets.
    public var host: String
    public var port: UInt16
    /// Path and query, at least "/".
    public var path: String

    public init(scheme: Scheme, host: String, port: UInt16, path: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// The value of the Host field (RFC 9110 7.2): brackets around IPv6, the port if it is not the scheme's.
    public var authority: String {
        let name = self.host.contains(":") ? "[\(self.host)]" : self.host
        let usual: UInt16 = self.scheme == .http ? 80 : 443
        return self.port == usual ? name : "\(name):\(self.port)"
    }
}
