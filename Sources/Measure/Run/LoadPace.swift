/// What sets the moments of a run's requests, as values: rules decide by these, and only people read `text`.
public struct LoadPace: Sendable, Equatable {
    /// Such as "every 43.2s", "back to back" or "200 sessions/s, constant".
    public var text: String
    /// Whether a plan sets when requests are due, whatever the server does. Back to back and `think` wait for answers
    /// instead. Then a stall of the server delays the very requests that would have shown it.
    public var isPlanned: Bool
    /// All users connect at once.
    public var isStorm: Bool
    /// Whether the load is the same throughout the hold: held users that did not just connect, or sessions at one rate.
    public var isConstant: Bool
    /// The highest rate of the plan in requests per second, all users together; nil where answers set the pace, and in
    /// records that do not have it.
    public var requestsPerSecond: Double?

    /// How sessions arrive in an open load; nil in a closed one, and in records that do not have it.
    public var arrivals: Arrivals?

    /// How sessions arrive.
    public struct Arrivals: Sendable, Equatable {
        /// "constant", "poisson" or "recorded" (a trace).
        public var process: String
        /// The highest rate of the plan.
        public var sessionsPerSecond: Double

        /// Arrivals with both given.
        public init(process: String, sessionsPerSecond: Double) {
            self.process = process
            self.sessionsPerSecond = sessionsPerSecond
        }
    }

    /// A pace with every value given.
    public init(
        text: String, isPlanned: Bool, isStorm: Bool = false, isConstant: Bool, requestsPerSecond: Double? = nil,
        arrivals: Arrivals? = nil
    ) {
        self.text = text
        self.isPlanned = isPlanned
        self.isStorm = isStorm
        self.isConstant = isConstant
        self.requestsPerSecond = requestsPerSecond
        self.arrivals = arrivals
    }
}
