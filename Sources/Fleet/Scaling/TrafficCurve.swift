import Units

/// Demand over time as a share of its peak, in the local time of those who use the service. It repeats: daily, or after
/// the days that a recorded one lasts. Between its points it is a straight line.
public struct TrafficCurve: Sendable, Equatable {
    /// The shape's name, as in a fleet file.
    public let shape: Shape
    /// Days after which the curve repeats.
    public let days: Int
    /// In order of time, with the peak at 1; never empty.
    let points: [Point]
    /// What happens once, on the last day of a simulation: the days before it do not foretell it.
    public let event: TrafficEvent?
    /// The intervals of a record that were spread over a day; nil for another curve.
    public let intervals: Intervals?

    /// Intervals of equal length.
    public struct Intervals: Sendable, Equatable {
        public let count: Int
        /// How long each was in the record.
        public let length: Duration
    }

    /// The shapes of a fleet file.
    public enum Shape: String, Sendable, CaseIterable {
        case flat, sine, event, worldcup98, csv, learned
        case businessDay = "business_day"
    }

    /// A time and the share of the peak then.
    struct Point: Sendable, Equatable {
        /// Seconds from the beginning of the curve.
        var second: Double
        /// 0 to 1.
        var share: Double

        init(_ second: Double, _ share: Double) {
            self.second = second
            self.share = share
        }
    }

    init(
        _ shape: Shape, _ points: [Point], days: Int = 1, event: TrafficEvent? = nil, intervals: Intervals? = nil
    ) {
        self.shape = shape
        self.points = points
        self.days = days
        self.event = event
        self.intervals = intervals
    }

    /// The mean share of the peak over the curve's days; of the day of the event where there is one.
    public var average: Double {
        if let event { return Self.mean(event.points, period: Self.secondsPerDay) }
        return Self.mean(self.points, period: Double(self.days) * Self.secondsPerDay)
    }

    /// The peak as a multiple of the average: at least 1.
    public var peakOverAverage: Double { 1 / self.average }

    static var secondsPerDay: Double { 86_400 }

    /// The shares at the beginning of each step of `step` seconds, over the days of the curve, in UTC: `utcOffset`
    /// seconds east of it the curve is that much earlier.
    func shares(step: Int, utcOffset: Int) -> [Double] {
        let shares = Self.sampled(self.points, period: Double(self.days) * Self.secondsPerDay, step: Double(step))
        let shift = Int((Double(utcOffset) / Double(step)).rounded())
        return shares.indices.map { index in
            let moved = (index + shift) % shares.count
            return shares[moved < 0 ? moved + shares.count : moved]
        }
    }

    /// The shares of the day of the event, nil without one. An event is at one moment everywhere.
    func eventShares(step: Int) -> [Double]? {
        self.event.map { Self.sampled($0.points, period: Self.secondsPerDay, step: Double(step)) }
    }

    /// The curve's values at 0, `step`, 2 `step` … seconds.
    private static func sampled(_ points: [Point], period: Double, step: Double) -> [Double] {
        guard let first = points.first, let last = points.last, step > 0 else { return [] }
        var shares: [Double] = []
        var next = 0
        for index in 0..<Int(period / step) {
            let time = Double(index) * step
            while next < points.count, points[next].second <= time { next += 1 }
            let before = next > 0 ? points[next - 1] : Point(last.second - period, last.share)
            let after = next < points.count ? points[next] : Point(first.second + period, first.share)
            let width = after.second - before.second
            let part = width > 0 ? (time - before.second) / width : 0
            shares.append(before.share + (after.share - before.share) * part)
        }
        return shares
    }

    /// The integral of the straight lines over the period, by trapezoids.
    private static func mean(_ points: [Point], period: Double) -> Double {
        guard var before = points.last else { return 0 }
        before.second -= period
        var sum = 0.0
        for point in points {
            sum += (point.second - before.second) * (point.share + before.share) / 2
            before = point
        }
        return sum / period
    }
}

/// A spike over a flat demand, such as a broadcast match: it begins, rises, lasts and falls, on one day.
public struct TrafficEvent: Sendable, Equatable {
    /// When it begins to rise, from midnight UTC of the last simulated day.
    public var start: Duration = .seconds(12 * 3_600)
    /// From its beginning to the peak.
    public var rise: Duration = .seconds(300)
    /// How long the peak lasts.
    public var hold: Duration = .seconds(1_800)
    /// From the end of the peak to the demand before.
    public var fall: Duration = .seconds(3_600)
    /// The peak as a multiple of the demand before and after.
    public var height: Double = 5

    /// An event at noon that takes 5 minutes to rise to 5 times the demand, the smallest event-like peak over average
    /// of WorldCup98 (nimamahmoudi/worldcup98-dataset), lasts half an hour and falls in an hour.
    public init() {}

    /// The points of its day.
    var points: [TrafficCurve.Point] {
        let base = 1 / self.height
        let start = self.start.seconds
        let top = start + self.rise.seconds
        let end = top + self.hold.seconds
        return [
            TrafficCurve.Point(0, base), TrafficCurve.Point(start, base), TrafficCurve.Point(top, 1),
            TrafficCurve.Point(end, 1), TrafficCurve.Point(end + self.fall.seconds, base),
        ]
    }
}
