import Measure

extension RunJSON {
    /// `"verdict"`: the word, what it rests on, and the exit code; no member where nothing was judged.
    static func verdict(_ verdict: RunVerdict?, _ redactor: Redactor) -> [(key: String, value: JSON)] {
        guard let verdict else { return [] }
        return [("verdict", Self.verdict(verdict.word, redactor.text(verdict.sentence), exit: verdict.exit))]
    }

    /// A verdict of a run or of a search; the sentence is safe to write.
    static func verdict(_ word: Verdict, _ sentence: String, exit: ExitCode) -> JSON {
        .object([
            ("word", .string(word.word)), ("sentence", .string(sentence)),
            ("exit", .integer(UInt64(exit.rawValue.magnitude))),
        ])
    }

    /// What the verdict rests on besides counts and latencies: users lost and timeouts while the generator stood still,
    /// how busy it was, and what ended the run early.
    static func grounds(_ summary: RunSummary) -> [(key: String, value: JSON)] {
        let pauses = summary.pauses
        var members: [(key: String, value: JSON)] = [
            (
                "own_pauses",
                .object([
                    ("longest", .integer(pauses.longest)), ("holds_lost", .integer(pauses.holdsLost)),
                    ("holds_lost_in_pause", .integer(pauses.holdsLostInPause)),
                    ("timeouts_in_pause", .integer(pauses.timeoutsInPause)),
                ])
            )
        ]
        if let strain = summary.strain {
            members.append(
                (
                    "strain",
                    .object([
                        ("worker", .number(strain.worker)), ("steal", .number(strain.steal)),
                        ("quota", .number(strain.quota)),
                    ])
                ))
        }
        if summary.isAborted { members.append(("aborted", .bool(true))) }
        if let signal = summary.signal { members.append(("signal", .integer(UInt64(signal.magnitude)))) }
        return members
    }

    /// `"strict"` of the plan: true; no member without.
    static func strict(_ plan: RunPlan) -> [(key: String, value: JSON)] {
        plan.isStrict ? [("strict", .bool(true))] : []
    }

    /// One objective: `unit` is the unit of `measured` and `lower`.
    static func objective(_ outcome: SLOOutcome) -> JSON {
        let (measured, unit) = Self.value(outcome.measured)
        let (lower, lowerUnit) = Self.value(outcome.lower)
        let windows: [(key: String, value: JSON)] =
            outcome.windows.map { windows in
                let tally: [(key: String, value: JSON)] = [
                    ("held", .integer(windows.held)), ("failed", .integer(windows.failed)),
                    ("count", .integer(windows.count)),
                ]
                return [("windows", .object(tally))]
            } ?? []
        let reason: [(key: String, value: JSON)] = outcome.why.map { [("reason", .string($0))] } ?? []
        return .object(
            [
                ("text", .string(outcome.text)), ("verdict", .string(outcome.verdict.word)),
                ("met", outcome.verdict == .unknown ? .null : .bool(outcome.met)), ("measured", measured),
                ("lower", lower), ("unit", outcome.measured == nil ? lowerUnit : unit),
            ] + (outcome.isClose ? [("close", .bool(true))] : []) + reason + windows)
    }

    private static func value(_ value: MeasuredValue?) -> (value: JSON, unit: JSON) {
        switch value {
        case .nanoseconds(let value): (.integer(value), .string("ns"))
        case .fraction(let value): (.number(value), .string("fraction"))
        case .count(let value): (.integer(value), .string("count"))
        case .rate(let value): (.number(value), .string("1/s"))
        case .bitsPerSecond(let value): (.number(value), .string("bit/s"))
        case nil: (.null, .null)
        }
    }

    /// An objective before it is judged.
    static func unjudged(_ text: String) -> JSON {
        .object([
            ("text", .string(text)), ("verdict", .null), ("met", .null), ("measured", .null), ("lower", .null),
            ("unit", .null),
        ])
    }
}
