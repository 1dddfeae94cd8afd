/// Unit, range and digits of a histogram: what must agree for two to be added, and what their files name.
public struct HistogramShape: Sendable, Equatable {
    /// The smallest difference that is kept.
    public let lowestDiscernible: UInt64
    /// The largest value that is recorded as itself.
    public let highestTrackable: UInt64
    /// Significant decimal digits.
    public let significantDigits: Int
    /// Where values live.
    public let layout: HistogramLayout

    /// A shape, or nil where HdrHistogram knows none such (see `HistogramLayout.init`).
    public init?(lowestDiscernible: UInt64, highestTrackable: UInt64, significantDigits: Int) {
        guard
            let layout = HistogramLayout(
                lowestDiscernible: lowestDiscernible, significantDigits: significantDigits,
                highestTrackable: highestTrackable)
        else { return nil }
        self.init(
            lowestDiscernible: lowestDiscernible, highestTrackable: highestTrackable,
            significantDigits: significantDigits, layout: layout)
    }

    init(lowestDiscernible: UInt64, highestTrackable: UInt64, significantDigits: Int, layout: HistogramLayout)
    {
        self.lowestDiscernible = lowestDiscernible
        self.highestTrackable = highestTrackable
        self.significantDigits = significantDigits
        self.layout = layout
    }
}

extension HistogramShape: CustomStringConvertible {
    /// For messages: "1 to 86400000000000 with 3 digits".
    public var description: String {
        "\(self.lowestDiscernible) to \(self.highestTrackable) with \(self.significantDigits) digits"
    }
}

/// Why one histogram could not be added to another.
public enum HistogramMergeFault: Error, Equatable, CustomStringConvertible {
    case shape(ours: HistogramShape, theirs: HistogramShape)
    case tooManyValues

    /// What, and how to fix it.
    public var description: String {
        switch self {
        case .shape(let ours, let theirs):
            "histograms of different shape (\(ours); \(theirs)): merge only records made with the same "
                + "digits and range"
        case .tooManyValues:
            "more than \(Histogram.highestTotal) values in all: one of the inputs is damaged or made up"
        }
    }
}

extension Histogram {
    /// Adds another histogram that may come from anywhere: exact, or an error and nothing changed.
    public func merge(_ other: Histogram) throws(HistogramMergeFault) {
        guard other.shape == self.shape else { throw .shape(ours: self.shape, theirs: other.shape) }
        let (sum, carried) = self.totalCount.addingReportingOverflow(other.totalCount)
        guard !carried, sum <= Self.highestTotal else { throw .tooManyValues }
        self.add(other)
    }
}
