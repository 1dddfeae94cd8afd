import Units

#if canImport(Glibc)
import Glibc
#endif

/// The shapes that are known without data. Usual peaks over the average: 1.5 to 2 for a sine, 3 for a
/// business day, 5 to more than 20 for an event.
extension TrafficCurve {
    /// The same demand all the time.
    public static let flat = TrafficCurve(.flat, [Point(0, 1)])

    /// The hour of a sine's peak in local time.
    public static let sinePeakHour = 20.0

    /// A sine over the day with its peak at 20:00: share = m + (1 - m) cos(2π (t - 20 h) / 24 h), where m is the mean,
    /// 1 / `peakOverAverage`. Throws outside 1 to 2: a sine cannot have a higher peak without falling below zero.
    public static func sine(peakOverAverage: Double) throws(ParseError) -> TrafficCurve {
        guard peakOverAverage >= 1, peakOverAverage <= 2 else {
            throw ParseError(
                "a sine has a peak of 1 to 2 times its average; for a higher one use `shape: business_day` or "
                    + "`shape: event`")
        }
        let mean = 1 / peakOverAverage
        let minutes = 1_440
        let points = (0..<minutes).map { minute in
            let hours = Double(minute) / 60 - Self.sinePeakHour
            return Point(Double(minute) * 60, max(0, mean + (1 - mean) * cos(2 * Double.pi * hours / 24)))
        }
        return TrafficCurve(.sine, points)
    }

    /// The most that `businessDay` can have: that of its working hours alone.
    public static var businessDayLimit: Double { 1 / Self.mean(of: Self.workingHours) }

    /// A working day: quiet nights, a peak at half past ten, lunch, a second peak, an early end. The shape is ours; it
    /// is lifted from below until its peak over its average is the one that is given. Throws outside 1 to 3.18.
    public static func businessDay(peakOverAverage: Double = 3) throws(ParseError) -> TrafficCurve {
        guard peakOverAverage >= 1, peakOverAverage <= Self.businessDayLimit else {
            throw ParseError(
                "a business day has a peak of 1 to 3.18 times its average; for a higher one use `shape: event`")
        }
        let mean = Self.mean(of: Self.workingHours)
        let night = max(0, (1 / peakOverAverage - mean) / (1 - mean))
        return TrafficCurve(
            .businessDay, Self.workingHours.map { Point($0.hour * 3_600, night + (1 - night) * $0.share) })
    }

    private static let workingHours: [(hour: Double, share: Double)] = [
        (0, 0), (7, 0), (8.5, 0.4), (10.5, 1), (12.5, 0.8), (14.5, 0.95), (17, 0.4), (19, 0.1), (21, 0),
    ]

    private static func mean(of hours: [(hour: Double, share: Double)]) -> Double {
        let sum = zip(hours, hours.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1.hour - pair.0.hour) * (pair.0.share + pair.1.share) / 2
        }
        return sum / 24
    }

    /// A median day of the site of the football World Cup of 1998, as its 125,300 minutes have it
    /// (nimamahmoudi/worldcup98-dataset): its peak minute is 1.96 times the average, its peak hour 1.49 times, its
    /// quietest hour 0.40 of the busiest, and demand grows by a factor of at most 1.56 in 5 minutes. The curve matches
    /// the four within 2 %; its form is ours: a sine with its peak at 20:00, and a match at 17:06 that brings its
    /// visitors in 4 minutes and loses them in 29.
    public static let worldcup98: TrafficCurve = {
        let values = (0..<1_440).map { minute in
            let daily = 1 + 0.4 * cos(2 * Double.pi * (Double(minute) / 60 - 20) / 24)
            let fromTop = Double(minute - (17 * 60 + 6))
            let match = fromTop < 0 ? 1 + fromTop / 4 : 1 - fromTop / 29
            return daily + 0.7 * max(0, match)
        }
        let peak = values.max() ?? 1
        return TrafficCurve(.worldcup98, values.enumerated().map { Point(Double($0.offset) * 60, $0.element / peak) })
    }()

    /// A spike on the last day of a simulation. Throws if it is not over by midnight, and for a height below 1.
    public static func event(_ event: TrafficEvent) throws(ParseError) -> TrafficCurve {
        let times = [event.start, event.rise, event.hold, event.fall]
        guard times.allSatisfy({ $0 >= .zero && $0 <= .day }), times.reduce(.zero, +) <= .day else {
            throw ParseError(
                "the event is not over by midnight: start, rise, hold and fall are at most 24h together")
        }
        guard event.height >= 1, event.height <= Self.heightLimit else {
            throw ParseError("an event's height is 1 to 1000 times the demand before it, such as `height: 5`")
        }
        return TrafficCurve(.event, [Point(0, 1 / event.height)], event: event)
    }

    /// The highest event: fifty times the highest peak over average of a usual event.
    static let heightLimit = 1_000.0

    /// Intervals that a record can have had: seconds of a day.
    public static let learnedLimit = 86_400

    /// The load of a record: values at intervals of a length, spread over one day and divided by their highest. Throws
    /// without a positive value, and for negative ones.
    public static func learned(_ values: [Double], every length: Duration) throws(ParseError) -> TrafficCurve {
        guard values.count <= Self.learnedLimit else {
            throw ParseError("\(values.count) intervals are more than a day has seconds; use at most 86400")
        }
        guard let peak = values.max(), peak > 0, values.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
            throw ParseError("a curve needs values of 0 and more, and one above 0")
        }
        let width = Self.secondsPerDay / Double(values.count)
        return TrafficCurve(
            .learned, values.enumerated().map { Point(Double($0.offset) * width, $0.element / peak) },
            intervals: Intervals(count: values.count, length: length))
    }
}
