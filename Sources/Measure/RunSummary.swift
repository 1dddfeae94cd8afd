/// How a run ended.
public enum RunState: String, Sendable {
    case running, complete, interrupted, partial
}

/// The first failure of a class: what it was, and the beginning of the answer as it came.
public struct ErrorExample: Sendable, Equatable {
    /// What failed: a request, or a connection without a request on it.
    public enum Subject: String, Sendable, CaseIterable {
        case request, connection
    }

    public var error: ErrorClass
    public var of: Subject
    /// Nanoseconds since the run began.
    public var at: UInt64
    /// The request: method and path; or the connection, by its address.
    public var request: String
    /// What exactly was wrong, in words.
    public var detail: String
    /// At most `excerptLimit` bytes of the answer, not redacted yet.
    public var excerpt: [UInt8]

    /// Most bytes of an answer that are kept.
    public static let excerptLimit = 1024

    /// An example with every value given.
    public init(
        error: ErrorClass, at: UInt64, request: String, detail: String, excerpt: [UInt8], of: Subject = .request
    ) {
        self.of = of
        self.error = error
        self.at = at
        self.request = request
        self.detail = detail
        self.excerpt = excerpt
    }
}

/// What the run was asked for, in the words of the report.
public struct RunPlan: Sendable, Equatable {
    public var name: String
    public var url: String
    /// Such as "10 × GET /bytes/50000".
    public var session: String
    /// Requests of one session.
    public var requestsPerSession: UInt64
    /// "closed" or "open".
    public var model: String
    /// Such as "every 43.2s", "back to back" or "200 sessions/s, constant".
    public var pace: String
    /// "per_user", "per_session" or "per_request".
    public var connection: String
    /// In an open load, the users that may be in session at once; after it, the most that ever were.
    public var usersAsked: UInt64
    public var threads: Int
    /// Nanoseconds in which users join: the given ramp, or a cycle of their plan.
    public var ramp: UInt64
    /// The rate of first requests as a multiple of the planned rate, where that was asked for; 0: no higher than
    /// planned.
    public var burst = 0.0
    public var warmup: UInt64
    /// Planned length of the hold; nil where a number of sessions ends it.
    public var hold: UInt64?
    /// Sessions in all, where they end the run.
    public var sessions: UInt64?
    public var seed: UInt64
    /// Of a union the seeds of its records: of those that ran together every one, else each once. Empty of a run.
    public var seeds: [UInt64] = []
    /// Planned starts were taken together on ticks of so many nanoseconds; 0: each when it was due.
    public var tick: UInt64
    /// Users of one HTTP/2 connection; 0: HTTP/1.1, where each user has a connection of its own.
    public var streams = 0
    /// The warm-up lasts until nothing changes any more; `warmup` is then 0.
    public var warmupIsAuto = false
    /// The steps that are recorded apart, in the order of the session.
    public var steps: [Step] = []
    /// `--strict`: an objective may rest on nothing that is SUSPECT.
    public var isStrict = false

    /// A step that objectives name.
    public struct Step: Sendable, Equatable {
        /// Its place in the session, counted from 1.
        public var number: Int
        /// Its name, else method and path.
        public var title: String
        /// The words after `for` in the objectives about this step.
        public var words: [String]

        /// A step with every value given.
        public init(number: Int, title: String, words: [String]) {
            self.number = number
            self.title = title
            self.words = words
        }
    }

    /// A plan with every value given.
    public init(
        name: String, url: String, session: String, requestsPerSession: UInt64, model: String, pace: String,
        connection: String, usersAsked: UInt64, threads: Int, ramp: UInt64, warmup: UInt64, hold: UInt64?,
        sessions: UInt64?, seed: UInt64, tick: UInt64 = 0
    ) {
        self.name = name
        self.url = url
        self.session = session
        self.requestsPerSession = requestsPerSession
        self.model = model
        self.pace = pace
        self.connection = connection
        self.usersAsked = usersAsked
        self.threads = threads
        self.ramp = ramp
        self.warmup = warmup
        self.hold = hold
        self.sessions = sessions
        self.seed = seed
        self.tick = tick
    }
}

extension RunPlan {
    /// Fewest connections that the users need, where each keeps its own or shares one with others of its worker.
    public var connectionsAsked: UInt64 {
        guard self.streams > 1 else { return self.usersAsked }
        let (workers, streams) = (UInt64(max(1, self.threads)), UInt64(self.streams))
        let (each, more) = self.usersAsked.quotientAndRemainder(dividingBy: workers)
        func connections(_ users: UInt64) -> UInt64 { users / streams + (users % streams > 0 ? 1 : 0) }
        return more &* connections(each + 1) &+ (workers - more) &* connections(each)
    }

    /// Sessions arrive at a rate; no user has to be held.
    public var isOpen: Bool { self.model == "open" }

    /// Whether a plan sets when requests are due, whatever the server does. Back to back and `think` wait for answers
    /// instead. Then a stall of the server delays the very requests that would have shown it.
    public var isPlanned: Bool {
        if self.isOpen { return true }
        let pace = self.isStorm ? self.pace.dropFirst(Self.storm.count) : self.pace[...]
        return Self.plans.contains { pace.hasPrefix($0) } && !Self.waits.contains { pace.contains($0) }
    }

    /// How the pace of a plan begins, and which parts of a pace are no plan.
    private static let plans = ["every ", "idle ", "sessions every "]
    private static let waits = ["think ", "back to back"]

    /// All users connected at once.
    public var isStorm: Bool { self.pace.hasPrefix(Self.storm) }

    /// The start of a storm's pace.
    public static let storm = "all at once, "

    /// Whether the load is the same throughout the hold: held users that did not just connect, or sessions at one rate,
    /// such as "200 sessions/s, constant".
    public var isConstant: Bool {
        if !self.isOpen { return !self.isStorm }
        let words = self.pace.split(separator: ",").map { $0.drop { $0 == " " } }
        return words.count > 1 && words[0].hasSuffix("sessions/s")
            && ["constant", "Poisson"].contains(words[1])
    }
}

/// A value of `conditions` in run.json.
public enum Condition: Sendable, Equatable {
    case text(String)
    case number(UInt64)
    case list([String])
}

/// All results of a run as values, from which run.json and the printed summary are made.
public struct RunSummary {
    public var state: RunState
    public var plan: RunPlan
    /// Whole run.
    public var total: Counters
    public var requestsInFlightAtEnd: UInt64 = 0
    public var sessionsInFlightAtEnd: UInt64 = 0
    /// Requests due inside the hold.
    public var hold: Window
    public var holdRequestsInFlightAtEnd: UInt64 = 0
    public var holdSessionsInFlightAtEnd: UInt64 = 0
    /// Requests due before the hold.
    public var outside: Window
    /// When and how the run was made.
    public var stamp = RunStamp()
    /// Sessions that completed during the hold, whenever they began: the basis for a rate of sessions. (`hold` has
    /// those that began in it; few long sessions end in it, too.)
    public var holdSessionsCompleted: UInt64 = 0
    /// Sessions that the plan of an open load had due in the hold; 0 in a closed load.
    public var holdSessionsDue: UInt64 = 0
    /// Nanoseconds: the whole run, and the actual hold.
    public var duration: UInt64 = 0
    public var holdDuration: UInt64 = 0
    public var usersEstablished: UInt64 = 0
    /// Users still without an answer when their time for it ended: at the end of the settle phase. In a storm, or a
    /// load of a number of sessions, that may be earlier, at the end of the hold. 0 where all were answered.
    public var settleShortfall: UInt64 = 0
    /// The trend of response times when the hold began; in a union the worst of them.
    public var settled = Settled.unknown
    /// Over the hold.
    public var usersHeld = Held()
    public var connectionsHeld = Held()
    /// Longest silence of a held connection at the end of the hold, in nanoseconds since its last byte: it is not
    /// proven alive yet. Unknown, as are CPU and memory, where `state` is partial.
    public var longestSilence: UInt64 = 0
    /// Connections taken over from the load before: a search keeps its users.
    public var connectionsAdopted: UInt64 = 0
    /// More planned requests never started than are counted: `neverStarted` is a lower bound.
    public var neverStartedIsBound = false
    /// Nanoseconds from the start until every user had been answered once; nil where some never were.
    public var heldAfter: UInt64?
    /// The longest silence of a planned user's connection before its next request, in nanoseconds.
    public var longestPause: UInt64 = 0
    public var slo: [SLOOutcome] = []
    /// The verdict on the whole run; nil where it was not judged.
    public var verdict: RunVerdict?
    public var examples: [ErrorExample] = []
    /// The first request of each cause that was sent again.
    public var resentExamples: [ResentExample] = []
    /// The first redirect that no `expect` names; nil where there was none.
    public var redirectExample: RedirectExample?
    /// What each address of the target's name got; empty where that is not known.
    public var addresses: [AddressCount] = []
    /// In the order in which they are printed.
    public var conditions: [(key: String, value: Condition)] = []
    /// CPU seconds of this process (user + system), and the peak of its resident memory in bytes.
    public var cpuSeconds = 0.0
    public var peakResidentBytes: UInt64 = 0
    /// The generator's own figures; nil where they are not known.
    public var health: GeneratorHealth?
    /// What the probe beside it measured; nil where there was none.
    public var probe: ProbeResult?
    /// What the target used during the hold; nil where it was not watched.
    public var target: TargetUsage?
    /// Why it stopped early, in one sentence; nil otherwise.
    public var stopReason: String?
    /// A rule of `--abort` or a cap stopped it.
    public var isAborted = false
    /// The signal that ended it; nil where none did.
    public var signal: Int32?
    /// Failures in seconds in which the generator itself stood still.
    public var pauses = OwnPauses()
    /// How busy the generator was; nil where that is not known.
    public var strain: Strain?
    /// Whether the server or the generator made the numbers; nil where it was not judged.
    public var validity: RunValidity?
    /// How an automatic warm-up went; nil where there was none.
    public var warmUpFound: WarmUpFound?
    /// How well the percentiles of the response time are known; nil where they were not computed.
    public var confidence: LatencyConfidence?
    /// Whether requests in flight and sessions grew over the hold; nil where there was no second of it.
    public var steadiness: Steadiness?
    /// The records in this union; empty for a run.
    public var mergedFrom: [String] = []
    /// What could not be written to the record, in one sentence: it is incomplete. Nil where all was written.
    public var recordFailure: String?
    /// How these ran relative to each other; nil for a run, and for an older union that does not say.
    public var merged: MergeReading?

    /// An empty summary.
    public init(state: RunState, plan: RunPlan, hold: Window, outside: Window) {
        self.state = state
        self.plan = plan
        self.total = Counters()
        self.hold = hold
        self.outside = outside
    }
}
