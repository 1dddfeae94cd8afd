import Measure
import Units

extension SLOOutcome {
    /// The reason for the verdict in one sentence; nil where the measured value explains it.
    public var why: String? {
        if self.reason == .ownDelays, let range = self.range { return range }
        return self.reason.map { $0.sentence(measured: self.measured?.text, lower: self.lower?.text) }
    }
}

extension SLOOutcome {
    /// The two bounds of a latency: "550 µs to 2.01 ms (up to 1.46 ms is this generator's)"; nil for anything else.
    public var range: String? {
        guard case .nanoseconds(let upper) = self.measured, case .nanoseconds(let lower) = self.lower, upper > lower
        else { return nil }
        return "\(Quantity.duration(lower)) to \(Quantity.duration(upper)) (up to "
            + "\(Quantity.duration(upper - lower)) is this generator's)"
    }
}

extension SLOOutcome {
    /// What the verdict rests on: for a FAIL with a part of the generator's, what is certain without that part.
    public var certain: String? {
        guard self.verdict == .fail, let lower, lower != self.measured else { return self.measured?.text }
        return "at least \(lower.text)"
    }
}

extension VerdictReason {
    /// The reason with its numbers. `measured`, `lower`: the two bounds of the objective's value, as printed.
    func sentence(measured: String?, lower: String?) -> String {
        switch self {
        case .holdNotReached: "the hold was not reached"
        case .nothingMeasured: "nothing that it is about was measured"
        case .noWindow: "the hold was shorter than one window"
        case .ownDelays:
            "\(lower ?? "unknown") without this generator's delays, \(measured ?? "unknown") with them"
        case .noLowerBound:
            "at most \(measured ?? "unknown"), and too few undisturbed requests to say how much of it is this "
                + "generator's"
        case .tooFewSamples(let count):
            "\(Quantity.count(count)) \(count == 1 ? "sample is" : "samples are") too few for it, and not all of "
                + "them are on one side of the limit"
        case .allOverLimit(let count): "all \(Quantity.count(count)) samples are over the limit"
        case .stalled: "requests waited and none ended"
        case .unended(let count):
            "\(Self.requests(count)) had not ended: the limit lies between their age and no answer at all"
        case .unendedOverLimit(let count): "\(Self.requests(count)) that had not ended are over the limit already"
        case .notSteady(let steadiness): "not steady: \(steadiness.sentence ?? "the load grew")"
        case .startsMissed(let started, let planned, let reached):
            "the load was not delivered: \(Quantity.count(started)) of \(Quantity.count(planned)) planned requests "
                + "were started, \(Quantity.rate(reached)) req/s reached"
        case .workerBusy(let share, let reached):
            "this generator limits the load: a worker used \(Quantity.percent(share)) of its CPU, "
                + "\(Quantity.rate(reached)) req/s reached"
        case .stolen(let share, let reached):
            "the hypervisor took \(Quantity.percent(share)) of this machine's CPU time, "
                + "\(Quantity.rate(reached)) req/s reached"
        case .throttled(let share, let reached):
            "a CPU quota held this generator back \(Quantity.percent(share)) of the time, "
                + "\(Quantity.rate(reached)) req/s reached"
        case .ownErrors(let own, let failed):
            "\(Quantity.count(own)) of \(Quantity.count(failed)) failed requests failed because of this generator, "
                + "and without them it holds"
        case .lostInPause(let pause):
            "users were lost while this generator stood still for \(Quantity.duration(pause))"
        case .ownLimit(let resource): "this generator ran out of \(resource.words)"
        case .cutOff: "the run was cut off before it was over"
        case .windows(let windows, let needed):
            "\(Quantity.count(windows.held)) windows passed, \(Quantity.count(windows.failed)) failed, "
                + "\(Quantity.count(windows.unknown)) unknown; \(Quantity.count(needed)) must pass"
        }
    }

    private static func requests(_ count: UInt64) -> String {
        "\(Quantity.count(count)) \(count == 1 ? "request" : "requests")"
    }
}

extension VerdictReason {
    /// The reason in a few words that fit after an objective on a line of 80 columns; the objective's own line has the
    /// whole sentence.
    func brief(measured: String?, lower: String?) -> String {
        switch self {
        case .holdNotReached, .noWindow, .allOverLimit, .stalled: self.sentence(measured: measured, lower: lower)
        case .nothingMeasured: "nothing was measured"
        case .ownDelays: "\(lower ?? "unknown") to \(measured ?? "unknown"), partly headroom's"
        case .noLowerBound: "at most \(measured ?? "unknown"), partly headroom's"
        case .tooFewSamples(let count):
            "\(Quantity.count(count)) \(count == 1 ? "sample is" : "samples are") too few"
        case .unended(let count): "\(Quantity.count(count)) unended may be over the limit"
        case .unendedOverLimit(let count): "\(Quantity.count(count)) unended are over the limit"
        case .notSteady(let steadiness): "not steady: \(steadiness.brief ?? "the load grew")"
        case .startsMissed(let started, let planned, let reached):
            "\(Quantity.count(started)) of \(Quantity.count(planned)) starts, \(Quantity.rate(reached)) req/s"
        case .workerBusy(let share, let reached):
            "worker at \(Quantity.percent(share)) CPU, \(Quantity.rate(reached)) req/s"
        case .stolen(let share, let reached):
            "\(Quantity.percent(share)) of the CPU stolen, \(Quantity.rate(reached)) req/s"
        case .throttled(let share, let reached):
            "CPU quota \(Quantity.percent(share)) of the time, \(Quantity.rate(reached)) req/s"
        case .ownErrors(let own, let failed):
            "\(Quantity.count(own)) of \(Quantity.count(failed)) failures are headroom's"
        case .lostInPause(let pause): "users lost in headroom's \(Quantity.duration(pause)) pause"
        case .ownLimit(let resource): "headroom ran out of \(resource.words)"
        case .cutOff: "the run was cut off"
        case .windows(let windows, let needed):
            "\(Quantity.count(windows.held)) of \(Quantity.count(windows.count)) windows passed, "
                + "\(Quantity.count(needed)) must"
        }
    }
}

extension RunVerdict {
    /// What the verdict rests on, in one sentence, as in the last line of a command after the word.
    public var sentence: String {
        let isCut = self.exit == .interrupted || self.exit == .terminated
        return self.basisText + (isCut && self.basis != .interrupted ? "; interrupted before its end" : "")
    }

    private var basisText: String {
        switch self.basis {
        case .held(let users, let asked, let rate, let fewer):
            (users.map { "\(Quantity.count($0)) of \(Quantity.count(asked)) users held at " } ?? "")
                + "\(Quantity.rate(rate)) req/s" + (fewer.map { ", \($0.words)" } ?? "")
        case .objective(let outcome, let others):
            Self.sentence(outcome) + (others > 0 ? ", and \(Quantity.count(UInt64(others))) more" : "")
        case .aborted(let reason): reason
        case .suspect(let claim, _): "\(claim.rawValue) is SUSPECT, and --strict asks for VALID"
        case .targetUnusable: "no request was ever answered"
        case .noneExpected(let answers): "no request was answered as expected: \(Self.listed(answers))"
        case .interrupted: "interrupted before its hold"
        }
    }

    /// Most statuses in the last line.
    private static let statusLimit = 3

    /// The most frequent statuses, and the number of answers with another one.
    private static func listed(_ answers: [StatusCount]) -> String {
        var parts = answers.prefix(Self.statusLimit).map { "\(Quantity.count($0.count)) × status \($0.status)" }
        let others = answers.dropFirst(Self.statusLimit).reduce(UInt64(0)) { $0 &+ $1.count }
        if others > 0 { parts.append("\(Quantity.count(others)) others") }
        return parts.joined(separator: ", ")
    }

    private static func sentence(_ outcome: SLOOutcome) -> String {
        let brief = outcome.reason.map { $0.brief(measured: outcome.measured?.text, lower: outcome.lower?.text) }
        return "\(outcome.text): \(brief ?? outcome.certain ?? "nothing was measured")"
    }
}
