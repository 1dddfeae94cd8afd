import Measure

/// What records from before `Revision.named` say in other ways.
enum OlderRecord {
    /// Fills in what follows from other members of an older record; it is then no longer missing.
    static func complete(_ record: inout RunRecord) {
        if record.unknown.contains("load.planned") {
            record.plan.pace = Self.pace(record.plan.pace.text, isOpen: record.plan.isOpen)
            record.unknown.subtract(["load.planned", "load.all_at_once", "load.constant"])
        }
        // Before a window could be undecided, it held or failed.
        let isTwofold = record.unknown.remove("slo.windows.failed") != nil
        for index in record.slo.indices {
            guard var windows = record.slo[index].windows else { continue }
            windows.held = min(windows.held, windows.count)
            let others = windows.count - windows.held
            windows.failed = isTwofold ? others : min(windows.failed, others)
            record.slo[index].windows = windows
        }
    }

    /// The pace as values, from the sentence that older records have.
    static func pace(_ text: String, isOpen: Bool) -> LoadPace {
        let isStorm = text.hasPrefix(Self.storm)
        if isOpen {
            let words = text.split(separator: ",").map { $0.drop { $0 == " " } }
            let isConstant =
                words.count > 1 && words[0].hasSuffix("sessions/s") && ["constant", "Poisson"].contains(words[1])
            return LoadPace(text: text, isPlanned: true, isConstant: isConstant)
        }
        let pace = isStorm ? text.dropFirst(Self.storm.count) : text[...]
        let isPlanned =
            ["every ", "idle ", "sessions every "].contains { pace.hasPrefix($0) }
            && !["think ", "back to back"].contains { pace.contains($0) }
        return LoadPace(text: text, isPlanned: isPlanned, isStorm: isStorm, isConstant: !isStorm)
    }

    private static let storm = "all at once, "
}
