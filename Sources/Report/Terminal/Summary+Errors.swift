import Measure
import Record
import Units

/// Failed requests.
extension SummaryPage {
    /// Most classes that the page lists, with an example each; the whole form has all.
    private static let classLimit = 3
    /// With fewer columns on the page an example is left out.
    private static let shortestExample = 12
    /// Columns of an example in the whole form, over all its lines: enough to recognise it; errors.json has the answer.
    private static let exampleLimit = 132

    mutating func addErrors(_ summary: RunRecord) {
        self.addGap()
        let failed = summary.total.requestsFailed
        guard failed > 0 else { return self.add("errors", "none") }
        let finished = summary.total.requestsOK &+ failed
        let share = Quantity.percent(Double(failed) / Double(max(1, finished)))
        self.add(
            "errors",
            [
                Cell("\(Quantity.count(failed)) of \(Quantity.count(finished)) requests (\(share))", .bad),
                Cell("\(Quantity.count(summary.hold.counters.requestsFailed)) of them in the hold", joint: " · "),
            ])
        let classes = summary.total.classesByCount
        let shown = self.isWhole ? classes.count : min(classes.count, self.classesShown)
        for error in classes.prefix(shown) {
            let example = summary.outcome.examples.first { $0.error == error && $0.of == .request }
            self.isWhole ? self.addClass(error, of: summary, example) : self.addClassLine(error, of: summary, example)
        }
        let left = classes.dropFirst(shown).reduce(UInt64(0)) { $0 &+ summary.total.failed($1) }
        let which = shown > 0 ? "in other classes" : "by class"
        if left > 0 { self.add("", "\(Quantity.count(left)) \(which): errors.json", .quiet) }
    }

    /// Number of classes on this page.
    private var classesShown: Int { self.detail >= .classes ? Self.classLimit : self.detail >= .oneClass ? 1 : 0 }

    private static func detail(_ example: ErrorExample) -> String { "\(example.request): \(example.detail)" }

    /// A class on one line: its count, and as much of its example as fits.
    private mutating func addClassLine(_ error: ErrorClass, of summary: RunRecord, _ example: ErrorExample?) {
        let count = Quantity.count(summary.total.failed(error))
        var cells = [Cell(error.name, .strong), Cell(count, .strong, joint: " ")]
        let room = self.room - TerminalText.width("\(error.name) \(count)  ")
        if let example, room >= Self.shortestExample {
            cells.append(
                Cell(
                    TerminalText.clipped(self.foreign(Self.detail(example)), columns: room), .quiet, joint: "  "))
        }
        self.add("", cells)
    }

    private mutating func addClass(_ error: ErrorClass, of summary: RunRecord, _ example: ErrorExample?) {
        self.add(
            "",
            [
                Cell(error.name, columns: 17),
                Cell(Quantity.count(summary.total.failed(error)), .strong, columns: 10, alignsRight: true),
            ])
        guard let example else { return }
        let detail = self.foreign(Self.detail(example))
        for part in self.wrapped(detail, room: self.room - 2, limit: Self.exampleLimit) {
            var line = Self.labelled("")
            line.add("  \(part)", .quiet)
            self.add(line)
        }
    }
}
