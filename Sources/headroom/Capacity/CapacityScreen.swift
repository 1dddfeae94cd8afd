import CLinux
import Capacity
import Engine
import Measure
import Options
import Record
import Report
import Workload

/// The output of a search: a line per trial; on a terminal, below them, the current trial and how far the bracket has
/// closed; and the summary at the end.
final class CapacityScreen {
    let output = Output()
    private let mode: Screen.Mode
    private let isLive: Bool
    private let style = Screen.style
    private let redactor: Redactor

    init(_ arguments: ParsedArguments, redactor: Redactor) {
        self.mode = Screen.Mode(arguments)
        let terminal = getenv("TERM").map { String(cString: $0) }
        self.isLive = !self.mode.isSilent && Output.isTerminal && terminal != nil && terminal != "dumb"
        self.redactor = redactor
    }

    private var columns: Int { Output.isTerminal ? Output.size.columns : Summary.columns }

    /// A search at a pace begins.
    func begin(_ pace: PacePlan, _ goal: SearchGoal) {
        if self.mode.isSilent { return }
        self.output.write(
            CapacityProgress.header(
                goal, url: pace.profile.target.text, pace: pace.pace,
                objectives: pace.profile.effectiveSLO.map(\.text), style: self.style, columns: self.columns,
                redactor: self.redactor))
    }

    /// A second of a trial, or of a step between trials, has passed.
    func show(_ search: Search, doing: String, elapsed: UInt64) {
        if !self.isLive { return }
        let line = CapacityProgress.status(
            search, doing: doing, elapsed: elapsed, style: self.style, columns: self.columns - 1)
        self.output.write("\r\u{1b}[K\(line)")
    }

    /// A trial begins though the target has not recovered.
    func note(_ unrecovered: Unrecovered) {
        if self.mode.isSilent { return }
        if self.isLive { self.output.write("\r\u{1b}[K") }
        self.output.write(CapacityProgress.note(unrecovered))
    }

    /// A trial has ended.
    func end(_ number: Int, _ search: Search) {
        guard !self.mode.isSilent, let trial = search.trials.last else { return }
        if self.isLive { self.output.write("\r\u{1b}[K") }
        self.output.write(
            CapacityProgress.trial(
                number, trial, search, style: self.style, columns: self.columns, redactor: self.redactor))
    }

    /// The search has ended. If standard output carries data, the verdict goes to standard error; with `--quiet` only
    /// if it is not PASS.
    func finish(_ findings: [CapacityFinding], verdict: CapacityVerdict, json: [UInt8], recordPath: String?) {
        if self.isLive { self.output.write("\r\u{1b}[K") }
        if !self.mode.isSilent {
            self.output.write(
                "\n"
                    + CapacitySummary.text(
                        findings, verdict: verdict, record: recordPath, form: self.mode.form, columns: self.columns,
                        style: self.style, redactor: self.redactor))
            return
        }
        if self.mode.json { self.output.write(json) }
        if self.mode.json || verdict.word != .pass {
            Output.writeError(verdict.text(style: Screen.errorStyle, redactor: self.redactor))
        }
    }
}
