/// How much of the start of a measurement is not steady yet.
///
/// MSER, the marginal standard error rule: cut where the standard error of the mean of the rest is smallest (White, "An
/// Effective Truncation Heuristic for Bias Reduction in Simulation Output", Simulation 69(6), 1997; White, Cobb and
/// Spratt, WSC 2000, for values that are batches themselves, as our seconds are). Where the values scatter little,
/// plain MSER throws away half of the data for differences that no reader sees. So `resolution` is added to their
/// variance: nothing is cut for less than 1 % of the level.
public struct WarmUp: Sendable, Equatable {
    /// How many values at the start are to be cut.
    public var length: Int
    /// False where the best cut is the last allowed one, half of the data: no steady state is in sight.
    public var isSettled: Bool
    /// How much larger the median of what is cut is than that of the rest, as a share of it: 0.5 is 50 % above.
    public var excess: Double

    /// Fewer values than this are not judged.
    public static let smallestCount = 20
    /// Differences from the level below this share of it are not worth a second of data.
    public static let resolution = 0.01

    /// A warm-up with every value given.
    public init(length: Int, isSettled: Bool, excess: Double) {
        self.length = length
        self.isSettled = isSettled
        self.excess = excess
    }

    /// The warm-up from the medians of the seconds (or of longer, equal spans) in time order; a median is nil where
    /// there are no samples. Nil for too few.
    public init?(ofMedians medians: [Double?]) {
        let present = medians.enumerated().compactMap { index, value in value.map { (index, $0) } }
        let values = present.map(\.1)
        guard values.count >= Self.smallestCount else { return nil }
        let limit = values.count / 2
        let cut = Self.cut(values, limit: limit)
        self.length = cut == 0 ? 0 : present[cut].0
        self.isSettled = cut < limit
        let level = Array(values[cut...]).sortedMedian
        self.excess = cut == 0 || level <= 0 ? 0 : Array(values[..<cut]).sortedMedian / level - 1
    }

    /// How many of the first values to cut, at most `limit`. Means and sums of squares are carried from the end
    /// towards the beginning (Welford's recurrence).
    private static func cut(_ values: [Double], limit: Int) -> Int {
        let floor = Self.resolution * Array(values[limit...]).sortedMedian
        var (mean, squares, count) = (0.0, 0.0, 0.0)
        var best = (cut: limit, score: Double.infinity)
        for index in values.indices.reversed() {
            count += 1
            let deviation = values[index] - mean
            mean += deviation / count
            squares += deviation * (values[index] - mean)
            if index > limit { continue }
            let score = (squares / count + floor * floor) / count
            if score <= best.score { best = (index, score) }
        }
        return best.cut
    }
}
