import Measure
import Record
import Units

/// The last page of a run on the terminal: what was asked for, what was held, how the server answered, the result of
/// each objective, and the verdict as the last line.
public enum Summary {
    /// Columns of the widest line; paths to be copied, and the verdict, may be longer.
    public static let columns = 80
    /// A narrower terminal gets a page of this width.
    static let fewestColumns = 40
    /// Lines of the default page at 80 columns: with the shell's prompt it fits a screen of 24.
    static let lineLimit = 23

    /// How much of the record is printed.
    public enum Form: Sendable {
        /// One screen.
        case page
        /// All of it (`--verbose`).
        case whole
    }

    /// The summary for a terminal of so many columns, newline at the end. `record` is the folder that was written, nil
    /// for none. No number is cut: if it does not fit, it goes to the next line, or its column is left out and named.
    /// No byte of the server reaches the terminal raw, and no secret at all.
    public static func text(
        _ summary: RunRecord, record: String?, form: Form = .page, columns: Int = Self.columns,
        style: TerminalStyle, redactor: Redactor
    ) -> String {
        var page = SummaryPage(redactor: redactor, columns: columns, form: form)
        // Adds as much detail as the screen has room for.
        for detail in SummaryPage.Detail.allCases.reversed() {
            page = Self.page(
                summary, record: record, form: form, columns: min(max(columns, Self.fewestColumns), Self.columns),
                detail: detail, redactor: redactor)
            if page.isWhole || page.rows <= Self.lineLimit { break }
        }
        return page.lines.map { $0.line.rendered(style, columns: $0.isClipped ? page.columns : .max) + "\n" }
            .joined()
    }

    private static func page(
        _ summary: RunRecord, record: String?, form: Form, columns: Int, detail: SummaryPage.Detail, redactor: Redactor
    ) -> SummaryPage {
        var page = SummaryPage(redactor: redactor, columns: columns, form: form)
        page.detail = detail
        page.addTitle(summary)
        page.addAsked(summary.plan)
        page.addHeld(summary)
        page.addBeginning(summary)
        page.addThroughput(summary)
        page.addLatency(summary)
        page.addProcessors(summary)
        page.addMerge(summary)
        page.addErrors(summary)
        page.addDetours(summary.detours)
        page.addSilence(summary.total)
        page.addConnectionFaults(summary)
        page.addValidity(summary)
        // The last lines are made before the objectives, which take the lines that are left.
        var end = SummaryPage(redactor: redactor, columns: columns, form: form)
        end.addRecord(record, isLoopback: summary.isLoopback)
        end.addRecordFailure(summary)
        end.addVerdict(summary)
        page.addObjectives(summary, limit: Self.lineLimit - page.rows - end.rows)
        for line in end.lines { page.add(line.line, isClipped: line.isClipped) }
        return page
    }
}

/// A page under construction: labels in the left column, their values beside them.
struct SummaryPage {
    let redactor: Redactor
    /// Width of the widest line.
    let columns: Int
    let form: Summary.Form
    var detail = Detail.examples
    private(set) var lines: [(line: StyledLine, isClipped: Bool)] = []

    /// What a page has besides the figures that every page has, from least to most. If it does not fit the screen, the
    /// last one is dropped first.
    enum Detail: Int, CaseIterable, Comparable {
        /// Nothing.
        case none
        /// The most frequent class of errors.
        case oneClass
        /// Latencies of objectives, below the response time.
        case metrics
        /// How to read such loads.
        case hints
        /// The three most frequent classes of errors.
        case classes
        /// An example of a request that was sent again.
        case examples

        static func < (left: Detail, right: Detail) -> Bool { left.rawValue < right.rawValue }
    }

    /// Where the text beside the labels begins.
    static let indent = 12
    /// Most columns of one text, over all its lines; run.json has all of it.
    static let textLimit = 340
    /// Columns for text beside the labels.
    var room: Int { self.columns - Self.indent }
    /// Rows on a terminal of so many columns: a line that is not clipped may take more than one.
    var rows: Int { self.lines.reduce(0) { $0 + ($1.isClipped ? 1 : max(1, ($1.line.width - 1) / self.columns + 1)) } }
    /// Everything is printed, not one screen.
    var isWhole: Bool { self.form == .whole }

    init(redactor: Redactor, columns: Int, form: Summary.Form = .page) {
        self.redactor = redactor
        self.columns = columns
        self.form = form
    }

    /// Text from outside, made safe to show.
    func foreign(_ text: String) -> String { TerminalText.sanitised(self.redactor.text(text)) }

    mutating func add(_ line: StyledLine, isClipped: Bool = true) { self.lines.append((line, isClipped)) }

    /// A blank line between two subjects; a page of one screen has none.
    mutating func addGap() { if self.isWhole { self.add(StyledLine()) } }

    /// A line that only the whole form has.
    mutating func addDetail(_ label: String, _ text: String, _ ink: TerminalStyle.Ink = .plain) {
        if self.isWhole { self.add(label, text, ink) }
    }

    /// Cells that only the whole form has.
    mutating func addDetail(_ label: String, _ cells: [Cell]) {
        if self.isWhole { self.add(label, cells) }
    }

    /// A text from outside, on the page in one line and cut if it is longer; whole in the whole form.
    mutating func addForeign(_ label: String, _ text: String, _ ink: TerminalStyle.Ink = .plain) {
        if self.isWhole { return self.add(label, self.foreign(text), ink) }
        var line = Self.labelled(label)
        line.add(TerminalText.clipped(self.foreign(text), columns: self.room), ink)
        self.add(line)
    }

    /// A line beside a label; an empty label continues the one above.
    mutating func add(_ label: String, _ text: String, _ ink: TerminalStyle.Ink = .plain) {
        for (index, part) in self.wrapped(text).enumerated() {
            var line = Self.labelled(index == 0 ? label : "")
            line.add(part, ink)
            self.add(line)
        }
    }

    /// A text in lines of at most `room` columns (default: all beside the labels), cut to `limit` columns in all.
    func wrapped(_ text: String, room: Int? = nil, limit: Int = Self.textLimit) -> [String] {
        let room = room ?? self.room
        let most = max(1, (limit + room - 1) / room)
        var parts = TerminalText.wrapped(text, columns: room)
        if parts.count <= most { return parts }
        parts.removeLast(parts.count - most)
        parts[most - 1] = TerminalText.clipped(parts[most - 1] + "…", columns: room)
        return parts
    }

    /// Text that is kept on one line.
    struct Cell {
        let text: String
        let ink: TerminalStyle.Ink
        /// Width to pad it to; on its left side for a number.
        let columns: Int
        let alignsRight: Bool
        /// Text between it and the cell before it on its line.
        let joint: String

        init(
            _ text: String, _ ink: TerminalStyle.Ink = .plain, columns: Int = 0, alignsRight: Bool = false,
            joint: String = ""
        ) {
            self.text = text
            self.ink = ink
            self.columns = columns
            self.alignsRight = alignsRight
            self.joint = joint
        }
    }

    /// Cells beside a label, as many per line as fit.
    mutating func add(_ label: String, _ cells: [Cell]) { self.flow(Self.labelled(label), cells, indent: Self.indent) }

    /// Cells after the text on a line, and on further lines below it.
    mutating func flow(_ begun: StyledLine, _ cells: [Cell], indent: Int) {
        var line = begun
        var isFirst = true
        for cell in cells {
            let width = TerminalText.width(cell.text)
            let joint = isFirst ? "" : cell.joint
            if !isFirst && line.width + TerminalText.width(joint) + width > self.columns {
                self.add(line)
                line = StyledLine(String(repeating: " ", count: indent))
                isFirst = true
            }
            if !isFirst { line.add(joint, .quiet) }
            isFirst = false
            if width <= self.columns - line.width {
                line.add(
                    cell.text, cell.ink, columns: min(cell.columns, self.columns - line.width),
                    alignsRight: cell.alignsRight)
                continue
            }
            // It is wider than a line: a text, whose last part stays open for the next cell.
            for (index, part) in self.wrapped(cell.text).enumerated() {
                if index > 0 {
                    self.add(line)
                    line = StyledLine(String(repeating: " ", count: indent))
                }
                line.add(part, cell.ink)
            }
        }
        self.add(line)
    }

    static func labelled(_ label: String) -> StyledLine {
        var line = StyledLine("  ")
        line.add(label, .quiet, columns: Self.indent - 2)
        return line
    }

    /// Parts with a dot between them.
    static func listed(_ parts: [String], _ ink: TerminalStyle.Ink = .plain) -> [Cell] {
        parts.map { Cell($0, ink, joint: " · ") }
    }
}
