import Workload

/// The options that shape a load, for `run`, `demo` and `capacity`, and how those that were given change a profile.
public enum LoadOptions {
    /// All of them, in the order of help.
    public static let all: [Option] = [
        .users, .every, .think, .ramp, .storm, .idle, .start, .rate, .arrivals, .maxUsers, .hold, .sessions, .threads,
        .warmup, .connection, .spin, .tick, .header, .follow, .followHost, .method, .data, .timeout, .slo, .probe,
        .abort, .targetPid, .targetMetrics, .maxRate, .maxBytes, .maxDuration, .strict, .seed, .http, .streams,
        .h2Window, .h2ConnectionWindow, .h2Frame, .insecure, .cacert, .cert, .key, .ciphers, .groups, .tlsMin,
        .tlsMax, .resume, .tlsReader,
    ]

    /// Changes a profile by those of some options that were given, see `ParsedArguments.apply`.
    public static func apply(
        _ arguments: ParsedArguments, to profile: inout Profile, options: [Option] = Self.all
    ) throws(UsageError) {
        let given = options.filter(arguments.has)
        try Self.checkTogether(given, profile)
        try arguments.apply(given, to: &profile)
    }

    /// The rules across options: which of them exclude each other, and which need another one.
    private static func checkTogether(_ given: [Option], _ profile: Profile) throws(UsageError) {
        func first(of others: Option...) -> Option? { others.first(where: given.contains) }
        if given.contains(.rate), let held = first(of: .users, .ramp, .start) {
            throw UsageError(
                "-R and \(held.flag): an open load has no users that are held; drop one of them "
                    + "(--max-users limits how many sessions go on at once)")
        }
        if given.contains(.arrivals), !given.contains(.rate) {
            throw UsageError("--arrivals says how the sessions of -R arrive: give a rate with -R")
        }
        let isOpen = given.contains(.rate) || profile.load.open != nil && !given.contains(.users)
        if given.contains(.maxUsers), !isOpen {
            throw UsageError("--max-users limits an open load: give a rate with -R, or hold users with -c")
        }
        if given.contains(.every), given.contains(.think) {
            throw UsageError("--every is a plan and --think a pause after an answer: give one of them")
        }
        if given.contains(.targetPid), given.contains(.targetMetrics) {
            throw UsageError("--target-pid and --target-metrics both say how the target's CPU is read: give one")
        }
        if given.contains(.idle), let pace = first(of: .every, .think) {
            throw UsageError("--idle and \(pace.flag) both say how often a user asks: give one of them")
        }
    }
}
