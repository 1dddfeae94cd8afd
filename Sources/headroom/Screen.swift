import CLinux
import Engine
import Measure
import Report

/// What a person sees of a run: the live view or plain lines while it goes on, the summary at its end.
final class Screen {
    let output = Output()
    private let plan: RunPlan
    private let mode: Mode
    private let isLive: Bool
    private let style: TerminalStyle
    private let redactor: Redactor
    private var view: LiveView

    /// Rows of a time shorter than this, which the phases cut, are not worth a line.
    private static let shortestShown: UInt64 = 20_000_000

    /// What was asked to be printed.
    struct Mode {
        let quiet: Bool
        let json: Bool

        var isSilent: Bool { self.quiet || self.json }
    }

    init(plan: RunPlan, mode: Mode, redactor: Redactor) {
        self.plan = plan
        self.mode = mode
        self.redactor = redactor
        let terminal = Self.environment("TERM")
        self.style = Self.style
        self.isLive = !mode.isSilent && Output.isTerminal && terminal != nil && terminal != "dumb"
        self.view = LiveView(plan: plan, style: self.style, redactor: redactor)
    }

    /// How standard output takes to be written.
    static var style: TerminalStyle {
        TerminalStyle.suited(
            isTerminal: Output.isTerminal, noColour: Self.environment("NO_COLOR"),
            term: Self.environment("TERM"))
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
            elapsed: now - min(now, run.startedAt), planned: planned, phase: run.phase)
        let size = Output.size
        self.output.write(self.view.frame(moment, columns: size.columns, rows: size.rows))
    }

    /// After the last interval: the terminal is as it was.
    func end() {
        if self.isLive { self.output.write(self.view.end(columns: Output.size.columns)) }
    }

    /// The summary, or what was asked for in its place.
    func finish(_ summary: RunSummary, json: [UInt8], recordPath: String?, note: String?) {
        if self.mode.json {
            self.output.write(json)
        } else if !self.mode.quiet {
            self.output.write(
                Summary.text(
                    summary, record: recordPath, columns: Output.size.columns, style: self.style,
                    redactor: self.redactor))
            if let note {
                let lines = TerminalText.wrapped(note, columns: min(Summary.columns, Output.size.columns) - 1)
                self.output.write("\n" + lines.map { $0 + "\n" }.joined())
            }
        }
    }
}
