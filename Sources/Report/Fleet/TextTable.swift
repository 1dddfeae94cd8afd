/// A table for people: columns as wide as their widest cell.
struct TextTable {
    private var rows: [[String]] = []
    private let right: Set<Int>
    private static let gap = 2

    /// `right`: the columns whose cells end at the right, as numbers do.
    init(right: Set<Int> = []) { self.right = right }

    mutating func add(_ cells: [String]) { self.rows.append(cells) }

    var isEmpty: Bool { self.rows.isEmpty }

    /// The lines, each behind some blanks.
    func lines(indent: Int) -> [String] {
        let columns = self.rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            self.rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return self.rows.map { row in
            var line = String(repeating: " ", count: indent)
            for (column, cell) in row.enumerated() {
                let space = String(repeating: " ", count: max(0, widths[column] - cell.count))
                line += self.right.contains(column) ? space + cell : cell + space
                line += String(repeating: " ", count: Self.gap)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line
        }
    }

    /// The rows as a table of Markdown, the first one as its head.
    func markdown() -> [String] {
        guard let head = self.rows.first else { return [] }
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = "|" + head.indices.map { self.right.contains($0) ? "--:|" : "---|" }.joined()
        return [line(head), rule] + self.rows.dropFirst().map(line)
    }
}
