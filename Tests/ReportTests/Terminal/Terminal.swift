import Report

/// As much of a terminal as the live view uses: a plain screen to draw on, which fails on any sequence that it does not
/// know.
final class Terminal {
    private var columns: Int
    private let rows: Int
    private var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// The screen without trailing blanks.
    var text: String {
        var shown = self.lines.map { line in
            String(String(line).reversed().drop { $0 == " " }.reversed())
        }
        while let last = shown.last, last.isEmpty { shown.removeLast() }
        return shown.joined(separator: "\n")
    }

    func write(_ bytes: [UInt8]) {
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}":
                precondition(rest.popFirst() == "[", "only control sequences")
                var parameters = ""
                while let next = rest.first, "0123456789;?".unicodeScalars.contains(next) {
                    parameters.unicodeScalars.append(next)
                    rest.removeFirst()
                }
                guard let command = rest.popFirst() else { return }
                self.run(command, parameters: parameters)
            case "\r": self.column = 0
            case "\n": self.feed()
            default: self.put(Character(scalar))
            }
        }
    }

    /// Does what a terminal does that becomes narrower: lines that are too long continue in the next one.
    func reflow(columns: Int) {
        let old = self.lines
        let cursor = self.row
        self.columns = columns
        self.lines = []
        for (index, line) in old.enumerated() {
            var rest = line[...]
            repeat {
                self.lines.append(Array(rest.prefix(columns)))
                rest = rest.dropFirst(columns)
            } while !rest.isEmpty
            if index == cursor { self.row = self.lines.count - 1 }
        }
        self.column = min(self.column, columns - 1)
    }

    static func withoutSequences(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isInside = false
        for scalar in text.unicodeScalars {
            if scalar == "\u{1B}" {
                isInside = true
            } else if isInside {
                isInside = scalar == "[" || !("@"..."~").contains(scalar)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    private func run(_ command: Unicode.Scalar, parameters: String) {
        switch command {
        case "A": self.row = max(0, self.row - (Int(parameters) ?? 1))
        case "K": self.lines[self.row] = Array(self.lines[self.row].prefix(self.column))
        case "J":
            self.lines[self.row] = Array(self.lines[self.row].prefix(self.column))
            self.lines.removeSubrange((self.row + 1)...)
        case "m", "h", "l": break
        default: preconditionFailure("unknown sequence ESC [ \(parameters)\(command)")
        }
    }

    private func put(_ character: Character) {
        if self.column >= self.columns {
            self.column = 0
            self.feed()
        }
        while self.lines[self.row].count <= self.column { self.lines[self.row].append(" ") }
        self.lines[self.row][self.column] = character
        self.column += 1
    }

    private func feed() {
        self.row += 1
        if self.row == self.lines.count { self.lines.append([]) }
        precondition(self.lines.count <= self.rows, "the screen scrolled")
    }
}
