/// How the response times went when the hold began.
public enum Settled: UInt64, Sendable, Equatable, CaseIterable {
    /// It was not looked at, or there was too little to see.
    case unknown
    case steady
    /// They still fell: what the join left behind is in the hold.
    case falling
    /// They still rose, as does the number of requests in flight: the target is overloaded.
    case rising

    /// The word of machine output.
    public var name: String {
        switch self {
        case .unknown: "unknown"
        case .steady: "steady"
        case .falling: "falling"
        case .rising: "rising"
        }
    }
}

/// Says, from the intervals before a hold, whether its load is in the steady state: whether response times and the
/// requests in flight still fall, as they do while a queue drains or a cache fills, or still rise, as they do where
/// more comes than is served.
///
/// It looks at stretches of a quarter of a cycle. Three that fall one after the other are a fall, if together they fall
/// by more than a tenth; of noise one time in six does so, and then the hold begins a stretch later. To say of a target
/// that it is overloaded takes four stretches that rise by half or more, all of them: false alarms would be read.
public struct SettleWatch: Sendable, Equatable {
    /// Length of a stretch in nanoseconds.
    public let stretch: UInt64
    /// What is known of a stretch: the median response time (nil: too few answers), the requests in flight at its end.
    private struct Stretch: Sendable, Equatable {
        var median: Double?
        var inFlight: Double
    }
    private var stretches: [Stretch] = []
    /// Requests in flight at the end of the last interval; nil before the first.
    private var inFlight: Double?
    /// Of the stretch that goes on.
    private var length: UInt64 = 0
    private var medians: [Double] = []

    /// Stretches that are looked at, and how many make a fall.
    private static let rise = 4
    private static let fall = 3
    /// Below these differences a fall is none, in nanoseconds and in requests.
    private static let leastTime = 1_000_000.0
    private static let leastRequests = 10.0
    /// Below this many requests in flight nothing is overloaded.
    private static let leastQueue = 20.0

    /// No interval yet. `cycle`: between two requests of a user, in nanoseconds.
    public init(cycle: UInt64) { self.stretch = max(1, min(cycle, Self.longestCycle) / UInt64(Self.rise)) }

    /// A longer cycle is looked at in stretches of this one's.
    private static let longestCycle: UInt64 = 10_000_000_000

    /// Takes the next interval.
    public mutating func take(_ row: IntervalRow) {
        self.inFlight = Double(row.inFlightAtEnd)
        self.length &+= row.end &- min(row.end, row.start)
        if row.responseP50 > 0 { self.medians.append(Double(row.responseP50)) }
        // What a phase cut off belongs to the stretch before it or behind it, whichever it fills.
        guard Double(self.length) >= 0.9 * Double(self.stretch) else { return }
        let median = self.medians.isEmpty ? nil : self.medians.reduce(0, +) / Double(self.medians.count)
        self.stretches.append(Stretch(median: median, inFlight: Double(row.inFlightAtEnd)))
        if self.stretches.count > Self.rise { self.stretches.removeFirst() }
        self.length = 0
        self.medians = []
    }

    /// How it goes by now.
    public var trend: Settled {
        guard self.stretches.count >= Self.fall else { return .unknown }
        let last = self.stretches.suffix(Self.fall)
        let medians = last.compactMap(\.median)
        let isFaster = medians.count == Self.fall && Self.falls(medians, atLeast: Self.leastTime)
        if isFaster || Self.falls(last.map(\.inFlight), atLeast: Self.leastRequests) { return .falling }
        return Self.piles(self.stretches.map(\.inFlight)) ? .rising : .steady
    }

    /// Next to nothing waits.
    public var isEmpty: Bool { self.inFlight.map { $0 < Self.leastRequests } ?? false }

    private static func falls(_ values: [Double], atLeast least: Double) -> Bool {
        guard let first = values.first, let last = values.last else { return false }
        let isMonotonous = zip(values, values.dropFirst()).allSatisfy { $0 > $1 }
        return isMonotonous && first - last > max(least, 0.1 * last)
    }

    private static func piles(_ values: [Double]) -> Bool {
        guard values.count == Self.rise, let first = values.first, let last = values.last else { return false }
        return last >= Self.leastQueue && last >= 1.5 * first && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }
}
