import Measure

/// The hot side of a window: counters and the writing ends of its histograms, plain data.
struct HotWindow {
    var counters = Counters()
    let succeeded: Recorders
    let failed: Recorders
    /// For requests that have not ended, and lower bounds.
    let unended: BoundRecorders
    let lower: BoundRecorders
    /// For the steps that are recorded apart, by `CompiledStep.apart`; only in the hold.
    let steps: UnsafeMutablePointer<StepRecorders>?

    /// One recorder per metric of `Metric.bounded`.
    struct BoundRecorders {
        let request: RequestBoundRecorders
        let connect: HistogramRecorder
        let session: HistogramRecorder

        init(_ histograms: [Histogram]) {
            precondition(histograms.count == Metric.bounded.count, "one histogram per metric")
            let own = RequestBoundRecorders.count
            self.request = RequestBoundRecorders(Array(histograms.prefix(own)))
            self.connect = histograms[own].recorder
            self.session = histograms[own + 1].recorder
        }
    }

    /// One recorder per metric.
    struct Recorders {
        let response: HistogramRecorder
        let service: HistogramRecorder
        let firstByte: HistogramRecorder
        let connect: HistogramRecorder
        let tls: HistogramRecorder
        let session: HistogramRecorder
        let sendLag: HistogramRecorder
        let generatorLag: HistogramRecorder
        let clientDelay: HistogramRecorder
        let kernelService: HistogramRecorder

        init(_ histograms: [Histogram]) {
            precondition(histograms.count == Metric.count, "one histogram per metric")
            self.response = histograms[Metric.response.rawValue].recorder
            self.service = histograms[Metric.service.rawValue].recorder
            self.firstByte = histograms[Metric.firstByte.rawValue].recorder
            self.connect = histograms[Metric.connect.rawValue].recorder
            self.tls = histograms[Metric.tls.rawValue].recorder
            self.session = histograms[Metric.session.rawValue].recorder
            self.sendLag = histograms[Metric.sendLag.rawValue].recorder
            self.generatorLag = histograms[Metric.generatorLag.rawValue].recorder
            self.clientDelay = histograms[Metric.clientDelay.rawValue].recorder
            self.kernelService = histograms[Metric.kernelService.rawValue].recorder
        }
    }
}

/// The writing ends for the bounds of requests (not ended, or lower bounds), of a window or of one step.
struct RequestBoundRecorders {
    let response: HistogramRecorder
    let service: HistogramRecorder
    let firstByte: HistogramRecorder

    /// The number of histograms.
    static let count = StepWindow.bounded.count

    init(_ histograms: [Histogram]) {
        precondition(histograms.count == Self.count, "one histogram per metric")
        self.response = histograms[0].recorder
        self.service = histograms[1].recorder
        self.firstByte = histograms[2].recorder
    }

    /// Records one request; nil: it did not get so far.
    @inline(__always)
    func record(response: UInt64, service: UInt64?, firstByte: UInt64?) {
        self.response.record(response)
        if let service { self.service.record(service) }
        if let firstByte { self.firstByte.record(firstByte) }
    }
}

/// What one worker writes during one interval. Each worker has two and swaps them; the controller reads the one that is
/// not being written. Ownership passes with `WorkerStatus.closed` (release) and `RunControl.interval` (release).
final class IntervalBlock {
    /// [0] due outside the hold, [1] due inside.
    let hot: UnsafeMutablePointer<HotWindow>
    let windows: [Window]
    /// Levels over the interval, written by the worker at its end.
    let levels: UnsafeMutablePointer<Levels>

    /// How many users, connections and requests there were at once.
    struct Levels {
        var usersHeld = Held()
        var connectionsHeld = Held()
        var inFlightAtEnd: UInt64 = 0
        var established: UInt64 = 0
        var endedAt: UInt64 = 0
        var usage = WorkerUsage()
    }

    init(stepsApart: [Int]) {
        let windows = [Window(), Window(steps: stepsApart)]
        self.windows = windows
        self.hot = .allocate(capacity: 2)
        for (index, window) in windows.enumerated() {
            (self.hot + index).initialize(
                to: HotWindow(
                    succeeded: HotWindow.Recorders(window.succeeded),
                    failed: HotWindow.Recorders(window.failed),
                    unended: HotWindow.BoundRecorders(window.bounds.map(\.unended)),
                    lower: HotWindow.BoundRecorders(window.bounds.map(\.lower)),
                    steps: StepRecorders.of(window.steps)))
        }
        self.levels = .allocate(capacity: 1)
        self.levels.initialize(to: Levels())
    }

    deinit {
        for index in 0...1 { self.hot[index].steps?.deallocate() }
        self.hot.deallocate()
        self.levels.deallocate()
    }

    /// Moves what was written into the given totals and empties the block. Controller only.
    func drain(outside: Window, hold: Window) {
        for (index, total) in [outside, hold].enumerated() {
            let window = self.windows[index]
            window.counters = self.hot[index].counters
            total.add(window)
            window.reset()
            self.hot[index].counters = Counters()
        }
    }
}
