import Units

/// When sessions are due: an intensity over time, and how single arrivals follow from it. Times are nanoseconds from
/// the start, rates sessions per second.
///
/// A value without a clock: `ArrivalCursor` gives its due times.
public struct ArrivalPlan: Sendable, Equatable {
    /// How single arrivals follow from the intensity.
    public enum Process: Sendable, Equatable {
        /// Arrival number k is due where the integral of the rate is k + 1/2.
        case even
        /// A Poisson process of this intensity.
        case poisson
        /// The timestamps of a trace.
        case recorded
    }

    /// The highest rate of a plan, in sessions/s: more than any machine can start, and low enough that a Double counts
    /// a year of it exactly.
    public static let rateLimit = 10_000_000.0
    /// The lowest rate above 0: one session in about twelve days.
    public static let rateLowest = 1e-6

    /// How single arrivals follow from the intensity.
    public let process: Process
    /// Nil: it has no end.
    public let length: UInt64?
    /// Such as `200 sessions/s, constant`.
    public let text: String
    /// The highest rate it reaches, in sessions/s; for timestamps the most in any one second.
    public let highestRate: Double
    /// In time order, without gaps; empty for a recorded plan.
    let pieces: [ArrivalPiece]
    /// Times of a recorded plan, in order.
    let times: [UInt64]

    /// Pieces that follow each other from time 0.
    init(pieces: [ArrivalPiece], highestRate: Double, process: Process, text: String) {
        self.process = process
        self.pieces = pieces
        self.times = []
        self.highestRate = highestRate
        self.text = text
        if let last = pieces.last, last.length == ArrivalPiece.endless {
            self.length = nil
        } else {
            self.length = pieces.last?.end ?? 0
        }
    }

    /// A plan of times in order; `last` repeats the last of them.
    init(times: [UInt64], last: UInt64) {
        self.process = .recorded
        self.pieces = []
        self.times = times
        // The last session is due just before the end.
        self.length = last + 1
        var (most, first) = (0, 0)
        for (index, time) in times.enumerated() {
            while times[first] + 1_000_000_000 <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        self.highestRate = Double(most)
        self.text = "trace of \(times.count) sessions over \(TimeSpan.text(last))"
    }

    /// A constant rate without an end. Throws for a rate outside `rateLowest`...`rateLimit`.
    public static func constant(_ rate: Double, process: Process = .even) throws(ParseError) -> ArrivalPlan {
        try Self.check(rate)
        guard rate > 0 else { throw ParseError("a rate of 0 starts nothing; use one above 0") }
        let piece = ArrivalPiece(
            start: 0, length: ArrivalPiece.endless, before: 0, shape: .constant(rate))
        return ArrivalPlan(
            pieces: [piece], highestRate: rate, process: process,
            text: "\(ArrivalRate.number(rate)) sessions/s, \(process == .poisson ? "Poisson" : "constant")")
    }

    /// Throws if a rate is no number, below 0 or too high to count.
    static func check(_ rate: Double) throws(ParseError) {
        guard rate.isFinite, rate >= 0 else { throw ParseError("a rate is a number of at least 0") }
        guard rate <= Self.rateLimit else {
            throw ParseError(
                "\(ArrivalRate.number(rate)) sessions/s cannot be planned; "
                    + "use at most \(ArrivalRate.number(Self.rateLimit))")
        }
        guard rate == 0 || rate >= Self.rateLowest else {
            throw ParseError("fewer than one session in 1000000 s; use 0 or a higher rate")
        }
    }

    /// Sessions due before a time: the integral of the rate; for timestamps their number.
    public func expected(until time: UInt64) -> Double {
        if self.process == .recorded { return Double(self.times.partitioned { $0 >= time }) }
        guard let piece = self.piece(at: time) else {
            return self.pieces.last.map { $0.before + $0.amount } ?? 0
        }
        return piece.before + piece.integral(to: Double(time &- piece.start))
    }

    /// The rate at a time in sessions/s, 0 past the end; for timestamps their number in that second.
    public func rate(at time: UInt64) -> Double {
        if self.process == .recorded {
            let second = time / 1_000_000_000 * 1_000_000_000
            let (next, overflow) = second.addingReportingOverflow(1_000_000_000)
            return self.expected(until: overflow ? .max : next) - self.expected(until: second)
        }
        guard let piece = self.piece(at: time) else { return 0 }
        return piece.rate(at: Double(time &- piece.start))
    }

    /// Whether the rate is the same throughout [start, end): only there can drift and warm-up be judged. Never for
    /// timestamps, nor if part of it is past the end of the plan.
    public func isConstant(from start: UInt64, to end: UInt64) -> Bool {
        guard self.process != .recorded, start < end else { return false }
        if let length = self.length, end > length { return false }
        var found: Double?
        // Starts with the piece that contains `start`.
        let first = self.pieces.partitioned { $0.end > start }
        for piece in self.pieces[first...] where piece.start < end {
            let rate: Double
            switch piece.shape {
            case .constant(let value): rate = value
            case .linear(let from, let to) where from == to: rate = from
            case .sine(let mean, let amplitude, _, _) where amplitude == 0: rate = mean
            default: return false
            }
            if let found, found != rate { return false }
            found = rate
        }
        return found != nil
    }

    private func piece(at time: UInt64) -> ArrivalPiece? {
        let index = self.pieces.partitioned { $0.end > time }
        return index < self.pieces.count ? self.pieces[index] : nil
    }
}

extension Array {
    /// The index of the first element for which `belongs` is true, if it is true for all elements after that, too;
    /// `count` if there is none.
    func partitioned(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
