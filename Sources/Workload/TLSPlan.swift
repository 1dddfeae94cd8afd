/// How connections of an https:// target are secured: `target.tls` of a profile. Files are named, not read.
public struct TLSPlan: Sendable, Equatable {
    /// A version of TLS as it is written.
    public enum Version: String, Sendable, Equatable, CaseIterable, Comparable {
        case v12 = "1.2"
        case v13 = "1.3"

        /// By age.
        public static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    /// The server's certificate is not verified.
    public var isInsecure = false
    /// PEM file of the authorities that are trusted; nil: the system's.
    public var authorityFile: String?
    /// PEM files of a client certificate with its chain, and of its key.
    public var certificateFile: String?
    public var keyFile: String?
    /// OpenSSL's names between colons: those of TLS 1.3 begin with `TLS_`; nil: OpenSSL's defaults.
    public var ciphers: String?
    /// OpenSSL's names of key exchange groups between colons; nil: its defaults.
    public var groups: String?
    public var lowest = Version.v12
    public var highest = Version.v13
    /// A user's connection resumes the session of its last one.
    public var resumes = false

    /// Verified against the system's authorities, any version and cipher, a handshake for each connection.
    public init() {}
}

/// Which HTTP is spoken: `target.http`, `--http`.
public enum HTTPChoice: String, Sendable, Equatable, CaseIterable {
    /// What the server picks.
    case auto
    case http11 = "1.1"
    case http2 = "2"
    /// HTTP/2 in clear text, known beforehand.
    case h2c
}
