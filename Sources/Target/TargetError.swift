import Engine
import Kernel

/// Why a reference server cannot be made: what, where, and how to fix it.
public enum TargetError: Error, Sendable, Equatable, CustomStringConvertible {
    /// An invalid option.
    case option(Option, value: String, wanted: String)
    /// The host to listen on has no address.
    case resolve(host: String, reason: String)
    /// The address cannot be listened on.
    case listen(address: String, reason: Errno)
    /// The kernel refused what a loop needs, such as an epoll instance.
    case resource(what: String, reason: Errno)
    /// TLS cannot be set up.
    case tls(TLSSetupError)
    /// `start` on a server that was started before.
    case startedBefore

    /// The options that can be invalid, by their names in `TargetOptions`.
    public enum Option: Sendable {
        case threads, cpus, defaultBytes, connectionLimit, keepAliveRequests, concurrency, serviceTime, stall, stopAfter
    }

    /// One line for a person to read.
    public var description: String {
        switch self {
        case .option(let option, let value, let wanted):
            return "target option \(option) is \(value): it takes \(wanted)"
        case .resolve(let host, let reason):
            return
                "cannot listen on \"\(host)\": \(reason); give an address of this machine, such as 127.0.0.1"
        case .listen(let address, let reason):
            return "cannot listen on \(address): \(reason); choose another port, or 0 for any free one"
        case .resource(let what, let reason):
            return
                "the target cannot have \(what): \(reason)"
                + (ResourceLimit.advice(reason).map { "; \($0)" } ?? "")
        case .tls(let error): return "\(error)"
        case .startedBefore:
            return "the target was started before: make a new TargetServer for another run"
        }
    }
}
