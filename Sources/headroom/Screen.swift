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
    private let isColoured: Bool
    private var view: LiveView

    /// What was asked to be printed.
    struct Mode {
        let quiet: Bool
        let json: Bool

        var isSilent: Bool { self.quiet || self.json }
    }

    init(plan: RunPlan, mode: Mode) {
        self.plan = plan
        self.mode = mode
        let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
        self.isLive = !mode.isSilent && Output.isTerminal && terminal != "dumb"
        // https://no-color.org: set and not empty.
        let noColour = getenv("NO_COLOR").map { String(cString: $0) } ?? ""
        self.isColoured = self.isLive && noColour.isEmpty
        self.view = LiveView(plan: plan, isColoured: self.isColoured)
    }

    /// Before the first interval.
    func begin() {
        if self.mode.isSilent { return }
        if self.isLive {
            self.output.write(self.view.begin())
            let size = Output.size
            self.output.write(self.view.frame(columns: size.columns, rows: size.rows))
        } else {
            self.output.write(PlainLine.heading(self.plan))
        }
    }

    /// After each interval.
    func show(_ row: IntervalRow) {
        if self.mode.isSilent { return }
        if self.isLive {
            self.view.add(row)
            let size = Output.size
            self.output.write(self.view.frame(columns: size.columns, rows: size.rows))
        } else {
            self.output.write(PlainLine.text(row))
        }
    }

    /// After the last interval: the terminal is as it was.
    func end() {
        if self.isLive { self.output.write(self.view.end()) }
    }

    /// The summary, or what was asked for in its place.
    func finish(_ summary: RunSummary, json: [UInt8], recordPath: String?, note: String?) {
        if self.mode.json {
            self.output.write(json)
        } else if !self.mode.quiet {
            let style = Summary.Style(isColoured: self.isColoured)
            self.output.write(Summary.text(summary, recordPath: recordPath, note: note, style: style))
        }
    }
}
