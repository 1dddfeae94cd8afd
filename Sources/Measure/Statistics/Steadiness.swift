/// Whether a load was sustained over the hold: requests in flight and sessions did not grow, so both ended at the rate
/// at which they began.
///
/// A growing queue passes every latency objective until it is long enough to break one. For a shorter hold this shows
/// whether the queue grew, or that the hold was too short to tell.
public struct Steadiness: Sendable, Equatable {
    /// The finding for a hold; the raw value is that of machine output.
    public enum Word: String, Sendable {
        case steady, growing
        /// Neither is shown: growth by up to `Trend.tolerance` could look like this.
        case tooShort = "too_short"
    }

    /// Requests in flight.
    public var inFlight: Trend
    /// Sessions that began and have not ended.
    public var inSession: Trend

    /// How one level changed from the start of the hold to its end.
    public struct Trend: Sendable, Equatable {
        /// The level at the start and at the end.
        public var begin: UInt64
        public var end: UInt64
        /// How many began between the two. As many ended, except for the change of the level.
        public var begun: UInt64
        /// The slope: growth per second, and its standard error.
        public var perSecond: Double
        public var error: Double
        public var word: Word

        /// The share of what began that may stay unfinished for good before it matters: as much as a plan may miss of
        /// its starts.
        public static let relevance = 0.005
        /// Growth, as a share of what begins, that a steady hold rules out: a load five hundredths above the target's
        /// capacity.
        public static let tolerance = 0.05

        /// A trend with every value given.
        public init(
            begin: UInt64, end: UInt64, begun: UInt64, perSecond: Double, error: Double, word: Word
        ) {
            self.begin = begin
            self.end = end
            self.begun = begun
            self.perSecond = perSecond
            self.error = error
            self.word = word
        }
    }

    /// Both trends.
    public init(inFlight: Trend, inSession: Trend) {
        self.inFlight = inFlight
        self.inSession = inSession
    }

    /// Growing where either grows, steady where both are.
    public var word: Word {
        let words = [self.inFlight.word, self.inSession.word]
        if words.contains(.growing) { return .growing }
        return words.contains(.tooShort) ? .tooShort : .steady
    }

    /// What grew, such as "412 more in flight at the end than at the beginning"; nil if nothing did.
    public var sentence: String? { self.brief.map { "\($0) at the end than at the beginning" } }

    /// The same in a few words, such as "412 more in flight".
    public var brief: String? {
        for (trend, what) in [(self.inFlight, "in flight"), (self.inSession, "in session")]
        where trend.word == .growing && trend.end > trend.begin {
            return "\(trend.end - trend.begin) more \(what)"
        }
        return nil
    }

    /// For several holds at the same time levels add up. For holds in turn it is the worst one.
    public static func union(_ parts: [Steadiness], together: Bool) -> Steadiness? {
        guard let first = parts.first else { return nil }
        guard together else {
            return parts.first { $0.word == .growing } ?? parts.first { $0.word == .tooShort } ?? first
        }
        return Steadiness(
            inFlight: .sum(parts.map(\.inFlight)), inSession: .sum(parts.map(\.inSession)))
    }
}

extension Steadiness.Trend {
    /// Levels of independent generators add up, and their errors in squares. The sum grows if a part does.
    static func sum(_ parts: [Self]) -> Self {
        var sum = Self(begin: 0, end: 0, begun: 0, perSecond: 0, error: 0, word: .steady)
        var variance = 0.0
        for part in parts {
            sum.begin &+= part.begin
            sum.end &+= part.end
            sum.begun &+= part.begun
            sum.perSecond += part.perSecond
            variance += part.error * part.error
            if part.word == .growing || sum.word == .steady { sum.word = part.word }
        }
        sum.error = variance.squareRoot()
        return sum
    }
}
