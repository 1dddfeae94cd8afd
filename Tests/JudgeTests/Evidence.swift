import Measure
import Workload

@testable import Judge

let millisecond: UInt64 = 1_000_000
let second: UInt64 = 1_000_000_000

/// A histogram with the given number of each value.
func histogram(_ values: [(nanoseconds: UInt64, count: UInt64)]) -> Histogram {
    let histogram = Histogram()
    for value in values { histogram.record(value.nanoseconds, times: value.count) }
    return histogram
}

extension Histogram {
    /// Records a value that many times.
    func record(_ value: UInt64, times: UInt64) {
        for _ in 0..<times { self.record(value) }
    }
}

/// What is known about a latency. `lower`: the same values without the generator's delays. If it is nil, they are as
/// measured; if it is empty, nothing is known.
func evidence(
    _ ended: [(nanoseconds: UInt64, count: UInt64)], unended: [(nanoseconds: UInt64, count: UInt64)] = [],
    lower: [(nanoseconds: UInt64, count: UInt64)]? = nil
) -> LatencyEvidence {
    let (ended, unended, lower) = (histogram(ended), histogram(unended), histogram(lower ?? ended + unended))
    return LatencyEvidence(
        ended: ended, unended: unended,
        lower: LowerBound(of: lower, population: ended.totalCount &+ unended.totalCount))
}

/// A whole hold of one latency for every metric, and counts without a failure.
func hold(_ latency: LatencyEvidence, _ change: (inout ScopeEvidence) -> Void = { _ in }) -> ScopeEvidence {
    var scope = ScopeEvidence(latency: { _ in latency })
    scope.ok = latency.ended.totalCount
    scope.duration = 10 * second
    change(&scope)
    return scope
}

/// 10,000 answers of 2 ms.
var ordinary: LatencyEvidence { evidence([(2 * millisecond, 10_000)]) }

/// Judges one objective, given as text.
func judged(_ text: String, _ judge: Judge) throws -> SLOOutcome { judge.judge(try SLO.parse(text)) }

func judged(_ text: String, _ scope: ScopeEvidence) throws -> SLOOutcome { try judged(text, Judge(whole: scope)) }

func judged(_ text: String, _ latency: LatencyEvidence) throws -> SLOOutcome { try judged(text, hold(latency)) }
