import Measure

/// One distribution as JSON, for programs without HDR.
public enum HistogramJSON {
    /// The name and version of the format.
    public static let schema = "headroom.histogram/1"
    /// The default percentiles.
    public static let usualPercentiles = [50, 90, 95, 99, 99.9, 99.99]

    /// `{"schema", "tag", "unit", "count", "min", "mean", "standard_deviation", "max", "percentiles": [{"percentile",
    /// "value", "count"}]}`. Values are divided by `divisor`, and whole if that is 1. The `count` of a percentile is
    /// the number of samples up to its value. A percentile with too few samples beyond it has a null value, as in
    /// run.json. In an empty distribution all but the count is null.
    public static func encode(
        _ histogram: Histogram, tag: String?, unit: String, divisor: Double, percentiles: [Double]
    ) -> [UInt8] {
        let isEmpty = histogram.isEmpty
        func value(_ value: UInt64) -> JSON {
            divisor == 1 ? .integer(value) : .number(Double(value) / divisor)
        }
        let rows = zip(percentiles, histogram.steps(atPercentiles: percentiles)).map { percentile, step in
            let isSupported = histogram.supportedValue(atPercentile: percentile) != nil
            return JSON.object([
                ("percentile", .number(percentile)), ("value", isSupported ? value(step.value) : .null),
                ("count", .integer(step.totalCount)),
            ])
        }
        return JSONWriter.encode(
            .object([
                ("schema", .string(Self.schema)), ("tag", .stringOrNull(tag)), ("unit", .string(unit)),
                ("count", .integer(histogram.totalCount)),
                ("min", isEmpty ? .null : value(histogram.minimum)),
                ("mean", isEmpty ? .null : .number(histogram.mean / divisor)),
                ("standard_deviation", isEmpty ? .null : .number(histogram.standardDeviation / divisor)),
                ("max", isEmpty ? .null : value(histogram.maximum)), ("percentiles", .array(rows)),
            ]))
    }
}
