/// How many sessions of a plan are due, counted by their due times: so the reported number is the number that the
/// workers start. (The integral of the rate is the expected number, which differs for Poisson arrivals.)
///
/// A value; it walks the plan once, forward, however many workers there are.
public struct ArrivalCount: Sendable {
    private var cursor: ArrivalCursor
    private var next: UInt64?

    /// Starts before the first arrival of a plan with this seed.
    public init(plan: ArrivalPlan, seed: UInt64) {
        self.cursor = ArrivalCursor(plan: plan, seed: seed)
        self.next = self.cursor.next()
    }

    /// Arrivals that are due before a time, in nanoseconds from the plan's start, and that no earlier call has counted.
    /// It costs as much as that many calls of the cursor: the plan's rate (`ArrivalPlan.rateLimit`) bounds them.
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
    /// Up to this many, the arrivals before a time are drawn one by one.
    private static let drawnLimit = 1_000_000.0
    /// With so many expected arrivals there is certainly one: a Poisson plan has none once in 10^21 seeds.
    private static let surelySome = 50.0

    /// Whether no session is due from `start` until before `end`, with the draws of this seed. False if only millions
    /// of draws could show it.
    func isEmpty(from start: UInt64, to end: UInt64, seed: UInt64) -> Bool {
        let (before, until) = (self.expected(until: start), self.expected(until: end))
        if self.process == .recorded { return until <= before }
        if until - before > Self.surelySome || before > Self.drawnLimit { return false }
        var count = ArrivalCount(plan: self, seed: seed)
        _ = count.take(before: start)
        return count.take(before: end) == 0
    }

    /// When the first session is due, with the draws of this seed; nil: never.
    func first(seed: UInt64) -> UInt64? {
        var cursor = ArrivalCursor(plan: self, seed: seed)
        return cursor.next()
    }
}
