import Workload

/// The options of TLS and of the version of HTTP.
extension Option {
    public static let http = Option(
        "http", .choice(of: HTTPChoice.self),
        "1.1, 2 (over TLS), h2c, or what the server picks over TLS (auto)",
        section: .connections, keys: [.http],
        sets: { $1.http = $0 })
    public static let streams = Option(
        "streams", .streams,
        "users on one HTTP/2 connection (1)",
        section: .connections, keys: [.streams],
        sets: { $1.streams = $0 })
    public static let h2Window = Option(
        "h2-window", .size,
        "what a server may send ahead on an HTTP/2 stream (16MiB)",
        section: .connections, keys: [.http2Window, .http2],
        sets: { $1.http2.window = $0 })
    public static let h2ConnectionWindow = Option(
        "h2-connection-window", .size,
        "and on all streams of a connection together (64MiB)",
        section: .connections, keys: [.http2ConnectionWindow, .http2],
        sets: { $1.http2.connectionWindow = $0 })
    public static let h2Frame = Option(
        "h2-frame", .size,
        "the longest HTTP/2 frame that it may send (16KiB)",
        section: .connections, keys: [.http2Frame, .http2],
        sets: { $1.http2.frame = $0 })
    public static let insecure = Option(
        "insecure", short: "k", .on,
        "the server's certificate is not verified",
        section: .connections, keys: [.tlsInsecure, .tls],
        sets: { $1.tls.isInsecure = $0 })
    public static let cacert = Option(
        "cacert", .file,
        "authorities to trust instead of the system's (PEM)",
        section: .connections, keys: [.tlsCacert, .tls],
        sets: { $1.tls.authorityFile = $0 })
    public static let cert = Option(
        "cert", .file,
        "a client certificate with its chain (PEM)",
        section: .connections, keys: [.tlsCert, .tls],
        sets: { $1.tls.certificateFile = $0 },
        implies: { _, profile in profile.tls.keyFile = nil })
    public static let key = Option(
        "key", .file,
        "the key of --cert, where it is not in the same file (PEM, without a password)",
        section: .connections, keys: [.tlsKey, .tls],
        sets: { $1.tls.keyFile = $0 })
    public static let ciphers = Option(
        "ciphers", .text("LIST"),
        "OpenSSL's names between colons; those of TLS 1.3 begin with TLS_",
        section: .connections, keys: [.tlsCiphers, .tls], repeatsValue: false,
        sets: { $1.tls.ciphers = $0 })
    public static let groups = Option(
        "groups", .text("LIST"),
        "key exchange groups, such as X25519:P-256",
        section: .connections, keys: [.tlsGroups, .tls], repeatsValue: false,
        sets: { $1.tls.groups = $0 })
    public static let tlsMin = Option(
        "tls-min", .choice(of: TLSPlan.Version.self, "VERSION"),
        "lowest version of TLS, 1.2 or 1.3 (1.2)",
        section: .connections, keys: [.tlsMin, .tls],
        sets: { $1.tls.lowest = $0 })
    public static let tlsMax = Option(
        "tls-max", .choice(of: TLSPlan.Version.self, "VERSION"),
        "highest version of TLS, 1.2 or 1.3 (1.3)",
        section: .connections, keys: [.tlsMax, .tls],
        sets: { $1.tls.highest = $0 })
    public static let resume = Option(
        "resume", .on,
        "a user's connections resume the TLS session of the one before (each is a new handshake)",
        section: .connections, keys: [.tlsResume, .tls],
        sets: { $1.tls.resumes = $0 })

    public static let tlsReader = Option(
        "tls-reader", .choice(of: TLSPlan.Reader.self),
        "what reads the records of TLS 1.3: own or openssl, to tell a fault of the server from one of headroom (own)",
        section: .connections, keys: [.tlsReader, .tls],
        sets: { $1.tls.reader = $0 })

    public static let demoTLS = Option(
        "tls", "over TLS, with a certificate made at start and verified; --http 2 implies it",
        section: .connections)
}
