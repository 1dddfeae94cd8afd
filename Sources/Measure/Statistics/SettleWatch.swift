/// The trend of response times when the hold began.
public enum Settled: UInt64, Sendable, Comparable, CaseIterable {
    /// It was not looked at, or there was too little data.
    case unknown
    case steady
    /// They still fell: the hold contains the queue that the join left.
    case falling
    /// They still rose, and so did the requests in flight: the target is overloaded.
    case rising

    public static func < (left: Settled, right: Settled) -> Bool { left.rawValue < right.rawValue }

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

/// Finds from the intervals before a hold whether its load is in the steady state. Response times and requests in
/// flight still fall while a queue drains or a cache fills. They still rise where more arrives than is served.
///
/// It looks at stretches of a quarter of a cycle. Three in a row that fall count as a fall, if together they fall by
/// more than a tenth. Noise does so one time in six; then the hold begins one stretch later. To call a target
/// overloaded takes four stretches that all rise, by half or more together, because people would read a false alarm.
public struct SettleWatch: Sendable, Equatable {
    /// Length of a stretch in nanoseconds.
    public let stretch: UInt64
    /// Data of a stretch: the median response time (nil: too few answers), and the requests in flight at its end.
    private struct Stretch: Sendable, Equatable {
        var median: Double?
        var inFlight: Double
    }
    private var stretches: [Stretch] = []
    /// Requests in flight at the end of the last interval; nil before the first.
    private var inFlight: Double?
    /// Data of the current stretch.
    private var length: UInt64 = 0
    private var medians: [Double] = []

    /// Number of stretches that are looked at, and how many make a fall.
    private static let rise = 4
    private static let fall = 3
    /// A smaller difference does not count as a fall, in nanoseconds and in requests.
    private static let leastTime = 1_000_000.0
    private static let leastRequests = 10.0
    /// With fewer requests in flight than this the target is not overloaded.
    private static let leastQueue = 20.0

    /// No interval yet. `cycle`: time between two requests of a user, in nanoseconds.
    public init(cycle: UInt64) { self.stretch = max(1, min(cycle, Self.longestCycle) / UInt64(Self.rise)) }

    /// A longer cycle is looked at in stretches for this length.
    private static let longestCycle: UInt64 = 10_000_000_000

    /// Takes the next interval.
    public mutating func take(_ row: IntervalRow) {
        self.inFlight = Double(row.inFlightAtEnd)
        self.length &+= row.end &- min(row.end, row.start)
        if row.responseP50 > 0 { self.medians.append(Double(row.responseP50)) }
        // An interval that a phase cut belongs to the stretch before or after it, whichever it fills.
        guard Double(self.length) >= 0.9 * Double(self.stretch) else { return }
        let median = self.medians.isEmpty ? nil : self.medians.reduce(0, +) / Double(self.medians.count)
        self.stretches.append(Stretch(median: median, inFlight: Double(row.inFlightAtEnd)))
        if self.stretches.count > Self.rise { self.stretches.removeFirst() }
        self.length = 0
        self.medians = []
    }

    /// The trend so far.
    public var trend: Settled {
        guard self.stretches.count >= Self.fall else { return .unknown }
        let last = self.stretches.suffix(Self.fall)
        let medians = last.compactMap(\.median)
        let isFaster = medians.count == Self.fall && Self.falls(medians, atLeast: Self.leastTime)
        if isFaster || Self.falls(last.map(\.inFlight), atLeast: Self.leastRequests) { return .falling }
        return Self.piles(self.stretches.map(\.inFlight)) ? .rising : .steady
    }

    /// Almost no request waits.
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
