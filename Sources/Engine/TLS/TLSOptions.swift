/// The supported versions of TLS; older ones are broken (RFC 8996).
public enum TLSVersion: Int32, Sendable, Comparable {
    case v12 = 0x0303
    case v13 = 0x0304

    /// As it is written: `1.2`.
    var text: String { self == .v12 ? "1.2" : "1.3" }

    /// By age.
    public static func < (left: TLSVersion, right: TLSVersion) -> Bool { left.rawValue < right.rawValue }
}

/// What runs inside TLS, by its ALPN name (RFC 7301).
public enum ApplicationProtocol: String, Sendable {
    case http11 = "http/1.1"
    case http2 = "h2"

    /// Names as they stand in a hello, each with its length in front.
    static func wire(_ protocols: [ApplicationProtocol]) -> [UInt8] {
        protocols.flatMap { [UInt8($0.rawValue.utf8.count)] + Array($0.rawValue.utf8) }
    }
}

/// A certificate with its chain, and its key, as PEM files.
public struct TLSIdentity: Sendable, Equatable {
    public var certificateFile: String
    public var keyFile: String

    /// Both may be the same file. A key with a password is refused, as a load cannot type it.
    public init(certificateFile: String, keyFile: String) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// How a client speaks TLS with one host.
public struct TLSClientOptions: Sendable {
    /// Name or IP address that the server's certificate must be for; a name is sent as SNI, an address is not.
    public var host: String
    /// Chain, host and expiry are checked; false takes any certificate.
    public var verifies = true
    /// PEM file of the authorities to trust; nil: the system's.
    public var authorityFile: String?
    /// Shown to a server that asks for a client certificate.
    public var identity: TLSIdentity?
    public var lowestVersion = TLSVersion.v12
    public var highestVersion = TLSVersion.v13
    /// OpenSSL's cipher list for TLS 1.2; nil: its defaults.
    public var ciphers: String?
    /// OpenSSL's cipher suites for TLS 1.3; nil: its defaults.
    public var cipherSuites: String?
    /// Key exchange groups, such as `X25519:P-256`; nil: OpenSSL's defaults.
    public var groups: String?
    /// Offered by ALPN, most wanted first; empty: no ALPN.
    public var protocols: [ApplicationProtocol] = []
    /// A server that picks none of `protocols` fails the handshake; else it counts as HTTP/1.1.
    public var requiresProtocol = false
    /// `TLSConnection.session()` returns sessions for later connections to resume. OpenSSL has to see the tickets then,
    /// and reads all records. Otherwise `TLSReader` reads those of TLS 1.3.
    public var keepsSessions = false
    /// `TLSReader` may read records; else OpenSSL reads all of them.
    public var hasOwnReader = true

    /// The defaults for a host: everything verified against the system's authorities.
    public init(host: String) { self.host = host }
}

/// How a server speaks TLS.
public struct TLSServerOptions: Sendable {
    /// Where the server's certificate comes from.
    public enum Source: Sendable {
        case files(TLSIdentity)
        case made(TLSCertificate)
    }
    public var source: Source
    public var lowestVersion = TLSVersion.v12
    public var highestVersion = TLSVersion.v13
    /// Accepted protocols, most wanted first. A client that offers only others is refused (alert 120); one that offers
    /// none is taken to speak HTTP/1.1.
    public var protocols: [ApplicationProtocol] = [.http11]
    /// PEM file of the authorities of client certificates: then each client must show one.
    public var clientAuthorityFile: String?
    /// Clients get tickets to resume their sessions; the server keeps nothing.
    public var resumesSessions = true

    /// The defaults for a certificate.
    public init(source: Source) { self.source = source }
}
