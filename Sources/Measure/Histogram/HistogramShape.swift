/// Unit, range and digits of a histogram. They must agree for two histograms to be added, and their files state them.
public struct HistogramShape: Sendable, Equatable {
    /// The smallest difference that it resolves.
    public let lowestDiscernible: UInt64
    /// The largest value that is recorded as itself.
    public let highestTrackable: UInt64
    /// Significant decimal digits.
    public let significantDigits: Int
    /// The arithmetic of its slots.
    public let layout: HistogramLayout

    /// A shape, or nil where HdrHistogram has no such shape (see `HistogramLayout.init`).
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

extension Histogram {
    /// Adds another histogram from any source: exact, or an error and nothing changes. Unit and digits must agree; a
    /// range may differ as long as the other's values have a slot here.
    public func merge(_ other: Histogram) throws(HistogramMergeFault) {
        guard other.lowestDiscernible == self.lowestDiscernible,
            other.significantDigits == self.significantDigits,
            other.usedSlots.upperBound <= self.slotCount
        else { throw .shape(ours: self.shape, theirs: other.shape) }
        let (sum, carried) = self.totalCount.addingReportingOverflow(other.totalCount)
        guard !carried, sum <= Self.highestTotal else { throw .tooManyValues }
        self.addCounts(of: other)
    }

    /// Subtracts values that were added before: exact in its counts, or an error and nothing changes. In a run rebuilt
    /// from its log, the failed values are every attempt minus those that succeeded.
    ///
    /// Minimum and maximum are then those of the outermost slots, as for a histogram read from a log.
    public func subtract(_ other: Histogram) throws(HistogramMergeFault) {
        guard other.shape == self.shape else { throw .shape(ours: self.shape, theirs: other.shape) }
        guard other.usedSlots.allSatisfy({ other.count(atSlot: $0) <= self.count(atSlot: $0) }),
            other.overflowCount <= self.overflowCount
        else { throw .notContained }
        let overflow = self.overflowCount - other.overflowCount
        let counts = self.usedSlots.map {
            (slot: $0, count: self.count(atSlot: $0) - other.count(atSlot: $0))
        }
        self.reset()
        for (slot, count) in counts { self.fill(slot: slot, count: count) }
        self.recorder.header.pointee.overflow = overflow
    }
}
