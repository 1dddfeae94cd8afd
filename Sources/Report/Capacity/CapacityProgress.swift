import Capacity
import Record
import Units

/// A search in progress: a line per trial, and the bracket as it closes.
public enum CapacityProgress {
    /// Columns of the table, in order.
    private static let numberColumns = 4
    private static let loadColumns = 13
    private static let purposeColumns = 12
    private static let timeColumns = 8
    private static let latencyColumns = 9

    /// The plan of the search, and the header of the table; newline at the end.
    public static func header(
        _ goal: SearchGoal, url: String, pace: String, objectives: [String], style: TerminalStyle,
        columns: Int,
        redactor: Redactor
    ) -> String {
        func foreign(_ text: String) -> String { TerminalText.sanitised(redactor.text(text)) }
        var what = StyledLine("capacity of ", .quiet)
        what.add(foreign(url), .strong)
        what.add(" in \(CapacityText.unit(goal.variable)), \(foreign(pace))")
        let rules = StyledLine("while \(objectives.map(foreign).joined(separator: ", "))", .quiet)
        var head = StyledLine()
        head.add("#", .quiet, columns: Self.numberColumns, alignsRight: true)
        head.add(CapacityText.unit(goal.variable), .quiet, columns: Self.loadColumns, alignsRight: true)
        head.add("  ")
        head.add("why", .quiet, columns: Self.purposeColumns)
        for (name, width) in [("hold", Self.timeColumns), ("p50", Self.latencyColumns), ("p99", Self.latencyColumns)] {
            head.add(" ")
            head.add(name, .quiet, columns: width, alignsRight: true)
        }
        return [what, rules, head].map { $0.rendered(style, columns: columns) + "\n" }.joined()
    }

    /// A trial that has ended, with the bracket after it; newline at the end.
    public static func trial(
        _ number: Int, _ trial: Search.Trial, _ search: Search, style: TerminalStyle, columns: Int,
        redactor: Redactor
    ) -> String {
        let (plan, result) = (trial.plan, trial.result)
        var line = StyledLine()
        line.add("\(number)", .quiet, columns: Self.numberColumns, alignsRight: true)
        line.add(CapacityText.number(plan.load), columns: Self.loadColumns, alignsRight: true)
        line.add("  ")
        line.add(
            plan.purpose.rawValue.split(separator: "_").joined(separator: " "), .quiet,
            columns: Self.purposeColumns)
        line.add(" ")
        line.add(Quantity.planned(plan.duration), .quiet, columns: Self.timeColumns, alignsRight: true)
        for value in [result.observation.p50, result.observation.p99] {
            line.add(" ")
            line.add(value.map(Quantity.duration) ?? "-", columns: Self.latencyColumns, alignsRight: true)
        }
        line.add("  ")
        let ink: TerminalStyle.Ink = result.passed ? .good : result.failed ? .bad : .warning
        line.add(TerminalText.sanitised(redactor.text(Self.outcome(result))), ink)
        if let bracket = Self.bracket(search) { line.add("  \(bracket)", .quiet) }
        return line.rendered(style, columns: columns) + "\n"
    }

    /// The current step, in one line without its newline.
    public static func status(
        _ search: Search, doing: String, elapsed: UInt64, style: TerminalStyle, columns: Int
    ) -> String {
        var line = StyledLine("  \(doing), \(Quantity.clock(elapsed))", .quiet)
        if let bracket = Self.bracket(search) { line.add("  \(bracket)", .strong) }
        return line.rendered(style, columns: columns)
    }

    /// A trial begins though the target is not back at its first value; newline at the end.
    public static func note(_ unrecovered: Unrecovered) -> String {
        "  \(CapacityText.words(unrecovered)) (--cool-down)\n"
    }

    /// The result of a trial in a few words.
    static func outcome(_ result: TrialResult) -> String {
        switch result.validity {
        case .void(let reason): return "void: \(reason)"
        case .generatorLimited(let reason): return "generator-limited: \(reason)"
        // The line above the trial has the times.
        case .unrecovered: return "not recovered"
        case .targetLost(let reason): return "target lost: \(reason)"
        case .valid: break
        }
        if result.passed { return "ok" }
        if result.heldShortfall > 0 { return "held \(Quantity.count(result.lowestHeld))" }
        if result.refused > 0 { return "refused \(Quantity.count(result.refused))" }
        if case .growing(let sentence) = result.growth { return "not sustained: \(sentence)" }
        return "not " + result.objectives.filter { !$0.met }.map(\.text).joined(separator: ", ")
    }

    /// How far the bracket has closed: "200 … 256 users".
    static func bracket(_ search: Search) -> String? {
        let (passed, failed) = search.ends
        if passed == nil && failed == nil { return nil }
        let low = passed.map(CapacityText.number) ?? "0"
        return "\(low) … \(failed.map(CapacityText.number) ?? "?")"
    }
}
