import Capacity
import Glibc
import Record
import Units

/// A small plot of p99 against the load: both axes logarithmic, `·` a trial that passed, `x` one that failed, and a
/// dashed line at the limit.
enum CapacityPlot {
    private static let rows = 9
    private static let columns = 58
    private static let axisColumns = 12
    /// With fewer loads there is no plot.
    private static let loadsNeeded = 3

    static func lines(_ answer: CapacityAnswer, limit: UInt64?) -> [StyledLine] {
        let points = answer.trials.compactMap { trial -> (load: Double, p99: Double, passed: Bool)? in
            guard trial.result.validity == .valid, let p99 = trial.result.observation.p99, p99 > 0 else { return nil }
            return (log(trial.plan.load), log(Double(p99)), trial.result.passed)
        }
        guard Set(points.map(\.load)).count >= Self.loadsNeeded else { return [] }
        let line = limit.flatMap { $0 > 0 ? log(Double($0)) : nil }
        let heights = points.map(\.p99) + (line.map { [$0] } ?? [])
        guard let left = points.map(\.load).min(), let right = points.map(\.load).max(),
            let bottom = heights.min(), let top = heights.max()
        else { return [] }
        var grid = [[Character]](repeating: [Character](repeating: " ", count: Self.columns), count: Self.rows)
        let limitRow = line.map { Self.place($0, bottom, top, Self.rows) }
        if let limitRow { for column in 0..<Self.columns where column % 2 == 0 { grid[limitRow][column] = "-" } }
        // Failures are drawn last, so that passes do not cover them.
        for point in points.sorted(by: { $0.passed && !$1.passed }) {
            let row = Self.place(point.p99, bottom, top, Self.rows)
            grid[row][Self.place(point.load, left, right, Self.columns)] = point.passed ? "·" : "x"
        }
        var lines = [Self.axis("p99", "")]
        for row in (0..<Self.rows).reversed() {
            let value: String? =
                if row == limitRow { limit.map { "SLO " + Quantity.duration($0) } } else if row == 0 {
                    Self.duration(bottom)
                } else if row == Self.rows - 1 { Self.duration(top) } else { nil }
            lines.append(Self.axis(value ?? "", "│" + String(grid[row])))
        }
        lines.append(Self.axis("", "└" + String(repeating: "─", count: Self.columns)))
        let unit = CapacityText.unit(answer.variable)
        var foot = Self.axis("", " ")
        foot.add(CapacityText.number(exp(left).rounded()), .quiet)
        let last = "\(CapacityText.number(exp(right).rounded())) \(unit)"
        foot.move(to: Self.axisColumns + 3 + Self.columns - TerminalText.width(last))
        foot.add(last, .quiet)
        lines.append(foot)
        return lines
    }

    private static func axis(_ label: String, _ rest: String) -> StyledLine {
        var line = StyledLine()
        line.add(label, .quiet, columns: Self.axisColumns, alignsRight: true)
        line.add(" " + rest)
        return line
    }

    private static func duration(_ logarithm: Double) -> String {
        let value = exp(logarithm)
        return value < 0x1p63 ? Quantity.duration(UInt64(value.rounded())) : "-"
    }

    /// Which of `count` cells a value falls into.
    private static func place(_ value: Double, _ low: Double, _ high: Double, _ count: Int) -> Int {
        guard high > low else { return 0 }
        let cell = ((value - low) / (high - low) * Double(count - 1)).rounded()
        return min(max(Int(cell), 0), count - 1)
    }
}
