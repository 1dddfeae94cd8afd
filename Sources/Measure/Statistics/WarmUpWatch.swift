/// How an automatic warm-up went.
public struct WarmUpFound: Sendable, Equatable {
    /// Nanoseconds from its start to the hold.
    public var length: UInt64
    /// It ended because nothing changed any more; else it was given up.
    public var isSteady: Bool

    /// A warm-up with every value given.
    public init(length: UInt64, isSteady: Bool) {
        self.length = length
        self.isSteady = isSteady
    }
}

/// Finds, while a load runs, when its warm-up is over. That is as soon as the rule for the part to cut (`WarmUp`, MSER)
/// would cut less than half of the seconds so far. The second half is then steady, and the hold begins after all of
/// them. So nothing measured has to be cut afterwards. It uses the medians of the seconds, as the judgement of drift in
/// the hold does.
public struct WarmUpWatch: Sendable, Equatable {
    /// The fewest medians for it to be over.
    public static let shortest = WarmUp.smallestCount
    /// Seconds after which it is given up.
    public static let longest = 120

    /// Seconds after which this one is given up.
    private let longest: Int
    /// Medians of the seconds of the warm-up; nil for those with too few samples for one.
    private var medians: [Double?] = []
    /// Nanoseconds of warm-up so far.
    public private(set) var length: UInt64 = 0
    /// Nothing changes any more. Once true it stays true.
    public private(set) var isSteady = false

    /// No second yet; it is given up after `longest` seconds.
    public init(longest: Int = WarmUpWatch.longest) { self.longest = longest }

    /// Takes the next interval of a run; those of other phases do not count.
    public mutating func take(_ row: IntervalRow) {
        guard row.phase == .warmup else { return }
        let length = row.end &- min(row.end, row.start)
        self.length &+= length
        // An interval that a phase cut is no second.
        guard !self.isOver, length >= HoldSeries.shortestSecond else { return }
        self.medians.append(row.responseP50 == 0 ? nil : Double(row.responseP50))
        if let warmUp = WarmUp(ofMedians: self.medians) { self.isSteady = warmUp.isSettled }
    }

    /// The hold can begin: it is steady, or it is given up.
    public var isOver: Bool { self.isSteady || self.medians.count >= self.longest }

    /// How it went.
    public var found: WarmUpFound { WarmUpFound(length: self.length, isSteady: self.isSteady) }
}
