/// The lines that one interval of a run adds to latency.hlog. It keeps one histogram for sums, so that a run allocates
/// none per interval.
public final class IntervalLines {
    private let union = Histogram()

    /// Allocates that histogram.
    public init() {}

    /// The lines of each metric with values: `<metric>` for successes, `<metric>.all` for every attempt, `.unended` for
    /// what has not ended, and `.lower` for values without the generator's part, with `warmup.` in front for what was
    /// due outside the hold. Then the steps of the hold that are recorded apart. Times are nanoseconds since the log
    /// began.
    public func lines(hold: Window, outside: Window, start: UInt64, end: UInt64) -> [UInt8] {
        var out: [UInt8] = []
        for (window, outsideHold) in [(hold, false), (outside, true)] {
            for metric in Metric.allCases {
                self.append(metric, of: window, outsideHold: outsideHold, start: start, end: end, to: &out)
            }
            for (metric, bounds) in zip(Metric.bounded, window.bounds) {
                for (part, histogram) in [(HistogramTag.Part.unended, bounds.unended), (.lower, bounds.lower)]
                where !histogram.isEmpty {
                    let tag = HistogramTag(metric, part, outsideHold: outsideHold)
                    out += HistogramLogWriter.line(tag: tag, start: start, end: end, histogram: histogram)
                }
            }
        }
        for (tag, histogram) in hold.steps.flatMap(\.series) where !histogram.isEmpty {
            out += HistogramLogWriter.line(tag: tag, start: start, end: end, histogram: histogram)
        }
        return out
    }

    private func append(
        _ metric: Metric, of window: Window, outsideHold: Bool, start: UInt64, end: UInt64,
        to out: inout [UInt8]
    ) {
        let succeeded = window.succeeded[metric.rawValue]
        let failed = window.failed[metric.rawValue]
        let tag = HistogramTag(metric, outsideHold: outsideHold)
        let tagOfAll = HistogramTag(metric, .all, outsideHold: outsideHold)
        var line: [UInt8] = []
        if !succeeded.isEmpty {
            line = HistogramLogWriter.line(tag: tag, start: start, end: end, histogram: succeeded)
            out += line
        }
        if !failed.isEmpty {
            self.union.reset()
            self.union.add(succeeded)
            self.union.add(failed)
            out += HistogramLogWriter.line(tag: tagOfAll, start: start, end: end, histogram: self.union)
        } else if !succeeded.isEmpty {
            // Nothing failed, so the histogram is the same. Encoding is the expensive part.
            out.append(text: "Tag=\(tagOfAll.text)")
            out += line.dropFirst("Tag=\(tag.text)".utf8.count)
        }
    }
}
