import Units
import Workload

/// The options that shape a load, for `run`, `demo` and `capacity`.
extension Option {
    public static let users = Option(
        "users", short: "c", .whole(atLeast: 1),
        "users held at once",
        standard: "50", otherNames: ["vus", "connections", "concurrency", "clients", "virtual-users"],
        section: .load,
        keys: [.loadUsers, .loadSessions],
        sets: { $1.load.users = $0 },
        implies: { _, profile in profile.load.open = nil })
    public static let every = Option(
        "every", .time,
        "a plan: each user's requests are due so far apart, whatever the server does; 0 is back to back",
        otherNames: ["interval", "period"], section: .load, keys: [.stepEvery],
        sets: { $1.pace($0 == 0 ? .none : .every(.constant($0))) },
        implies: { _, profile in profile.clearPace() })
    public static let think = Option(
        "think", .time,
        "a pause after each answer, the last of a session excepted",
        section: .load, keys: [.stepThink],
        sets: { $1.pace($0 == 0 ? .none : .think(.constant($0))) },
        implies: { _, profile in profile.clearPace() })
    public static let ramp = Option(
        "ramp", .time,
        "users join in this time (one cycle of their pace; back to back at once)",
        otherNames: ["ramp-up", "rampup"], section: .load, keys: [.loadRamp],
        sets: { ($1.load.ramp, $1.load.rampGiven) = ($0, true) })
    public static let storm = Option(
        "storm", .on,
        "all users connect at once, and what is measured begins with their connects",
        section: .load, keys: [.loadStorm],
        sets: { $1.load.isStorm = $0 },
        implies: { _, profile in profile.load.becomeStorm() })
    public static let idle = Option(
        "idle", .time,
        "users connect, make the session's first request, are silent so long, and make it again",
        section: .load, keys: [.loadIdle],
        sets: { $1.load.silence = $0 })
    public static let start = Option(
        "start", .start,
        "planned users join at a random point of their cycle (steady) or all together (cold)",
        section: .load, keys: [.loadStart],
        sets: { $1.load.start = $0 })

    public static let rate = Option(
        "rate", short: "R", .rate,
        "open load: sessions arrive at this rate whatever the server does: 200sessions/s or 2000req/s",
        otherNames: ["rps", "qps", "throughput"], section: .load,
        sets: { rate, profile throws(ParseError) in
            let perSecond = try rate.sessionsPerSecond(requestsPerSession: profile.requestsPerSession)
            profile.load.open = OpenLoad(
                plan: try .constant(perSecond), maxUsers: profile.load.open?.maxUsers)
        },
        implies: { _, profile in
            // Replaces what the profile or the demo sets for held users.
            profile.load.users = Load().users
            profile.load.cycle = .none
            profile.load.start = .steady
            profile.load.ramp = 0
        })
    public static let arrivals = Option(
        "arrivals", .process,
        "constant or poisson: how single sessions of -R arrive (constant)",
        section: .load, keys: [.loadArrivals],
        sets: { process, profile throws(ParseError) in
            guard let open = profile.load.open else { return }
            profile.load.open?.plan = try .constant(open.plan.highestRate, process: process)
        })
    public static let maxUsers = Option(
        "max-users", .whole(atLeast: 1),
        "sessions of -R that may go on at once; what is due beyond waits (what the machine holds)",
        section: .load, keys: [.loadMaxUsers],
        sets: { $1.load.open?.maxUsers = $0 })

    public static let hold = Option(
        "hold", short: "d", .time,
        "how long the load is held and measured (10s)",
        otherNames: ["duration", "time"], section: .load, keys: [.loadHold],
        sets: { ($1.load.hold, $1.load.holdGiven) = ($0, true) })
    public static let sessions = Option(
        "sessions", short: "n", .whole(atLeast: 1),
        "sessions in all; the run ends with the last of them",
        otherNames: ["iterations", "requests"], section: .load, keys: [.loadSessions],
        sets: { $1.load.sessions = $0 },
        implies: { sessions, profile in
            profile.load.holdGiven = false
            // A user without a session could never be held. The printed plan shows how many there are.
            profile.load.users = Swift.min(profile.load.users, sessions)
        })
    public static let threads = Option(
        "threads", short: "t", .whole(atLeast: 1, atMost: LoadSettings.threadLimit),
        "worker threads",
        standard: "one per core", section: .load,
        sets: \LoadSettings.threads)
    public static let warmup = Option(
        "warmup", .warmup,
        "load before the hold that is not measured (0); auto: until nothing changes",
        section: .load, keys: [.loadWarmup],
        sets: { ($1.load.warmup, $1.load.warmupIsAuto) = ($0 ?? 0, $0 == nil) })
    public static let connection = Option(
        "connection", .choice(of: ConnectionPolicy.self),
        "how long a connection lives: per_user, per_session or per_request (per_user; with -R per_session)",
        section: .load, keys: [.loadConnection],
        sets: { $1.load.connectionAsked = $0 })
    public static let spin = Option(
        "spin", .on,
        "the last 100 µs before a due time are waited for actively: punctual, at the price of CPU",
        section: .load,
        sets: \LoadSettings.spins)
    public static let tick = Option(
        "tick", .time,
        "planned starts are taken together once per TIME (1us to 10ms): fewer wake-ups, up to TIME late (off)",
        section: .load, keys: [.loadTick],
        sets: { $1.load.tick = $0 })
    public static let header = Option(
        "header", short: "H", .headers,
        "a header of every request; may be given again",
        section: .requests, keys: [.stepHeaders], repeatsValue: false,
        sets: { $1.setHeaders($0) })
    public static let follow = Option(
        "follow", .whole(atLeast: 0),
        "redirects of an answer that are followed, on the target's own scheme, host and port (0)",
        section: .requests, keys: [.follow],
        sets: { $1.follow = $0 })
    public static let followHost = Option(
        "follow-host", .hosts,
        "another name of the target's addresses, to which --follow follows too; may be given again",
        section: .requests, keys: [.followHosts],
        sets: { $1.followHosts = $0 })
    public static let method = Option(
        "method", short: "X", .text("METHOD"),
        "the method of every request (GET)",
        section: .requests, keys: [.stepMethod, .stepBody, .expectBytes],
        sets: { method, profile in
            for index in profile.session.indices { profile.session[index].method = method }
        })
    public static let data = Option(
        "data", .body,
        "a body of every request; @FILE reads it from a file",
        section: .requests, keys: [.stepBody, .session], repeatsValue: false, recording: .length,
        sets: { body, profile in
            for index in profile.session.indices { profile.session[index].body = body }
        },
        implies: { _, profile in
            for index in profile.session.indices where profile.session[index].method == "GET" {
                profile.session[index].method = "POST"
            }
        })
    public static let timeout = Option(
        "timeout", .timeout,
        "total time an answer may take (60s); shorter ones are cut to it",
        section: .requests,
        keys: [
            .timeoutTotal, .timeoutConnect, .timeoutFirstByte, .timeoutIdle,
        ],
        sets: { $1.timeouts.cut(to: $0) })
    public static let slo = Option(
        "slo", .objectives(),
        "an objective; may be given again, replaces the profile's",
        section: .judgement, keys: [.slo], repeatsValue: false,
        sets: { $1.slo = $0 })
    public static let probe = Option(
        "probe", .requestRate,
        "as many requests a second on connections of their own beside the load, reported apart",
        section: .judgement, keys: [.loadProbe],
        sets: { $1.load.probe = $0 })
    public static let abort = Option(
        "abort", .abortRules,
        "stops the run (exit 10); may be given again, replaces the profile's; more than half failing for 10 "
            + "s always stops it",
        section: .judgement, keys: [.loadAbort], repeatsValue: false,
        sets: { $1.load.abort = AbortRule.effective($0) })
    public static let targetPid = Option(
        "target-pid", .processNumber,
        "the target's process on this machine: its CPU is read from /proc",
        section: .target,
        sets: \LoadSettings.targetProcess)
    public static let targetMetrics = Option(
        "target-metrics", .exporter,
        "node_exporter of the target's machine, such as http://host:9100/metrics: CPU, memory, network",
        section: .target,
        sets: \LoadSettings.targetMetrics)
    public static let maxRate = Option(
        "max-rate", .whole(atLeast: 1),
        "stops the run after a second with more requests than that",
        section: .judgement, keys: [.loadMaxRate],
        sets: { $1.load.caps.rate = Double($0) })
    public static let maxBytes = Option(
        "max-bytes", .size,
        "stops the run once so much was sent and received",
        section: .judgement, keys: [.loadMaxBytes],
        sets: { $1.load.caps.bytes = $0 })
    public static let maxDuration = Option(
        "max-duration", .longest,
        "stops the run after this time, whatever is planned",
        section: .judgement, keys: [.loadMaxDuration],
        sets: { $1.load.caps.duration = $0 })
    public static let strict = Option(
        "strict", .on,
        "a SUSPECT number that an objective rests on is exit 20",
        section: .judgement,
        sets: \LoadSettings.isStrict)
    public static let seed = Option(
        "seed", .seed,
        "seed of everything that is drawn (1)",
        section: .load, keys: [.loadSeed],
        sets: { $1.load.seed = $0 })
}
