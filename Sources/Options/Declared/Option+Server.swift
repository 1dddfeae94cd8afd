/// The options of `serve`.
extension Option {
    public static let host = Option("host", value: "NAME", "name or address to listen on (127.0.0.1)", section: .server)
    public static let port = Option(
        "port", short: "p", value: "N",
        "port to listen on (8080); 0 picks a free one",
        section: .server)
    public static let serveThreads = Option(
        "threads", short: "t", value: "N",
        "event loops (one per core)",
        section: .server)
    public static let bytes = Option("bytes", value: "SIZE", "size of the answer to / (50KB)", section: .server)
    public static let limitConnections = Option(
        "limit-connections", value: "N",
        "connections open at once; one more is accepted and reset",
        section: .server)
    public static let serviceTime = Option(
        "service-time", value: "TIME",
        "how long each request is served: 5ms, or exponential:5ms",
        section: .server)
    public static let concurrency = Option(
        "concurrency", value: "N",
        "requests served at once, the others wait their turn (no limit)",
        section: .server)
    public static let stall = Option(
        "stall", value: "TIME/PERIOD",
        "freezes everything for TIME at the end of every PERIOD, such as 1s/10s",
        section: .server)
    public static let stopAfter = Option(
        "stop-after", value: "TIME",
        "no request is answered any more, so long after the first one came",
        section: .server)
    public static let arrivalLog = Option(
        "arrival-log", value: "FILE",
        "at the end writes when each request came and its answer went, as CSV: monotonic nanoseconds",
        section: .server)
    public static let keepAliveRequests = Option(
        "keep-alive-requests", value: "N",
        "answers on one connection before it is ended (no limit)",
        section: .server)
    public static let serveSeed = Option(
        "seed", value: "N", "seed of the exponential service times (1)",
        section: .server)
    public static let serveTLS = Option(
        "tls",
        "speaks TLS, with a certificate made at start for localhost, 127.0.0.1 and ::1",
        section: .server)
    public static let tlsCert = Option(
        "tls-cert", value: "FILE",
        "speaks TLS with this certificate and its chain (PEM); needs --tls-key",
        section: .server)
    public static let tlsKey = Option(
        "tls-key", value: "FILE",
        "the key of --tls-cert (PEM, without a password)",
        section: .server)
    public static let tlsCaOut = Option(
        "tls-ca-out", value: "FILE",
        "writes the made certificate there, for clients to trust",
        section: .server)
    public static let tlsClientCa = Option(
        "tls-client-ca", value: "FILE",
        "asks each client for a certificate of these authorities (PEM)",
        section: .server)
    public static let cpus = Option("cpus", value: "LIST", "pins the event loops, such as 0 or 0,2", section: .server)
    public static let parent = Option("parent", value: "PID", "ends when this parent process ends", section: .server)
}
