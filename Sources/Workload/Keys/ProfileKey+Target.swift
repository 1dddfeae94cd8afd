/// The keys of `target`.
extension ProfileKey {
    public static let url = ProfileKey(
        .target, "url", "text, required", "`http://` or `https://`; its path stands before each step's",
        "url: http://[::1]:80/api")
    public static let timeouts = ProfileKey(
        .target, "timeouts", "mapping", "how long to wait, see below", "timeouts: {total: 20s}")
    public static let http = ProfileKey(
        .target, "http", "word, `auto`",
        "`1.1`, `2` (over TLS), `h2c` (clear text); `auto`: what a TLS server picks, else 1.1", "http: 2",
        .choice(HTTPChoice.self) { $1.http = $0 })
    public static let streams = ProfileKey(
        .target, "streams", "integer, 1", "users that share one HTTP/2 connection, 1 to 1,024", "streams: 10",
        .integer { $1.streams = $0 })
    public static let http2 = ProfileKey(
        .target, "http2", "mapping", "what headroom announces over HTTP/2, see below", "http2: {window: 1MiB}")
    public static let tls = ProfileKey(
        .target, "tls", "mapping", "how connections to `https://` are secured, see below",
        "tls: {cacert: ca.pem}")
    public static let follow = ProfileKey(
        .target, "follow", "integer, 0",
        "redirects of an answer that are followed, on the same scheme, host and port; 0 to 20", "follow: 3",
        .integer { $1.follow = $0 })
    public static let followHosts = ProfileKey(
        .target, "follow_hosts", "list of texts", "other names of its addresses to follow to; at most 16",
        "follow_hosts: [example.com]", .followHosts)
    public static let timeoutConnect = ProfileKey(
        .timeouts, "connect", "time, `5s`", "until the connection is made, TLS handshake included",
        "connect: 2s", .time { $1.timeouts.connect = $0 })
    public static let timeoutFirstByte = ProfileKey(
        .timeouts, "first_byte", "time, `10s`", "from the request to the first byte of the answer",
        "first_byte: 5s", .time { $1.timeouts.firstByte = $0 })
    public static let timeoutIdle = ProfileKey(
        .timeouts, "idle", "time, `10s`", "without a byte, once the answer has begun", "idle: 5s",
        .time { $1.timeouts.idle = $0 })
    public static let timeoutTotal = ProfileKey(
        .timeouts, "total", "time, `60s`", "for the whole answer", "total: 20s",
        .time { $1.timeouts.total = $0 })
    public static let http2Window = ProfileKey(
        .http2, "window", "size, `16MiB`", "what the server may send ahead on one stream", "window: 1MiB",
        .size { $1.http2.window = $0 })
    public static let http2ConnectionWindow = ProfileKey(
        .http2, "connection_window", "size, `64MiB`",
        "the same, all streams of a connection; at least 65,535 bytes", "connection_window: 4MiB",
        .size { $1.http2.connectionWindow = $0 })
    public static let http2Frame = ProfileKey(
        .http2, "frame", "size, `16KiB`", "the longest frame it may send, 16,384 to 16,777,215 bytes",
        "frame: 64KiB", .size { $1.http2.frame = $0 })
    public static let tlsInsecure = ProfileKey(
        .tls, "insecure", "flag, `false`", "accept any certificate", "insecure: true",
        .flag { $1.tls.isInsecure = $0 })
    public static let tlsCacert = ProfileKey(
        .tls, "cacert", "file, the system's", "authorities to trust instead (PEM)", "cacert: ca.pem",
        .file { $1.tls.authorityFile = $0 })
    public static let tlsCert = ProfileKey(
        .tls, "cert", "file", "a client certificate with its chain (PEM)", "cert: client.pem",
        .file { $1.tls.certificateFile = $0 })
    public static let tlsKey = ProfileKey(
        .tls, "key", "file", "the key of `cert` where it is not in the same file (PEM, no password)",
        "key: client.key", .file { $1.tls.keyFile = $0 })
    public static let tlsCiphers = ProfileKey(
        .tls, "ciphers", "text, OpenSSL's", "names between colons; those of TLS 1.3 begin with `TLS_`",
        "ciphers: TLS_AES_128_GCM_SHA256", .text { $1.tls.ciphers = $0 })
    public static let tlsGroups = ProfileKey(
        .tls, "groups", "text, OpenSSL's", "key exchange groups between colons", "groups: X25519:P-256",
        .text { $1.tls.groups = $0 })
    public static let tlsMin = ProfileKey(
        .tls, "min", "word, `1.2`", "lowest version: `1.2` or `1.3`", "min: 1.3",
        .choice(TLSPlan.Version.self) { $1.tls.lowest = $0 })
    public static let tlsMax = ProfileKey(
        .tls, "max", "word, `1.3`", "highest version: `1.2` or `1.3`", "max: 1.2",
        .choice(TLSPlan.Version.self) { $1.tls.highest = $0 })
    public static let tlsResume = ProfileKey(
        .tls, "resume", "flag, `false`", "a user's connection resumes the TLS session of the one before",
        "resume: true", .flag { $1.tls.resumes = $0 })
    public static let tlsReader = ProfileKey(
        .tls, "reader", "word, `own`", "what reads records of TLS 1.3: `own`, or `openssl` to bisect a fault",
        "reader: openssl", .choice(TLSPlan.Reader.self) { $1.tls.reader = $0 })

    static let targetKeys: [ProfileKey] = [
        .url, .timeouts, .http, .streams, .http2, .tls, .follow, .followHosts, .timeoutConnect,
        .timeoutFirstByte, .timeoutIdle, .timeoutTotal, .http2Window, .http2ConnectionWindow, .http2Frame,
        .tlsInsecure, .tlsCacert, .tlsCert, .tlsKey, .tlsCiphers, .tlsGroups, .tlsMin, .tlsMax, .tlsResume, .tlsReader,
    ]
}
