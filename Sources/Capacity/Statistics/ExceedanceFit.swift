import Glibc
import Numerics

/// The line of an objective: the load at which the share beyond the limit reaches the allowed share.
///
/// A quasi-binomial logistic regression of that share on the logarithm of the load, over all trials near the line:
/// logit(share) = logit(allowed) + slope · (log load − log line). Exceedances come in bursts, so the variance of a
/// count is a multiple of the binomial one. The multiple (dispersion) is estimated from batches inside trials and from
/// whole trials, and the larger one counts. The interval is the profile likelihood's with Student's quantile (McCullagh
/// and Nelder, Generalized Linear Models, 2nd ed., sections 4.5 and 7.2).
struct ExceedanceFit: Equatable {
    /// Load at the line; the ends of its interval.
    var line: Double
    var lower: Double
    var upper: Double
    /// The ends of the reported interval.
    var lowest: Double
    var highest: Double
    /// Change of logit(share) for a relative change of the load.
    var slope: Double
    /// Variance of a count relative to the binomial one.
    var dispersion: Double
    /// Number of trials used.
    var trials: Int
    /// The allowed share, and what was known besides the trials.
    var allowed: Double
    var prior: Prior?

    /// One trial in the regression.
    struct Point: Equatable {
        var logLoad: Double
        /// All samples, and those beyond the limit.
        var count: Double
        var beyond: Double
        /// The same in batches of about `batchSeconds`.
        var batches: [(count: Double, beyond: Double)]
        /// The share is so far beyond the line that it shows no more than that; `beyond` is then capped.
        var isSaturated = false
        /// Its weight, 0...1: small where the trial was shorter than the memory of its queue.
        var weight = 1.0

        static func == (a: Point, b: Point) -> Bool {
            a.logLoad == b.logLoad && a.count == b.count && a.beyond == b.beyond
        }
    }

    /// How far above the line, in logit(share), the curve is used. An overloaded queue only grows, so the late share
    /// depends on the trial's length: such a trial shows "beyond" and no more.
    static let reach = 2.5
    /// Possible slopes: 1 % more load multiplies the odds by at least 1.005 and at most e^5.
    static let slopes = 0.5...500.0
    /// The slope expected before any trial: log-normal with this median and this deviation. It is weak, but with it two
    /// lucky trials cannot make the load seem irrelevant.
    static let slopeMedian = 25.0
    static let slopeDeviation = 1.0
    /// Half widths, in log load, of the neighbourhood to use: the first one with enough trials.
    static let neighbourhoods = [0.06, 0.09, 0.13, 0.2, 0.35, 0.7]
    static let neighbourhoodTrials = 6
    /// Whole seconds in a batch: several times the memory of a queue.
    static let batchSeconds = 5

    /// Fits the points; nil where none of them has samples, or the range is empty.
    ///
    /// `range` bounds the line in log load: the smallest load of the search, and a load that certainly failed.
    static func fit(
        _ points: [Point], allowed: Double, range: ClosedRange<Double>, confidence: Double, prior: Prior? = nil
    ) -> ExceedanceFit? {
        guard allowed > 0, allowed < 1 else { return nil }
        let offset = log(allowed / (1 - allowed))
        let farthest = Self.logistic(offset + Self.reach)
        let usable = points.filter { $0.count > 0 }.map { $0.saturated(at: farthest) }
        guard !usable.isEmpty else { return nil }
        var profile = Profile(points: usable, offset: offset, dispersion: 1, prior: prior)
        var line = profile.best(in: range)
        var degrees = 1.0
        for _ in 0..<Self.passes {
            profile.points = Self.neighbourhood(of: line, in: usable)
            (profile.dispersion, degrees) = profile.dispersion(at: line, slope: profile.slope(at: line))
            line = profile.best(in: range)
        }
        // The known gap has degrees of freedom of its own, even where trials have none.
        let known = prior?.gap == nil ? 1 : Prior.gapDegrees
        let quantile = StudentT.quantile(0.5 + confidence / 2, degrees: max(degrees, known))
        let top = profile.likelihood(at: line)
        func ends(_ quantile: Double) -> (lower: Double, upper: Double) {
            let floor = top - quantile * quantile / 2
            return (
                exp(profile.end(from: line, toward: range.lowerBound, floor: floor)),
                exp(profile.end(from: line, toward: range.upperBound, floor: floor))
            )
        }
        let (lower, upper) = ends(quantile)
        let (lowest, highest) = prior == nil ? (lower, upper) : ends(quantile * Self.widening)
        return ExceedanceFit(
            line: exp(line), lower: lower, upper: upper, lowest: lowest, highest: highest,
            slope: profile.slope(at: line), dispersion: profile.dispersion, trials: profile.points.count,
            allowed: allowed, prior: prior)
    }

    /// With a known end of stability the reported interval is wider by this factor. That is what it lacks in
    /// simulation, because trials follow the line.
    private static let widening = 1.35

    /// The fit with the reported ends.
    var widened: ExceedanceFit {
        var fit = self
        (fit.lower, fit.upper) = (self.lowest, self.highest)
        return fit
    }

    /// Rounds in which the neighbourhood and the dispersion follow the line.
    private static let passes = 4

    /// The trials close to a line: a logistic curve fits only a short range well.
    private static func neighbourhood(of line: Double, in points: [Point]) -> [Point] {
        for half in Self.neighbourhoods {
            let near = points.filter { abs($0.logLoad - line) <= half }
            let isBracketed = near.contains { $0.logLoad <= line } && near.contains { $0.logLoad >= line }
            if isBracketed, near.count >= Self.neighbourhoodTrials { return near }
        }
        return points
    }
}

extension ExceedanceFit.Point {
    /// The point with its share capped at the farthest that counts.
    func saturated(at share: Double) -> Self {
        guard self.beyond > share * self.count else { return self }
        var point = self
        point.beyond = share * self.count
        point.isSaturated = true
        return point
    }

    /// A trial's exceedance at a load.
    init(load: Double, exceedance: Exceedance) {
        self.logLoad = log(load)
        self.count = 0
        self.beyond = 0
        self.batches = []
        let size = ExceedanceFit.batchSeconds
        // A short rest joins the batch before it.
        let wholeBatches = max(1, exceedance.batches.count / size)
        for (index, batch) in exceedance.batches.enumerated() {
            let (count, beyond) = (Double(batch.count), Double(batch.beyond))
            self.count += count
            self.beyond += beyond
            if index % size == 0, index / size < wholeBatches { self.batches.append((0, 0)) }
            let last = self.batches.count - 1
            self.batches[last].count += count
            self.batches[last].beyond += beyond
        }
    }
}
