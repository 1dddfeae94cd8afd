import CLinux
import Engine
import Kernel
import Measure
import Options
import Record
import Runner
import Target
import Units
import Workload

/// `headroom serve`: the embedded reference target as a server of its own.
enum ServeCommand {
    static let command = Command(
        "serve", summary: "the embedded reference target",
        usage: [("serve [OPTIONS]", "")],
        about: [
            "HTTP/1.1 and HTTP/2 on loopback until Ctrl-C, in clear text or over TLS. Paths: /bytes/N, / (50 KB), "
                + "/delay/MS, /status/N, /chunked/N, /close-delimited/N, /drip/N, /lose/N (every N-th request gets no "
                + "answer), /truncate, /close, /silent, /reset, /garbage, /half-500, /health, /stats (its own counts, "
                + "as JSON)."
        ],
        examples: [
            .init(
                "serve --service-time exponential:5ms --concurrency 1",
                "a server that answers 200 requests/s, one after the other"),
            .init("serve --tls --tls-ca-out ca.pem", "over TLS; clients trust it with --cacert ca.pem"),
        ],
        options: [
            .host, .port, .serveThreads, .bytes, .limitConnections, .serviceTime, .concurrency, .stall, .stopAfter,
            .arrivalLog, .keepAliveRequests, .serveSeed, .serveTLS, .tlsCert, .tlsKey, .tlsCaOut, .tlsClientCa, .cpus,
            .parent, .help,
        ])

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        if let extra = arguments.positionals.first { throw UsageError("serve takes no \(extra); see --help") }
        var options = try Self.targetOptions(arguments)
        if let parent = arguments.last(.parent) {
            if Int32(parent) == nil { throw UsageError("--parent: \(parent) is not a process number") }
            _ = linux_set_parent_death_signal(SIGTERM)
            // The parent may have ended before that call.
            if Int32(parent) != getppid() {
                Output.complain("headroom: the parent process \(parent) is gone")
                return .terminated
            }
        }
        let output = Output()
        do {
            Preflight.raiseOpenFiles()
            options.tls = try ServeTLS.options(arguments, host: options.host)
            // Opened before the server starts, so that a path that cannot be written is reported at once.
            let log = try arguments.last(.arrivalLog).map { path throws(CommandError) in try OutputFile(path) }
            let signals = try SignalSource()
            let server = try TargetServer(options: options)
            try server.start()
            let scheme = options.tls == nil ? "http" : "https"
            if let hint = ServeTLS.trustHint(arguments) { output.write("headroom serve: \(hint)\n") }
            output.write("headroom serve: \(scheme)://\(server.address) ready\n")
            _ = signals.wait(nanoseconds: nil)
            server.stop()
            if let log { try ArrivalLogFile.write(server, to: log) }
            let counts = server.counts()
            output.write(
                "\(counts.requests) requests on \(counts.connectionsAccepted) connections, "
                    + "\(counts.bytesSent) bytes sent\n")
        } catch let error as CommandError {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        } catch let error as TargetError {
            Output.complain("headroom: \(Self.words(error, arguments))")
            return .usage
        } catch let error as Errno {
            let failure = CommandError(engine: .failed("signals cannot be read", error))
            Output.complain("headroom: \(failure.sentence)")
            return failure.code
        } catch {
            Output.complain("headroom: \(error)")
            return .defect
        }
        return output.error == nil ? .success : .outputFailed
    }

    /// The flag for each option of the target.
    private static let flags: [TargetError.Option: Option] = [
        .threads: .serveThreads, .cpus: .cpus, .defaultBytes: .bytes, .connectionLimit: .limitConnections,
        .keepAliveRequests: .keepAliveRequests, .concurrency: .concurrency, .serviceTime: .serviceTime,
        .stall: .stall, .stopAfter: .stopAfter,
    ]

    /// An error in the words of the command line: the flag and its value as given.
    private static func words(_ error: TargetError, _ arguments: ParsedArguments) -> String {
        guard case .option(let option, _, let wanted) = error, let flag = Self.flags[option],
            let typed = arguments.last(flag)
        else { return "\(error)" }
        return "\(flag.shown) \(typed): it takes \(wanted)"
    }

    private static func targetOptions(_ arguments: ParsedArguments) throws(UsageError) -> TargetOptions {
        var options = TargetOptions()
        options.port = 8080
        options.threads = min(AllowedCPUs.read().count, TargetOptions.threadLimit)
        if let host = arguments.last(.host) { options.host = host }
        if let text = arguments.last(.port) {
            guard let port = UInt16(text) else { throw UsageError("-p/--port: \(text) is not a port (0-65535)") }
            options.port = port
        }
        let some = ValueType.whole(atLeast: 1)
        if let threads = try arguments.value(.serveThreads, as: some) { options.threads = threads }
        if let bytes = try arguments.value(.bytes, as: .size) { options.defaultBytes = Int(clamping: bytes) }
        if let most = try arguments.value(.limitConnections, as: .whole(atLeast: 0)) { options.connectionLimit = most }
        if let requests = try arguments.value(.concurrency, as: some) { options.concurrency = requests }
        if let requests = try arguments.value(.keepAliveRequests, as: some) { options.keepAliveRequests = requests }
        if let seed = try arguments.value(.serveSeed, as: .seed) { options.seed = seed }
        if let text = arguments.last(.cpus) {
            for word in text.split(separator: ",") {
                options.cpus.append(try ValueType.whole(atLeast: 0).read(String(word), of: .cpus))
            }
        }
        options.serviceTime = try arguments.last(.serviceTime).map(Self.serviceTime)
        options.stopAfter = try arguments.value(.stopAfter, as: .time)
        options.logsArrivals = arguments.last(.arrivalLog) != nil
        options.stall = try arguments.last(.stall).map(Self.stall)
        return options
    }

    private static func serviceTime(_ text: String) throws(UsageError) -> ServiceTime {
        let words = text.split(separator: ":", omittingEmptySubsequences: false)
        let time = try ValueType.time.read(String(words.last ?? ""), of: .serviceTime)
        switch words.count {
        case 1: return .constant(time)
        case 2 where words[0] == "constant": return .constant(time)
        case 2 where words[0] == "exponential": return .exponential(time)
        default:
            throw UsageError("--service-time: \(text) is neither TIME, constant:TIME nor exponential:TIME")
        }
    }

    private static func stall(_ text: String) throws(UsageError) -> Stall {
        let words = text.split(separator: "/", omittingEmptySubsequences: false)
        guard words.count == 2 else {
            throw UsageError("--stall: \(text) is not TIME/PERIOD, such as 1s/10s")
        }
        return Stall(
            duration: try ValueType.time.read(String(words[0]), of: .stall),
            period: try ValueType.time.read(String(words[1]), of: .stall))
    }
}
