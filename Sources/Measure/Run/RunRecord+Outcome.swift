extension RunRecord {
    /// What became of a run besides its counts and distributions. The load fills it while it runs; a reader fills it
    /// from run.json and the rows. Nil: not known.
    public struct Outcome: Sendable {
        /// Requests and sessions without an end when the run ended.
        public var requestsInFlight = InFlight()
        public var sessionsInFlight = InFlight()
        /// Sessions that completed during the hold, whenever they began: the basis for a rate of sessions. (The hold's
        /// counters have those that began in it; few long sessions end in it, too.)
        public var holdSessionsCompleted: UInt64 = 0
        /// Sessions that the plan of an open load had due in the hold; 0 in a closed load.
        public var holdSessionsDue: UInt64 = 0
        /// Nanoseconds: the whole run, and the actual hold.
        public var duration: UInt64 = 0
        public var holdDuration: UInt64 = 0
        public var usersEstablished: UInt64 = 0
        /// Users still without an answer when their time for it ended: at the end of the settle phase. In a storm, or
        /// a load of a number of sessions, that may be earlier, at the end of the hold. 0 where all were answered.
        public var settleShortfall: UInt64 = 0
        /// The trend of response times when the hold began; in a union the worst of them.
        public var settled = Settled.unknown
        /// Over the hold.
        public var usersHeld = Held()
        public var connectionsHeld = Held()
        /// Longest silence of a held connection at the end of the hold, in nanoseconds since its last byte: it is not
        /// proven alive yet.
        public var longestSilence: UInt64?
        /// The longest silence of a planned user's connection before its next request, in nanoseconds.
        public var longestPause: UInt64?
        /// Connections taken over from the load before: a search keeps its users.
        public var connectionsAdopted: UInt64?
        /// More planned requests were due and never started than are counted: to count them all would have taken too
        /// long.
        public var neverStartedIsBound = false
        /// Nanoseconds from the start until every user had been answered once; nil where some never were, and in an
        /// open load.
        public var heldAfter: UInt64?
        /// The first failure of each class.
        public var examples: [ErrorExample] = []
        /// The first request of each cause that was sent again.
        public var resentExamples: [ResentExample] = []
        /// The first redirect that no `expect` names; nil where there was none.
        public var redirectExample: RedirectExample?
        /// What each address of the target's name got; empty where that is not known.
        public var addresses: [AddressCount] = []
        /// The generator's own figures.
        public var health: GeneratorHealth?
        /// Why it stopped early, in one sentence; nil otherwise.
        public var stopReason: String?
        /// A rule of `--abort` or a cap stopped it.
        public var isAborted = false
        /// The signal that ended it; nil where none did.
        public var signal: Int32?
        /// Failures in seconds in which the generator itself stood still.
        public var pauses = OwnPauses()
        /// How busy the generator was.
        public var strain: Strain?
        /// How an automatic warm-up went; nil where there was none.
        public var warmUpFound: WarmUpFound?
        /// Whether requests in flight and sessions grew over the hold; nil where there was no second of it.
        public var steadiness: Steadiness?

        /// Nothing yet.
        public init() {}
    }
}
