/// percentiles.csv: the distributions of a record in long form, one block of rows per metric.
///
/// Columns: metric, value in nanoseconds (the highest of its slot), percentile from 0 to 1, samples up to that
/// value, and one in how many samples lies beyond it. Rows are those of `Histogram.percentiles()`; a metric
/// without samples has none.
public enum PercentilesCSV {
    /// The first line.
    public static let header = "Metric,Value,Percentile,TotalCount,1/(1-Percentile)\n"

    /// The whole file: header, and one block per named histogram, in the order given. Names are written as they are, so
    /// use those of `Metric` or tags that `HistogramTag` accepts.
    public static func bytes(of series: [(name: String, histogram: Histogram)]) -> [UInt8] {
        var out = Array(Self.header.utf8)
        for (name, histogram) in series {
            let prefix = Array(name.utf8) + [UInt8(ascii: ",")]
            for step in histogram.percentiles() {
                out.append(contentsOf: prefix)
                out.appendInteger(step.value)
                out.appendPlace(of: step)
            }
        }
        return out
    }
}

/// The distributions of a window as percentiles.csv: `<metric>` as in run.json, for successes and what has not ended,
/// and `<metric>.all` for every attempt, in the order of `Metric`; values without the generator's part
/// (`<metric>.lower`); then the steps that are recorded apart, by their tags.
public func percentilesCSV(of window: Window) -> [UInt8] {
    PercentilesCSV.bytes(
        of: Metric.allCases.flatMap { metric in
            [
                (name: metric.name, histogram: window.counted(metric)),
                (name: metric.name + ".all", histogram: window.all(metric)),
            ]
        }
            + zip(Metric.bounded, window.bounds).map { metric, bounds in
                (name: HistogramTag(metric, .lower).text, histogram: bounds.lower)
            } + window.steps.flatMap(\.series).map { (name: $0.tag.text, histogram: $0.histogram) })
}

extension [UInt8] {
    /// The place of a step, as the last cells of its row: `,percentile,total count,1/(1-percentile)`.
    mutating func appendPlace(of step: PercentileStep) {
        self.append(UInt8(ascii: ","))
        self.appendFixed(step.percentile, decimals: 12)
        self.append(UInt8(ascii: ","))
        self.appendInteger(step.totalCount)
        self.append(UInt8(ascii: ","))
        self.appendFixed(step.inverse, decimals: 2)
        self.append(UInt8(ascii: "\n"))
    }
}
