import Measure
import Record

/// The live screen of a run: it turns events into the bytes that redraw a few lines in place.
///
/// It owns only the lines that it drew: it touches nothing above them, and clears only what it rewrites at once. The
/// caller writes each result with one `write`, so a frame is never seen half drawn. If the terminal became narrower,
/// the lines that it wrapped meanwhile are counted.
public struct LiveView {
    private let plan: RunRecord.Plan
    private let style: TerminalStyle
    private let redactor: Redactor
    /// The last minute, newest last.
    private var rows: [IntervalRow] = []
    /// Everything appended so far.
    private var total = Counters()
    /// Widths of the lines on the screen.
    private var drawn: [Int] = []

    /// Intervals kept for the sparklines.
    public static let historyLimit = 60
    /// Lines are never wider than this, as they would fall apart.
    static let widest = 100
    /// A smaller terminal gets a frame for this size, cut.
    static let smallest = (columns: 20, rows: 2)

    /// A view of a run that has not started.
    public init(plan: RunRecord.Plan, style: TerminalStyle, redactor: Redactor) {
        self.plan = plan
        self.style = style
        self.redactor = redactor
    }

    /// The state of a run at the time of a frame. Times are nanoseconds since the run began.
    public struct Moment: Sendable {
        /// Elapsed time.
        public var elapsed: UInt64
        /// Planned time of the whole run; nil where sessions end it.
        public var planned: UInt64?
        /// The stage of the run.
        public var phase: Phase
        /// In a drain, when it gives up what is in flight; nil otherwise.
        public var drainEnd: UInt64?

        /// The state of a run at a time.
        public init(elapsed: UInt64, planned: UInt64?, phase: Phase, drainEnd: UInt64? = nil) {
            self.elapsed = elapsed
            self.planned = planned
            self.phase = phase
            self.drainEnd = drainEnd
        }
    }

    /// Takes an interval that has ended.
    public mutating func append(_ row: IntervalRow) {
        self.total.add(row.counters)
        if self.rows.count >= Self.historyLimit { self.rows.removeFirst() }
        self.rows.append(row)
    }

    /// Hides the cursor; write it before the first frame.
    public static func begin() -> [UInt8] { Array("\u{1B}[?25l".utf8) }

    /// Removes the view, puts the cursor back where it began, and shows it again. The summary takes its place.
    public mutating func end(columns: Int) -> [UInt8] {
        let home = self.home(columns: columns)
        self.drawn = []
        return Array("\(home)\u{1B}[J\u{1B}[?25h".utf8)
    }

    /// A frame for a terminal of this size, drawn over the one before.
    public mutating func frame(_ moment: Moment, columns: Int, rows: Int) -> [UInt8] {
        let columns = max(columns, Self.smallest.columns)
        // The last column stays free: a character there makes terminals wrap, or clear it with the rest.
        let room = min(columns - 1, Self.widest)
        let content = LiveContent(
            plan: self.plan, moment: moment, history: self.rows, total: self.total, room: room,
            redactor: self.redactor)
        // One row stays free for the shell's last line.
        let lines = content.lines(limit: max(rows, Self.smallest.rows) - 1)
        let home = self.home(columns: columns)
        self.drawn = lines.map { min($0.width, room) }
        let texts = lines.map { "\($0.rendered(self.style, columns: room))\u{1B}[K" }
        return Array("\(home)\(texts.joined(separator: "\r\n"))\u{1B}[J".utf8)
    }

    /// Moves back to the first column of the first line drawn.
    private func home(columns: Int) -> String {
        let columns = max(columns, 1)
        let height = self.drawn.reduce(0) { $0 + 1 + max(0, $1 - 1) / columns }
        return height > 1 ? "\r\u{1B}[\(height - 1)A" : "\r"
    }
}
