/// How the users of a load join: when each sends its first request.
public struct Join: Sendable, Equatable {
    /// The rule that sets when a first request is due.
    public enum Kind: Sendable, Equatable {
        /// A share of the ramp, or all at once: back to back, `start: cold`, storms.
        case ramped
        /// As soon as fewer than `unansweredLimit` first requests wait for their answers: silent users.
        case inTurn
        /// At its place in the first cycle of the plan, as if the load had run for ever.
        case placed
        /// A share of `length`; the plan begins at its end.
        case spread
        /// A share of `length`, with the first request of a session: in a load of a number of sessions each one is
        /// whole.
        case whole
    }

    public var kind: Kind
    /// Nanoseconds in which all first requests are due; for `inTurn` the shortest time.
    public var length: UInt64
    /// The longest pause of a user's plan, in nanoseconds; for pauses without bounds the mean. 0: there is none.
    public var cycle: UInt64
    /// The rate of first requests as a multiple of the planned rate, if the given ramp is shorter than the plan's own;
    /// nil if it is no higher than planned.
    public var burst: Double?

    /// Most first requests without an answer at any time, if users join in turn.
    public static let unansweredLimit = 64

    /// A join with every value given.
    public init(kind: Kind, length: UInt64, cycle: UInt64 = 0, burst: Double? = nil) {
        self.kind = kind
        self.length = length
        self.cycle = cycle
        self.burst = burst
    }
}

extension Profile {
    /// How users join: never at a higher rate than later, unless a shorter ramp was given.
    public var join: Join {
        if self.load.open != nil { return Join(kind: .ramped, length: 0) }
        let pauses = PausesInForce(self)
        let ramp = self.load.ramp
        let cycle = pauses.cycle
        if self.load.isStorm { return Join(kind: .ramped, length: ramp, cycle: cycle) }
        if self.load.silence != nil { return Join(kind: .inTurn, length: ramp, cycle: cycle) }
        if self.load.start == .cold || cycle == 0 { return Join(kind: .ramped, length: ramp, cycle: cycle) }
        let isAsked = self.load.rampGiven || ramp > 0
        let length = isAsked ? ramp : cycle
        if self.load.sessions != nil { return Join(kind: .whole, length: length, cycle: cycle) }
        // With unbounded pauses the last of many users would be placed many cycles away.
        if length >= cycle && pauses.areBounded { return Join(kind: .placed, length: length, cycle: cycle) }
        let perUser = self.plannedRequestsPerSecondPerUser ?? 1e9 / pauses.mean
        let factor = 1e9 / (perUser * Double(max(1, length)))
        return Join(kind: .spread, length: length, cycle: cycle, burst: isAsked && factor > 1 ? factor : nil)
    }
}

/// The pauses that a user of a closed load repeats.
private struct PausesInForce {
    /// The longest pause, the mean of those above 0, and whether there is a longest; in nanoseconds.
    var longest: UInt64 = 0
    var areBounded = true
    private var sum = 0.0
    private var count = 0.0

    init(_ profile: Profile) {
        if profile.evenGap > 0 {
            self.add(.constant(profile.evenGap), times: 1)
            return
        }
        let steps = profile.session.filter { $0.repeatCount > 0 }
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            // After a session's last request, its step's `every` counts if sessions have no pace of their own; `think`
            // never does.
            let isPlain: Bool
            if case .every = step.pause { isPlain = profile.load.cycle == .none } else { isPlain = false }
            let times = step.repeatCount - (isLast && !isPlain ? 1 : 0)
            switch step.pause {
            case .none: break
            case .every(let gap), .think(let gap): self.add(gap, times: times)
            }
        }
        switch profile.load.cycle {
        case .none: break
        case .every(let gap), .between(let gap): self.add(gap, times: 1)
        }
    }

    var mean: Double { self.count > 0 ? self.sum / self.count : 0 }

    /// The longest pause, or the mean if there is no longest.
    var cycle: UInt64 { self.areBounded ? self.longest : UInt64(min(self.mean, Double(Gap.drawLimit))) }

    private mutating func add(_ gap: Gap, times: Int) {
        if times < 1 || gap.mean <= 0 { return }
        self.sum += gap.mean * Double(times)
        self.count += Double(times)
        switch gap {
        case .constant(let length): self.longest = max(self.longest, length)
        case .uniform(let low, let high): self.longest = max(self.longest, low, high)
        case .exponential: self.areBounded = false
        }
    }
}
