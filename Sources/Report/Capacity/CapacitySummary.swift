import Capacity
import Measure
import Record
import Units

/// A capacity on the terminal: the bracket, what limits, the assumption, the trials beside the bracket, and the verdict
/// as the last line. The whole form has every trial, a plot of p99 and a model.
public enum CapacitySummary {
    /// The summary of one or several paces, newline at the end. No byte from outside reaches the terminal raw.
    /// `record`: the folder that was written; nil for none.
    public static func text(
        _ findings: [CapacityFinding], verdict: CapacityVerdict, record: String?, form: Summary.Form = .page,
        columns: Int = Summary.columns, style: TerminalStyle, redactor: Redactor
    ) -> String {
        let columns = min(max(columns, Summary.fewestColumns), Summary.columns)
        var page = SummaryPage(redactor: redactor, columns: columns, form: form)
        var end = SummaryPage(redactor: redactor, columns: columns, form: form)
        end.addRecord(record)
        end.addGap()
        end.add(verdict.line(redactor), isClipped: false)
        if findings.count > 1 { page.addFrontier(findings) }
        if findings.count > 1 && !page.isWhole {
            page.addWhatAllShare(findings)
        } else {
            for finding in findings { page.addFinding(finding, limit: Summary.lineLimit - end.lines.count) }
        }
        return (page.lines + end.lines).map { $0.line.rendered(style, columns: $0.isClipped ? columns : .max) + "\n" }
            .joined()
    }
}

extension SummaryPage {
    /// A shorter silence is not shown, in nanoseconds.
    private static let silenceShown: UInt64 = 1_000_000_000
    /// Most columns for a pace, and for its result.
    private static let frontierLimit = 40
    /// Most rows of trials in the whole form; trials.csv has all.
    private static let rowLimit = 40
    /// Most cautions on the page.
    private static let cautionLimit = 2
    /// Smallest widths of the table's columns, from the load to CPU.
    private static let widths = [10, 7, 7, 7, 10, 7, 6]

    fileprivate mutating func addFrontier(_ findings: [CapacityFinding]) {
        self.addGap()
        let rows = findings.map { finding in
            (pace: self.foreign(finding.answer.pace), found: self.foreign(CapacityText.found(finding.answer)))
        }
        func widest(_ texts: [String]) -> Int { min(texts.map(TerminalText.width).max() ?? 0, Self.frontierLimit) }
        let columns = (pace: widest(rows.map(\.pace)), found: widest(rows.map(\.found)))
        for (index, (row, finding)) in zip(rows, findings).enumerated() {
            self.add(
                index == 0 ? "frontier" : "",
                [
                    Cell(row.pace, columns: columns.pace),
                    Cell(row.found, .strong, columns: columns.found, joint: "  "),
                    Cell(finding.answer.limitedBy.map { CapacityText.words($0) } ?? "-", .quiet, joint: "  "),
                ])
        }
    }

    /// Below the frontier on a page: hardware and cautions, each once.
    fileprivate mutating func addWhatAllShare(_ findings: [CapacityFinding]) {
        guard let first = findings.first else { return }
        let assumed = first.judgement?.assumption.instanceType
        self.add("hardware", self.foreign(CapacityText.hardware(first.hardware, assumed: assumed)), .quiet)
        self.addDetours(Detours.sum(findings.map(\.answer.detours)))
        var words: [String] = []
        for caution in findings.flatMap(\.cautions).map(CapacityText.words) where !words.contains(caution) {
            words.append(caution)
        }
        self.addCautions(words)
    }

    private mutating func addCautions(_ words: [String]) {
        let shown = self.isWhole ? words.count : min(words.count, Self.cautionLimit)
        for (index, caution) in words.prefix(shown).enumerated() {
            self.add(index == 0 ? "caution" : "", self.foreign(caution), .warning)
        }
        if words.count > shown { self.add("", "\(words.count - shown) more: capacity.json", .quiet) }
    }

    /// One search; on a page its trials take the lines that are left of `limit`.
    fileprivate mutating func addFinding(_ finding: CapacityFinding, limit: Int) {
        self.addGap()
        self.addBracket(finding.answer)
        if let limit = finding.answer.limitedBy { self.add("limit", CapacityText.words(limit)) }
        if let point = finding.scaleOut {
            let unit = CapacityText.unit(finding.answer.variable)
            let trials = point.trials.map { "\($0 + 1)" }.joined(separator: ", ")
            self.add(
                "scale-out",
                "\(CapacityText.number(point.load.rounded(.down))) \(unit) at \(Quantity.percent(point.share)) of the "
                    + "target's CPU (between trials \(trials))")
        }
        if self.isWhole, let model = finding.model {
            let knee = model.knee.map { "peak at \(CapacityText.number($0.rounded())) users" } ?? "no knee in range"
            self.add("model", "USL: \(knee); a model, not a measurement", .quiet)
        }
        if let judgement = finding.judgement, let sentence = CapacityText.sentence(finding) {
            let ink: TerminalStyle.Ink =
                switch judgement.verdict {
                case .supported: .good
                case .refuted: .bad
                case .undecided: .warning
                }
            self.add("assumed", self.foreign(sentence), ink)
        } else {
            self.add("hardware", self.foreign(CapacityText.hardware(finding.hardware, assumed: nil)), .quiet)
        }
        self.addDetours(finding.answer.detours)
        self.addCautions(finding.cautions.map(CapacityText.words))
        // Two lines are kept: a header, and a line for what is left out.
        self.addTrials(finding.answer, limit: self.isWhole ? Self.rowLimit : limit - self.lines.count - 2)
        if self.isWhole { self.addPlot(finding) }
    }

    private mutating func addBracket(_ answer: CapacityAnswer) {
        self.add("capacity", self.foreign(CapacityText.found(answer)), .strong)
        var rates = [self.foreign(CapacityText.pace(answer))]
        if let observed = answer.conditional?.result.observation {
            if let rate = observed.requestsPerSecond { rates.append("\(Quantity.rate(rate)) req/s") }
            if let bits = observed.bitsPerSecond { rates.append(Quantity.gigabitsPerSecond(bits)) }
            if let silence = observed.longestSilence, silence >= Self.silenceShown {
                rates.append("longest silence \(Quantity.duration(silence))")
            }
        }
        self.add("", rates.joined(separator: " · "))
        if let fewer = answer.fewerConnections { self.add("", fewer.words) }
        if let reason = CapacityText.reason(answer.outcome) { self.add("", self.foreign(reason), .warning) }
        guard let bracket = answer.bracket else { return }
        var parts: [String] = []
        if let confidence = bracket.confidence { parts.append("\(Quantity.percent(confidence)) confidence") }
        parts.append(bracket.isConfirmed ? "lower end confirmed" : "lower end NOT confirmed")
        if !bracket.widthReached { parts.append("wider than asked") }
        parts.append("\(answer.trials.count) trials")
        self.add("", parts.joined(separator: " · "), bracket.isConfirmed ? .quiet : .warning)
    }

    // MARK: Table

    /// The loads beside the bracket, at most `limit`; trials.csv has all.
    private mutating func addTrials(_ answer: CapacityAnswer, limit: Int) {
        let valid = answer.trials.filter { $0.result.validity == .valid || $0.isUnrecovered }
        if valid.isEmpty || limit < 1 { return }
        self.addGap()
        var loads: [Double] = []
        for trial in valid where !loads.contains(trial.plan.load) { loads.append(trial.plan.load) }
        let shown = Self.nearest(loads.sorted(), to: answer, limit: limit)
        let rows = shown.compactMap { load in
            Self.row(load, valid.filter { $0.plan.load == load }, isBeyond: load > answer.bracket?.upper ?? .infinity)
        }
        let names = [CapacityText.unit(answer.variable), "p50", "p99", "errors", "sessions/s", "Gbps", "CPU"]
        // Each column is as wide as its cells and a gap, so that no two cells touch.
        let widths = names.indices.map { column in
            max(Self.widths[column], (rows.map(\.cells) + [names]).map { TerminalText.width($0[column]) }.max() ?? 0)
        }
        self.add(Self.line(names, widths, .quiet))
        for row in rows {
            var line = Self.line(row.cells, widths, nil)
            line.add("  \(row.outcome)", row.ink)
            self.add(line)
        }
        if loads.count > shown.count {
            self.add("", "\(loads.count - shown.count) more loads were tried: --verbose, trials.csv", .quiet)
        }
    }

    private static func line(_ cells: [String], _ widths: [Int], _ ink: TerminalStyle.Ink?) -> StyledLine {
        var line = StyledLine()
        for (cell, width) in zip(cells, widths) {
            line.add("  ")
            if let ink {
                line.add(cell, ink, columns: width, alignsRight: true)
            } else {
                line.add(cell, columns: width, alignsRight: true)
            }
        }
        return line
    }

    /// At most `limit` of the sorted loads: those nearest to an end of the bracket; without one the highest.
    private static func nearest(_ loads: [Double], to answer: CapacityAnswer, limit: Int) -> [Double] {
        guard loads.count > limit else { return loads }
        guard let bracket = answer.bracket else { return Array(loads.suffix(limit)) }
        func distance(_ load: Double) -> Double { min(abs(load - bracket.lower), abs(load - bracket.upper)) }
        return loads.sorted { distance($0) < distance($1) }.prefix(limit).sorted()
    }

    /// One load: its longest trial, and how many of all passed. `isBeyond`: the answer is below this load, so a pass
    /// ended too soon.
    private static func row(
        _ load: Double, _ trials: [Search.Trial], isBeyond: Bool
    ) -> (cells: [String], outcome: String, ink: TerminalStyle.Ink)? {
        guard let longest = trials.max(by: { $0.plan.duration < $1.plan.duration }) else { return nil }
        let observed = longest.result.observation
        let passed = trials.count { $0.result.passed }
        let decisive = trials.count { !$0.isUnrecovered }
        let cells = [
            CapacityText.number(load), observed.p50.map(Quantity.duration), observed.p99.map(Quantity.duration),
            observed.errorFraction.map(Quantity.percent), observed.sessionsPerSecond.map(Quantity.rate),
            observed.bitsPerSecond.map { Quantity.rate($0 / 1e9) }, observed.targetCPU.map(Quantity.percent),
        ]
        let cell = cells.map { $0 ?? "-" }
        if decisive == 0 { return (cell, "not recovered", .warning) }
        if isBeyond && passed == decisive { return (cell, "too brief", .warning) }
        let outcome = decisive == 1 ? (passed == 1 ? "ok" : "fail") : "\(passed)/\(decisive)"
        return (cell, outcome, passed == decisive ? .good : passed == 0 ? .bad : .warning)
    }

    private mutating func addPlot(_ finding: CapacityFinding) {
        let rows = CapacityPlot.lines(finding.answer, limit: finding.p99Limit)
        if rows.isEmpty { return }
        self.addGap()
        for row in rows { self.add(row) }
    }
}

extension Search.Trial {
    /// It failed in a target that had not recovered from the trial before.
    fileprivate var isUnrecovered: Bool {
        if case .unrecovered = self.result.validity { return true }
        return false
    }
}
