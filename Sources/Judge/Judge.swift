import Measure
import Workload

/// The one judge of objectives: for a run, a report, a union and a trial. Pure: its inputs are given to it.
///
/// PASS: the measured upper bound is inside, and the load was delivered. FAIL: the lower bound is outside. UNKNOWN
/// otherwise, with one reason.
public struct Judge {
    /// The whole hold.
    public var whole: ScopeEvidence
    /// The steps that the words after `for` name; nil where none of them was recorded.
    public var steps: (String) -> ScopeEvidence? = { _ in nil }
    /// The results of an objective over windows, window by window; nil where no window was judged.
    public var windows: (SLO) -> SLOOutcome.Windows? = { _ in nil }
    public var users = UsersEvidence()
    /// The hold was reached.
    public var isHoldReached = true
    /// Why the load was not delivered: fewer starts than planned, because of the generator.
    public var missedStarts: VerdictReason?
    /// Why a load that waits for answers was not delivered: the generator limited it.
    public var ownLimit: VerdictReason?
    /// Why a constant load was not sustained.
    public var notSteady: VerdictReason?
    /// The 95 % interval of the value that an objective compares; nil where there is none.
    public var interval: (SLO) -> ConfidenceInterval? = { _ in nil }

    /// A judge of a hold without any doubt about its load.
    public init(whole: ScopeEvidence) { self.whole = whole }

    /// Judges each objective in turn.
    public func judge(_ objectives: [SLO]) -> [SLOOutcome] { objectives.map(self.judge) }

    /// Judges one objective.
    public func judge(_ slo: SLO) -> SLOOutcome {
        var windows: SLOOutcome.Windows?
        var finding: Finding
        if let asked = slo.windows {
            let tally = self.windows(slo) ?? SLOOutcome.Windows()
            windows = tally
            finding = Self.judge(tally, share: asked.share)
        } else if let step = slo.step {
            finding = self.steps(step)?.judge(slo.objective) ?? .unknown(.nothingMeasured)
        } else {
            finding = self.plain(slo.objective)
        }
        self.qualify(&finding, slo)
        return SLOOutcome(
            text: slo.text, verdict: finding.verdict, measured: finding.measured, lower: finding.lower,
            reason: finding.reason, isClose: finding.verdict != .unknown && self.isClose(slo, windows),
            windows: windows)
    }

    private func plain(_ objective: SLO.Objective) -> Finding {
        switch objective {
        case .heldEqualsAsked: self.users.judge(self.users.held, asked: self.users.asked)
        case .connectionsEqualAsked: self.users.judge(self.users.connections, asked: self.users.connectionsAsked)
        case .percentile, .mean, .maximum:
            self.isHoldReached ? self.whole.judge(objective) : .unknown(.holdNotReached)
        case .errors, .resent, .rate, .throughput: self.whole.judge(objective)
        }
    }

    /// PASS if enough windows passed, FAIL if too many failed.
    static func judge(_ tally: SLOOutcome.Windows, share: Double) -> Finding {
        guard tally.count > 0 else { return .unknown(.noWindow) }
        let (count, held) = (Double(tally.count), Double(tally.held))
        // 99 of 100 must count as 99 %, whatever binary fractions give.
        let needed = (share * count - 1e-9 * count).rounded(.up)
        var finding = Finding(.unknown, measured: .fraction(held / count))
        if held >= needed { finding.verdict = .pass }
        if count - Double(tally.failed) < needed { finding.verdict = .fail }
        if finding.verdict == .unknown {
            finding.reason = .windows(tally, needed: UInt64(max(0, needed)))
        }
        return finding
    }

    /// A PASS becomes UNKNOWN if the load was less than asked for, or if a growing queue was not long enough yet to
    /// break the objective. A lower limit that was missed under less load has not failed.
    private func qualify(_ finding: inout Finding, _ slo: SLO) {
        let doubts: [VerdictReason?]
        switch (slo.objective, finding.verdict) {
        case (.percentile, .pass), (.mean, .pass), (.maximum, .pass):
            doubts = [self.missedStarts, self.ownLimit, self.notSteady]
        // A load that waits for answers asks for what it makes: its errors are those of that load.
        case (.errors, .pass), (.resent, .pass): doubts = [self.missedStarts]
        case (.rate, .fail), (.throughput, .fail): doubts = [self.missedStarts, self.ownLimit]
        default: return
        }
        guard let reason = doubts.lazy.compactMap({ $0 }).first else { return }
        finding.verdict = .unknown
        finding.reason = reason
    }

    /// Whether the interval of the compared value contains the limit.
    private func isClose(_ slo: SLO, _ windows: SLOOutcome.Windows?) -> Bool {
        if let asked = slo.windows { return windows?.isClose(to: asked.share) ?? false }
        guard let interval = self.interval(slo) else { return false }
        switch slo.objective {
        case .percentile(_, _, let limit), .mean(_, let limit): return interval.contains(Double(limit))
        default: return false
        }
    }
}

/// What is known of users and their connections.
public struct UsersEvidence {
    public var asked: UInt64 = 0
    /// The fewest users held at once, and no more than were ever answered.
    public var held: UInt64 = 0
    public var connectionsAsked: UInt64 = 0
    /// The fewest connections held at once.
    public var connections: UInt64 = 0
    /// The run was cut off before its hold.
    public var isCut = false
    /// A resource of the generator that was used up.
    public var ownLimit: ValidityFinding.Resource?
    /// The length of the generator's pause, if all users that were lost were lost in pauses.
    public var pause: UInt64?

    /// No user is asked for.
    public init() {}

    /// Compares what was held with what was asked for.
    func judge(_ held: UInt64, asked: UInt64) -> Finding {
        if self.isCut { return .unknown(.holdNotReached) }
        var finding = Finding(.pass, measured: .count(held))
        if held >= asked { return finding }
        finding.reason = self.ownLimit.map { .ownLimit($0) } ?? self.pause.map { .lostInPause($0) }
        finding.verdict = finding.reason == nil ? .fail : .unknown
        return finding
    }
}
