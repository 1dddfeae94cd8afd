import Judge
import Measure
import Units
import Workload

/// Several records as one. What can be added is added exactly; what cannot is reported unchanged.
///
/// Records whose holds overlap ran *together*: their users add up. Records whose holds follow each other ran *in turn*:
/// as many users as each had were held for longer.
public struct RecordUnion {
    /// A record with its name for messages.
    public struct Part {
        public let name: String
        public let reader: RecordReader
        /// The run, judged once.
        let run: RunRecord
        /// Milliseconds that correct its clock, if it ran together with others and its clock disagrees.
        var shift: Int64 = 0

        /// A record that was read.
        public init(name: String, reader: RecordReader) {
            self.name = name
            self.reader = reader
            self.run = reader.summary
        }

        /// Milliseconds since 1970.
        public var start: Int64 { Int64((self.reader.startSeconds * 1000).rounded()) &+ self.shift }
        /// Start and end of its hold, in milliseconds since 1970; nil where it was not reached.
        var hold: ClosedRange<Int64>? {
            guard let start = self.reader.totals.holdStart else { return nil }
            // Milliseconds from 64-bit nanoseconds and from times in the accepted range: no sum overflows.
            let from = self.start + Int64(start / 1_000_000)
            return from...(from + Int64(self.run.outcome.holdDuration / 1_000_000))
        }
    }

    public let parts: [Part]
    /// How they ran relative to each other.
    public let reading: MergeReading
    private var ranTogether: Bool { self.reading.isTogether }
    /// Most milliseconds between the first start and the last.
    private static let longestApart: Int64 = 366 * 86_400_000

    /// Most milliseconds by which the starts of records that ran together may differ: one interval.
    private static let skewLimit: Int64 = 1_000

    /// Checks whether the records fit together. Throws which one does not, and why. `isTogether`: how they ran, if
    /// given.
    public init(_ given: [Part], isTogether: Bool? = nil) throws(CommandError) {
        let parts = given
        for part in parts.dropFirst() {
            for (what, its, first) in Self.mustAgree(part.reader.stored.plan, parts[0].reader.stored.plan)
            where its != first {
                throw CommandError(
                    sentence:
                        "\(part.name) does not fit: its \(what) is \(TerminalText.quoted(its)), and that of "
                        + "\(parts[0].name) \(TerminalText.quoted(first))", code: .badInput)
            }
        }
        for part in parts where parts.contains(where: { $0.reader.stored.mergedFrom.contains(part.name) }) {
            throw CommandError(
                sentence:
                    "\(part.name) is in one of the others already (\"merged_from\"): its values would count "
                    + "double", code: .badInput)
        }
        for part in parts where part.hold == nil {
            throw CommandError(sentence: "\(part.name) does not fit: its hold was never reached", code: .badInput)
        }
        (self.reading, self.parts) = try Self.read(parts, isTogether: isTogether)
        let first = self.parts.map(\.start).min() ?? 0
        for part in self.parts where part.start - first > Self.longestApart {
            throw CommandError(
                sentence: "\(part.name) does not fit: it began more than a year after the first",
                code: .badInput)
        }
        // The number of sessions at once in an open load is a result, not a setting.
        if self.ranTogether || parts[0].reader.stored.plan.isOpen { return }
        for part in parts where part.reader.stored.plan.usersAsked != parts[0].reader.stored.plan.usersAsked {
            throw CommandError(
                sentence:
                    "\(part.name) does not fit: it held \(part.reader.stored.plan.usersAsked) users and, "
                    + "at another time, \(parts[0].name) \(parts[0].reader.stored.plan.usersAsked)",
                code: .badInput)
        }
    }

    /// A mixture of two different loads would answer no question.
    private static func mustAgree(_ one: RunRecord.Plan, _ other: RunRecord.Plan) -> [(what: String, String, String)] {
        [
            ("model", one.model.rawValue, other.model.rawValue), ("session", one.session, other.session),
            ("pace", one.pace.text, other.pace.text),
            ("connection", one.connection?.rawValue ?? "unknown", other.connection?.rawValue ?? "unknown"),
            ("tick", "\(one.tick) ns", "\(other.tick) ns"),
            ("steps that are recorded apart", Self.steps(one), Self.steps(other)),
            ("streams", "\(one.streams)", "\(other.streams)"),
        ]
    }

    private static func steps(_ plan: RunRecord.Plan) -> String {
        plan.steps.map { "\($0.number): \($0.words.joined(separator: ", "))" }.joined(separator: "; ")
    }

    /// The earliest start, from which the times of the union count. Milliseconds since 1970.
    public var start: Int64 { self.parts.map(\.start).min() ?? 0 }

    /// The union, from the sums of its rows.
    public func summary(_ totals: RecordTotals) -> RunRecord {
        let summaries = self.parts.map(\.run)
        var union = RunRecord(
            state: self.state(summaries), plan: self.plan,
            hold: Window(steps: self.parts[0].reader.stored.plan.steps.map(\.number)), outside: Window())
        for summary in summaries {
            union.hold.add(summary.hold)
            union.outside.add(summary.outside)
            union.total.add(summary.total)
            union.outcome.requestsInFlight.add(summary.outcome.requestsInFlight)
            union.outcome.sessionsInFlight.add(summary.outcome.sessionsInFlight)
            union.unknown.formUnion(summary.unknown)
            union.outcome.settleShortfall &+= summary.outcome.settleShortfall
            union.outcome.settled = max(union.outcome.settled, summary.outcome.settled)
            union.outcome.holdSessionsDue &+= summary.outcome.holdSessionsDue
            union.outcome.holdSessionsCompleted &+= summary.outcome.holdSessionsCompleted
            if summary.outcome.neverStartedIsBound { union.outcome.neverStartedIsBound = true }
            union.outcome.longestSilence = Self.largest(union.outcome.longestSilence, summary.outcome.longestSilence)
            union.outcome.longestPause = Self.largest(union.outcome.longestPause, summary.outcome.longestPause)
            union.outcome.pauses.add(summary.outcome.pauses)
            union.outcome.isAborted = union.outcome.isAborted || summary.outcome.isAborted
            union.peakResidentBytes = Self.largest(union.peakResidentBytes, summary.peakResidentBytes)
        }
        let cpu = summaries.compactMap(\.cpuSeconds)
        union.cpuSeconds = cpu.count == summaries.count ? cpu.reduce(0, +) : nil
        union.outcome.redirectExample = summaries.lazy.compactMap(\.outcome.redirectExample).first
        union.outcome.addresses = AddressCount.sum(summaries.map(\.outcome.addresses))
        union.outcome.duration = totals.end
        union.stamp = RunStamp.union(summaries.map(\.stamp))
        let established = summaries.map(\.outcome.usersEstablished)
        union.outcome.usersEstablished =
            self.ranTogether ? established.reduce(0, &+) : established.min() ?? 0
        union.outcome.holdDuration = self.holdDuration(summaries)
        let held = union.outcome.holdDuration
        union.outcome.usersHeld = self.held(summaries.map(\.outcome.usersHeld), over: held)
        union.outcome.connectionsHeld = self.held(summaries.map(\.outcome.connectionsHeld), over: held)
        union.outcome.steadiness = Steadiness.union(
            summaries.compactMap(\.outcome.steadiness), together: self.ranTogether)
        union.conditions = Self.conditions(summaries)
        let reasons = zip(self.parts, summaries).compactMap { part, summary in
            summary.outcome.stopReason.map { "\(part.name): \($0)" }
        }
        union.outcome.stopReason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
        union.mergedFrom = self.parts.map(\.name)
        union.merged = self.reading
        union.outcome.strain = Self.strain(summaries)
        union.conclude(self.objectives, windows: self.windows, series: nil)
        return union
    }

    /// The windows of all records, each judged within its own record: their seconds differ.
    private var windows: [String: SLOOutcome.Windows] {
        self.parts.reduce(into: [:]) { sum, part in
            for (text, tally) in part.reader.windows { sum[text, default: SLOOutcome.Windows()].add(tally) }
        }
    }

    /// The larger of those that are known.
    private static func largest(_ one: UInt64?, _ other: UInt64?) -> UInt64? {
        [one, other].compactMap { $0 }.max()
    }

    /// The worst of all; nil if one of them is not known.
    private static func strain(_ summaries: [RunRecord]) -> Strain? {
        let known = summaries.compactMap(\.outcome.strain)
        guard known.count == summaries.count, let first = known.first else { return nil }
        return known.dropFirst().reduce(first) { $0.union($1) }
    }

    /// The objectives of all records, each once.
    private var objectives: [SLO] {
        self.parts.flatMap(\.reader.objectives).reduce(into: []) { all, slo in
            if !all.contains(slo) { all.append(slo) }
        }
    }

    private func state(_ summaries: [RunRecord]) -> RunState {
        for state in [RunState.partial, .interrupted] where summaries.contains(where: { $0.state == state }) {
            return state
        }
        return .complete
    }

    private func holdDuration(_ summaries: [RunRecord]) -> UInt64 {
        guard self.ranTogether else { return summaries.reduce(0) { $0 &+ $1.outcome.holdDuration } }
        let holds = self.parts.compactMap(\.hold)
        let from = holds.map(\.lowerBound).min() ?? 0
        let to = holds.map(\.upperBound).max() ?? 0
        return UInt64(clamping: to - from) * 1_000_000
    }

    private func held(_ parts: [Held], over duration: UInt64) -> Held {
        guard self.ranTogether else {
            return parts.reduce(into: Held()) { $0.append($1) }
        }
        // Levels add up where holds overlap. Where only some records were in their hold, fewer users were held. A time
        // as short as the skew of their starts does not count.
        let holds = self.parts.map(\.hold)
        let edges = holds.flatMap { hold in hold.map { [$0.lowerBound, $0.upperBound] } ?? [] }.sorted()
        var lowest: UInt64 = .max
        var highest: UInt64 = 0
        for (from, to) in zip(edges, edges.dropFirst()) where to > from {
            let held = zip(parts, holds).filter {
                $0.1.map { $0.lowerBound <= from && to <= $0.upperBound } ?? false
            }
            let isSkew = held.count < parts.count && to - from < Self.skewLimit
            if !isSkew { lowest = min(lowest, held.reduce(0) { $0 &+ $1.0.lowestSeen }) }
            highest = max(highest, held.reduce(0) { $0 &+ $1.0.highest })
        }
        let area = zip(parts, self.parts).reduce(0.0) { sum, pair in
            sum + pair.0.mean * Double(pair.1.run.outcome.holdDuration)
        }
        return Held(lowest: lowest, highest: highest, area: area, duration: duration)
    }

    private var plan: RunRecord.Plan {
        let plans = self.parts.map(\.reader.stored.plan)
        var plan = plans[0]
        plan.name = Self.distinct(plans.map(\.name)).joined(separator: " + ")
        plan.url = Self.distinct(plans.map(\.url)).joined(separator: " and ")
        plan.ramp = plans.map(\.ramp).max() ?? 0
        plan.burst = plans.map(\.burst).max() ?? 0
        plan.warmup = plans.map(\.warmup).max() ?? 0
        let seeds = plans.flatMap(Self.seeds)
        plan.seeds = self.ranTogether ? seeds : Set(seeds).sorted()
        let holds = plans.compactMap(\.hold)
        let hold = self.ranTogether ? holds.max() : holds.reduce(0, &+)
        plan.hold = holds.count == plans.count ? hold : nil
        let rates = plans.compactMap(\.pace.requestsPerSecond)
        let rate = self.ranTogether ? rates.reduce(0, +) : rates.max()
        plan.pace.requestsPerSecond = rates.count == plans.count ? rate : nil
        let sessions = plans.compactMap(\.sessions)
        plan.sessions = sessions.count == plans.count ? sessions.reduce(0, &+) : nil
        if !self.ranTogether {
            plan.usersAsked = plans.map(\.usersAsked).max() ?? 0
        } else {
            plan.usersAsked = plans.reduce(0) { $0 &+ $1.usersAsked }
            plan.threads = Int(clamping: plans.reduce(UInt64(0)) { $0 &+ UInt64(max(0, $1.threads)) })
        }
        return plan
    }

    /// What the records of a part drew from: it may be a union itself.
    static func seeds(_ plan: RunRecord.Plan) -> [UInt64] { plan.seeds.isEmpty ? [plan.seed] : plan.seeds }

    /// Each once, in order.
    private static func distinct(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }

    /// A condition that all records share stays as it is; one that differs becomes the list of its values.
    private static func conditions(_ summaries: [RunRecord]) -> [(key: String, value: Condition)] {
        let keys = Self.distinct(summaries.flatMap { $0.conditions.map(\.key) })
        return keys.map { key in
            let values = summaries.map { $0.conditions.first { $0.key == key }?.value }
            if let first = values[0], values.allSatisfy({ $0 == first }) { return (key, first) }
            let texts = values.flatMap { value -> [String] in
                switch value {
                case .text(let text): [text]
                case .number(let number): ["\(number)"]
                case .list(let list): list
                case nil: ["unknown"]
                }
            }
            return (key, .list(Self.distinct(texts)))
        }
    }
}
