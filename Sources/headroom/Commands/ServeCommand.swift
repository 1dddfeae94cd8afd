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
        options: ServeOptions.options)

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        if let extra = arguments.positionals.first { throw UsageError("serve takes no \(extra); see --help") }
        var options = try ServeOptions(arguments)
        if let parent = options.parent {
            _ = linux_set_parent_death_signal(SIGTERM)
            // The parent may have ended before that call.
            if parent != getppid() {
                Output.complain("headroom: the parent process \(parent) is gone")
                return .terminated
            }
        }
        let output = Output()
        do {
            Preflight.raiseOpenFiles()
            options.target.tls = try options.tls.options(host: options.target.host)
            // Opened before the server starts, so that a path that cannot be written is reported at once.
            let log = try options.arrivalLog.map { path throws(CommandError) in try OutputFile(path) }
            let signals = try SignalSource()
            let server = try TargetServer(options: options.target)
            try server.start()
            let scheme = options.target.tls == nil ? "http" : "https"
            if let hint = options.tls.trustHint { output.write("headroom serve: \(hint)\n") }
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
}
