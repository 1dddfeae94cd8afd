import Measure

/// The live screen of a run: it turns what happened into the bytes that redraw a few lines in place.
///
/// It owns the lines it drew, no more: nothing above them is touched, nothing is cleared that is not written
/// again at once. The caller writes each answer with one `write`, so a frame is never seen half drawn. When
/// the terminal became narrower since, the lines it has wrapped meanwhile are counted in.
public struct LiveView {
    private let plan: RunPlan
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
    /// Columns beyond which lines only fall apart.
    static let widest = 100
    /// Below this size a terminal gets a frame for this size, cut.
    static let smallest = (columns: 20, rows: 2)

    /// A view of a run that has not begun.
    public init(plan: RunPlan, style: TerminalStyle, redactor: Redactor) {
        self.plan = plan
        self.style = style
        self.redactor = redactor
    }

    /// Where a run stands at the moment of a frame. Times are nanoseconds since the run began.
    public struct Moment: Sendable {
        /// Time gone.
        public var elapsed: UInt64
        /// The time the whole run is planned to take; nil where sessions end it.
        public var planned: UInt64?
        /// The stage of the run.
        public var phase: Phase
        /// In a drain, when it gives up what is in flight; nil otherwise.
        public var drainEnd: UInt64?

        /// A moment of a run.
        public init(elapsed: UInt64, planned: UInt64?, phase: Phase, drainEnd: UInt64? = nil) {
            self.elapsed = elapsed
            self.planned = planned
            self.phase = phase
            self.drainEnd = drainEnd
        }
    }

    /// Takes an interval that is over.
    public mutating func append(_ row: IntervalRow) {
        self.total.add(row.counters)
        if self.rows.count >= Self.historyLimit { self.rows.removeFirst() }
        self.rows.append(row)
    }

    /// Hides the cursor; to be written before the first frame.
    public static func begin() -> [UInt8] { Array("\u{1B}[?25l".utf8) }

    /// Removes the view, leaves the cursor where it began, and shows it again. The summary takes its place.
    public mutating func end(columns: Int) -> [UInt8] {
        let home = self.home(columns: columns)
        self.drawn = []
        return Array("\(home)\u{1B}[J\u{1B}[?25h".utf8)
    }

    /// The frame of a moment for a terminal of this size, drawn over the one before.
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

    /// Back to the first column of the first line drawn.
    private func home(columns: Int) -> String {
        let columns = max(columns, 1)
        let height = self.drawn.reduce(0) { $0 + 1 + max(0, $1 - 1) / columns }
        return height > 1 ? "\r\u{1B}[\(height - 1)A" : "\r"
    }
}
