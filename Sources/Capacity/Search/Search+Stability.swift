import Glibc

/// The end of stability: the most that a target completes, as overloaded trials measured it.
///
/// While a queue grows the target is always busy, so what it completes per second is its capacity. The error of n
/// completions falls with the root of n: a trial of 10 s at 1,000/s measures it to 1 %. An objective's line is below
/// it. How far below follows from how irregular arrivals and service are.
struct Stability: Equatable {
    /// As a load, and its standard error.
    var load: Double
    var error: Double
    /// Requests per second for a load of one.
    var requestsPerLoad: Double
    /// Half the variance of arrivals and of completions, relative to random ones: 1 for M/M/1, 1/2 for M/D/1, nearly 0
    /// where an even plan meets an even server.
    var irregularity: Double
    /// Half the variance of the queue's walk, relative to random arrivals and service: a session of ten requests brings
    /// ten at once.
    var walk: Double
    /// Number of requests that it was measured from.
    var completions: Double

    /// How far below the end of stability an objective's line is expected, as a load. In a queue near saturation
    /// P(T > t) = exp(-(μ - λ) t / irregularity) (Kingman 1962, "On queues in heavy traffic"; exact for M/M/1).
    func gap(allowed: Double, limit: UInt64) -> Double {
        self.irregularity * log(1 / allowed) / (Double(limit) / 1e9) / self.requestsPerLoad
    }

    /// A queue's memory at a load, in seconds: the relaxation time of its walk. Infinite from the end on.
    func memory(at load: Double) -> Double {
        let drift = (self.load - load) * self.requestsPerLoad
        guard drift > 0 else { return .infinity }
        return 4 * self.walk * self.load * self.requestsPerLoad / (drift * drift)
    }

    /// Seconds that a queue takes to fill from empty to this answer time; infinite from the end on.
    func filling(at load: Double, limit: UInt64) -> Double {
        load < self.load ? Double(limit) / 1e9 * self.load / (self.load - load) : .infinity
    }

    /// How far above the end a load must be to be certainly too much after so many seconds.
    func margin(seconds: Double) -> Double {
        let requests = max(1, self.load * self.requestsPerLoad * seconds)
        return max(Self.leastMargin, Self.certainty * (2 * self.walk / requests).squareRoot())
    }

    /// The end, at its highest plausible load.
    var most: Double { self.load + Self.quantile * self.error }

    private static let quantile = 1.0
    static let leastMargin = 0.03
    /// Standard errors by which the completed rate must differ from the load.
    static let certainty = 3.0
    /// The same for trials to contradict each other: there are many of them.
    static let doubt = 4.0
}

extension Search {
    /// What a trial completed per second, as a load; nil where it was not measured.
    func completed(in trial: Trial) -> Double? {
        let observed = trial.result.observation
        if let rate = observed.completions?.perSecond, let each = self.goal.samples?.perLoad { return rate / each }
        // Sessions that share an overloaded target end late. If they have several requests each, their rate shows too
        // little.
        return self.goal.variable == .sessionsPerSecond ? observed.sessionsPerSecond : nil
    }

    /// The end of stability; nil where no trial was overloaded, or where trials contradict each other.
    func measuredStability() -> Stability? {
        guard let each = self.goal.samples?.perLoad, each > 0 else { return nil }
        let measured = self.trials.compactMap { Overload($0, self.completed(in: $0), requestsPerLoad: each) }
            .sorted { $0.load < $1.load }
        // A target that breaks down completes less under more load, so the smallest overload is nearest to its
        // capacity.
        guard let nearest = measured.first(where: { $0.isOverloaded }) else { return nil }
        var used = [nearest]
        var stability = self.stability(from: used, of: measured, each)
        for _ in 0..<Self.stabilityPasses {
            used = measured.filter { stability.includes($0) }
            if used.isEmpty { used = [nearest] }
            stability = self.stability(from: used, of: measured, each)
        }
        return measured.contains { stability.isContradicted(by: $0) } ? nil : stability
    }

    /// The highest load that passed and the lowest that failed above it. A pass above the end of stability does not
    /// count: it ended before its queue had grown.
    public var ends: (passed: Double?, failed: Double?) {
        let end = self.stability?.most ?? .infinity
        let failed = self.trials.filter { $0.result.failed }.map(\.plan.load).min()
        let passed = self.trials.filter { $0.result.passed && $0.plan.load < min(failed ?? .infinity, end) }
        return (passed.map(\.plan.load).max(), failed)
    }

    private static let stabilityPasses = 3

    private func stability(from used: [Overload], of all: [Overload], _ each: Double) -> Stability {
        let count = used.reduce(0) { $0 + $1.completions }
        let seconds = used.reduce(0) { $0 + $1.length }
        var load = count / max(seconds, 1e-9) / each
        var (service, arrivals) = (Irregularity(), Irregularity())
        for trial in used { service.add(trial.seconds, each: 1) }
        // The requests of a session come one after the other, so it is the number of sessions that varies.
        let perSession = self.goal.variable == .sessionsPerSecond ? max(1, each) : 1
        for trial in all where trial.passed && trial.load < Self.belowSaturation * load {
            arrivals.add(trial.seconds, each: perSession)
        }
        let begun = self.goal.arrivalIrregularity ?? arrivals.value
        // Sessions of several requests share the server, and their number depends only on its mean (processor sharing;
        // Kelly, Reversibility and Stochastic Networks, section 3.3). Sessions of one request queue.
        let irregularity = ((2 - 1 / perSession) * begun + service.value / perSession) / 2
        let walk = max((perSession * begun + service.value) / 2, Self.leastIrregularity)
        // A trial begins with an empty queue, which empties again a few times before it only grows: the lowest point of
        // its walk. With an even plan the server only waits for the first session.
        let idle = used.filter { $0.load > load }.reduce(0) { sum, trial in
            sum + max(walk * load / (trial.load - load), perSession * load / trial.load)
        }
        load += idle / max(seconds, 1e-9) / each
        // Trials that differ by more than their own seconds do come from a target that drifts.
        let squares = used.reduce(0) { sum, trial in
            let difference = (trial.completed - load) / load
            return sum + difference * difference * trial.completions / service.value
        }
        let assumed = Irregularity.assumedDegrees
        let excess = max(1, (assumed + squares) / (assumed + Double(used.count - 1)))
        // On an even server whole sessions are counted, so a trial is off by one.
        let whole = Double(used.count) * perSession * perSession
        let variance = excess * service.value / max(count, 1) + whole / max(count * count, 1)
        return Stability(
            load: load, error: load * variance.squareRoot(), requestsPerLoad: each,
            irregularity: max(irregularity, Self.leastIrregularity),
            walk: walk, completions: count)
    }

    /// Share of the end of stability below which as much ends in a second as begins in it.
    private static let belowSaturation = 0.7
    private static let leastIrregularity = 0.01
}

extension Stability {
    /// Whether a trial was certainly above the end, and agrees with it.
    fileprivate func includes(_ trial: Overload) -> Bool {
        guard trial.load > self.load * (1 + self.margin(seconds: trial.length)) else { return false }
        return abs(trial.completed - self.load) <= self.tolerance(trial)
    }

    /// The trial completed more than this end allows.
    fileprivate func isContradicted(by trial: Overload) -> Bool {
        trial.completed > self.load + self.tolerance(trial) && trial.load > self.load
    }

    private func tolerance(_ trial: Overload) -> Double {
        let own = self.load * (1 / max(trial.completions, 1)).squareRoot()
        return Self.doubt * (own * own + self.error * self.error).squareRoot()
    }
}

/// A trial as a measurement of the target's capacity.
private struct Overload {
    var load: Double
    var completed: Double
    /// Seconds of the hold, and requests completed in it.
    var length: Double
    var completions: Double
    var passed: Bool
    /// It failed, and completed less than the load by more than chance.
    var isOverloaded: Bool
    /// Requests completed in each second; without the last one, which the end of the hold may cut.
    var seconds: [Double]

    init?(_ trial: Search.Trial, _ completed: Double?, requestsPerLoad: Double) {
        guard let completed, trial.result.passed || trial.result.failed, !trial.result.failedHard else { return nil }
        self.load = trial.plan.load
        self.completed = completed
        self.length = Double(trial.result.duration) / 1e9
        self.completions = completed * requestsPerLoad * self.length
        self.passed = trial.result.passed
        let begun = self.load * self.length * min(1, requestsPerLoad)
        let noise = (1 / max(begun, 1) + 1 / max(self.completions, 1)).squareRoot()
        let share = max(Stability.leastMargin, Stability.certainty * noise)
        self.isOverloaded = trial.result.failed && completed > 0 && completed < self.load * (1 - share)
        self.seconds = trial.result.observation.completions?.seconds.dropLast().map { Double($0) } ?? []
    }
}

/// How much counts of whole seconds vary, relative to random (Poisson) ones.
private struct Irregularity {
    private var squares = 0.0
    private var degrees = 0.0

    /// Degrees of freedom of the assumption that they are random.
    static let assumedDegrees = 2.0

    mutating func add(_ counts: [Double], each: Double) {
        guard counts.count > 1 else { return }
        let mean = counts.reduce(0, +) / Double(counts.count)
        guard mean > 0 else { return }
        self.squares += counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (mean * each)
        self.degrees += Double(counts.count - 1)
    }

    var value: Double { (Self.assumedDegrees + self.squares) / (Self.assumedDegrees + self.degrees) }
}
