import Units

/// When sessions are due: an intensity over time, and how single arrivals are taken from it. Times are
/// nanoseconds from the start, rates sessions per second.
///
/// A value without a clock: `ArrivalCursor` gives the due times of it.
public struct ArrivalPlan: Sendable, Equatable {
    /// How single arrivals are taken from the intensity.
    public enum Process: Sendable, Equatable {
        /// Arrival number k is due where the integral of the rate is k + 1/2.
        case even
        /// A Poisson process of this intensity.
        case poisson
        /// The timestamps of a trace.
        case recorded
    }

    /// The highest rate of a plan, in sessions/s: more than any machine starts, and so little that a year of
    /// it is counted exactly in a Double.
    public static let rateLimit = 10_000_000.0
    /// The lowest rate above 0: one session in about twelve days.
    public static let rateLowest = 1e-6

    /// How single arrivals are taken.
    public let process: Process
    /// nil: it goes on for ever.
    public let length: UInt64?
    /// Such as `200 sessions/s, constant`.
    public let text: String
    /// The highest rate it reaches, in sessions/s; of timestamps the most in any one second.
    public let highestRate: Double
    /// In the order of time, without gaps; empty where the plan is recorded.
    let pieces: [ArrivalPiece]
    /// Of a recorded plan, in order.
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

    /// Times in order, the last of them given once more.
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

    /// A rate that never changes, without an end. Throws for a rate outside `rateLowest`...`rateLimit`.
    public static func constant(_ rate: Double, process: Process = .even) throws(ParseError) -> ArrivalPlan {
        try Self.check(rate)
        guard rate > 0 else { throw ParseError("a rate of 0 starts nothing; use one above 0") }
        let piece = ArrivalPiece(
            start: 0, length: ArrivalPiece.endless, before: 0, shape: .constant(rate))
        return ArrivalPlan(
            pieces: [piece], highestRate: rate, process: process,
            text: "\(ArrivalRate.number(rate)) sessions/s, \(process == .poisson ? "Poisson" : "constant")")
    }

    /// Throws where a rate is no number, below 0 or outside what can be counted.
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

    /// Sessions due before a time: the integral of the rate; of timestamps their number.
    public func expected(until time: UInt64) -> Double {
        if self.process == .recorded { return Double(self.times.partitioned { $0 >= time }) }
        guard let piece = self.piece(at: time) else {
            return self.pieces.last.map { $0.before + $0.amount } ?? 0
        }
        return piece.before + piece.integral(to: Double(time &- piece.start))
    }

    /// The rate at a time in sessions/s, 0 past the end; of timestamps their number in that second.
    public func rate(at time: UInt64) -> Double {
        if self.process == .recorded {
            let second = time / 1_000_000_000 * 1_000_000_000
            let (next, overflow) = second.addingReportingOverflow(1_000_000_000)
            return self.expected(until: overflow ? .max : next) - self.expected(until: second)
        }
        guard let piece = self.piece(at: time) else { return 0 }
        return piece.rate(at: Double(time &- piece.start))
    }

    /// True where the rate is one and the same all through [start, end): drift and warm-up can be judged only
    /// there. Never for timestamps, nor where a part of it lies past the end of the plan.
    public func isConstant(from start: UInt64, to end: UInt64) -> Bool {
        guard self.process != .recorded, start < end else { return false }
        if let length = self.length, end > length { return false }
        var found: Double?
        // From the piece that holds `start` on.
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
    /// The index of the first element for which `belongs` is true, the elements being in such an order that
    /// all after it belong too; `count` where none does.
    func partitioned(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, self.count)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
