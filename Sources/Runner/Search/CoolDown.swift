import CLinux
import Capacity
import Engine
import Measure
import Workload

/// Waits between trials until the target has recovered: a few requests, the first of the session, sent one after the
/// other, must be answered as fast as before the first trial.
struct CoolDown {
    let profile: Profile
    /// It also finds out which HTTP the server picks.
    private(set) var context: RunContext

    /// The median before the first trial, in nanoseconds; nil before that.
    private let pulse: UInt64?

    init(profile: Profile, context: RunContext, pulse: UInt64?) {
        self.profile = profile
        self.context = context
        self.pulse = pulse
    }

    /// How a wait ended.
    enum Outcome: Equatable {
        /// The median of its answers, in nanoseconds.
        case healthy(pulse: UInt64)
        /// It answers, but more slowly than before the first trial.
        case slow(now: UInt64, first: UInt64)
        /// It does not answer as expected; the last reason.
        case unhealthy(reason: String)
        case interrupted(Int32)

        /// It is as fast as before the first trial, or a signal ended the wait.
        var isHealthy: Bool {
            switch self {
            case .healthy, .interrupted: true
            case .slow, .unhealthy: false
            }
        }
    }

    /// Pause between two tries, which doubles up to the second value. Nanoseconds.
    private static let firstPause: UInt64 = 50_000_000
    private static let longestPause: UInt64 = 1_000_000_000
    /// Requests of one try.
    private static let answers = 5
    /// Time limit for one try, in nanoseconds.
    private static let tryLimit: UInt64 = 2_000_000_000

    /// Tries until the requests are answered as expected, for at most `limit` nanoseconds; once if that is 0.
    mutating func wait(limit: UInt64) throws(CommandError) -> Outcome {
        let begin = MonotonicClock.now()
        var pause = Self.firstPause
        while true {
            let outcome = try self.attempt()
            switch outcome {
            case .healthy, .interrupted: return outcome
            case .slow, .unhealthy: break
            }
            if MonotonicClock.now() &- begin &+ pause > limit { return outcome }
            if let signal = self.context.signals.wait(nanoseconds: pause) { return .interrupted(signal) }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private mutating func attempt() throws(CommandError) -> Outcome {
        let run: LoadRun
        // If no handshake completes, the request fails in the same way and reports why.
        try self.context.askServer(self.profile, limit: min(self.profile.timeouts.connect, Self.tryLimit))
        let single = self.context.spoken(self.single)
        do {
            let program = try RequestProgram(profile: single, userAgent: self.context.userAgent)
            run = try LoadRun(
                profile: single, program: program, addresses: self.context.addresses, threads: 1,
                signals: self.context.signals)
            try run.start()
        } catch {
            throw CommandError(engine: error)
        }
        while run.nextInterval() != nil {}
        if let signal = run.outcome.signal { return .interrupted(signal) }
        let answered = run.outside.counters.requestsOK &+ run.hold.counters.requestsOK
        if answered > 0 {
            self.context.reportNoChoice(self.profile)
            let answers = run.hold.succeeded[Metric.response.rawValue]
            let now = answers.isEmpty ? 0 : answers.value(atPercentile: 50)
            if let pulse, !Recovery.isBack(now, first: pulse) { return .slow(now: now, first: pulse) }
            return .healthy(pulse: now)
        }
        let example = run.outcome.examples.first { $0.of == .request } ?? run.outcome.examples.first
        return .unhealthy(reason: example.map { "\($0.error.name): \($0.detail)" } ?? "no answer")
    }

    /// A few sessions of one request.
    private var single: Profile {
        var single = self.profile
        single.session = Array(self.profile.session.prefix(1))
        for index in single.session.indices {
            single.session[index].repeatCount = 1
            single.session[index].pause = .none
        }
        single.load = Load()
        single.load.users = 1
        single.load.sessions = Self.answers
        single.load.hold = Self.tryLimit
        single.load.holdGiven = true
        single.load.seed = self.profile.load.seed
        return single
    }
}
