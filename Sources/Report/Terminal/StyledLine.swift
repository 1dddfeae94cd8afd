import Record

/// One line of terminal text in pieces of ink. Its width does not depend on its colours.
struct StyledLine: Equatable {
    private var pieces: [Piece] = []
    /// Columns taken so far.
    private(set) var width = 0

    /// Text of one ink.
    private struct Piece: Equatable {
        var text: String
        var ink: TerminalStyle.Ink
    }

    init() {}

    init(_ text: String, _ ink: TerminalStyle.Ink = .plain) { self.add(text, ink) }

    mutating func add(_ text: String, _ ink: TerminalStyle.Ink = .plain) {
        self.pieces.append(Piece(text: text, ink: ink))
        self.width += TerminalText.width(text)
    }

    /// Adds text padded with spaces to so many columns; on its left side for a number.
    mutating func add(
        _ text: String, _ ink: TerminalStyle.Ink = .plain, columns: Int, alignsRight: Bool = false
    ) {
        let gap = String(repeating: " ", count: max(0, columns - TerminalText.width(text)))
        if alignsRight { self.add(gap) }
        self.add(text, ink)
        if !alignsRight { self.add(gap) }
    }

    /// Adds spaces up to a column; at least one if the line has text already.
    mutating func move(to column: Int) {
        let gap = max(self.width == 0 ? 0 : 1, column - self.width)
        self.add(String(repeating: " ", count: gap))
    }

    /// The line, cut to so many columns, without trailing spaces.
    func rendered(_ style: TerminalStyle, columns: Int) -> String {
        var kept: [Piece] = []
        var room = columns
        for piece in self.pieces where room > 0 {
            let text = TerminalText.clipped(piece.text, columns: room)
            room -= TerminalText.width(text)
            kept.append(Piece(text: text, ink: piece.ink))
            if text != piece.text { break }
        }
        while let last = kept.last {
            let bare = String(last.text.reversed().drop { $0 == " " }.reversed())
            kept[kept.count - 1].text = bare
            if !bare.isEmpty { break }
            kept.removeLast()
        }
        return kept.map { style.dressed($0.text, $0.ink) }.joined()
    }
}
