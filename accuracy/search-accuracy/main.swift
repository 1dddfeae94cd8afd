import Capacity
import Glibc
import SearchSimulation

// How accurate the search for a capacity is beside Nighthawk's rule with the same trial time, on simulated servers
// whose capacity is known: results/search-accuracy.md. `scripts/accuracy simulation` builds and runs it.

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

/// A share in percent with this many decimals.
func percent(_ value: Double, _ decimals: Int = 1) -> String {
    let scale = decimals == 1 ? 10.0 : 100.0
    let rounded = (value * 100 * scale).rounded() / scale
    return "\(rounded) %"
}

/// The value of an option such as `--first 10001`; nil if it was not given.
func option(_ name: String) -> String? {
    guard let place = CommandLine.arguments.firstIndex(of: name) else { return nil }
    return CommandLine.arguments.dropFirst(place + 1).first
}

/// The first seed. The stored table starts at 1; tuning uses other seeds.
let first = option("--first").flatMap { UInt64($0) } ?? 1
/// The only server to search for a line, such as `--server bimodal`; nil for all.
let server = option("--server")
/// Seconds of all trials of a search for a line.
let total = option("--total").flatMap { UInt64($0) } ?? 150

if CommandLine.arguments.contains("--truth") {
    for kind in QueueServer.Kind.allCases {
        print(kind.rawValue, SimulatedSearch.measuredTruth(kind, seconds: 100_000))
    }
    exit(0)
}
/// The results of verdicts on an assumption, with the capacity as a multiple of it.
func verdicts(_ seeds: UInt64) throws {
    print("\n## The verdict alone: `--verdict-only`, trials of 5 s\n")
    print("\(seeds) seeds each, the same servers.\n")
    print("| server | capacity over assumption | wrong | undecided | trials, most | mean s | longest s |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for kind in QueueServer.Kind.allCases {
        for ratio in [0.5, 0.9, 1.1, 2] {
            var (wrong, undecided, trials, seconds, longest) = (0, 0, 0, 0.0, 0.0)
            for seed in first..<first + seeds {
                guard let found = try SimulatedSearch.verdict(kind, assumption: kind.truth / ratio, seed: seed) else {
                    undecided += 1
                    continue
                }
                let right: AssumptionVerdict = ratio > 1 ? .supported : .refuted
                if found.judgement.verdict == .undecided { undecided += 1 }
                else if found.judgement.verdict != right { wrong += 1 }
                trials = max(trials, found.trials)
                seconds += found.seconds
                longest = max(longest, found.seconds)
            }
            let count = Double(seeds)
            print(
                "| \(kind.rawValue) | \(ratio) | \(percent(Double(wrong) / count)) | \(percent(Double(undecided) / count))"
                    + " | \(trials) | \((seconds / count * 10).rounded() / 10) | \(longest) |")
        }
    }
}

/// Searches of rates on servers of sessions, with trials of 5 s.
func sessions(_ seeds: UInt64) throws {
    print("\n## Sessions at a rate, first come first served, trials of 5 s\n")
    print("\(seeds) seeds each; p99 at most 0.5 s, at 50/s 2 s. The truth is a formula where service is exponential or the plan")
    print("even; else it was measured in runs of 100,000 s (50/s) or 4,000 s, which at 5,000/s is good to a thousandth.\n")
    print("| server /s | arrivals | service | requests each | truth | stable below | within ±3 % | bias | bracket holds truth"
        + " | upper end, most over stability | trials | mean s |")
    print("|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for rate in [50.0, 500, 5_000] {
        for (isPoisson, isExponential) in [(false, false), (true, false), (true, true)] {
            for each in [1, 10] {
                func server(_ seed: UInt64) -> SessionServer {
                    SessionServer(
                        rate: rate, requestsPerSession: each, isPoisson: isPoisson, isExponential: isExponential,
                        limit: rate < 100 ? 2 : 0.5, seed: seed)
                }
                let stable = rate / Double(each)
                let truth =
                    !isPoisson ? stable
                    : isExponential ? stable - log(100) / server(1).limit / Double(each)
                    : SimulatedSearch.measuredTruth(server(4_242), seconds: rate < 100 ? 100_000 : 4_000)
                var (score, over, lost) = (Score(), 0.0, 0)
                for seed in first..<first + seeds {
                    guard let answer = SimulatedSearch.answer(try SimulatedSearch.run(server(seed))) else {
                        lost += 1
                        continue
                    }
                    score.add(answer, truth: truth)
                    over = max(over, answer.upper / stable - 1)
                }
                print(
                    "| \(Int(rate)) | \(isPoisson ? "Poisson" : "constant") | \(isExponential ? "exponential" : "fixed")"
                        + " | \(each) | \((truth * 100).rounded() / 100) | \(stable)"
                        + " | \(percent(score.within(0.03))) | \(percent(score.bias, 2))"
                        + " | \(percent(Double(score.covered) / score.count)) | \(percent(over))"
                        + " | \(((Double(score.trials) / score.count) * 10).rounded() / 10)"
                        + " | \((score.seconds / score.count).rounded())\(lost > 0 ? ", \(lost) without a bracket" : "") |")
            }
        }
    }
}

/// Searches for a line, beside Nighthawk's rule.
func lines(_ seeds: UInt64) throws {
    let kinds = QueueServer.Kind.allCases.filter { $0.rawValue == server ?? $0.rawValue }
    print("| server | truth /s | rule | within ±3 % | bias | rms error | bracket holds truth | its median width"
        + " | confirmed | trials | mean s | longest s |")
    print("|---|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for kind in kinds {
        let truth = kind.truth
        var (ours, theirs, lost) = (Score(), Score(), 0)
        for seed in first..<first + seeds {
            guard let answer = try SimulatedSearch.run(kind, seed: seed, total: total * 1_000_000_000) else {
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
}

let seeds = CommandLine.arguments.dropFirst().first.flatMap { UInt64($0) } ?? 400
let parts = option("--only").map { [$0] } ?? ["lines", "verdicts", "rates"]
if parts.contains("lines") { try lines(seeds) }
if parts.contains("verdicts") { try verdicts(seeds) }
if parts.contains("rates") { try sessions(min(seeds, 100)) }
