/// The intervals of one tag of a log, added up: exactly what Java's `HistogramLogProcessor` makes of a log.
///
/// Entries are added in the order of the file. Where two have different ranges but the same unit and digits, the
/// sum grows to hold both; other differences are a fault.
public struct HistogramLogSeries {
    /// The lines that count: those with this tag; nil: those without one.
    public let tag: HistogramTag?
    /// Another tag whose lines count as well; nil: none.
    private let other: HistogramTag?
    /// Starts of intervals that count, in seconds since the log began; Java's `-start` and `-end`.
    public let range: ClosedRange<Double>
    /// Values are divided by this.
    public let unit: Double
    /// All values so far; nil before the first entry that counts.
    public private(set) var total: Histogram?
    /// Entries of this tag outside of the range, which were skipped.
    public private(set) var leftOut = 0
    /// Seconds since 1970 when the log began, from the first entry that counts.
    private var startSeconds = 0.0
    private var rows: [UInt8] = []
    private let keepsRows: Bool

    /// From the start without an end.
    public static let wholeLog = 0...Double.greatestFiniteMagnitude

    /// An empty sum. `keepsRows` collects what `intervalCSV` needs: some percentiles per interval.
    public init(
        tag: HistogramTag?, and other: HistogramTag? = nil, range: ClosedRange<Double> = wholeLog, unit: Double = 1e6,
        keepsRows: Bool = true
    ) {
        self.tag = tag
        self.other = other
        self.range = range
        self.unit = unit
        self.keepsRows = keepsRows
    }

    /// Whether an entry belongs to this series.
    public func takes(_ entry: HistogramLogEntry) -> Bool {
        (entry.tag == self.tag || (self.other != nil && entry.tag == self.other)) && self.range.contains(entry.offset)
    }

    /// Adds an entry; one of another tag or time is skipped without decoding it.
    public mutating func add(_ entry: HistogramLogEntry) throws(HistogramLogFault) {
        guard self.takes(entry) else {
            if entry.tag == self.tag { self.leftOut += 1 }
            return
        }
        let histogram = try entry.histogram()
        let sum = self.roomFor(histogram)
        do {
            try sum.merge(histogram)
        } catch {
            throw HistogramLogFault(line: entry.line, kind: .merge(error))
        }
        self.total = sum
        if self.startSeconds == 0 { self.startSeconds = entry.startSeconds }
        if self.keepsRows { self.appendRow(of: histogram, total: sum, entry: entry) }
    }

    /// The interval log as CSV, twelve columns: end of the interval in seconds since the log began; count, p50,
    /// p90 and maximum of the interval; count, p50, p90, p99, p99.9, p99.99 and maximum up to its end.
    public func intervalCSV() -> [UInt8] {
        var out = self.opening("Interval percentile log")
        guard self.total != nil else { return out }
        out.append(
            text: "\"Timestamp\",\"Int_Count\",\"Int_50%\",\"Int_90%\",\"Int_Max\",\"Total_Count\","
                + "\"Total_50%\",\"Total_90%\",\"Total_99%\",\"Total_99.9%\",\"Total_99.99%\",\"Total_Max\"\n"
        )
        out.append(contentsOf: self.rows)
        return out
    }

    /// The distribution of all entries that count, in the `.hgrm` form.
    public func distributionText() -> [UInt8] {
        self.opening("Overall percentile distribution")
            + PercentileDistribution.text(of: self.total ?? Self.empty, unit: self.unit)
    }

    /// The distribution of all entries that count, in its CSV form.
    public func distributionCSV() -> [UInt8] {
        self.opening("Overall percentile distribution")
            + PercentileDistribution.csv(of: self.total ?? Self.empty, unit: self.unit)
    }

    /// What Java prints where no entry counts.
    private static var empty: Histogram { Histogram(significantDigits: 2, highestTrackable: 1_000_000) }

    /// The sum, made or grown where the next histogram has values beyond it.
    private func roomFor(_ histogram: Histogram) -> Histogram {
        guard let total = self.total else { return Histogram(shape: histogram.shape) }
        let highest = histogram.maximumEquivalent
        guard highest > total.layout.highestWithSlot,
            let shape = HistogramShape(
                lowestDiscernible: total.lowestDiscernible, highestTrackable: highest,
                significantDigits: total.significantDigits)
        else { return total }
        let grown = Histogram(shape: shape)
        grown.addCounts(of: total)
        return grown
    }

    private mutating func appendRow(of interval: Histogram, total: Histogram, entry: HistogramLogEntry) {
        self.rows.appendFixed(entry.endOffset, decimals: 3)
        self.appendCells(of: interval, percentiles: [50, 90])
        self.appendCells(of: total, percentiles: [50, 90, 99, 99.9, 99.99])
        self.rows.append(UInt8(ascii: "\n"))
    }

    /// Count, percentiles and maximum, each after a comma.
    private mutating func appendCells(of histogram: Histogram, percentiles: [Double]) {
        self.rows.append(UInt8(ascii: ","))
        self.rows.appendInteger(histogram.totalCount)
        let values = percentiles.map { histogram.value(atPercentile: $0) } + [histogram.maximumEquivalent]
        for value in values {
            self.rows.append(UInt8(ascii: ","))
            self.rows.appendFixed(Double(value) / self.unit, decimals: 3)
        }
    }

    /// The comments at the start of both files: the range asked for, and when the log began.
    private func opening(_ title: String) -> [UInt8] {
        var out: [UInt8] = []
        out.append(text: "#[\(title) between ")
        out.appendFixed(self.range.lowerBound, decimals: 3)
        out.append(text: " and ")
        if self.range.upperBound < Self.wholeLog.upperBound {
            out.appendFixed(self.range.upperBound, decimals: 3)
        } else {
            out.append(text: "<Infinite>")
        }
        out.append(text: " seconds (relative to StartTime)]\n")
        if self.startSeconds != 0 {
            out.append(contentsOf: HistogramLogWriter.startTimeComment(seconds: self.startSeconds))
        }
        return out
    }
}
