/// How an automatic warm-up went.
public struct WarmUpFound: Sendable, Equatable {
    /// Nanoseconds from its beginning to the hold.
    public var length: UInt64
    /// Whether it ended because nothing changed any more; else it was given up.
    public var isSteady: Bool

    /// A warm-up with every value given.
    public init(length: UInt64, isSteady: Bool) {
        self.length = length
        self.isSteady = isSteady
    }
}

/// Says, while a load runs, when its warm-up is over: as soon as the rule that finds the beginning to be cut
/// (`WarmUp`, MSER) would cut less than half of the seconds so far. The second half is then steady, and the hold
/// begins behind all of them: nothing that is measured has to be cut afterwards. The medians of the seconds are what
/// it looks at, as the drift of the hold is judged by them.
public struct WarmUpWatch: Sendable, Equatable {
    /// Medians before which it is never over.
    public static let shortest = WarmUp.smallestCount
    /// Seconds after which it is given up.
    public static let longest = 120

    /// Seconds after which this one is given up.
    private let longest: Int
    /// Medians of the seconds of the warm-up; nil for those with too few samples for one.
    private var medians: [Double?] = []
    /// Nanoseconds of warm-up so far.
    public private(set) var length: UInt64 = 0
    /// Nothing changes any more. It stays so.
    public private(set) var isSteady = false

    /// No second yet; given up after so many.
    public init(longest: Int = WarmUpWatch.longest) { self.longest = longest }

    /// Takes the next interval of a run; those of other phases count for nothing.
    public mutating func take(_ row: IntervalRow) {
        guard row.phase == .warmup else { return }
        let length = row.end &- min(row.end, row.start)
        self.length &+= length
        // What a phase cut off is no second.
        guard !self.isOver, length >= HoldSeries.shortestSecond else { return }
        self.medians.append(row.responseP50 == 0 ? nil : Double(row.responseP50))
        if let warmUp = WarmUp(ofMedians: self.medians) { self.isSteady = warmUp.isSettled }
    }

    /// The hold can begin: it is steady, or it is given up.
    public var isOver: Bool { self.isSteady || self.medians.count >= self.longest }

    /// How it went.
    public var found: WarmUpFound { WarmUpFound(length: self.length, isSteady: self.isSteady) }
}
