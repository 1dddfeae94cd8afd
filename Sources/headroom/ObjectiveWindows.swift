import Measure
import Workload

/// Judges objectives window by window while the hold goes on, or while its record is read again.
///
/// A window is made of whole intervals: it is full when those of the hold that are in it add up to its length (with
/// a number of sessions, where seconds do not begin with the hold, up to one more). A request belongs to the
/// interval in which it ended; what was due in the hold and ended after it, to the last window, if that ended with
/// the hold. What is left over at the end and is no whole window is not judged. Memory: one histogram and two
/// numbers for each objective, however long the hold is.
struct ObjectiveWindows {
    private var watched: [Watched]

    /// One objective, its window that is being filled, and how those before it went.
    fileprivate struct Watched {
        let slo: SLO
        let length: UInt64
        /// nil for an objective on errors.
        let metric: Metric?
        /// Numbers of the steps it is about; empty where it is about all.
        let steps: [Int]
        let histogram = Histogram()
        var ok: UInt64 = 0
        var failed: UInt64 = 0
        var resent: UInt64 = 0
        /// Nanoseconds of the hold that are in the window.
        var filled: UInt64 = 0
        var tally = SLO.WindowTally()
    }

    /// Before the first interval. Objectives that are about no windows are passed over.
    init(_ objectives: [SLO], plan: RunPlan) {
        self.watched = objectives.compactMap { slo in
            guard let windows = slo.windows else { return nil }
            return Watched(
                slo: slo, length: windows.length, metric: slo.metric,
                steps: slo.step.map(plan.steps(named:)) ?? [])
        }
    }

    /// Nothing is to be judged.
    var isEmpty: Bool { self.watched.isEmpty }

    /// Takes the next interval: what it had of the hold, and how much of it lay inside, in nanoseconds.
    mutating func take(_ hold: Window, duration: UInt64) {
        for index in self.watched.indices { self.watched[index].take(hold, duration: duration) }
    }

    /// How the objectives went, by their texts. After the last interval.
    mutating func finish() -> [String: SLO.WindowTally] {
        for index in self.watched.indices { self.watched[index].closeIfFull() }
        return Dictionary(self.watched.map { ($0.slo.text, $0.tally) }) { first, _ in first }
    }
}

extension ObjectiveWindows.Watched {
    fileprivate mutating func take(_ hold: Window, duration: UInt64) {
        // A window that is full takes what ends after the hold; the next one begins with the next interval inside it.
        if duration > 0 { self.closeIfFull() }
        self.filled &+= duration
        guard !self.slo.isOfStep else { return self.takeSteps(hold) }
        self.ok &+= hold.counters.requestsOK
        self.failed &+= hold.counters.requestsFailed
        self.resent &+= hold.counters.requestsResent
        if let metric { self.histogram.add(hold.succeeded[metric.rawValue]) }
    }

    private mutating func takeSteps(_ hold: Window) {
        for step in hold.steps where self.steps.contains(step.number) {
            self.ok &+= step.response.totalCount
            self.failed &+= step.failed.totalCount
            if let metric, let values = step.succeeded(metric) { self.histogram.add(values) }
        }
    }

    fileprivate mutating func closeIfFull() {
        if self.filled < self.length { return }
        self.tally.add(
            SLO.Evidence(ofSlots: self.histogram, ok: self.ok, failed: self.failed, resent: self.resent),
            of: self.slo)
        self.histogram.reset()
        (self.ok, self.failed, self.resent, self.filled) = (0, 0, 0, 0)
    }
}

extension SLO {
    /// It is about some steps of the session.
    fileprivate var isOfStep: Bool { self.step != nil }

    /// The latency it is about; nil where it is about none.
    fileprivate var metric: Metric? {
        switch self.objective {
        case .percentile(let word, _, _), .mean(let word, _), .maximum(let word, _): word.metric
        case .errors, .resent, .heldEqualsAsked: nil
        }
    }
}

extension RunPlan {
    /// The numbers of the steps that objectives name so.
    func steps(named word: String) -> [Int] {
        self.steps.filter { $0.words.contains(word) }.map(\.number)
    }
}

extension SLO.Evidence {
    /// What one distribution and three counts show. The maximum is the upper end of its slot, as a log has it, so that
    /// a run and what is rebuilt from its record are judged alike.
    init(ofSlots histogram: Histogram, ok: UInt64, failed: UInt64, resent: UInt64) {
        let ended = ok &+ failed
        self.init(
            count: { _ in histogram.totalCount },
            value: { histogram.value(atPercentile: $1 * 100) },
            maximum: { _ in histogram.isEmpty ? 0 : histogram.maximumEquivalent },
            mean: { _ in histogram.mean },
            errorFraction: ended == 0 ? nil : Double(failed) / Double(ended),
            resentFraction: ended == 0 ? nil : Double(resent) / Double(ended),
            asked: 0, established: 0, lowestHeld: 0)
    }

    /// What was measured of the steps of these numbers; nil where there are none.
    init?(steps numbers: [Int], of hold: Window) {
        let steps = hold.steps.filter { numbers.contains($0.number) }
        if steps.isEmpty { return nil }
        func union(_ word: SLO.LatencyWord) -> Histogram {
            let sum = Histogram()
            for step in steps { if let values = step.succeeded(word.metric) { sum.add(values) } }
            return sum
        }
        let ok = steps.reduce(UInt64(0)) { $0 &+ $1.response.totalCount }
        let failed = steps.reduce(UInt64(0)) { $0 &+ $1.failed.totalCount }
        self.init(
            count: { union($0).totalCount },
            value: { union($0).value(atPercentile: $1 * 100) },
            maximum: { union($0).isEmpty ? 0 : union($0).maximumEquivalent },
            mean: { union($0).mean },
            errorFraction: ok &+ failed == 0 ? nil : Double(failed) / Double(ok &+ failed),
            asked: 0, established: 0, lowestHeld: 0)
    }
}

/// Judges the windows of a record: its intervals once more, one by one.
enum StoredWindows {
    /// How the objectives over windows went, by their texts; empty where there are none.
    static func read(
        _ folder: (fd: Int32, path: String), reader: RecordReader
    ) throws(Refusal) -> [String: SLO.WindowTally] {
        let plan = reader.stored.plan
        var windows = ObjectiveWindows(reader.stored.objectives, plan: plan)
        if windows.isEmpty || reader.totals.rows == 0 { return windows.finish() }
        let cursor = try RecordCursor(folder, reader: reader)
        let interval = RunDistributions(steps: plan.steps.map(\.number))
        while let next = try cursor.next() {
            interval.reset()
            do {
                for entry in next.entries { try interval.add(entry) }
            } catch {
                throw Refusal(sentence: "\(folder.path)/latency.hlog: \(error)", code: .badInput)
            }
            interval.hold.counters = next.row.hold.counters
            windows.take(interval.hold, duration: next.row.hold.duration)
        }
        return windows.finish()
    }
}
