import Units
import Workload

/// The options that shape a load, shared by `run` and `demo`, and how they override a profile.
enum LoadArguments {
    static let options: [Option] = closedOptions + openOptions + commonOptions + tlsOptions

    private static let closedOptions: [Option] = [
        Option(
            "users", short: "c", value: "N", "users held at once", standard: "50",
            otherNames: ["vus", "connections", "concurrency", "clients", "virtual-users"]),
        Option(
            "every", value: "TIME",
            "a plan: each user's requests are due so far apart, whatever the server does; 0 is back to back",
            otherNames: ["interval", "period"]),
        Option("think", value: "TIME", "a pause after each answer, the last of a session excepted"),
        Option(
            "ramp", value: "TIME", "users join in this time (one cycle of their pace; back to back at once)",
            otherNames: ["ramp-up", "rampup"]),
        Option("storm", "all users connect at once, and what is measured begins with their connects"),
        Option(
            "idle", value: "TIME",
            "users connect, make the session's first request, are silent so long, and make it again"),
        Option(
            "start", value: "WORD",
            "planned users join at a random point of their cycle (steady) or all together (cold)"),
    ]

    private static let commonOptions: [Option] = [
        Option(
            "hold", short: "d", value: "TIME", "how long the load is held and measured (10s)",
            otherNames: ["duration", "time"]),
        Option(
            "sessions", short: "n", value: "N", "sessions in all; the run ends with the last of them",
            otherNames: ["iterations", "requests"]),
        Option("threads", short: "t", value: "N", "worker threads", standard: "one per core"),
        Option("warmup", value: "TIME", "load before the hold that is not measured (0); auto: until nothing changes"),
        Option(
            "connection", value: "WORD",
            "how long a connection lives: per_user, per_session or per_request (per_user; with -R per_session)"),
        Option(
            "spin", "the last 100 µs before a due time are waited for actively: punctual, at the price of CPU"),
        Option(
            "tick", value: "TIME",
            "planned starts are taken together once per TIME (1us to 10ms): fewer wake-ups, up to TIME late (off)"),
        Option("header", short: "H", value: "'NAME: VALUE'", "a header of every request; may be given again"),
        Option(
            "follow", value: "N",
            "redirects of an answer that are followed, on the target's own scheme, host and port (0)"),
        Option(
            "follow-host", value: "HOST",
            "another name of the target's addresses, to which --follow follows too; may be given again"),
        Option("method", short: "X", value: "METHOD", "the method of every request (GET)"),
        Option("data", value: "TEXT", "a body of every request; @FILE reads it from a file"),
        Option("timeout", value: "TIME", "total time an answer may take (60s); shorter ones are cut to it"),
        Option("slo", value: "'p99 < 500ms'", "an objective; may be given again, replaces the profile's"),
        Option(
            "probe", value: "5/s",
            "as many requests a second on connections of their own beside the load, reported apart"),
        Option(
            "abort", value: "'errors > 5% for 10s'",
            "stops the run (exit 10); may be given again, replaces the profile's; more than half failing for "
                + "10 s always stops it"),
        Option("target-pid", value: "PID", "the target's process on this machine: its CPU is read from /proc"),
        Option(
            "target-metrics", value: "URL",
            "node_exporter of the target's machine, such as http://host:9100/metrics: CPU, memory, network"),
        Option("max-rate", value: "N", "stops the run after a second with more requests than that"),
        Option("max-bytes", value: "SIZE", "stops the run once so much was sent and received"),
        Option("max-duration", value: "TIME", "stops the run after this time, whatever is planned"),
        Option("strict", "a SUSPECT number that an objective rests on is exit 20"),
        Option("seed", value: "N", "seed of everything that is drawn (1)"),
    ]

    /// Options for the record and the output; `json`: the file that `--json` prints.
    static func outputOptions(json: String = "run.json") -> [Option] { [
        Option("output", short: "o", value: "DIR", "the record's folder (results/<UTC stamp>-<name>)"),
        Option("force", "write into an existing record folder"),
        Option("no-record", "write no record"),
        Option(
            "label", value: "KEY=VALUE", "a name for the record (run.json, `labels`); may be given again",
            otherNames: ["tag", "name"]),
        Option(
            "fsync", value: "WORD",
            "when the record is made to survive a power cut: off, interval or end (interval)"),
        Option("quiet", short: "q", "print nothing but errors, and a verdict that is not PASS"),
        Option("json", "print \(json); the verdict goes to standard error"), Screen.verboseOption,
        Option("help", short: "h", "this text"),
    ] }

    /// Applies the options that were given; everything else in the profile stays. `isSearch`: for several loads, one of
    /// which may be a storm.
    static func apply(
        _ arguments: ParsedArguments, to profile: inout Profile, isSearch: Bool = false
    ) throws(UsageError) {
        // The storm replaces how the profile begins its load; options that contradict it are refused.
        if arguments.has("storm") && !isSearch { profile.load.becomeStorm() }
        try Self.applyLoad(arguments, to: &profile.load)
        try Self.applyArrivals(arguments, to: &profile)
        try Self.applyLimits(arguments, to: &profile.load)
        // With fewer sessions than users, a user without a session could never be held. Their number is reduced
        // silently only if it was not given; the printed plan shows it.
        if let sessions = profile.load.sessions, arguments.last("users") == nil {
            profile.load.users = min(profile.load.users, sessions)
        }
        try Self.applyPace(arguments, to: &profile)
        try Self.applyRequests(arguments, to: &profile)
        try Self.applyTLS(arguments, to: &profile)
        if let text = arguments.last("follow") {
            profile.follow = try Self.whole(text, "--follow", atLeast: 0)
        }
        let hosts = arguments.all("follow-host")
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
        if let text = arguments.last("timeout") {
            let total = try Self.time(text, "--timeout")
            if total == 0 { throw UsageError("--timeout: a timeout of 0 would fail every request") }
            profile.timeouts.total = total
            profile.timeouts.connect = min(profile.timeouts.connect, total)
            profile.timeouts.firstByte = min(profile.timeouts.firstByte, total)
            profile.timeouts.idle = min(profile.timeouts.idle, total)
        }
        if !arguments.all("slo").isEmpty { profile.slo = try Self.objectives(arguments) }
    }

    /// The objectives that were given; empty if none was.
    static func objectives(_ arguments: ParsedArguments) throws(UsageError) -> [SLO] {
        var objectives: [SLO] = []
        for text in arguments.all("slo") {
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
        if let text = arguments.last("users") { load.users = try Self.whole(text, "-c/--users", atLeast: 1) }
        if let text = arguments.last("sessions") {
            load.sessions = try Self.whole(text, "-n/--sessions", atLeast: 1)
            load.holdGiven = false
        }
        if let text = arguments.last("hold") {
            load.hold = try Self.time(text, "-d/--hold")
            load.holdGiven = true
        }
        if let text = arguments.last("ramp") {
            load.ramp = try Self.time(text, "--ramp")
            load.rampGiven = true
        }
        if let text = arguments.last("idle") { load.silence = try Self.time(text, "--idle") }
        if let text = arguments.last("warmup") {
            load.warmupIsAuto = text == "auto"
            load.warmup = load.warmupIsAuto ? 0 : try Self.time(text, "--warmup")
        }
        if let text = arguments.last("tick") { load.tick = try Self.time(text, "--tick") }
        if let text = arguments.last("seed") { load.seed = try Self.seed(text) }
        if let text = arguments.last("probe") {
            do {
                load.probe = try ArrivalRate.parsePlain(text)
            } catch {
                throw UsageError("--probe: \(error.message)")
            }
        }
        if let text = arguments.last("start") {
            guard let start = StartMode(rawValue: text) else {
                throw UsageError("--start: \(text) is neither steady nor cold")
            }
            load.start = start
        }
        if let text = arguments.last("connection") { load.connection = try Self.word(text, "--connection") }
    }

    private static func applyPace(_ arguments: ParsedArguments, to profile: inout Profile) throws(UsageError)
    {
        let every = arguments.last("every")
        let think = arguments.last("think")
        if every != nil && think != nil {
            throw UsageError("--every is a plan and --think a pause after an answer: give one of them")
        }
        var pause: Pause?
        if let every {
            let gap = try Self.time(every, "--every")
            pause = gap == 0 ? Pause.none : .every(.constant(gap))
        } else if let think {
            let gap = try Self.time(think, "--think")
            pause = gap == 0 ? Pause.none : .think(.constant(gap))
        }
        guard let pause else { return }
        // The command line overrides the profile.
        if !arguments.has("idle") { profile.load.silence = nil }
        for index in profile.session.indices { profile.session[index].pause = pause }
        profile.load.cycle = .none
    }

    private static func applyRequests(
        _ arguments: ParsedArguments, to profile: inout Profile
    ) throws(UsageError) {
        var fields: [HeaderField] = []
        for (index, text) in arguments.all("header").enumerated() {
            do {
                fields.append(try HeaderField.parse(text))
            } catch {
                // The error names its number, as the value may be a secret.
                throw UsageError("-H/--header, number \(index + 1): \(error.message)")
            }
        }
        var body: [UInt8]?
        if let data = arguments.last("data") {
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
            if let method = arguments.last("method") {
                profile.session[index].method = method
            } else if body != nil && profile.session[index].method == "GET" {
                profile.session[index].method = "POST"
            }
            if let body { profile.session[index].body = body }
        }
    }

    static func time(_ text: String, _ option: String) throws(UsageError) -> UInt64 {
        do {
            return try TimeSpan.parse(text)
        } catch {
            throw UsageError("\(option): \(error.message)")
        }
    }

    static func whole(_ text: String, _ option: String, atLeast lowest: Int) throws(UsageError) -> Int {
        guard let value = Int(text), value >= lowest else {
            throw UsageError("\(option): \(text) is not a whole number of at least \(lowest)")
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
        guard let text = arguments.last("threads") else { return max(1, cores) }
        let threads = try Self.whole(text, "-t/--threads", atLeast: 1)
        if threads > Self.threadLimit { throw UsageError("-t/--threads: at most \(Self.threadLimit)") }
        return threads
    }

    /// More threads than any machine has cores.
    static let threadLimit = 1024
}
