import Workload

/// The options of `capacity` that are no options of a load.
extension Option {
    public static let assume = Option(
        "assume", value: "N",
        "a planned number: users (or sessions/s) per instance",
        section: .search)
    public static let instance = Option(
        "instance", value: "TYPE",
        "the instance type that it was planned for (m5.2xlarge)",
        section: .search)
    public static let paces = Option(
        "paces", value: "LIST",
        "a search at each pace, such as 0,1s,10s,43.2s; 0 is back to back",
        section: .search)
    public static let search = Option(
        "search", value: "WORD",
        "what is searched: users, or rate, the sessions that arrive per second (users)",
        otherNames: ["rate", "R", "rps", "qps", "throughput"], section: .search)
    public static let searchStorm = Option(
        "storm",
        "and a search of the users that may connect all at once; each is answered once, then silent",
        section: .search)
    public static let searchIdle = Option(
        "idle", .time,
        "and a search of users that are silent so long, and are asked again",
        section: .search,
        sets: { $1.load.silence = $0 })
    public static let sloStorm = Option(
        "slo-storm", value: "'p99 < 2s'",
        "an objective of --storm, in place of --slo; may be given again",
        section: .judgement, isList: true)
    public static let sloIdle = Option(
        "slo-idle", value: "'p99 < 2s'",
        "an objective of --idle, in place of --slo; may be given again",
        section: .judgement, isList: true)
    public static let verdictOnly = Option(
        "verdict-only",
        "end as soon as trials at the assumption decide; the capacity itself is not searched",
        section: .search)
    public static let trial = Option(
        "trial", value: "TIME",
        "how long an ordinary trial holds its load (10s, two cycles of the pace, and enough samples)",
        otherNames: ["hold", "d", "duration", "time"], section: .search)
    public static let width = Option(
        "width", value: "PERCENT",
        "relative width at which a bracket is narrow enough (2%)",
        section: .search)
    public static let min = Option("min", value: "N", "the smallest load that is tried (1)", section: .search)
    public static let max = Option(
        "max", value: "N",
        "the largest load that is tried (what the generator can hold)",
        otherNames: ["users", "c", "vus", "connections", "concurrency", "clients"], section: .search)
    public static let total = Option(
        "total", value: "TIME",
        "what all trials of a search may take together (30 trials)",
        section: .search)
    public static let reconnect = Option(
        "reconnect",
        "all users connect again in every trial (they stay from one to the next; a storm always connects)",
        section: .search)
    public static let beforeTrial = Option(
        "before-trial", value: "CMD",
        "a shell command before each trial: restart, warm, clear a cache",
        section: .target)
    public static let coolDown = Option(
        "cool-down", value: "TIME",
        "how long the target may take to recover from a failed trial (30s, or as long as the trial took)",
        section: .target)
    public static let link = Option(
        "link", value: "RATE",
        "what the link to the target carries, such as 10Gbps (the NIC's speed)",
        section: .target)
}
