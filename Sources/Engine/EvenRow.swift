import Measure
import Workload

/// Requests that are due one gap apart: what a plan of equal gaps has due, by arithmetic instead of a walk.
struct EvenRow: Equatable {
    /// When the first is due, and how many there are.
    var first: UInt64
    var count: UInt64
    let gap: UInt64
    /// The place of the first in its session, counted from 0, and how many requests a session has.
    var position: UInt64
    let perSession: UInt64

    /// The requests due before a time, and those due from it on.
    func split(at time: UInt64) -> [EvenRow] {
        let before = self.first >= time ? 0 : min(self.count, (time &- self.first &- 1) / self.gap &+ 1)
        var (early, late) = (self, self)
        early.count = before
        late.count = self.count &- before
        late.first = self.first &+ before &* self.gap
        late.position = (self.position &+ before % self.perSession) % self.perSession
        return [early, late]
    }

    /// The requests among these that begin a session.
    var sessions: EvenRow {
        let skipped = (self.perSession &- self.position) % self.perSession
        let count = self.count > skipped ? (self.count &- skipped &- 1) / self.perSession &+ 1 : 0
        return EvenRow(
            first: self.first &+ skipped &* self.gap, count: count, gap: self.gap &* self.perSession, position: 0,
            perSession: 1)
    }

    /// Records how long each request has waited until a time. One that was not due by then counts as 0.
    func record(_ recorder: HistogramRecorder, until time: UInt64) {
        let parts = self.split(at: time)
        let last = parts[0].first &+ (parts[0].count &- 1) &* self.gap
        if parts[0].count > 0 { recorder.record(from: time &- last, gap: self.gap, count: parts[0].count) }
        recorder.record(0, times: parts[1].count)
    }
}

extension SessionPlan {
    /// All requests that the plan has due for a user from `first` on and before `stop`. Nil where the gaps differ, or
    /// where something else decides: then only a walk finds them.
    func evenRow(_ user: User, from first: UInt64, before stop: UInt64) -> EvenRow? {
        guard self.evenGap > 0, first < stop, self.cycle == .none else { return nil }
        var position = UInt64(max(0, user.iteration))
        for step in 0..<min(Int(user.step), self.stepCount) {
            position &+= UInt64(max(0, self.steps[step].repeatCount))
        }
        let perSession = UInt64(max(1, self.requestsPerSession))
        if position >= perSession { return nil }
        var count = (stop &- first &- 1) / self.evenGap &+ 1
        // A counted or an open load decides only the rest of this session; later ones are not this user's plan.
        if self.isCounted || self.isOpen { count = min(count, perSession &- position) }
        return EvenRow(first: first, count: count, gap: self.evenGap, position: position, perSession: perSession)
    }
}
