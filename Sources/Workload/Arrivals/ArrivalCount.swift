/// How many sessions of a plan are due, by the due times themselves: what the workers start and what is said to be due
/// are the same numbers. (The integral of the rate is what is expected, and of Poisson arrivals another number.)
///
/// A value; it walks the plan once, forward, however many workers there are.
public struct ArrivalCount: Sendable {
    private var cursor: ArrivalCursor
    private var next: UInt64?

    /// Before the first arrival of a plan that is drawn from this seed.
    public init(plan: ArrivalPlan, seed: UInt64) {
        self.cursor = ArrivalCursor(plan: plan, seed: seed)
        self.next = self.cursor.next()
    }

    /// Arrivals that are due before a time, in nanoseconds from the plan's start, and that no earlier call has counted.
    /// Costs what as many calls of the cursor cost: the plan's rate (`ArrivalPlan.rateLimit`) bounds them.
    public mutating func take(before time: UInt64) -> UInt64 {
        var count: UInt64 = 0
        while let due = self.next, due < time {
            count &+= 1
            self.next = self.cursor.next()
        }
        return count
    }
}

extension ArrivalPlan {
    /// Arrivals up to which those before a time are drawn one by one.
    private static let drawnLimit = 1_000_000.0
    /// So many expected arrivals are surely some: a Poisson plan has none of them once in 10^21 seeds.
    private static let surelySome = 50.0

    /// No session is due from `start` until before `end`, with the draws of this seed; false where that could only be
    /// found by drawing millions.
    func isEmpty(from start: UInt64, to end: UInt64, seed: UInt64) -> Bool {
        let (before, until) = (self.expected(until: start), self.expected(until: end))
        if self.process == .recorded { return until <= before }
        if until - before > Self.surelySome || before > Self.drawnLimit { return false }
        var count = ArrivalCount(plan: self, seed: seed)
        _ = count.take(before: start)
        return count.take(before: end) == 0
    }

    /// When the first session is due, with the draws of this seed; nil for never.
    func first(seed: UInt64) -> UInt64? {
        var cursor = ArrivalCursor(plan: self, seed: seed)
        return cursor.next()
    }
}
