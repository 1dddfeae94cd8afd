/// Distributions of one step of a session: requests due inside the hold, recorded apart because an objective is about
/// the step.
public final class StepWindow {
    /// Its place in the session, counted from 1.
    public let number: Int
    /// Times of its successful requests.
    public let response = Histogram()
    public let service = Histogram()
    public let firstByte = Histogram()
    /// Response times of its failed requests: an objective on errors needs their number.
    public let failed = Histogram()
    /// Bounds of response, service and first byte, in this order.
    public let bounds = (0..<StepWindow.bounded.count).map { _ in Bounds() }

    /// The metrics of a step that have bounds.
    public static let bounded: [Metric] = [.response, .service, .firstByte]

    /// An empty window of a step.
    public init(number: Int) { self.number = number }

    /// Its histograms with the tags of the log.
    public var series: [(tag: HistogramTag, histogram: Histogram)] {
        let bounds = zip(Self.bounded, self.bounds).flatMap { metric, bounds in
            [
                (HistogramTag(metric, step: self.number, .unended), bounds.unended),
                (HistogramTag(metric, step: self.number, .lower), bounds.lower),
            ]
        }
        return [
            (HistogramTag(.response, step: self.number), self.response),
            (HistogramTag(.service, step: self.number), self.service),
            (HistogramTag(.firstByte, step: self.number), self.firstByte),
            (HistogramTag(.response, step: self.number, .failed), self.failed),
        ] + bounds
    }

    /// Successful requests of a metric; nil for one that a step does not have.
    public func succeeded(_ metric: Metric) -> Histogram? {
        switch metric {
        case .response: self.response
        case .service: self.service
        case .firstByte: self.firstByte
        default: nil
        }
    }

    /// Adds another window: exact.
    func add(_ other: StepWindow) {
        self.response.add(other.response)
        self.service.add(other.service)
        self.firstByte.add(other.firstByte)
        self.failed.add(other.failed)
        for (own, others) in zip(self.bounds, other.bounds) { own.add(others) }
    }

    /// Forgets everything.
    func reset() {
        self.response.reset()
        self.service.reset()
        self.firstByte.reset()
        self.failed.reset()
        for bounds in self.bounds { bounds.reset() }
    }
}

extension DistributionFigures {
    /// The extremes of a histogram without exact ones in a row of intervals.csv: the ends of their slots. So a run and
    /// its rebuild from the log give the same values.
    public init(ofSlots histogram: Histogram) {
        self.init(of: histogram)
        if histogram.isEmpty { return }
        self.minimum = histogram.value(atPercentile: 0)
        self.maximum = histogram.maximumEquivalent
    }
}
