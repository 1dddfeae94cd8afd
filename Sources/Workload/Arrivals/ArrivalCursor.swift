import Numerics

/// The due times of a plan, in order, as nanoseconds from its start. Each is computed from its number, not
/// from the one before, so nothing adds up: a due time is the plan's to the nanosecond, and later
/// to the 16 digits of a Double (2 ns past 104 days).
///
/// Of k parts, part w gives the arrivals number w, w + k, w + 2k, … of one and the same sequence: what is
/// sent does not depend on the number of threads. A value; `next` allocates nothing.
public struct ArrivalCursor: Sendable {
    private let plan: ArrivalPlan
    private let parts: UInt64
    /// The number, in the whole sequence, of the arrival that comes next.
    private var number: UInt64
    /// Unit exponentials that must be drawn before the next arrival is reached.
    private var draws: UInt64
    private var generator: RandomGenerator
    /// Sum of the unit exponentials: where the last arrival stands on the axis of the integral.
    private var position = 0.0
    private var pieceIndex = 0
    /// The piece of that index, so that no array is touched while it lasts.
    private var piece: ArrivalPiece?
    private var last: UInt64 = 0

    /// Arrivals before this time can be told; a later one could not be added to a clock.
    public static let timeLimit: UInt64 = 1 << 62

    /// Part number `part` of `parts`; both are cut to what makes sense.
    public init(plan: ArrivalPlan, seed: UInt64, part: Int = 0, parts: Int = 1) {
        self.plan = plan
        self.parts = UInt64(max(1, parts))
        self.number = UInt64(min(max(0, part), max(1, parts) - 1))
        self.draws = self.number + 1
        self.generator = RandomGenerator(seed: seed, stream: Self.stream)
        self.piece = plan.pieces.first
    }

    /// A stream that no user draws from: those are numbered from 0.
    private static let stream = UInt64.max

    /// When the next arrival of this part is due; nil: there are no more.
    public mutating func next() -> UInt64? {
        let due: UInt64?
        switch self.plan.process {
        case .even:
            due = self.time(of: Double(self.number) + 0.5)
        case .poisson:
            // Time change (Cinlar 1975, "Introduction to Stochastic Processes", 4.7): a Poisson process of
            // rate 1, put through the inverse of the integral.
            while self.draws > 0 {
                self.position += self.generator.exponential()
                self.draws &-= 1
            }
            due = self.time(of: self.position)
        case .recorded:
            due = self.number < UInt64(self.plan.times.count) ? self.plan.times[Int(self.number)] : nil
        }
        guard let due else { return nil }
        self.number &+= self.parts
        self.draws = self.parts
        // Two arrivals within a rounding error of each other still come in order.
        self.last = max(self.last, due)
        return self.last
    }

    /// When the integral reaches a value that is never smaller than in the call before.
    private mutating func time(of position: Double) -> UInt64? {
        while let piece = self.piece {
            let inside = position - piece.before
            if inside < piece.amount {
                let offset = piece.offset(of: max(0, inside)).rounded()
                guard offset < Double(Self.timeLimit) else { return nil }
                // What rounds up to the end of a piece is still a part of it.
                return piece.start &+ min(UInt64(max(0, offset)), piece.length &- 1)
            }
            self.pieceIndex &+= 1
            self.piece = self.pieceIndex < self.plan.pieces.count ? self.plan.pieces[self.pieceIndex] : nil
        }
        return nil
    }
}
