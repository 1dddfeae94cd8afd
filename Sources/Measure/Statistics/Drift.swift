import Numerics

/// Whether a value rises or falls with time: under a constant load it should not.
///
/// Spearman's rank correlation of the values with their order, tested with Student's t on n - 2 degrees of freedom
/// (Kendall and Stuart, "The Advanced Theory of Statistics", vol. 2, 31.19). It assumes nothing about the shape of the
/// drift except that it goes one way, and a single stalled second is one rank.
public struct Drift: Sendable, Equatable {
    /// Rank correlation with time, -1 to 1.
    public var correlation: Double
    /// The probability of a correlation this strong without a drift.
    public var pValue: Double
    /// How much the value changed from beginning to end, as a share of its median: 0.2 is 20 % up.
    public var change: Double

    /// Fewer values than this are not judged.
    public static let smallestCount = 20
    /// A drift counts as real when its probability by chance is below this.
    public static let significance = 0.001

    /// A drift with every value given.
    public init(correlation: Double, pValue: Double, change: Double) {
        self.correlation = correlation
        self.pValue = pValue
        self.change = change
    }

    /// Whether it is real, however small.
    public var isFlagged: Bool { self.pValue < Self.significance }

    /// The drift of the medians of the seconds (or of longer, equal spans), in the order of time; nil for too few.
    public init?(ofMedians values: [Double]) {
        guard values.count >= Self.smallestCount else { return nil }
        let ranks = Self.ranks(values)
        let middle = Double(values.count + 1) / 2
        var (product, square, timeSquare) = (0.0, 0.0, 0.0)
        for (index, rank) in ranks.enumerated() {
            let time = Double(index + 1) - middle
            product += time * (rank - middle)
            square += (rank - middle) * (rank - middle)
            timeSquare += time * time
        }
        self.correlation = square > 0 ? product / (square * timeSquare).squareRoot() : 0
        let degrees = Double(values.count - 2)
        let unexplained = 1 - self.correlation * self.correlation
        let t = unexplained > 0 ? self.correlation * (degrees / unexplained).squareRoot() : .infinity
        self.pValue = StudentT.beyond(t, degrees: degrees)
        self.change = Self.change(values)
    }

    /// Counted from 1; equal values share the mean of their ranks.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var first = 0
        while first < order.count {
            var last = first
            while last + 1 < order.count, values[order[last + 1]] == values[order[first]] { last += 1 }
            for place in first...last { ranks[order[place]] = Double(first + last) / 2 + 1 }
            first = last + 1
        }
        return ranks
    }

    /// The medians of the first and the last third are two thirds of the time apart.
    private static func change(_ values: [Double]) -> Double {
        let third = values.count / 3
        let whole = values.sortedMedian
        guard whole > 0 else { return 0 }
        let rise = Array(values.suffix(third)).sortedMedian - Array(values.prefix(third)).sortedMedian
        return 1.5 * rise / whole
    }
}

extension [Double] {
    /// The upper median; 0 when empty.
    var sortedMedian: Double { self.isEmpty ? 0 : self.sorted()[self.count / 2] }
}
