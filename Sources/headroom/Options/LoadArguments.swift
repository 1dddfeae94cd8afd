import Options
import Units
import Workload

/// The options that shape a load, shared by `run` and `demo`, and how they override a profile.
enum LoadArguments {
    static let options: [Option] = closedOptions + openOptions + commonOptions + tlsOptions

    private static let closedOptions: [Option] = [.users, .every, .think, .ramp, .storm, .idle, .start]

    private static let openOptions: [Option] = [.rate, .arrivals, .maxUsers]

    private static let commonOptions: [Option] = [
        .hold, .sessions, .threads, .warmup, .connection, .spin, .tick, .header, .follow, .followHost, .method, .data,
        .timeout, .slo, .probe, .abort, .targetPid, .targetMetrics, .maxRate, .maxBytes, .maxDuration, .strict, .seed,
    ]

    private static let tlsOptions: [Option] = [
        .http, .streams, .h2Window, .h2ConnectionWindow, .h2Frame, .insecure, .cacert, .cert, .key, .ciphers, .groups,
        .tlsMin, .tlsMax, .resume,
    ]

    /// Options of the record and of what is printed; `json` is the one that prints the file of the command.
    static func outputOptions(json: Option = .json) -> [Option] {
        [.output, .force, .noRecord, .label, .fsync, .quiet, json, .verbose, .help]
    }

    /// Applies the options that were given; everything else in the profile stays. `isSearch`: for several loads, one of
    /// which may be a storm.
    static func apply(
        _ arguments: ParsedArguments, to profile: inout Profile, isSearch: Bool = false
    ) throws(UsageError) {
        // The storm replaces how the profile begins its load; options that contradict it are refused.
        if arguments.has(.storm) && !isSearch { profile.load.becomeStorm() }
        try Self.applyLoad(arguments, to: &profile.load)
        try Self.applyArrivals(arguments, to: &profile)
        try Self.applyLimits(arguments, to: &profile.load)
        // With fewer sessions than users, a user without a session could never be held. Their number is reduced
        // silently only if it was not given; the printed plan shows it.
        if let sessions = profile.load.sessions, arguments.last(.users) == nil {
            profile.load.users = min(profile.load.users, sessions)
        }
        try Self.applyPace(arguments, to: &profile)
        try Self.applyRequests(arguments, to: &profile)
        try Self.applyTLS(arguments, to: &profile)
        if let text = arguments.last(.follow) {
            profile.follow = try Self.whole(text, .follow, atLeast: 0)
        }
        let hosts = arguments.all(.followHost)
        if !hosts.isEmpty {
            profile.followHosts = []
            for text in hosts {
                do {
                    profile.followHosts.append(try FollowHost.parse(text))
                } catch {
                    throw UsageError("--follow-host: \(error.message)")
                }
            }
        }
        if let text = arguments.last(.timeout) {
            let total = try Self.time(text, .timeout)
            if total == 0 { throw UsageError("--timeout: a timeout of 0 would fail every request") }
            profile.timeouts.total = total
            profile.timeouts.connect = min(profile.timeouts.connect, total)
            profile.timeouts.firstByte = min(profile.timeouts.firstByte, total)
            profile.timeouts.idle = min(profile.timeouts.idle, total)
        }
        if !arguments.all(.slo).isEmpty { profile.slo = try Self.objectives(arguments) }
    }

    /// The objectives that were given; empty if none was.
    static func objectives(_ arguments: ParsedArguments) throws(UsageError) -> [SLO] {
        var objectives: [SLO] = []
        for text in arguments.all(.slo) {
            do {
                objectives.append(try SLO.parse(text))
            } catch {
                throw UsageError("--slo '\(text)': \(error.message)")
            }
        }
        if objectives.count > SLO.countLimit {
            throw UsageError("--slo: at most \(SLO.countLimit) objectives, \(objectives.count) were given")
        }
        return objectives
    }

    private static func applyLoad(_ arguments: ParsedArguments, to load: inout Load) throws(UsageError) {
        if let text = arguments.last(.users) { load.users = try Self.whole(text, .users, atLeast: 1) }
        if let text = arguments.last(.sessions) {
            load.sessions = try Self.whole(text, .sessions, atLeast: 1)
            load.holdGiven = false
        }
        if let text = arguments.last(.hold) {
            load.hold = try Self.time(text, .hold)
            load.holdGiven = true
        }
        if let text = arguments.last(.ramp) {
            load.ramp = try Self.time(text, .ramp)
            load.rampGiven = true
        }
        if let text = arguments.last(.idle) { load.silence = try Self.time(text, .idle) }
        if let text = arguments.last(.warmup) {
            load.warmupIsAuto = text == "auto"
            load.warmup = load.warmupIsAuto ? 0 : try Self.time(text, .warmup)
        }
        if let text = arguments.last(.tick) { load.tick = try Self.time(text, .tick) }
        if let text = arguments.last(.seed) { load.seed = try Self.seed(text) }
        if let text = arguments.last(.probe) {
            do {
                load.probe = try ArrivalRate.parsePlain(text)
            } catch {
                throw UsageError("--probe: \(error.message)")
            }
        }
        if let text = arguments.last(.start) {
            guard let start = StartMode(rawValue: text) else {
                throw UsageError("--start: \(text) is neither steady nor cold")
            }
            load.start = start
        }
        if let text = arguments.last(.connection) { load.connection = try Self.word(text, .connection) }
    }

    private static func applyPace(_ arguments: ParsedArguments, to profile: inout Profile) throws(UsageError)
    {
        let every = arguments.last(.every)
        let think = arguments.last(.think)
        if every != nil && think != nil {
            throw UsageError("--every is a plan and --think a pause after an answer: give one of them")
        }
        var pause: Pause?
        if let every {
            let gap = try Self.time(every, .every)
            pause = gap == 0 ? Pause.none : .every(.constant(gap))
        } else if let think {
            let gap = try Self.time(think, .think)
            pause = gap == 0 ? Pause.none : .think(.constant(gap))
        }
        guard let pause else { return }
        // The command line overrides the profile.
        if !arguments.has(.idle) { profile.load.silence = nil }
        for index in profile.session.indices { profile.session[index].pause = pause }
        profile.load.cycle = .none
    }

    private static func applyRequests(
        _ arguments: ParsedArguments, to profile: inout Profile
    ) throws(UsageError) {
        var fields: [HeaderField] = []
        for (index, text) in arguments.all(.header).enumerated() {
            do {
                fields.append(try HeaderField.parse(text))
            } catch {
                // The error names its number, as the value may be a secret.
                throw UsageError("-H/--header, number \(index + 1): \(error.message)")
            }
        }
        var body: [UInt8]?
        if let data = arguments.last(.data) {
            if data.hasPrefix("@") {
                let path = String(data.dropFirst())
                do {
                    body = try Profile.readBody(path: path)
                } catch {
                    throw UsageError("--data \(data): \(error.message)")
                }
            } else {
                body = Array(data.utf8)
            }
        }
        for index in profile.session.indices {
            for field in fields {
                profile.session[index].headers.removeAll { $0.name.lowercased() == field.name.lowercased() }
            }
            profile.session[index].headers += fields
            if let method = arguments.last(.method) {
                profile.session[index].method = method
            } else if body != nil && profile.session[index].method == "GET" {
                profile.session[index].method = "POST"
            }
            if let body { profile.session[index].body = body }
        }
    }

    static func time(_ text: String, _ option: Option) throws(UsageError) -> UInt64 {
        do {
            return try TimeSpan.parse(text)
        } catch {
            throw UsageError("\(option.shown): \(error.message)")
        }
    }

    static func whole(_ text: String, _ option: Option, atLeast lowest: Int) throws(UsageError) -> Int {
        guard let value = Int(text), value >= lowest else {
            throw UsageError("\(option.shown): \(text) is not a whole number of at least \(lowest)")
        }
        return value
    }

    static func seed(_ text: String) throws(UsageError) -> UInt64 {
        guard let seed = UInt64(text) else {
            throw UsageError("--seed: \(text) is not a whole number from 0 to \(UInt64.max)")
        }
        return seed
    }

    /// Worker threads: as asked for, else one per core.
    static func threads(_ arguments: ParsedArguments, cores: Int) throws(UsageError) -> Int {
        guard let text = arguments.last(.threads) else { return max(1, cores) }
        let threads = try Self.whole(text, .threads, atLeast: 1)
        if threads > Self.threadLimit { throw UsageError("-t/--threads: at most \(Self.threadLimit)") }
        return threads
    }

    /// More threads than any machine has cores.
    static let threadLimit = 1024
}
