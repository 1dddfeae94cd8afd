import Measure

/// The writing ends of one step's histograms: plain data.
struct StepRecorders {
    let response: HistogramRecorder
    let service: HistogramRecorder
    let firstByte: HistogramRecorder
    let failed: HistogramRecorder
    let unended: RequestBoundRecorders
    let lower: RequestBoundRecorders

    /// The writing ends of some steps; the caller deallocates them. Nil for none.
    static func of(_ steps: [StepWindow]) -> UnsafeMutablePointer<StepRecorders>? {
        if steps.isEmpty { return nil }
        let recorders = UnsafeMutablePointer<StepRecorders>.allocate(capacity: steps.count)
        for (index, step) in steps.enumerated() {
            (recorders + index).initialize(
                to: StepRecorders(
                    response: step.response.recorder, service: step.service.recorder,
                    firstByte: step.firstByte.recorder, failed: step.failed.recorder,
                    unended: RequestBoundRecorders(step.bounds.map(\.unended)),
                    lower: RequestBoundRecorders(step.bounds.map(\.lower))))
        }
        return recorders
    }
}

/// Steps that objectives name are also recorded separately.
extension Worker {
    /// Records a request that ended, where its step is recorded apart; most are not.
    @inline(__always)
    mutating func recordApart(_ local: Int, failed: Bool, at end: UInt64) {
        let place = self.steps[Int(self.users[local].step)].apart
        if place >= 0 { self.recordApart(local, at: Int(place), failed: failed, end: end) }
    }

    /// The separate recorders of the user's step; nil for most.
    mutating func recordersApart(_ local: Int) -> UnsafeMutablePointer<StepRecorders>? {
        self.recordersApart(ofStep: Int(self.users[local].step), in: self.window(of: local))
    }

    /// The separate recorders of a step in a window; nil for most.
    mutating func recordersApart(
        ofStep step: Int, in window: UnsafeMutablePointer<HotWindow>
    ) -> UnsafeMutablePointer<StepRecorders>? {
        let place = self.steps[step].apart
        return place < 0 ? nil : window.pointee.steps.map { $0 + Int(place) }
    }

    @inline(never)
    private mutating func recordApart(_ local: Int, at place: Int, failed: Bool, end: UInt64) {
        guard let steps = self.window(of: local).pointee.steps else { return }
        let user = self.users + local
        let response = end &- min(end, user.pointee.intended)
        if failed { return steps[place].failed.record(response) }
        steps[place].response.record(response)
        steps[place].service.record(end &- min(end, user.pointee.sentAt))
        steps[place].firstByte.record(
            user.pointee.firstByteAt &- min(user.pointee.firstByteAt, user.pointee.sentAt))
    }
}
