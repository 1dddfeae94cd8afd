import Capacity
import Glibc
import SearchSimulation

// How accurate the search for a capacity is beside Nighthawk's rule with the same trial time, on simulated servers
// whose capacity is known: results/search-accuracy.md. `scripts/accuracy-search` builds and runs it.

/// Errors of many searches against the truth.
struct Score {
    var errors: [Double] = []
    var covered = 0
    var confirmed = 0
    var widths: [Double] = []
    var seconds = 0.0
    var longest = 0.0
    var trials = 0

    mutating func add(_ answer: SimulatedSearch.Answer, truth: Double) {
        self.errors.append(answer.estimate / truth - 1)
        if answer.lower <= truth, truth <= answer.upper { self.covered += 1 }
        if answer.isConfirmed { self.confirmed += 1 }
        self.widths.append(answer.upper / answer.lower - 1)
        self.seconds += answer.seconds
        self.longest = max(self.longest, answer.seconds)
        self.trials += answer.trials
    }

    var count: Double { Double(max(1, self.errors.count)) }
    var medianWidth: Double { self.widths.sorted()[self.widths.count / 2] }
    var bias: Double { self.errors.reduce(0, +) / self.count }
    var rootMeanSquare: Double { (self.errors.reduce(0) { $0 + $1 * $1 } / self.count).squareRoot() }
    func within(_ limit: Double) -> Double { Double(self.errors.count { abs($0) <= limit }) / self.count }
}

/// A share in percent with so many decimals.
func percent(_ value: Double, _ decimals: Int = 1) -> String {
    let scale = decimals == 1 ? 10.0 : 100.0
    let rounded = (value * 100 * scale).rounded() / scale
    return "\(rounded) %"
}

if CommandLine.arguments.contains("--truth") {
    for kind in QueueServer.Kind.allCases {
        print(kind.rawValue, SimulatedSearch.measuredTruth(kind, seconds: 100_000))
    }
    exit(0)
}
let seeds = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 400
print("| server | truth /s | rule | within ±3 % | bias | rms error | bracket holds truth | its median width | confirmed"
    + " | trials | mean s | longest s |")
print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
for kind in QueueServer.Kind.allCases {
    let truth = kind.truth
    var (ours, theirs, lost) = (Score(), Score(), 0)
    for seed in 1...seeds {
        guard let answer = try SimulatedSearch.run(kind, seed: seed) else {
            lost += 1
            continue
        }
        ours.add(answer, truth: truth)
        theirs.add(SimulatedSearch.nighthawk(kind, seed: seed, seconds: answer.seconds), truth: truth)
    }
    for (name, score) in [("headroom", ours), ("Nighthawk's", theirs)] {
        print(
            "| \(kind.rawValue) | \((truth * 10).rounded() / 10) | \(name) | \(percent(score.within(0.03)))"
                + " | \(percent(score.bias, 2)) | \(percent(score.rootMeanSquare, 2))"
                + " | \(percent(Double(score.covered) / score.count)) | \(percent(score.medianWidth))"
                + " | \(percent(Double(score.confirmed) / score.count))"
                + " | \(((Double(score.trials) / score.count) * 10).rounded() / 10)"
                + " | \((score.seconds / score.count).rounded()) | \(score.longest) |")
    }
    if lost > 0 { print("\(kind.rawValue): \(lost) searches found no bracket") }
}
