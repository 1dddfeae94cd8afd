import Options
import Target
import Units

/// The options of `serve`.
extension Option {
    static let host = Option(
        "host", .text("NAME"), "name or address to listen on (127.0.0.1)", section: .server,
        sets: \ServeOptions.target.host)
    static let port = Option(
        "port", short: "p", .port,
        "port to listen on (8080); 0 picks a free one",
        section: .server,
        sets: \ServeOptions.target.port)
    static let serveThreads = Option(
        "threads", short: "t", .whole(atLeast: 1),
        "event loops (one per core)",
        section: .server,
        sets: \ServeOptions.target.threads)
    static let bytes = Option(
        "bytes", .length, "size of the answer to / (50KB)", section: .server,
        sets: \ServeOptions.target.defaultBytes)
    static let limitConnections = Option(
        "limit-connections", .whole(atLeast: 0),
        "connections open at once; one more is accepted and reset",
        section: .server,
        sets: \ServeOptions.target.connectionLimit)
    static let serviceTime = Option(
        "service-time", .serviceTime,
        "how long each request is served: 5ms, or exponential:5ms",
        section: .server,
        sets: \ServeOptions.target.serviceTime)
    static let concurrency = Option(
        "concurrency", .whole(atLeast: 1),
        "requests served at once, the others wait their turn (no limit)",
        section: .server,
        sets: \ServeOptions.target.concurrency)
    static let stall = Option(
        "stall", .stall,
        "freezes everything for TIME at the end of every PERIOD, such as 1s/10s",
        section: .server,
        sets: \ServeOptions.target.stall)
    static let stopAfter = Option(
        "stop-after", .time,
        "no request is answered any more, so long after the first one came",
        section: .server,
        sets: \ServeOptions.target.stopAfter)
    static let arrivalLog = Option(
        "arrival-log", .file,
        "at the end writes when each request came and its answer went, as CSV: monotonic nanoseconds",
        section: .server,
        sets: \ServeOptions.arrivalLog)
    static let keepAliveRequests = Option(
        "keep-alive-requests", .whole(atLeast: 1),
        "answers on one connection before it is ended (no limit)",
        section: .server,
        sets: \ServeOptions.target.keepAliveRequests)
    static let serveSeed = Option(
        "seed", .seed, "seed of the exponential service times (1)",
        section: .server,
        sets: \ServeOptions.target.seed)
    static let serveTLS = Option(
        "tls", .on,
        "speaks TLS, with a certificate made at start for localhost, 127.0.0.1 and ::1",
        section: .server,
        sets: \ServeOptions.tls.isOn)
    static let tlsCert = Option(
        "tls-cert", .file,
        "speaks TLS with this certificate and its chain (PEM); needs --tls-key",
        section: .server,
        sets: \ServeOptions.tls.certificateFile)
    static let tlsKey = Option(
        "tls-key", .file,
        "the key of --tls-cert (PEM, without a password)",
        section: .server,
        sets: \ServeOptions.tls.keyFile)
    static let tlsCaOut = Option(
        "tls-ca-out", .file,
        "writes the made certificate there, for clients to trust",
        section: .server,
        sets: \ServeOptions.tls.madeFile)
    static let tlsClientCa = Option(
        "tls-client-ca", .file,
        "asks each client for a certificate of these authorities (PEM)",
        section: .server,
        sets: \ServeOptions.tls.clientAuthorityFile)
    static let cpus = Option(
        "cpus", .cpus, "pins the event loops, such as 0 or 0,2", section: .server,
        sets: \ServeOptions.target.cpus)
    static let parent = Option(
        "parent", .processNumber, "ends when this parent process ends", section: .server,
        sets: \ServeOptions.parent)
}

extension ValueType where Value == UInt16 {
    /// A port of TCP.
    fileprivate static var port: Self {
        Self("N") { text throws(ParseError) in
            if let port = UInt16(text) { return port }
            throw ParseError("\(text) is not a port (0-65535)")
        }
    }
}

extension ValueType where Value == Int {
    /// Bytes, written `50KB`, as the length of something in memory.
    fileprivate static var length: Self {
        Self("SIZE") { text throws(ParseError) in Int(clamping: try ByteSize.parse(text)) }
    }
}

extension ValueType where Value == [Int] {
    /// Numbers of CPUs between commas.
    fileprivate static var cpus: Self {
        Self("LIST") { text throws(ParseError) in
            var cpus: [Int] = []
            for word in text.split(separator: ",") {
                guard let cpu = Int(word), cpu >= 0 else {
                    throw ParseError("\(word) is not a whole number of at least 0")
                }
                cpus.append(cpu)
            }
            return cpus
        }
    }
}

extension ValueType where Value == ServiceTime {
    /// A time, or the mean of a distribution.
    fileprivate static var serviceTime: Self {
        Self("TIME") { text throws(ParseError) in
            let words = text.split(separator: ":", omittingEmptySubsequences: false)
            let time = try TimeSpan.parse(String(words.last ?? ""))
            switch words.count {
            case 1: return .constant(time)
            case 2 where words[0] == "constant": return .constant(time)
            case 2 where words[0] == "exponential": return .exponential(time)
            default: throw ParseError("\(text) is neither TIME, constant:TIME nor exponential:TIME")
            }
        }
    }
}

extension ValueType where Value == Stall {
    /// How long, and how often.
    fileprivate static var stall: Self {
        Self("TIME/PERIOD") { text throws(ParseError) in
            let words = text.split(separator: "/", omittingEmptySubsequences: false)
            guard words.count == 2 else { throw ParseError("\(text) is not TIME/PERIOD, such as 1s/10s") }
            return Stall(
                duration: try TimeSpan.parse(String(words[0])), period: try TimeSpan.parse(String(words[1])))
        }
    }
}
