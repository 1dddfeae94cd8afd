/// How connections of an https:// target are secured: `target.tls` of a profile. Files are named, not read.
public struct TLSPlan: Sendable, Equatable {
    /// A version of TLS as text.
    public enum Version: String, Sendable, Equatable, CaseIterable, Comparable {
        case v12 = "1.2"
        case v13 = "1.3"

        /// By age.
        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// What reads the records of TLS 1.3.
    public enum Reader: String, Sendable, Equatable, CaseIterable {
        /// headroom itself, which decrypts records in place and copies no body; OpenSSL where sessions are resumed.
        case own
        /// OpenSSL always: to tell a fault of the server from one of our reader.
        case openssl
    }

    /// The server's certificate is not verified.
    public var isInsecure = false
    /// PEM file of the authorities that are trusted; nil: the system's.
    public var authorityFile: String?
    /// PEM files of a client certificate with its chain, and of its key.
    public var certificateFile: String?
    public var keyFile: String?
    /// OpenSSL's names, separated by colons: those of TLS 1.3 begin with `TLS_`; nil: OpenSSL's defaults.
    public var ciphers: String?
    /// OpenSSL's names of key exchange groups, separated by colons; nil: its defaults.
    public var groups: String?
    public var lowest = Version.v12
    public var highest = Version.v13
    /// A user's connection resumes the session of its last one.
    public var resumes = false
    public var reader = Reader.own

    /// headroom reads the records of TLS 1.3: OpenSSL has to see tickets where sessions are resumed.
    public var usesOwnReader: Bool { self.reader == .own && !self.resumes }

    /// The defaults: verified against the system's authorities, any version and cipher, a handshake for each
    /// connection.
    public init() {}
}

/// Settings announced to a server over HTTP/2 (RFC 9113, 6.5.2 and 6.9), in bytes: `target.http2` of a profile; nil for
/// headroom's own values.
public struct HTTP2Plan: Sendable, Equatable {
    /// How much the server may send ahead on one stream, and on all streams of a connection together.
    public var window: UInt64?
    public var connectionWindow: UInt64?
    /// The longest frame it may send.
    public var frame: UInt64?

    public static let windowRange: ClosedRange<UInt64> = 1...2_147_483_647
    /// A connection's window begins at its smallest value, and can only grow.
    public static let connectionWindowRange: ClosedRange<UInt64> = 65_535...2_147_483_647
    public static let frameRange: ClosedRange<UInt64> = 16_384...16_777_215

    /// The defaults.
    public init() {}
}

/// Which HTTP to use: `target.http`, `--http`.
public enum HTTPChoice: String, Sendable, Equatable, CaseIterable {
    /// What the server picks.
    case auto
    case http11 = "1.1"
    case http2 = "2"
    /// HTTP/2 in clear text, by prior knowledge.
    case h2c
}
