import CLinux
import Engine
import Measure
import Options
import Record
import Report

/// The output of a run: the live view or plain lines during it, the summary at its end.
final class Screen {
    let output = Output()
    private let plan: RunRecord.Plan
    private let mode: Mode
    private let isLive: Bool
    private let style: TerminalStyle
    private let redactor: Redactor
    private var view: LiveView

    /// An interval shorter than this, which the phases cut, gets no line.
    private static let shortestShown: UInt64 = 20_000_000

    /// What to print.
    struct Mode {
        let quiet: Bool
        let json: Bool
        let verbose: Bool

        init(_ arguments: ParsedArguments) {
            self.quiet = arguments.has(.quiet)
            self.json = arguments.has(.json)
            self.verbose = arguments.has(.verbose)
        }

        var isSilent: Bool { self.quiet || self.json }
        /// How much of a summary is printed.
        var form: Summary.Form { self.verbose ? .whole : .page }
    }

    init(plan: RunRecord.Plan, mode: Mode, redactor: Redactor) {
        self.plan = plan
        self.mode = mode
        self.redactor = redactor
        let terminal = Self.environment("TERM")
        self.style = Self.style
        self.isLive = !mode.isSilent && Output.isTerminal && terminal != nil && terminal != "dumb"
        self.view = LiveView(plan: plan, style: self.style, redactor: redactor)
    }

    /// The style that suits standard output.
    static var style: TerminalStyle { Self.style(isTerminal: Output.isTerminal) }

    /// The same for standard error.
    static var errorStyle: TerminalStyle { Self.style(isTerminal: isatty(2) == 1) }

    private static func style(isTerminal: Bool) -> TerminalStyle {
        TerminalStyle.suited(
            isTerminal: isTerminal, noColour: Self.environment("NO_COLOR"), term: Self.environment("TERM"))
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Before the first interval.
    func begin(_ run: LoadRun) {
        if self.mode.isSilent { return }
        if self.isLive {
            self.output.write(LiveView.begin())
            self.draw(run)
        } else {
            self.output.write(PlainLine.header(of: self.plan))
        }
    }

    /// After each interval.
    func show(_ row: IntervalRow, run: LoadRun) {
        if self.mode.isSilent || row.end - min(row.end, row.start) < Self.shortestShown { return }
        if self.isLive {
            self.view.append(row)
            self.draw(run)
        } else {
            self.output.write(PlainLine.text(row, of: self.plan))
        }
    }

    private func draw(_ run: LoadRun) {
        let now = MonotonicClock.now()
        let planned = run.plannedEnd.map { $0 - min($0, run.startedAt) }
        let moment = LiveView.Moment(
            elapsed: now - min(now, run.startedAt), planned: planned, phase: run.phase,
            drainEnd: run.drainEnd.map { $0 - min($0, run.startedAt) })
        let size = Output.size
        self.output.write(self.view.frame(moment, columns: size.columns, rows: size.rows))
    }

    /// After the last interval: restores the terminal.
    func end() {
        if self.isLive { self.output.write(self.view.end(columns: Output.size.columns)) }
    }

    /// Prints the summary, or what was asked for in its place.
    func finish(_ summary: RunRecord, json: [UInt8], recordPath: String?) {
        // A blank line separates it from the lines before it.
        if !self.mode.isSilent && !self.isLive { self.output.write("\n") }
        Self.finish(
            summary, json: json, recordPath: recordPath, mode: self.mode, output: self.output, redactor: self.redactor)
    }

    /// The end of every command with a summary: the page, whose last line is the verdict. If standard output carries
    /// data, the verdict goes to standard error; with `--quiet` only if it is not PASS.
    static func finish(
        _ summary: RunRecord, json: [UInt8], recordPath: String?, mode: Mode, output: Output, redactor: Redactor
    ) {
        if !mode.isSilent {
            return output.write(
                Summary.text(
                    summary, record: recordPath, form: mode.form, columns: Output.size.columns, style: Self.style,
                    redactor: redactor))
        }
        if mode.json { output.write(json) }
        if let verdict = summary.verdict, mode.json || verdict.word != .pass {
            Output.writeError(VerdictLine.text(verdict, style: Self.errorStyle, redactor: redactor))
        }
    }
}
