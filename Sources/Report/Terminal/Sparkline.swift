/// A row of bars, one character per value, from zero to the largest.
enum Sparkline {
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    /// The last `columns` values; a missing one is a blank, zero the lowest bar.
    static func text(_ values: [Double?], columns: Int) -> String {
        // A value that is no finite number counts as missing: dividing by it would give an invalid index.
        let shown = values.suffix(max(0, columns)).map { $0.flatMap { $0.isFinite ? $0 : nil } }
        let largest = shown.reduce(0.0) { max($0, $1 ?? 0) }
        return String(
            shown.map { value -> Character in
                guard let value else { return " " }
                guard value > 0, largest > 0 else { return Self.bars[0] }
                let step = Int((value / largest * Double(Self.bars.count)).rounded(.up)) - 1
                return Self.bars[min(max(step, 0), Self.bars.count - 1)]
            })
    }
}
