import CLinux
import Capacity
import Engine
import Report
import Workload

/// What a person sees of a search: a line for each trial, on a terminal under them the trial that goes on and how far
/// the bracket has closed; the summary at the end.
final class CapacityScreen {
    let output = Output()
    private let isSilent: Bool
    private let printsJSON: Bool
    private let isLive: Bool
    private let style = Screen.style
    private let redactor: Redactor

    init(_ arguments: ParsedArguments, redactor: Redactor) {
        self.printsJSON = arguments.has("json")
        self.isSilent = arguments.has("quiet") || self.printsJSON
        let terminal = getenv("TERM").map { String(cString: $0) }
        self.isLive = !self.isSilent && Output.isTerminal && terminal != nil && terminal != "dumb"
        self.redactor = redactor
    }

    private var columns: Int { Output.isTerminal ? Output.size.columns : Summary.columns }

    /// A search at a pace begins.
    func begin(_ pace: PacePlan, _ goal: SearchGoal) {
        if self.isSilent { return }
        self.output.write(
            CapacityProgress.header(
                goal, url: pace.profile.target.text, pace: pace.pace,
                objectives: pace.profile.effectiveSLO.map(\.text), style: self.style, columns: self.columns,
                redactor: self.redactor))
    }

    /// A second of a trial, or of what goes on between trials, has passed.
    func show(_ search: Search, doing: String, elapsed: UInt64) {
        if !self.isLive { return }
        let line = CapacityProgress.status(
            search, doing: doing, elapsed: elapsed, style: self.style, columns: self.columns - 1)
        self.output.write("\r\u{1b}[K\(line)")
    }

    /// A trial has ended.
    func end(_ number: Int, _ search: Search) {
        guard !self.isSilent, let trial = search.trials.last else { return }
        if self.isLive { self.output.write("\r\u{1b}[K") }
        self.output.write(
            CapacityProgress.trial(
                number, trial, search, style: self.style, columns: self.columns, redactor: self.redactor))
    }

    /// The search has ended.
    func finish(_ findings: [CapacityFinding], json: [UInt8], recordPath: String?) {
        if self.isLive { self.output.write("\r\u{1b}[K") }
        if self.printsJSON { return self.output.write(json) }
        if self.isSilent { return }
        self.output.write(
            CapacitySummary.text(
                findings, columns: self.columns, style: self.style, redactor: self.redactor))
        if let recordPath { self.output.write("\n  record      \(TerminalText.sanitised(recordPath))\n") }
    }
}
