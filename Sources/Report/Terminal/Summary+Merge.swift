import Measure
import Units

extension SummaryPage {
    /// How the records of a union ran relative to each other, and what contradicts that.
    mutating func addMerge(_ summary: RunRecord) {
        guard let merged = summary.merged else { return }
        let count = Quantity.plural(UInt64(summary.mergedFrom.count), "record")
        let how = merged.isTogether ? "run together: users add up" : "run in turn: as many users, for longer"
        let why = merged.isGiven ? merged.isTogether ? "--together" : "--in-turn" : "by their clocks"
        self.add("merged", "\(count), \(how) (\(why))")
        for note in merged.notes { self.add("", self.foreign(note), .warning) }
    }
}
