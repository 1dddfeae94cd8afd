/// The distributions of a run, added up from the lines of its log: the windows as they were when the run wrote them.
public struct RunDistributions {
    /// Requests due inside the hold, and outside.
    public let hold: Window
    public let outside = Window()
    /// The histogram for each tag; `<metric>.all` is first kept in the place of the failures.
    private let places: [String: Histogram]

    /// Empty distributions, with the steps of these numbers recorded apart.
    public init(steps: [Int] = []) {
        self.hold = Window(steps: steps)
        var places: [String: Histogram] = [:]
        for (tag, histogram) in self.hold.steps.flatMap(\.series) { places[tag.text] = histogram }
        for (window, outsideHold) in [(self.hold, false), (self.outside, true)] {
            for metric in Metric.allCases {
                let index = metric.rawValue
                places[HistogramTag(metric, outsideHold: outsideHold).text] = window.succeeded[index]
                places[HistogramTag(metric, .all, outsideHold: outsideHold).text] = window.failed[index]
            }
            for (metric, bounds) in zip(Metric.bounded, window.bounds) {
                places[HistogramTag(metric, .unended, outsideHold: outsideHold).text] = bounds.unended
                places[HistogramTag(metric, .lower, outsideHold: outsideHold).text] = bounds.lower
            }
        }
        self.places = places
    }

    /// Adds a line. One with an unknown tag is skipped without decoding it.
    public func add(_ entry: HistogramLogEntry) throws(HistogramLogFault) {
        guard let tag = entry.tag, let place = self.places[tag.text] else { return }
        let histogram = try entry.histogram()
        do {
            try place.merge(histogram)
        } catch {
            throw HistogramLogFault(line: entry.line, kind: .merge(error))
        }
    }

    /// Forgets all lines.
    public func reset() {
        self.hold.reset()
        self.outside.reset()
    }

    /// After the last line: the failures are every attempt minus the successes.
    public func finish() throws(HistogramMergeFault) {
        for window in [self.hold, self.outside] {
            for index in 0..<Metric.count { try window.failed[index].subtract(window.succeeded[index]) }
        }
    }

    /// Gives the windows the exact extremes that the rows keep. False where they belong to other values. `unknown`:
    /// names of columns that the rows do not have; there the ends of the histogram's slots stay.
    public func restore(
        hold: HoldInterval, connectOutside: Extremes?, tlsOutside: Extremes?, unknown: Set<String> = []
    ) -> Bool {
        var fits = true
        func restore(_ histogram: Histogram, _ extremes: Extremes?, _ name: String) {
            if unknown.contains("\(name)_min") || unknown.contains("\(name)_max") { return }
            guard let extremes else { return fits = fits && histogram.isEmpty }
            fits = histogram.restore(extremes) && fits
        }
        for metric in Metric.allCases {
            let index = metric.rawValue
            restore(self.hold.succeeded[index], hold.succeeded[index], "hold_\(metric.name)")
            restore(self.hold.failed[index], hold.failed[index], "hold_\(metric.name)_failed")
        }
        for (index, metric) in Metric.bounded.enumerated() {
            restore(self.hold.bounds[index].unended, hold.unended[index], "hold_\(metric.name)_unended")
        }
        restore(self.outside.succeeded[Metric.connect.rawValue], connectOutside, "warmup_connect")
        restore(self.outside.succeeded[Metric.tls.rawValue], tlsOutside, "warmup_tls")
        return fits
    }
}
