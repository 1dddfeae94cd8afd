import Engine
import Options
import Target

/// What a command line of `headroom serve` asks for.
struct ServeOptions {
    var target = TargetOptions()
    var tls = ServeTLS()
    /// The file for the log of arrivals.
    var arrivalLog: String?
    /// The process that it ends with.
    var parent: Int32?

    static let options: [Option] = [
        .host, .port, .serveThreads, .bytes, .limitConnections, .serviceTime, .concurrency, .stall, .stopAfter,
        .arrivalLog, .keepAliveRequests, .serveSeed, .serveTLS, .tlsCert, .tlsKey, .tlsCaOut, .tlsClientCa, .cpus,
        .parent, .help,
    ]

    /// Reads a command line.
    init(_ arguments: ParsedArguments) throws(UsageError) {
        self.target.port = 8080
        self.target.threads = min(AllowedCPUs.read().count, TargetOptions.threadLimit)
        try arguments.apply(to: &self)
        self.target.logsArrivals = self.arrivalLog != nil
    }
}
