import Capacity
import Measure
import Record
import Units

/// Texts for a capacity: keys for programs, sentences for people.
enum CapacityText {
    static func key(_ outcome: SearchOutcome) -> String {
        switch outcome {
        case .converged: "converged"
        case .decided: "decided"
        case .belowRange: "below_range"
        case .aboveRange: "above_range"
        case .generatorLimited: "generator_limited"
        case .doomed: "doomed"
        }
    }

    static func key(_ validity: TrialValidity) -> String {
        switch validity {
        case .valid: "valid"
        case .void: "void"
        case .generatorLimited: "generator_limited"
        case .unrecovered: "unrecovered"
        case .targetLost: "target_lost"
        }
    }

    /// Why a search has no bracket.
    static func reason(_ outcome: SearchOutcome) -> String? {
        switch outcome {
        case .converged, .decided, .belowRange, .aboveRange: nil
        case .generatorLimited(_, let reason): reason
        case .doomed(.void(let load, let times, let reason)):
            "trials at \(Self.number(load)) were INVALID \(times) times: \(reason)"
        case .doomed(.unrecovered(let load, let times, let last)):
            "\(times) trials at \(Self.number(load)) failed and decide nothing: \(Self.words(last))"
        case .doomed(.limits(let spent, let trials)):
            "\(trials) trials of \(Quantity.clock(spent)) in all did not show a load that passes and one that fails; "
                + "allow more time or start closer"
        case .doomed(.targetLost(let reason)): "the target was lost: \(reason)"
        }
    }

    /// The same in a few words; the page has the whole sentence in a line of its own.
    static func brief(_ outcome: SearchOutcome) -> String? {
        switch outcome {
        case .doomed(.void(let load, let times, _)): "\(times) INVALID trials at \(Self.number(load))"
        case .doomed(.unrecovered(_, _, let last)): Self.words(last)
        case .doomed(.limits(_, let trials)): "\(trials) \(trials == 1 ? "trial was" : "trials were") too few"
        case .doomed(.targetLost): "the target was lost"
        case .converged, .decided, .belowRange, .aboveRange, .generatorLimited: nil
        }
    }

    /// Why a trial proves nothing; nil where it does.
    static func reason(_ validity: TrialValidity) -> String? {
        switch validity {
        case .valid: nil
        case .void(let reason), .generatorLimited(let reason), .targetLost(let reason): reason
        case .unrecovered(let unrecovered): Self.words(unrecovered)
        }
    }

    /// How far a target was from its first value when a trial began.
    static func words(_ unrecovered: Unrecovered) -> String {
        "the target had not recovered \(Quantity.duration(unrecovered.waited)) after the trial before: it answers in "
            + "\(Quantity.duration(unrecovered.now)), and in \(Quantity.duration(unrecovered.first)) before the first "
            + "trial"
    }

    /// A load: whole users with commas, a rate with its significant digits.
    static func number(_ load: Double) -> String {
        if let whole = UInt64(exactly: load) { return Quantity.count(whole) }
        return Quantity.rate(load)
    }

    static func unit(_ variable: SearchGoal.Variable) -> String { variable.rawValue }

    static func words(_ limit: LimitedBy) -> String {
        switch limit {
        case .latency: "latency"
        case .errors: "errors"
        case .connections: "connections"
        case .bandwidth: "bandwidth"
        case .targetCPU: "the target's CPU"
        case .generator: "the generator"
        case .searchRange: "the search's range"
        }
    }

    /// The result without the assumption: "2,310 to 2,350 users".
    static func found(_ answer: CapacityAnswer) -> String {
        let unit = Self.unit(answer.variable)
        switch answer.outcome {
        case .converged(let bracket):
            return "\(Self.number(bracket.lower)) to \(Self.number(bracket.upper)) \(unit)"
        case .decided(let load, let isHeld):
            return isHeld ? "at least \(Self.number(load)) \(unit)" : "fewer than \(Self.number(load)) \(unit)"
        case .belowRange(let minimum):
            return "below the range: \(Self.number(minimum)) \(unit) failed"
        case .aboveRange(let maximum):
            return "above the range: \(Self.number(maximum)) \(unit) passed"
        case .generatorLimited(let least, _):
            return least.map { "generator-limited: at least \(Self.number($0)) \(unit)" }
                ?? "generator-limited before any load had passed"
        case .doomed: return "no answer"
        }
    }

    /// The pace of users with its rate: "every 43.2s (0.0231 req/s each)".
    static func pace(_ answer: CapacityAnswer) -> String {
        guard answer.variable == .users, let rate = answer.requestsPerUser else { return answer.pace }
        return "\(answer.pace) (\(Quantity.rate(rate)) req/s each)"
    }

    /// The verdict of one search: "2,000 users supported at every 43.2s: 5,012 to 5,148 held". If the users were held
    /// on fewer connections, it names those of the assumed users, else those of the users found.
    static func verdict(_ finding: CapacityFinding) -> String {
        let (answer, unit) = (finding.answer, Self.unit(finding.answer.variable))
        let found =
            switch answer.outcome {
            case .converged(let bracket): "\(Self.number(bracket.lower)) to \(Self.number(bracket.upper)) held"
            case .aboveRange(let load), .decided(let load, isHeld: true): "at least \(Self.number(load)) held"
            case .belowRange(let load), .decided(let load, isHeld: false): "fewer than \(Self.number(load)) held"
            case .generatorLimited(let load?, _): "at least \(Self.number(load)) held (generator-limited)"
            case .doomed, .generatorLimited: Self.brief(answer.outcome) ?? Self.found(answer)
            }
        func on(_ fewer: FewerConnections?) -> String { fewer.map { ", \($0.words)" } ?? "" }
        guard let judgement = finding.judgement else {
            return "\(unit) at \(answer.pace): \(found)\(on(answer.fewerConnections))"
        }
        let assumed = "\(Self.number(judgement.assumption.value)) \(unit) \(judgement.verdict.rawValue)"
        if judgement.verdict == .supported, let fewer = finding.fewerConnectionsAssumed {
            return "\(assumed)\(on(fewer)) at \(answer.pace): \(found)"
        }
        return "\(assumed) at \(answer.pace): \(found)\(on(answer.fewerConnections))"
    }

    /// A sentence for pasting: the assumption, its verdict, the pace, what limits, and what was measured.
    static func sentence(_ finding: CapacityFinding) -> String? {
        guard let judgement = finding.judgement else { return nil }
        let (answer, unit) = (finding.answer, Self.unit(finding.answer.variable))
        var text = "\(Self.number(judgement.assumption.value)) \(unit) per instance, \(Self.pace(answer)), are "
        switch judgement.verdict {
        case .supported: text += "supported"
        case .refuted: text += "refuted"
        case .undecided: text += "undecided"
        }
        text += ": \(Self.found(answer))"
        switch (judgement.lowerRatio, judgement.upperRatio) {
        case (let lower?, let upper?): text += ", \(Self.ratio(lower)) to \(Self.ratio(upper)) times what was assumed"
        case (let lower?, nil): text += ", at least \(Self.ratio(lower)) times what was assumed"
        case (nil, let upper?): text += ", less than \(Self.ratio(upper)) times what was assumed"
        case (nil, nil): break
        }
        if let limit = answer.limitedBy { text += ", limited by \(Self.words(limit))" }
        return text + "; \(Self.hardware(finding.hardware, assumed: judgement.assumption.instanceType))."
    }

    /// The hardware that was measured; an instance type that was only assumed is named as such.
    static func hardware(_ hardware: MeasuredHardware, assumed: String?) -> String {
        let parts = [hardware.instanceType, hardware.description].compactMap { $0 }
        let measured = parts.isEmpty ? "measured on unknown hardware" : "measured on \(parts.joined(separator: ", "))"
        guard let assumed, assumed != hardware.instanceType else { return measured }
        return "\(measured); \(assumed) not measured"
    }

    static func ratio(_ value: Double) -> String {
        DecimalDigits(value).rounded(fraction: 2).text(fraction: 2)
    }

    static func words(_ caution: Caution) -> String {
        switch caution {
        case .proxy(let signs):
            "answers bear signs of a proxy or balancer (\(signs.joined(separator: ", "))): users are not the "
                + "instance's connections"
        case .severalAddresses(let count):
            "the name has \(count) addresses: users are spread over them, and are not one instance's connections"
        case .burst(let longest):
            "burst: the longest trial lasted \(Quantity.clock(longest)), network and CPU credits can last longer"
        case .ports(let limit, .heldConnections):
            "one source address has \(Self.number(limit)) ports by default to one address and port: a balancer or "
                + "proxy in front of the instance needs more than one"
        case .ports(let limit, .newConnections):
            "one source address makes about \(Self.number(limit)) new connections/s before its ports wait in "
                + "TIME_WAIT; loopback hides this"
        case .instanceBandwidth(let limit, .sustained):
            "more than the \(Quantity.bitsPerSecond(limit)) that an m5.2xlarge carries all the time (not verified here)"
        case .instanceBandwidth(let limit, .internetGateway):
            "more than the \(Quantity.bitsPerSecond(limit)) of an m5.2xlarge through an internet gateway"
        case .shortTrial(let short):
            "trials of \(Quantity.planned(short.held)) are shorter than two cycles of the pace, "
                + "\(Quantity.planned(short.needed)): not every user asked twice in them"
        case .fewSamples(let few):
            "a trial of \(Quantity.planned(few.trial)) has \(Self.number(few.held.rounded(.down))) requests, and its "
                + "percentiles need \(Self.number(few.needed)): use --trial \(Quantity.planned(few.trialNeeded))"
        case .unrecovered(let load, let why):
            "the search ended at \(Self.number(load)), with the bracket that it had: \(Self.words(why))"
        case .notMonotonic(let violations):
            "not monotonic: "
                + violations.prefix(Self.violationsShown).map {
                    "\(Self.number($0.passed)) passed though \(Self.number($0.failed)) failed"
                }.joined(separator: ", ")
        }
    }

    private static let violationsShown = 3
}
