/// A percentile distribution as text, exactly as Java's `outputPercentileDistribution` writes it.
public enum PercentileDistribution {
    /// The `.hgrm` form, which HdrHistogram's plotters read: columns, then mean, deviation, maximum and shape.
    /// Values are divided by `unit` (1e6: nanoseconds to milliseconds) and have as many decimals as the histogram
    /// has digits.
    public static func text(of histogram: Histogram, unit: Double = 1e6) -> [UInt8] {
        let decimals = histogram.significantDigits
        var out = Array("       Value     Percentile TotalCount 1/(1-Percentile)\n\n".utf8)
        for step in histogram.percentiles() {
            out.appendFixed(Double(step.value) / unit, decimals: decimals, width: 12)
            out.append(UInt8(ascii: " "))
            out.appendFixed(step.percentile, decimals: 12)
            out.append(UInt8(ascii: " "))
            out.appendInteger(step.totalCount, width: 10)
            if !step.isLast {
                out.append(UInt8(ascii: " "))
                out.appendFixed(step.inverse, decimals: 2, width: 14)
            }
            out.append(UInt8(ascii: "\n"))
        }
        out.append(text: "#[Mean    = ")
        out.appendFixed(histogram.mean / unit, decimals: decimals, width: 12)
        out.append(text: ", StdDeviation   = ")
        out.appendFixed(histogram.standardDeviation / unit, decimals: decimals, width: 12)
        out.append(text: "]\n#[Max     = ")
        out.appendFixed(Double(histogram.maximumEquivalent) / unit, decimals: decimals, width: 12)
        out.append(text: ", Total count    = ")
        out.appendInteger(histogram.totalCount, width: 12)
        out.append(text: "]\n#[Buckets = ")
        out.appendInteger(UInt64(histogram.layout.bucketCount), width: 12)
        out.append(text: ", SubBuckets     = ")
        out.appendInteger(UInt64(2 * histogram.layout.subBucketHalfCount), width: 12)
        out.append(text: "]\n")
        return out
    }

    /// The CSV form: the same rows without padding, `Infinity` in the last, and no footer.
    public static func csv(of histogram: Histogram, unit: Double = 1e6) -> [UInt8] {
        self.csv(rows: histogram.percentiles(), decimals: histogram.significantDigits, unit: unit)
    }

    static func csv(rows: some Sequence<PercentileStep>, decimals: Int, unit: Double) -> [UInt8] {
        var out = Array("\"Value\",\"Percentile\",\"TotalCount\",\"1/(1-Percentile)\"\n".utf8)
        for step in rows {
            out.appendFixed(Double(step.value) / unit, decimals: decimals)
            out.appendPlace(of: step)
        }
        return out
    }
}
