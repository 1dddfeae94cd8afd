import Glibc

extension ExceedanceFit {
    /// What is known of a line before its shares are looked at. It is below the end of stability. If its limit is on
    /// the time in a queue, it is about as far below as such a queue needs.
    struct Prior: Equatable {
        /// The end of stability as a load, and its standard error.
        var end: Double
        var error: Double
        /// How far below it the line is expected; nil where that is not known.
        var gap: Double?
        /// log(1 / allowed): the growth of the share from the line to the end.
        var rise: Double

        /// Places of the end to try, in standard errors: equally likely ones (quantiles at 1/16, 3/16, …).
        private static let places = [-1.534, -0.887, -0.489, -0.157, 0.157, 0.489, 0.887, 1.534]
        /// How well the gap is known: the deviation of its logarithm, and the degrees of freedom of Student's
        /// distribution. With few degrees, trials overrule the gap if the target is not a single queue.
        static let gapDeviation = 0.2
        static let gapDegrees = 4.0
        /// The closest that a line may be to the end, relative to the gap or to the end.
        private static let nearest = 0.01
        /// Bursts that the knowledge of the gap counts for, besides those of the trials. They are few, so the
        /// correction for few bursts fades where trials give no information.
        static let bursts = 0.3
        /// How well the slope is known.
        static let slopeDeviation = 0.25
        /// The steepest expected slope.
        static let steepest = 300.0

        /// Loss of log-likelihood of a line.
        func surprise(_ logLine: Double) -> Double {
            let line = exp(logLine)
            var sum = 0.0
            for place in Self.places {
                let left = self.end + place * self.error - line
                guard let gap = self.gap else {
                    sum += left > 0 ? 1 : 0.001
                    continue
                }
                let distance = log(max(left, gap * Self.nearest) / gap) / Self.gapDeviation
                let tail = left > 0 ? 1 : exp(left / max(gap, self.error))
                sum += tail * pow(1 + distance * distance / Self.gapDegrees, -(Self.gapDegrees + 1) / 2)
            }
            return -log(max(sum / Double(Self.places.count), 1e-12))
        }

        /// The slope of a queue whose line is here: its log share rises linearly with the load and reaches a share of 1
        /// at the end. Nil where nothing is known of the gap.
        func slope(at logLine: Double) -> Double? {
            guard let gap = self.gap else { return nil }
            let line = exp(logLine)
            let left = max(self.end - line, gap * Self.nearest, line * self.rise / Self.steepest)
            return self.rise * line / left
        }
    }
}
