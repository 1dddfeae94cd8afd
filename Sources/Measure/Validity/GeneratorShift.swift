/// How far our own delays moved a percentile of the response time.
///
/// A response R is the time T that it takes without us, plus our delay D, at its start or before its answer is read. D
/// is assumed independent of T, which is so where others take our CPU: F_R(x) = E[F_T(x - D)]. To first order F_T
/// equals F_R inside a difference, so F_T(x) = F_R(x) + E[F_R(x) - F_R(x - D)], and its percentile is what ours would
/// have been. That makes a large shift too small, but still large.
public struct GeneratorShift: Sendable, Equatable {
    /// The key of machine output, such as `p99`.
    public var key: String
    /// As reported, in nanoseconds.
    public var published: UInt64
    /// Without our delays, in nanoseconds; no larger.
    public var without: UInt64

    /// Smaller delays do not count as a disturbance: sending and waking up take this long on an idle machine.
    public static let smallestDelay: UInt64 = 200_000
    /// With fewer answers of known delay than this, their tail is not known. Alone, without starts, more are needed.
    public static let answersNeeded: UInt64 = 100
    public static let answersNeededAlone: UInt64 = 1_000

    /// Known values.
    public init(key: String, published: UInt64, without: UInt64) {
        self.key = key
        self.published = published
        self.without = without
    }

    /// How much we added, as a share of the value without us.
    public var share: Double {
        self.without == 0 ? 0 : Double(self.published) / Double(self.without) - 1
    }

    /// The shift of each reported percentile. `starts`: how late our own fault made requests start. `answers`: how long
    /// some of the answers waited for us. What delays starts also delays answers, and few of those are known. So the
    /// larger shift counts, with answers as late as they are known to be, or as late as starts are. Nil where neither
    /// is known well enough.
    public static func all(response: Histogram, starts: Histogram, answers: Histogram) -> [GeneratorShift]? {
        let own = Self.delays(starts)
        var cases: [[Delay]] = starts.isEmpty ? [] : [own + own]
        if answers.totalCount >= (starts.isEmpty ? Self.answersNeededAlone : Self.answersNeeded) {
            cases.append(own + Self.delays(answers))
        }
        if cases.isEmpty { return nil }
        let shape = CumulativeShape(response)
        return DistributionFigures.percentiles.compactMap { key, percentile in
            guard let published = response.supportedValue(atPercentile: percentile) else { return nil }
            let without = cases.map { shape.value(atShare: percentile / 100, upTo: published, without: $0) }
            return GeneratorShift(key: key, published: published, without: without.min() ?? published)
        }
    }

    /// A delay, and the part of the requests that had it.
    fileprivate typealias Delay = (nanoseconds: UInt64, part: Double)

    private static func delays(_ histogram: Histogram) -> [Delay] {
        let total = Double(max(1, histogram.totalCount))
        return histogram.usedSlots.compactMap { slot in
            let count = histogram.count(atSlot: slot)
            if count == 0 || histogram.lowestValue(ofSlot: slot) < Self.smallestDelay { return nil }
            return (histogram.highestValue(ofSlot: slot), Double(count) / total)
        }
    }
}

/// A histogram's distribution function.
private struct CumulativeShape {
    private let histogram: Histogram
    private let first: Int
    /// For each slot from `first` on: the share of all values in it and in those before.
    private let shares: [Double]

    init(_ histogram: Histogram) {
        self.histogram = histogram
        let slots = histogram.usedSlots
        let total = Double(max(1, histogram.totalCount))
        var seen: UInt64 = 0
        self.first = slots.lowerBound
        self.shares = slots.map { slot in
            seen &+= histogram.count(atSlot: slot)
            return Double(seen) / total
        }
    }

    /// The share of the values in slots that end at or before a value.
    private func share(upTo value: UInt64) -> Double {
        let next = self.histogram.layout.index(of: min(value, self.histogram.highestTrackable - 1) + 1)
        let index = next - self.first - 1
        return index < 0 ? 0 : self.shares[min(index, self.shares.count - 1)]
    }

    /// The smallest value that a share reaches without the delays; `published`: the value with them.
    func value(atShare share: Double, upTo published: UInt64, without delays: [GeneratorShift.Delay]) -> UInt64 {
        let layout = self.histogram.layout
        var low = self.first
        var high = layout.index(of: min(published, self.histogram.highestTrackable))
        while low < high {
            let middle = (low + high) / 2
            let value = layout.highestValue(ofSlot: middle)
            let own = self.share(upTo: value)
            var reached = own
            for delay in delays {
                let before = value > delay.nanoseconds ? self.share(upTo: value - delay.nanoseconds) : 0
                reached += delay.part * (own - before)
            }
            // 1e-9: a sum of parts that is one except for rounding.
            if reached >= share - 1e-9 { high = middle } else { low = middle + 1 }
        }
        return layout.highestValue(ofSlot: low)
    }
}
