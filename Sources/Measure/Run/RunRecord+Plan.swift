extension RunRecord {
    /// What the run was asked for.
    public struct Plan: Sendable, Equatable {
        public var name: String
        public var url: String
        /// Such as "10 × GET /bytes/50000".
        public var session: String
        /// Requests of one session.
        public var requestsPerSession: UInt64
        public var model: Model
        public var pace: LoadPace
        /// Nil where it is a word that is not known here: a newer headroom wrote the record.
        public var connection: Connection?
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

        /// Where users come from.
        public enum Model: String, Sendable, Equatable, CaseIterable {
            /// So many users are held.
            case closed
            /// Sessions arrive at a rate; no user has to be held.
            case open
        }

        /// How long a connection lives.
        public enum Connection: String, Sendable, Equatable, CaseIterable {
            case perUser = "per_user"
            case perSession = "per_session"
            case perRequest = "per_request"
        }

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
            name: String, url: String, session: String, requestsPerSession: UInt64, model: Model, pace: LoadPace,
            connection: Connection?, usersAsked: UInt64, threads: Int, ramp: UInt64, warmup: UInt64, hold: UInt64?,
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
}

extension RunRecord.Plan {
    /// Sessions arrive at a rate; no user has to be held.
    public var isOpen: Bool { self.model == .open }

    /// Fewest connections that the users need, where each keeps its own or shares one with others of its worker.
    public var connectionsAsked: UInt64 {
        guard self.streams > 1 else { return self.usersAsked }
        let (workers, streams) = (UInt64(max(1, self.threads)), UInt64(self.streams))
        let (each, more) = self.usersAsked.quotientAndRemainder(dividingBy: workers)
        func connections(_ users: UInt64) -> UInt64 { users / streams + (users % streams > 0 ? 1 : 0) }
        return more &* connections(each &+ 1) &+ (workers - more) &* connections(each)
    }

    /// The highest number held. The workers' highest levels add up to at least the true one (`Held.addWorker`), but
    /// there were never more users than asked for, nor more connections than users.
    public func highest(of held: Held) -> UInt64 { min(held.highest, self.usersAsked) }
}
