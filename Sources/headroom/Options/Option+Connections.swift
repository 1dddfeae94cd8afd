import Options

/// The options of TLS and of the version of HTTP.
extension Option {
    static let http = Option(
        "http", value: "WORD",
        "1.1, 2 (over TLS), h2c, or what the server picks over TLS (auto)",
        section: .connections, keys: ["target.http"])
    static let streams = Option(
        "streams", value: "N",
        "users on one HTTP/2 connection (1)",
        section: .connections, keys: ["target.streams"])
    static let h2Window = Option(
        "h2-window", value: "SIZE",
        "what a server may send ahead on an HTTP/2 stream (16MiB)",
        section: .connections, keys: ["target.http2.window", "target.http2"])
    static let h2ConnectionWindow = Option(
        "h2-connection-window", value: "SIZE",
        "and on all streams of a connection together (64MiB)",
        section: .connections, keys: ["target.http2.connection_window", "target.http2"])
    static let h2Frame = Option(
        "h2-frame", value: "SIZE",
        "the longest HTTP/2 frame that it may send (16KiB)",
        section: .connections, keys: ["target.http2.frame", "target.http2"])
    static let insecure = Option(
        "insecure", short: "k",
        "the server's certificate is not verified",
        section: .connections, keys: ["target.tls.insecure"])
    static let cacert = Option(
        "cacert", value: "FILE",
        "authorities to trust instead of the system's (PEM)",
        section: .connections, keys: ["target.tls.cacert"])
    static let cert = Option(
        "cert", value: "FILE",
        "a client certificate with its chain (PEM)",
        section: .connections, keys: ["target.tls.cert"])
    static let key = Option(
        "key", value: "FILE",
        "the key of --cert, where it is not in the same file (PEM, without a password)",
        section: .connections, keys: ["target.tls.key"])
    static let ciphers = Option(
        "ciphers", value: "LIST",
        "OpenSSL's names between colons; those of TLS 1.3 begin with TLS_",
        section: .connections, keys: ["target.tls.ciphers"], repeatsValue: false)
    static let groups = Option(
        "groups", value: "LIST",
        "key exchange groups, such as X25519:P-256",
        section: .connections, keys: ["target.tls.groups"], repeatsValue: false)
    static let tlsMin = Option(
        "tls-min", value: "VERSION",
        "lowest version of TLS, 1.2 or 1.3 (1.2)",
        section: .connections, keys: ["target.tls.min"])
    static let tlsMax = Option(
        "tls-max", value: "VERSION",
        "highest version of TLS, 1.2 or 1.3 (1.3)",
        section: .connections, keys: ["target.tls.max"])
    static let resume = Option(
        "resume",
        "a user's connections resume the TLS session of the one before (each is a new handshake)",
        section: .connections, keys: ["target.tls.resume"])

    static let demoTLS = Option(
        "tls", "over TLS, with a certificate made at start and verified; --http 2 implies it", section: .connections)
}
