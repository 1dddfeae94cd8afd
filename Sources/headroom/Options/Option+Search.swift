import Capacity
import Options
import Units
import Workload

/// The options of `capacity` that are no options of a load.
extension Option {
    static let assume = Option(
        "assume", .text("N"),
        "a planned number: users (or sessions/s) per instance",
        section: .search,
        sets: \CapacityArguments.assume)
    static let instance = Option(
        "instance", .text("TYPE"),
        "the instance type that it was planned for (m5.2xlarge)",
        section: .search,
        sets: \CapacityArguments.instance)
    static let paces = Option(
        "paces", .paces,
        "a search at each pace, such as 0,1s,10s,43.2s; 0 is back to back",
        section: .search,
        sets: \CapacityArguments.paces)
    static let search = Option(
        "search", .searched,
        "what is searched: users, or rate, the sessions that arrive per second (users)",
        otherNames: ["rate", "R", "rps", "qps", "throughput"], section: .search,
        sets: \CapacityArguments.variable)
    static let searchStorm = Option(
        "storm",
        "and a search of the users that may connect all at once; each is answered once, then silent",
        section: .search)
    static let searchIdle = Option(
        "idle", .time,
        "and a search of users that are silent so long, and are asked again",
        section: .search,
        sets: { $1.load.silence = $0 })
    static let sloStorm = Option(
        "slo-storm", .objectives("'p99 < 2s'"),
        "an objective of --storm, in place of --slo; may be given again",
        section: .judgement,
        sets: \CapacityArguments.stormObjectives)
    static let sloIdle = Option(
        "slo-idle", .objectives("'p99 < 2s'"),
        "an objective of --idle, in place of --slo; may be given again",
        section: .judgement,
        sets: \CapacityArguments.idleObjectives)
    static let verdictOnly = Option(
        "verdict-only", .on,
        "end as soon as trials at the assumption decide; the capacity itself is not searched",
        section: .search,
        sets: \CapacityArguments.isVerdictOnly)
    static let trial = Option(
        "trial", .trialTime,
        "how long an ordinary trial holds its load (10s, two cycles of the pace, and enough samples)",
        otherNames: ["hold", "d", "duration", "time"], section: .search,
        sets: \CapacityArguments.trial)
    static let width = Option(
        "width", ValueType("PERCENT", read: Percentage.parse),
        "relative width at which a bracket is narrow enough (2%)",
        section: .search,
        sets: \CapacityArguments.width)
    static let min = Option(
        "min", .text("N"), "the smallest load that is tried (1)", section: .search,
        sets: \CapacityArguments.minimum)
    static let max = Option(
        "max", .text("N"),
        "the largest load that is tried (what the generator can hold)",
        otherNames: ["users", "c", "vus", "connections", "concurrency", "clients"], section: .search,
        sets: \CapacityArguments.maximum)
    static let total = Option(
        "total", .trialTime,
        "what all trials of a search may take together (30 trials)",
        section: .search,
        sets: \CapacityArguments.total)
    static let reconnect = Option(
        "reconnect", .on,
        "all users connect again in every trial (they stay from one to the next; a storm always connects)",
        section: .search,
        sets: \CapacityArguments.reconnects)
    static let beforeTrial = Option(
        "before-trial", .text("CMD"),
        "a shell command before each trial: restart, warm, clear a cache",
        section: .target,
        sets: \CapacityArguments.beforeTrial)
    static let coolDown = Option(
        "cool-down", .time,
        "how long the target may take to recover from a failed trial (30s, or as long as the trial took)",
        section: .target,
        sets: \CapacityArguments.coolDown)
    static let link = Option(
        "link", .linkRate,
        "what the link to the target carries, such as 10Gbps (the NIC's speed)",
        section: .target,
        sets: \CapacityArguments.linkBitsPerSecond)
}

/// What the options of `capacity` say, word by word; `CapacityOptions` has what follows from all of them.
struct CapacityArguments {
    var variable = SearchGoal.Variable.users
    /// Loads are numbers of what is searched, so they are read once that is known.
    var assume: String?
    var minimum: String?
    var maximum: String?
    var instance: String?
    var paces: [Pause]?
    var stormObjectives: [SLO] = []
    var idleObjectives: [SLO] = []
    var isVerdictOnly = false
    /// Nanoseconds.
    var trial: UInt64?
    var total: UInt64?
    var coolDown: UInt64?
    var width = 0.02
    var reconnects = false
    var beforeTrial: String?
    var linkBitsPerSecond: Double?
}

extension ValueType where Value == SearchGoal.Variable {
    /// What a search varies.
    fileprivate static var searched: Self {
        Self("WORD") { text throws(ParseError) in
            switch text {
            case "users": return .users
            case "rate": return .sessionsPerSecond
            default: throw ParseError("\(text) is neither users nor rate")
            }
        }
    }
}

extension ValueType where Value == [Pause] {
    /// Paces between commas, each once.
    fileprivate static var paces: Self {
        Self("LIST") { text throws(ParseError) in
            let words = text.split(separator: ",", omittingEmptySubsequences: false)
            if words.count > Frontier.limit { throw ParseError("at most \(Frontier.limit) paces at a time") }
            var paces: [Pause] = []
            for word in words {
                let gap = try TimeSpan.parse(String(word))
                let pace = gap == 0 ? Pause.none : Pause.every(.constant(gap))
                if !paces.contains(pace) { paces.append(pace) }
            }
            return paces
        }
    }
}

extension ValueType where Value == UInt64 {
    /// The length of trials, in nanoseconds.
    fileprivate static var trialTime: Self {
        Self("TIME") { text throws(ParseError) in
            let time = try TimeSpan.parse(text)
            if time == 0 || time > SearchGoal.trialDurationLimit {
                throw ParseError("\(text) is out of range; use more than 0 and at most 24h")
            }
            return time
        }
    }
}

extension ValueType where Value == Double {
    /// The rate of a link, in bits per second.
    fileprivate static var linkRate: Self {
        Self("RATE") { text throws(ParseError) in
            // The longer names first: `bps` ends all of them.
            for (suffix, factor) in DataRate.units.reversed() where text.hasSuffix(suffix) {
                if let number = Double(text.dropLast(suffix.count)), number > 0, number.isFinite {
                    return number * factor
                }
            }
            throw ParseError("\(text) is no rate of a link; write such as 10Gbps or 500Mbps")
        }
    }
}
