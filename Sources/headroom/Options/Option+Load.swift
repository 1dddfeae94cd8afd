import Options

/// The options that shape a load, for `run`, `demo` and `capacity`.
extension Option {
    static let users = Option(
        "users", short: "c", value: "N",
        "users held at once",
        standard: "50", otherNames: ["vus", "connections", "concurrency", "clients", "virtual-users"],
        section: .load,
        keys: ["load.users", "load.sessions"])
    static let every = Option(
        "every", value: "TIME",
        "a plan: each user's requests are due so far apart, whatever the server does; 0 is back to back",
        otherNames: ["interval", "period"], section: .load, keys: ["session[].every"])
    static let think = Option(
        "think", value: "TIME",
        "a pause after each answer, the last of a session excepted",
        section: .load, keys: ["session[].think"])
    static let ramp = Option(
        "ramp", value: "TIME",
        "users join in this time (one cycle of their pace; back to back at once)",
        otherNames: ["ramp-up", "rampup"], section: .load, keys: ["load.ramp"])
    static let storm = Option(
        "storm",
        "all users connect at once, and what is measured begins with their connects",
        section: .load, keys: ["load.storm"])
    static let idle = Option(
        "idle", value: "TIME",
        "users connect, make the session's first request, are silent so long, and make it again",
        section: .load, keys: ["load.idle"])
    static let start = Option(
        "start", value: "WORD",
        "planned users join at a random point of their cycle (steady) or all together (cold)",
        section: .load, keys: ["load.start"])

    static let rate = Option(
        "rate", short: "R", value: "RATE",
        "open load: sessions arrive at this rate whatever the server does: 200sessions/s or 2000req/s",
        otherNames: ["rps", "qps", "throughput"], section: .load)
    static let arrivals = Option(
        "arrivals", value: "WORD",
        "constant or poisson: how single sessions of -R arrive (constant)",
        section: .load, keys: ["load.arrivals"])
    static let maxUsers = Option(
        "max-users", value: "N",
        "sessions of -R that may go on at once; what is due beyond waits (what the machine holds)",
        section: .load, keys: ["load.max_users"])

    static let hold = Option(
        "hold", short: "d", value: "TIME",
        "how long the load is held and measured (10s)",
        otherNames: ["duration", "time"], section: .load, keys: ["load.hold"])
    static let sessions = Option(
        "sessions", short: "n", value: "N",
        "sessions in all; the run ends with the last of them",
        otherNames: ["iterations", "requests"], section: .load, keys: ["load.sessions"])
    static let threads = Option(
        "threads", short: "t", value: "N",
        "worker threads",
        standard: "one per core", section: .load)
    static let warmup = Option(
        "warmup", value: "TIME",
        "load before the hold that is not measured (0); auto: until nothing changes",
        section: .load, keys: ["load.warmup"])
    static let connection = Option(
        "connection", value: "WORD",
        "how long a connection lives: per_user, per_session or per_request (per_user; with -R per_session)",
        section: .load, keys: ["load.connection"])
    static let spin = Option(
        "spin",
        "the last 100 µs before a due time are waited for actively: punctual, at the price of CPU",
        section: .load)
    static let tick = Option(
        "tick", value: "TIME",
        "planned starts are taken together once per TIME (1us to 10ms): fewer wake-ups, up to TIME late (off)",
        section: .load, keys: ["load.tick"])
    static let header = Option(
        "header", short: "H", value: "'NAME: VALUE'",
        "a header of every request; may be given again",
        section: .requests, keys: ["session[].headers"], repeatsValue: false)
    static let follow = Option(
        "follow", value: "N",
        "redirects of an answer that are followed, on the target's own scheme, host and port (0)",
        section: .requests, keys: ["target.follow"])
    static let followHost = Option(
        "follow-host", value: "HOST",
        "another name of the target's addresses, to which --follow follows too; may be given again",
        section: .requests, keys: ["target.follow_hosts", "target.follow_hosts[]"])
    static let method = Option(
        "method", short: "X", value: "METHOD",
        "the method of every request (GET)",
        section: .requests, keys: ["session[].method", "session[].body", "session[].expect.bytes"])
    static let data = Option(
        "data", value: "TEXT",
        "a body of every request; @FILE reads it from a file",
        section: .requests, keys: ["session[].body", "session"], repeatsValue: false, recordsValue: false)
    static let timeout = Option(
        "timeout", value: "TIME",
        "total time an answer may take (60s); shorter ones are cut to it",
        section: .requests,
        keys: [
            "target.timeouts.total", "target.timeouts.connect", "target.timeouts.first_byte", "target.timeouts.idle",
        ])
    static let slo = Option(
        "slo", value: "'p99 < 500ms'",
        "an objective; may be given again, replaces the profile's",
        section: .judgement, keys: ["slo"], repeatsValue: false)
    static let probe = Option(
        "probe", value: "5/s",
        "as many requests a second on connections of their own beside the load, reported apart",
        section: .judgement, keys: ["load.probe"])
    static let abort = Option(
        "abort", value: "'errors > 5% for 10s'",
        "stops the run (exit 10); may be given again, replaces the profile's; more than half failing for 10 "
            + "s always stops it",
        section: .judgement, keys: ["load.abort"], repeatsValue: false)
    static let targetPid = Option(
        "target-pid", value: "PID",
        "the target's process on this machine: its CPU is read from /proc",
        section: .target)
    static let targetMetrics = Option(
        "target-metrics", value: "URL",
        "node_exporter of the target's machine, such as http://host:9100/metrics: CPU, memory, network",
        section: .target)
    static let maxRate = Option(
        "max-rate", value: "N",
        "stops the run after a second with more requests than that",
        section: .judgement, keys: ["load.max_rate"])
    static let maxBytes = Option(
        "max-bytes", value: "SIZE",
        "stops the run once so much was sent and received",
        section: .judgement, keys: ["load.max_bytes"])
    static let maxDuration = Option(
        "max-duration", value: "TIME",
        "stops the run after this time, whatever is planned",
        section: .judgement, keys: ["load.max_duration"])
    static let strict = Option(
        "strict",
        "a SUSPECT number that an objective rests on is exit 20",
        section: .judgement)
    static let seed = Option(
        "seed", value: "N",
        "seed of everything that is drawn (1)",
        section: .load, keys: ["load.seed"])
}
