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

    /// Gives the windows the exact extremes that the rows keep. False where they belong to other values.
    public func restore(hold: HoldInterval, connectOutside: Extremes?, tlsOutside: Extremes?) -> Bool {
        var fits = true
        func restore(_ histogram: Histogram, _ extremes: Extremes?) {
            guard let extremes else { return fits = fits && histogram.isEmpty }
            fits = histogram.restore(extremes) && fits
        }
        for index in 0..<Metric.count {
            restore(self.hold.succeeded[index], hold.succeeded[index])
            restore(self.hold.failed[index], hold.failed[index])
        }
        for (bounds, extremes) in zip(self.hold.bounds, hold.unended) { restore(bounds.unended, extremes) }
        restore(self.outside.succeeded[Metric.connect.rawValue], connectOutside)
        restore(self.outside.succeeded[Metric.tls.rawValue], tlsOutside)
        return fits
    }
}
