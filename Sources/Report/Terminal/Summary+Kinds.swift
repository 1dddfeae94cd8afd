import Measure
import Units

extension SummaryPage {
    /// One line with what occurred by kind, the most frequent first, and below it an example of each kind; on a page of
    /// one screen only of the first. `note`: text in brackets after the count of a kind.
    mutating func addKinds<Kind>(
        _ label: String, _ total: String, _ kinds: [Kind], name: (Kind) -> String, count: (Kind) -> UInt64,
        note: (Kind) -> String? = { _ in nil }, example: (Kind) -> (request: String, detail: String)?
    ) {
        let kinds = kinds.filter { count($0) > 0 }.sorted { count($0) > count($1) }
        self.add(
            label,
            [Cell(total, .warning)]
                + Self.listed(
                    kinds.map { "\(name($0)) \(Quantity.count(count($0)))" + (note($0).map { " (\($0))" } ?? "") },
                    .warning))
        if self.detail < .examples { return }
        for kind in self.isWhole ? kinds : Array(kinds.prefix(1)) {
            guard let example = example(kind) else { continue }
            let prefix = self.isWhole ? "\(name(kind)): " : ""
            self.addForeign("", "\(prefix)\(example.request): \(example.detail)", .quiet)
        }
    }
}
