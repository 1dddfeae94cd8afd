import Capacity
import Engine
import Judge
import Measure
import Workload

/// The objectives of a trial, second by second, as shares that a search can sum over trials.
struct TrialSeconds {
    private var parts: [Part]

    /// One objective that can be expressed as a share.
    private struct Part {
        /// Its index among the objectives.
        let index: Int
        let kind: Kind
        let allowed: Double
        var batches: [Exceedance.Batch] = []
    }

    private enum Kind {
        case latency(Metric, limit: UInt64)
        case errors, resent
    }

    /// Most intervals of a trial in this process, whatever its length: a day of seconds and its phases.
    private static let batchLimit = 100_000

    init(_ objectives: [SLO]) {
        self.parts = objectives.enumerated().compactMap { index, slo in
            // Objectives on windows and on single steps are not counted here.
            guard slo.windows == nil, slo.step == nil else { return nil }
            switch slo.objective {
            case .percentile(let word, let quantile, let limit):
                guard quantile > 0, quantile < 1 else { return nil }
                return Part(index: index, kind: .latency(word.metric, limit: limit), allowed: 1 - quantile)
            case .errors(let limit):
                return limit > 0 && limit < 1 ? Part(index: index, kind: .errors, allowed: limit) : nil
            case .resent(let limit):
                return limit > 0 && limit < 1 ? Part(index: index, kind: .resent, allowed: limit) : nil
            case .mean, .maximum, .heldEqualsAsked, .connectionsEqualAsked, .rate, .throughput:
                return nil
            }
        }
    }

    /// Takes an interval of the hold; what ends in the drain belongs to its last second.
    mutating func take(_ window: Window, phase: Phase) {
        guard phase == .hold || phase == .drain else { return }
        for index in self.parts.indices {
            let batch = Self.batch(self.parts[index].kind, window)
            if phase == .hold && self.parts[index].batches.count < Self.batchLimit {
                self.parts[index].batches.append(batch)
            } else if let last = self.parts[index].batches.indices.last {
                let before = self.parts[index].batches[last]
                self.parts[index].batches[last] = Exceedance.Batch(
                    count: before.count &+ batch.count, beyond: before.beyond &+ batch.beyond)
            }
        }
    }

    private static func batch(_ kind: Kind, _ window: Window) -> Exceedance.Batch {
        switch kind {
        case .latency(let metric, let limit):
            let histogram = window.succeeded[metric.rawValue]
            // A request that has not ended counts as over any limit.
            let unended = window.unended(metric)?.totalCount ?? 0
            return Exceedance.Batch(
                count: histogram.totalCount &+ unended, beyond: histogram.countAtOrAbove(limit) &+ unended)
        case .errors:
            let counters = window.counters
            return Exceedance.Batch(
                count: counters.requestsEnded, beyond: counters.requestsFailed)
        case .resent:
            // Capped, so that the share is at most 1: a second may resend more requests than ended in it.
            let counters = window.counters
            return Exceedance.Batch(
                count: counters.requestsEnded, beyond: min(counters.requestsEnded, counters.requestsResent))
        }
    }

    /// The share of the objective at an index; nil if it has none.
    func exceedance(_ index: Int) -> Exceedance? {
        self.parts.first { $0.index == index }.map { part in
            // Only the response time belongs to the queue whose end of stability the search knows.
            var limit: UInt64?
            if case .latency(.response, let response) = part.kind { limit = response }
            return Exceedance(allowed: part.allowed, batches: part.batches, limit: limit)
        }
    }
}
