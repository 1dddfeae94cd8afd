import CLinux
import Capacity
import Measure
import Options
import Record
import Report
import Runner
import Workload

/// The output of a search: a line per trial; on a terminal, below them, the current trial and how far the bracket has
/// closed; and the summary at the end.
final class CapacityScreen: SearchObserver {
    private let output = Output()
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

    func begin(_ pace: PacePlan) {
        if self.mode.isSilent { return }
        self.output.write(
            CapacityProgress.header(
                pace.goal, url: pace.profile.target.text, pace: pace.pace,
                objectives: pace.profile.effectiveSLO.map(\.text), style: self.style, columns: self.columns,
                redactor: self.redactor))
    }

    func show(_ search: Search, doing: String, elapsed: UInt64) {
        if !self.isLive { return }
        let line = CapacityProgress.status(
            search, doing: doing, elapsed: elapsed, style: self.style, columns: self.columns - 1)
        self.output.write("\r\u{1b}[K\(line)")
    }

    func note(_ unrecovered: Unrecovered) {
        if self.mode.isSilent { return }
        if self.isLive { self.output.write("\r\u{1b}[K") }
        self.output.write(CapacityProgress.note(unrecovered))
    }

    func end(_ number: Int, _ search: Search) {
        guard !self.mode.isSilent, let trial = search.trials.last else { return }
        if self.isLive { self.output.write("\r\u{1b}[K") }
        self.output.write(
            CapacityProgress.trial(
                number, trial, search, style: self.style, columns: self.columns, redactor: self.redactor))
    }

    /// Prints the end of the search, whose last line is the verdict, and returns the exit code. If standard output
    /// carries data, the verdict goes to standard error; with `--quiet` only if it is not PASS.
    func finish(_ end: SearchEnd) -> ExitCode {
        self.write(end)
        return ExitCode.first(of: end.exits.union(self.output.error == nil ? [] : [.outputFailed]))
    }

    private func write(_ end: SearchEnd) {
        if self.isLive { self.output.write("\r\u{1b}[K") }
        if !self.mode.isSilent {
            self.output.write(
                "\n"
                    + CapacitySummary.text(
                        end.findings, verdict: end.verdict, record: end.recordPath, form: self.mode.form,
                        columns: self.columns, style: self.style, redactor: self.redactor))
            return
        }
        if self.mode.json { self.output.write(end.json) }
        if self.mode.json || end.verdict.word != .pass {
            Output.writeError(end.verdict.text(style: Screen.errorStyle, redactor: self.redactor))
        }
    }
}
