import Numerics

/// The due times of a plan, in order, as nanoseconds from its start. Each is computed from its number, not from the one
/// before, so errors do not add up: a due time is exact to the nanosecond, and later to the 16 digits of a Double (2 ns
/// past 104 days).
///
/// Of k parts, part w gives the arrivals number w, w + k, w + 2k, … of the same sequence: so the load does not depend
/// on the number of threads. A value; `next` allocates nothing.
public struct ArrivalCursor: Sendable {
    private let plan: ArrivalPlan
    private let parts: UInt64
    /// The number of the next arrival in the whole sequence.
    private var number: UInt64
    /// Unit exponentials to draw before the next arrival is reached.
    private var draws: UInt64
    private var generator: RandomGenerator
    /// Sum of the unit exponentials: the place of the last arrival on the axis of the integral.
    private var position = 0.0
    private var pieceIndex = 0
    /// The piece at that index, so that no array is touched while it lasts.
    private var piece: ArrivalPiece?
    private var last: UInt64 = 0

    /// Later arrivals are not given, as they could not be added to a clock.
    public static let timeLimit: UInt64 = 1 << 62

    /// Part number `part` of `parts`; both are clamped to valid values.
    public init(plan: ArrivalPlan, seed: UInt64, part: Int = 0, parts: Int = 1) {
        self.plan = plan
        self.parts = UInt64(max(1, parts))
        self.number = UInt64(min(max(0, part), max(1, parts) - 1))
        self.draws = self.number + 1
        self.generator = RandomGenerator(seed: seed, stream: Self.stream)
        self.piece = plan.pieces.first
    }

    /// A random stream that no user has: those are numbered from 0.
    private static let stream = UInt64.max

    /// When the next arrival of this part is due; nil: there are no more.
    public mutating func next() -> UInt64? {
        let due: UInt64?
        switch self.plan.process {
        case .even:
            due = self.time(of: Double(self.number) + 0.5)
        case .poisson:
            // Time change (Cinlar 1975, "Introduction to Stochastic Processes", 4.7): a Poisson process of rate 1,
            // mapped by the inverse of the integral.
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
        // Two arrivals within a rounding error of each other must still come in order.
        self.last = max(self.last, due)
        return self.last
    }

    /// When the integral reaches a value that is no smaller than in the call before.
    private mutating func time(of position: Double) -> UInt64? {
        while let piece = self.piece {
            let inside = position - piece.before
            if inside < piece.amount {
                let offset = piece.offset(of: max(0, inside)).rounded()
                guard offset < Double(Self.timeLimit) else { return nil }
                // A time that rounds up to the end of a piece still belongs to it.
                return piece.start &+ min(UInt64(max(0, offset)), piece.length &- 1)
            }
            self.pieceIndex &+= 1
            self.piece = self.pieceIndex < self.plan.pieces.count ? self.plan.pieces[self.pieceIndex] : nil
        }
        return nil
    }
}
