/// The keys of `load`.
extension ProfileKey {
    public static let loadUsers = ProfileKey(
        .closedLoad, "users", "integer, 50", "users held at once, 1 to 10,000,000", "users: 2000",
        .integer { $1.load.users = $0 })
    public static let loadEvery = ProfileKey(
        .closedLoad, "every", "gap", "a plan: each user's sessions are due so far apart", "every: 432s")
    public static let loadBetween = ProfileKey(
        .closedLoad, "between", "gap", "a pause after each session instead", "between: 5s")
    public static let loadStart = ProfileKey(
        .closedLoad, "start", "word, `steady`",
        "planned users join at their places in the cycle (`steady`) or together (`cold`)", "start: cold",
        .choice(StartMode.self) { $1.load.start = $0 })
    public static let loadRamp = ProfileKey(
        .closedLoad, "ramp", "time, one cycle of the pace",
        "how long users take to join; back to back: all at once", "ramp: 2s",
        .time { ($1.load.ramp, $1.load.rampGiven) = ($0, true) })
    public static let loadIdle = ProfileKey(
        .closedLoad, "idle", "time",
        "each user makes the session's first request, is silent so long, and makes it again", "idle: 60s",
        .time { $1.load.silence = $0 })
    public static let loadStorm = ProfileKey(
        .closedLoad, "storm", "flag, `false`",
        "all users connect at once, and the hold begins with their connects", "storm: true",
        .flag { $1.load.isStorm = $0 })
    public static let loadRequests = ProfileKey(
        .openLoad, "requests", "rate", "requests per second; divided by the requests of a session",
        "requests: 2000/s")
    public static let loadArrivals = ProfileKey(
        .openLoad, "arrivals", "word, `constant`",
        "sessions arrive evenly (`constant`) or independently (`poisson`)", "arrivals: poisson")
    public static let loadStages = ProfileKey(
        .openLoad, "stages", "list of stages", "one stage after the other, see below; needs `unit`",
        "stages: [{rate: 5/s, for: 60s}]")
    public static let loadUnit = ProfileKey(
        .openLoad, "unit", "word", "what the rates of `stages` or `trace` count: `sessions` or `requests`",
        "unit: sessions")
    public static let loadTrace = ProfileKey(
        .openLoad, "trace", "file", "what was recorded, see below; relative to the folder of the profile",
        "trace: day.csv")
    public static let loadMaxUsers = ProfileKey(
        .openLoad, "max_users", "integer, the machine's",
        "sessions that may go on at once; one that is due beyond it waits", "max_users: 5000")
    public static let loadSessions = ProfileKey(
        .closedLoad, "sessions", "integer", "sessions in all; the hold then ends with the last of them",
        "sessions: 1000")
    public static let loadSessionRate = ProfileKey(
        .openLoad, "sessions", "rate", "sessions per second", "sessions: 200/s")
    public static let loadConnection = ProfileKey(
        .load, "connection", "word",
        "`per_user` (closed: default), `per_session` (open: default), `per_request`", "connection: per_request",
        .choice(ConnectionPolicy.self) { $1.load.connectionAsked = $0 })
    public static let loadWarmup = ProfileKey(
        .load, "warmup", "time or `auto`, 0",
        "load before the hold that is not measured; `auto`: until nothing changes", "warmup: 5s", .warmup)
    public static let loadHold = ProfileKey(
        .load, "hold", "time, `10s`",
        "how long the load is held and measured; a plan with an end: what is left after `warmup`", "hold: 60s",
        .time { ($1.load.hold, $1.load.holdGiven) = ($0, true) })
    public static let loadSeed = ProfileKey(
        .load, "seed", "integer, 1", "seed of everything that is drawn", "seed: 7",
        .integer { $1.load.seed = $0 })
    public static let loadTick = ProfileKey(
        .load, "tick", "time, off",
        "planned requests start together once per tick, 1 µs to 10 ms: fewer wake-ups, but late", "tick: 1ms",
        .time { $1.load.tick = $0 })
    public static let loadProbe = ProfileKey(
        .load, "probe", "rate, none",
        "so many requests a second on connections of their own, reported apart; at most 100/s", "probe: 5/s",
        .rate { $1.load.probe = $0 })
    public static let loadAbort = ProfileKey(
        .load, "abort", "list of texts", "rules that stop the run, at most 16; `[]` turns the default off",
        "abort: [errors > 5% for 10s]", .abort)
    public static let loadMaxRate = ProfileKey(
        .load, "max_rate", "rate, none", "stops the run after a second with more requests than that",
        "max_rate: 5000/s", .rate { $1.load.caps.rate = $0 })
    public static let loadMaxBytes = ProfileKey(
        .load, "max_bytes", "size, none", "stops the run once so much was sent and received", "max_bytes: 10GB",
        .size { $1.load.caps.bytes = $0 })
    public static let loadMaxDuration = ProfileKey(
        .load, "max_duration", "time, none", "stops the run after this time", "max_duration: 10m",
        .time { $1.load.caps.duration = $0 })

    static let loadKeys: [ProfileKey] = [
        .loadUsers, .loadEvery, .loadBetween, .loadStart, .loadRamp, .loadIdle, .loadStorm, .loadRequests,
        .loadArrivals, .loadStages, .loadUnit, .loadTrace, .loadMaxUsers, .loadSessions, .loadSessionRate,
        .loadConnection, .loadWarmup, .loadHold, .loadSeed, .loadTick, .loadProbe, .loadAbort, .loadMaxRate,
        .loadMaxBytes, .loadMaxDuration,
    ]
}
