import Capacity
import Measure
import Record

/// capacity.json, schema `headroom.capacity/1`: the answer at the first pace, the frontier over all of them, and every
/// trial. Times are nanoseconds; a load is an integer in a search of users. `lower` and `upper` are null where the
/// search found no bracket: `outcome` reports a capacity below or above the range, never a number.
public enum CapacityJSON {
    static let schema = "headroom.capacity/1"

    /// The file; nil without a finding. `redactor` hides secrets in texts from outside.
    public static func encode(
        _ findings: [CapacityFinding], verdict: CapacityVerdict, state: RunState = .complete, redactor: Redactor
    ) -> [UInt8]? {
        guard let first = findings.first else { return nil }
        var members: [(key: String, value: JSON)] = [
            ("schema", .string(Self.schema)),
            ("state", .string(state.rawValue)),
            (
                "verdict",
                RunJSON.verdict(verdict.word, redactor.text(verdict.sentence), exit: verdict.exit)
            ),
            ("capacity", Self.capacity(first.answer, redactor)),
            ("frontier", .array(findings.map { Self.row($0, redactor) })),
            ("limited_by", .stringOrNull(first.answer.limitedBy?.rawValue)),
            ("assumption", Self.assumption(first)),
            ("hardware", Self.hardware(first.hardware, redactor)),
            ("scale_out", Self.scaleOut(first)),
            ("model", Self.model(first.model)),
            ("cautions", .array(first.cautions.map { .string(redactor.text(CapacityText.words($0))) })),
        ]
        let trials = findings.flatMap { finding in
            finding.answer.trials.enumerated().map { Self.trial($0.offset, $0.element, finding.answer, redactor) }
        }
        members.append(("trials", .array(trials)))
        return JSONWriter.encode(.object(members))
    }

    /// The plan of a search at one pace.
    public typealias Planned = (pace: String, goal: SearchGoal, objectives: [String])

    /// The file while the searches go on: the plan of each.
    public static func encodeStart(_ searches: [Planned], assumption: Double?, redactor: Redactor) -> [UInt8] {
        func load(_ value: Double) -> JSON { UInt64(exactly: value).map { .integer($0) } ?? .number(value) }
        let rows = searches.map { (pace, goal, objectives) in
            JSON.object([
                ("pace", .string(redactor.text(pace))),
                ("unit", .string(goal.variable.rawValue)),
                ("minimum", load(goal.minimum)), ("maximum", load(goal.maximum)),
                ("trial", .integer(goal.trial)), ("shortest_trial", .integer(goal.duration(of: .growth))),
                ("duration_sum", .integer(goal.durationSum)),
                ("width", .number(goal.width)), ("confidence", .number(goal.confidence)),
                ("slo", .array(objectives.map { .string(redactor.text($0)) })),
            ])
        }
        return JSONWriter.encode(
            .object([
                ("schema", .string(Self.schema)),
                ("state", .string(RunState.running.rawValue)),
                ("searches", .array(rows)),
                ("assumption", assumption.map { .object([("value", load($0))]) } ?? .null),
            ]))
    }

    private static func capacity(_ answer: CapacityAnswer, _ redactor: Redactor) -> JSON {
        let bracket = answer.bracket
        let observed = answer.conditional?.result.observation
        return .object([
            ("lower", Self.load(bracket?.lower, answer)),
            ("upper", Self.load(bracket?.upper, answer)),
            ("estimate", Self.load(bracket?.estimate, answer)),
            ("unit", .string(answer.variable.rawValue)),
            ("pace", .string(redactor.text(answer.pace))),
            ("requests_per_user", Self.number(answer.requestsPerUser)),
            ("requests_per_second", Self.number(observed?.requestsPerSecond)),
            ("bits_per_second", Self.number(observed?.bitsPerSecond)),
            ("fewer_connections", Self.fewer(observed?.fewerConnections)),
            ("confidence", Self.number(bracket?.confidence)),
            ("kind", .stringOrNull(bracket?.kind.rawValue)),
            ("confirmed", bracket.map { .bool($0.isConfirmed) } ?? .null),
            ("width_reached", bracket.map { .bool($0.widthReached) } ?? .null),
            ("outcome", .string(CapacityText.key(answer.outcome))),
            ("at_least", Self.load(Self.atLeast(answer.outcome), answer)),
            ("reason", .stringOrNull(CapacityText.reason(answer.outcome).map(redactor.text))),
            ("trials", .array((bracket?.trials ?? []).map { .integer(UInt64(max(0, $0))) })),
            ("violations", .array((bracket?.violations ?? []).map { violation in
                .object([
                    ("failed", Self.load(violation.failed, answer)),
                    ("passed", Self.load(violation.passed, answer)),
                ])
            })),
        ])
    }

    private static func row(_ finding: CapacityFinding, _ redactor: Redactor) -> JSON {
        let answer = finding.answer
        let observed = answer.conditional?.result.observation
        return .object([
            ("pace", .string(redactor.text(answer.pace))),
            ("lower", Self.load(answer.bracket?.lower, answer)),
            ("upper", Self.load(answer.bracket?.upper, answer)),
            ("outcome", .string(CapacityText.key(answer.outcome))),
            ("at_least", Self.load(Self.atLeast(answer.outcome), answer)),
            ("requests_per_second", Self.number(observed?.requestsPerSecond)),
            ("limited_by", .stringOrNull(answer.limitedBy?.rawValue)),
            ("verdict", .stringOrNull(finding.judgement?.verdict.rawValue)),
        ])
    }

    private static func assumption(_ finding: CapacityFinding) -> JSON {
        guard let judgement = finding.judgement else { return .null }
        return .object([
            ("value", Self.load(judgement.assumption.value, finding.answer)),
            ("verdict", .string(judgement.verdict.rawValue)),
            ("ratio", .array([Self.number(judgement.lowerRatio), Self.number(judgement.upperRatio)])),
            ("instance_type", .stringOrNull(judgement.assumption.instanceType)),
        ])
    }

    private static func hardware(_ hardware: MeasuredHardware, _ redactor: Redactor) -> JSON {
        .object([
            ("instance_type", .string(redactor.text(hardware.instanceType ?? "unknown"))),
            ("description", .string(redactor.text(hardware.description ?? "unknown"))),
        ])
    }

    private static func scaleOut(_ finding: CapacityFinding) -> JSON {
        guard let point = finding.scaleOut else { return .null }
        return .object([
            ("cpu", .number(point.share)), ("load", .number(point.load)),
            ("trials", .array(point.trials.map { .integer(UInt64(max(0, $0))) })),
        ])
    }

    private static func model(_ fit: ScalabilityFit?) -> JSON {
        guard let fit else { return .null }
        return .object([
            ("name", .string("usl")), ("gamma", .number(fit.gamma)), ("alpha", .number(fit.alpha)),
            ("beta", .number(fit.beta)), ("knee", Self.number(fit.knee)),
        ])
    }

    private static func trial(
        _ index: Int, _ trial: Search.Trial, _ answer: CapacityAnswer, _ redactor: Redactor
    ) -> JSON {
        let (result, observed) = (trial.result, trial.result.observation)
        return .object([
            ("index", .integer(UInt64(max(0, index)))),
            ("pace", .string(redactor.text(answer.pace))),
            ("load", Self.load(trial.plan.load, answer)),
            ("purpose", .string(trial.plan.purpose.rawValue)),
            ("duration", .integer(trial.plan.duration)),
            ("passed", .bool(result.passed)),
            ("validity", .string(CapacityText.key(result.validity))),
            ("reason", .stringOrNull(CapacityText.reason(result.validity).map(redactor.text))),
            ("sustained", Self.sustained(result.growth)),
            ("held_shortfall", .integer(result.heldShortfall)),
            ("refused", .integer(result.refused)),
            ("p50", .integerOrNull(observed.p50)), ("p99", .integerOrNull(observed.p99)),
            ("errors", Self.number(observed.errorFraction)),
            ("requests_per_second", Self.number(observed.requestsPerSecond)),
            ("sessions_per_second", Self.number(observed.sessionsPerSecond)),
            ("bits_per_second", Self.number(observed.bitsPerSecond)),
            ("target_cpu", Self.number(observed.targetCPU)),
            ("longest_silence", .integerOrNull(observed.longestSilence)),
            ("fewer_connections", Self.fewer(observed.fewerConnections)),
        ] + Self.detours(observed.detours, redactor))
    }

    /// As in the trial's run.json; null where nothing was sent.
    private static func detours(_ detours: Detours?, _ redactor: Redactor) -> [(key: String, value: JSON)] {
        guard let detours else { return [("resent", .null), ("redirects", .null), ("addresses", .null)] }
        return [
            ("resent", RunJSON.resent(detours.counters)),
            (
                "redirects",
                RunJSON.redirects(detours, redactor: redactor)
            ),
            ("addresses", RunJSON.addresses(detours.addresses, redactor: redactor)),
        ]
    }

    /// On how many connections the users were held, and after which silence a server ended one; null if there were as
    /// many connections as users.
    private static func fewer(_ fewer: FewerConnections?) -> JSON {
        guard let fewer else { return .null }
        return .object([
            ("at_once", .integer(fewer.atOnce)), ("silence", .integerOrNull(fewer.silence)),
        ])
    }

    /// True if nothing grew over the hold; null if the hold was too short to show it.
    private static func sustained(_ growth: TrialGrowth) -> JSON {
        switch growth {
        case .none: .bool(true)
        case .growing: .bool(false)
        case .tooShort: .null
        }
    }

    private static func atLeast(_ outcome: SearchOutcome) -> Double? {
        switch outcome {
        case .generatorLimited(let least, _): least
        case .aboveRange(let maximum): maximum
        case .decided(let load, let isHeld): isHeld ? load : nil
        case .converged, .belowRange, .doomed: nil
        }
    }

    /// Users as an integer, a rate as a number.
    private static func load(_ value: Double?, _ answer: CapacityAnswer) -> JSON {
        guard let value, value.isFinite else { return .null }
        if answer.variable == .users, let whole = UInt64(exactly: value) { return .integer(whole) }
        return .number(value)
    }

    private static func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
}
