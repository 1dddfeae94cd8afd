import Numerics

/// Finds from its intervals whether a hold was steady. It keeps a few numbers, however long the hold is.
///
/// The level of a queue that is not drained is a random walk with a drift; that of one that is drained is a walk that
/// is pulled back. The drift is the change from start to end over the time between them, which is the most likely
/// estimate for a walk. Its error is that of the mean of the changes from second to second (a t test). A stable queue
/// near saturation has levels that correlate for longer than the hold. A slope through the levels would take that for
/// growth. Its changes do not correlate, or pull back, and then the test is the more careful one. A queue that began
/// empty can only grow at first: at the edge of stability that doubles the chance of a false alarm, and no more.
///
/// A few seconds show little of how much a change varies, so an assumption counts as well: that of random arrivals
/// (Poisson), whose number varies by its root. So neither chance alone nor an even plan alone can look like growth.
public struct SteadinessWatch: Sendable, Equatable {
    /// The chance to call a hold growing if its level is a walk without a drift.
    public static let falseAlarm = 0.01
    /// The chance to call a hold steady if its level grows by `Steadiness.Trend.tolerance` of what begins.
    public static let falsePeace = 0.05
    /// Fewer seconds than this give no finding.
    public static let shortest = 3
    /// Degrees of freedom that the assumption of random arrivals counts for.
    static let assumedDegrees = 4.0

    private var inFlight = Walk()
    private var inSession = Walk()
    /// Sessions in progress now.
    private var sessions: Int64 = 0
    private var hasBegun = false

    /// No interval yet.
    public init() {}

    /// Takes the next interval of a run, also one before the hold: sessions began in it.
    public mutating func take(_ row: IntervalRow) {
        let began = row.counters.sessionsStarted
        let before = self.sessions
        self.sessions &+= Int64(truncatingIfNeeded: began)
        self.sessions &-= Int64(truncatingIfNeeded: row.counters.sessionsCompleted)
        self.sessions &-= Int64(truncatingIfNeeded: row.counters.sessionsFailed)
        guard row.phase == .hold, row.end > row.start else { return }
        if !self.hasBegun {
            self.hasBegun = true
            self.inFlight.begin(at: row.inFlightAtStart)
            self.inSession.begin(at: UInt64(clamping: before))
        }
        let length = Double(row.end - row.start) / 1e9
        self.inFlight.take(level: row.inFlightAtEnd, begun: row.counters.requestsStarted, length: length)
        self.inSession.take(level: UInt64(clamping: self.sessions), begun: began, length: length)
    }

    /// Of sessions that share a queue many have begun and few have ended: each leaves half of its requests over. With n
    /// requests each, a load that is too high by a share leaves 2n / (n + 1) times that share of the sessions.
    private static func sensitivity(_ requests: UInt64, of sessions: UInt64) -> Double {
        guard sessions > 0, requests > sessions else { return 1 }
        let each = Double(requests) / Double(sessions)
        return 2 * each / (each + 1)
    }

    /// The finding so far; nil before the hold's first whole second.
    public var found: Steadiness? {
        guard let inFlight = self.inFlight.trend(), let begun = self.inSession.trend()?.begun,
            let inSession = self.inSession.trend(sensitivity: Self.sensitivity(inFlight.begun, of: begun))
        else { return nil }
        return Steadiness(inFlight: inFlight, inSession: inSession)
    }
}

/// A level, second by second: the sums that the test needs.
private struct Walk: Sendable, Equatable {
    private var first: UInt64 = 0
    /// The level at the end of the last whole second.
    private var last: UInt64 = 0
    private var begun: UInt64 = 0
    private var seconds = 0.0
    private var count = 0
    /// Sum of the squared changes, each over its length.
    private var squares = 0.0
    /// An interval that a phase cut is no second; it joins the next one.
    private var partial = 0.0
    private var partialBegun: UInt64 = 0

    private static let shortestSecond = Double(HoldSeries.shortestSecond) / 1e9

    mutating func begin(at level: UInt64) {
        self.first = level
        self.last = level
    }

    mutating func take(level: UInt64, begun: UInt64, length: Double) {
        self.partial += length
        self.partialBegun &+= begun
        guard self.partial >= Self.shortestSecond else { return }
        let change = Self.difference(level, self.last)
        self.squares += change * change / self.partial
        self.seconds += self.partial
        self.begun &+= self.partialBegun
        self.last = level
        self.count += 1
        (self.partial, self.partialBegun) = (0, 0)
    }

    private static func difference(_ level: UInt64, _ before: UInt64) -> Double {
        level >= before ? Double(level - before) : -Double(before - level)
    }

    /// `sensitivity`: how many times the excess of the load the level grows by.
    func trend(sensitivity: Double = 1) -> Steadiness.Trend? {
        guard self.count > 0, self.seconds > 0 else { return nil }
        let drift = Self.difference(self.last, self.first) / self.seconds
        let measured = max(0, self.squares - drift * drift * self.seconds)
        let degrees = SteadinessWatch.assumedDegrees + Double(self.count - 1)
        let rate = Double(self.begun) / self.seconds
        // Variance of the changes, per second: as measured, and as random arrivals would have it.
        let variance = (SteadinessWatch.assumedDegrees * rate + measured) / degrees
        let error = (variance / self.seconds).squareRoot()
        return Steadiness.Trend(
            begin: self.first, end: self.last, begun: self.begun, perSecond: drift, error: error,
            word: self.word(drift: drift, error: error, degrees: degrees, rate: rate, sensitivity: sensitivity))
    }

    private func word(
        drift: Double, error: Double, degrees: Double, rate: Double, sensitivity: Double
    ) -> Steadiness.Word {
        guard self.count >= SteadinessWatch.shortest else { return .tooShort }
        let matters = drift > Steadiness.Trend.relevance * rate
        let alarm = StudentT.quantile(1 - SteadinessWatch.falseAlarm, degrees: degrees)
        if matters, drift > alarm * error { return .growing }
        let peace = StudentT.quantile(1 - SteadinessWatch.falsePeace, degrees: degrees)
        let isRuledOut = drift + peace * error <= Steadiness.Trend.tolerance * sensitivity * rate
        // If nothing begins, nothing can be left over.
        return isRuledOut || self.begun == 0 ? .steady : .tooShort
    }
}
