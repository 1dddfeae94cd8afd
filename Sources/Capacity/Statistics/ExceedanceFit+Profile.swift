import Glibc

extension ExceedanceFit {
    /// The likelihood of a line's place, at the slope that suits that place best.
    ///
    /// The log-likelihood is concave in (intercept, slope), so it has one hill over the place of the line. The prior
    /// may add another. A grid finds the higher hill, golden section its top, bisection its ends.
    struct Profile {
        var points: [Point]
        /// logit of the allowed share.
        let offset: Double
        /// The likelihood is divided by this.
        var dispersion: Double
        /// What is known besides the trials.
        var prior: Prior?

        private static let goldenSteps = 40
        private static let bisections = 30
        private static let slopeSteps = 40
        private static let slopeTolerance = 1e-5

        /// The most likely line inside the range; the middle, where a whole stretch is equally likely.
        func best(in range: ClosedRange<Double>) -> Double {
            self.prior == nil ? self.top(in: range) : self.top(in: self.hill(in: range))
        }

        /// The neighbourhood of the highest place of a grid that is finer toward the end of stability.
        private func hill(in range: ClosedRange<Double>) -> ClosedRange<Double> {
            let finest = Self.finestStep
            let width = range.upperBound - range.lowerBound
            guard width > finest else { return range }
            let ratio = pow(width / finest, 1 / Double(Self.gridSteps))
            let places = (0...Self.gridSteps).map { range.upperBound - finest * pow(ratio, Double($0)) }
            let heights = places.map { self.likelihood(at: $0) }
            let highest = heights.indices.max { heights[$0] < heights[$1] } ?? 0
            let above = highest > 0 ? places[highest - 1] : range.upperBound
            let below = highest < Self.gridSteps ? places[highest + 1] : range.lowerBound
            return below...above
        }

        private static let gridSteps = 60
        private static let finestStep = 0.000_5

        private func top(in range: ClosedRange<Double>) -> Double {
            let ratio = 0.618_033_988_749_894_9
            var (low, high) = (range.lowerBound, range.upperBound)
            var left = high - ratio * (high - low)
            var right = low + ratio * (high - low)
            var (atLeft, atRight) = (self.likelihood(at: left), self.likelihood(at: right))
            for _ in 0..<Self.goldenSteps {
                if atLeft < atRight {
                    low = left
                    (left, atLeft) = (right, atRight)
                    right = low + ratio * (high - low)
                    atRight = self.likelihood(at: right)
                } else {
                    high = right
                    (right, atRight) = (left, atLeft)
                    left = high - ratio * (high - low)
                    atLeft = self.likelihood(at: left)
                }
            }
            return (low + high) / 2
        }

        /// Where the likelihood has fallen to `floor`, or the limit where it has not.
        func end(from line: Double, toward limit: Double, floor: Double) -> Double {
            if self.likelihood(at: limit) >= floor { return limit }
            var (inside, outside) = (line, limit)
            for _ in 0..<Self.bisections {
                let middle = (inside + outside) / 2
                if self.likelihood(at: middle) >= floor { inside = middle } else { outside = middle }
            }
            return (inside + outside) / 2
        }

        /// Log-likelihood of a line at the best slope for it.
        func likelihood(at line: Double) -> Double {
            let slope = self.slope(at: line)
            var sum = 0.0
            for point in self.points {
                var eta = self.offset + slope * (point.logLoad - line)
                // Beyond the range that the curve covers, every curve fits as well as one that ends there.
                if point.isSaturated { eta = min(eta, self.offset + ExceedanceFit.reach) }
                // log(1 + e^eta) without overflow.
                let logOne = eta > 0 ? eta + log1p(exp(-eta)) : log1p(exp(eta))
                sum += point.weight * (point.beyond * eta - point.count * logOne)
            }
            let expected = self.expectedSlope(at: line)
            let distance = log(slope / expected.median) / expected.deviation
            return sum / self.dispersion - distance * distance / 2 + self.known(line, slope)
        }

        /// The prior's term, and the correction for the bias of the most likely line with few bursts, which counts as
        /// half a burst more (Firth 1993, "Bias reduction of maximum likelihood estimates").
        private func known(_ line: Double, _ slope: Double) -> Double {
            guard let prior = self.prior else { return 0 }
            var bursts = Prior.bursts
            for point in self.points {
                let distance = slope * (point.logLoad - line)
                if point.isSaturated, distance >= ExceedanceFit.reach { continue }
                let share = ExceedanceFit.logistic(self.offset + distance)
                bursts += point.weight * point.count * share * (1 - share) / self.dispersion
            }
            return log(bursts) / 2 - prior.surprise(line)
        }

        /// The slope expected before any trial: log-normal.
        private func expectedSlope(at line: Double) -> (median: Double, deviation: Double) {
            guard let slope = self.prior?.slope(at: line) else {
                return (ExceedanceFit.slopeMedian, ExceedanceFit.slopeDeviation)
            }
            return (slope, Prior.slopeDeviation)
        }

        /// The slope that suits a line best: the root of the score, which falls. Newton's method in the logarithm of
        /// the slope, inside a bracket.
        func slope(at line: Double) -> Double {
            var low = log(ExceedanceFit.slopes.lowerBound)
            var high = log(ExceedanceFit.slopes.upperBound)
            let expected = self.expectedSlope(at: line)
            var place = min(max(log(expected.median), low), high)
            for _ in 0..<Self.slopeSteps {
                let (value, information) = self.score(line: line, slope: exp(place), expected: expected)
                if value > 0 { low = place } else { high = place }
                let newton = place + value / information
                let next = newton > low && newton < high ? newton : (low + high) / 2
                if abs(next - place) < Self.slopeTolerance { return exp(next) }
                place = next
            }
            return exp(place)
        }

        /// Derivative of the log-likelihood in the logarithm of the slope, and its expected negative second one.
        private func score(
            line: Double, slope: Double, expected: (median: Double, deviation: Double)
        ) -> (value: Double, information: Double) {
            var value = 0.0
            var information = 0.0
            for point in self.points {
                let distance = (point.logLoad - line) * slope
                if point.isSaturated, distance >= ExceedanceFit.reach { continue }
                let share = ExceedanceFit.logistic(self.offset + distance)
                value += point.weight * (point.beyond - point.count * share) * distance
                information += point.weight * point.count * share * (1 - share) * distance * distance
            }
            let variance = expected.deviation * expected.deviation
            let prior = log(slope / expected.median)
            return (value / self.dispersion - prior / variance, information / self.dispersion + 1 / variance)
        }

        /// The dispersion and its degrees of freedom.
        ///
        /// Ratios of summed squares to summed binomial variances (Fletcher 2012 recommends them over Pearson's where
        /// counts are sparse). Those of batches show bursts. Those of whole trials also show a target that drifts or
        /// restarts. A trial's estimate has few degrees of freedom, so it is pulled toward that of the batches, and
        /// counts only where it is larger. A few imagined batches at the line, whose count varies by about its mean,
        /// are added. Without them a lucky trial without a slow answer would seem certain.
        func dispersion(at line: Double, slope: Double) -> (value: Double, degrees: Double) {
            var (ofBatches, ofTrials) = (Spread(), Spread())
            var counted = 0.0
            for point in self.points where !point.isSaturated {
                let share = ExceedanceFit.logistic(self.offset + slope * (point.logLoad - line))
                for batch in point.batches {
                    ofBatches.add(batch, share: share)
                    counted += batch.count
                }
                ofTrials.add((point.count, point.beyond), share: share)
            }
            guard ofBatches.number > 0 else { return (1, 1) }
            let allowed = ExceedanceFit.logistic(self.offset)
            let size = counted / ofBatches.number
            let imagined = ExceedanceFit.imaginedBatches * size * allowed * (1 - allowed)
            let guess = max(1, ExceedanceFit.imaginedSpread * size * allowed)
            let fromBatches = ofBatches.dispersion(prior: guess, variance: imagined)
            let trust = ExceedanceFit.batchTrust
            let trialDegrees = ofTrials.degrees
            let pooled =
                (trust * fromBatches + trialDegrees * ofTrials.dispersion(prior: 1, variance: 0))
                / (trust + trialDegrees)
            if pooled > fromBatches { return (max(1, pooled), trust + trialDegrees) }
            return (max(1, fromBatches), ofBatches.degrees + ExceedanceFit.imaginedBatches)
        }
    }

    /// Squared residuals and their binomial variance.
    struct Spread {
        private var squares = 0.0
        private var variance = 0.0
        private(set) var number = 0.0

        mutating func add(_ counts: (count: Double, beyond: Double), share: Double) {
            let residual = counts.beyond - counts.count * share
            self.squares += residual * residual
            self.variance += counts.count * share * (1 - share)
            self.number += 1
        }

        var degrees: Double { max(1, self.number - ExceedanceFit.parameters) }

        /// Their ratio, after adding this much imagined variance with a dispersion of `prior`.
        func dispersion(prior: Double, variance imagined: Double) -> Double {
            let whole = self.variance + imagined
            guard whole > 0 else { return prior }
            return (self.squares * self.number / self.degrees + prior * imagined) / whole
        }
    }

    /// Parameters of the curve: its place and its slope.
    static let parameters = 2.0
    /// Number of imagined batches at the line, and the square of their count's deviation relative to its mean.
    static let imaginedBatches = 4.0
    static let imaginedSpread = 2.0
    /// Degrees of freedom of the batches' dispersion, against the trials'.
    static let batchTrust = 4.0

    static func logistic(_ eta: Double) -> Double {
        eta >= 0 ? 1 / (1 + exp(-eta)) : exp(eta) / (1 + exp(eta))
    }
}
