import Measure
import Units
import Workload

/// Whether records ran together or in turn: as given, else by the clocks of their machines.
extension RecordUnion {
    /// If two holds overlap for less than this share of the shorter one, they did not begin together, or their clocks
    /// disagree.
    private static let overlapExpected = 0.9

    /// The reading of the records, and the records with corrected clocks where these contradict what was given.
    static func read(
        _ parts: [Part], isTogether: Bool?
    ) throws(CommandError) -> (reading: MergeReading, parts: [Part]) {
        let pairs = Self.pairs(parts)
        let overlapping = pairs.filter { $0.overlap != nil }
        let isGuessable = overlapping.isEmpty || overlapping.count == pairs.count
        guard let ranTogether = isTogether ?? (isGuessable ? !overlapping.isEmpty : nil) else {
            throw CommandError(
                sentence: "by their clocks some of these ran together and some in turn: say --together or --in-turn, "
                    + "or merge those that ran together first, and then their unions", code: .badInput)
        }
        var notes: [String] = []
        var parts = parts
        if ranTogether, let apart = pairs.first(where: { $0.overlap == nil }) {
            notes.append(
                "their clocks disagree: by them the holds of \(apart.one.name) and \(apart.other.name) are "
                    + "\(Self.time(apart.gap)) apart; all holds are taken to have begun together")
            parts = Self.begunTogether(parts)
        } else if ranTogether, let brief = pairs.first(where: { $0.isBrief(Self.overlapExpected) }) {
            notes.append(
                "by their clocks the holds of \(brief.one.name) and \(brief.other.name) overlap for "
                    + "\(Self.time(brief.overlap ?? 0)) of \(Self.time(brief.shorter)): they did not begin together, "
                    + "or the clocks of their machines disagree")
        } else if !ranTogether, let both = overlapping.first {
            notes.append(
                "by their clocks the holds of \(both.one.name) and \(both.other.name) overlap for "
                    + "\(Self.time(both.overlap ?? 0)): records that ran together are merged with --together")
        }
        if ranTogether, let same = Self.equalSeeds(parts) {
            let names =
                same.one.name == same.other.name
                ? "records of \(same.one.name)" : "\(same.one.name) and \(same.other.name)"
            notes.append(
                "\(names) drew from the same seed (\(same.seed)): their sessions "
                    + "arrived at the same moments; give each load generator a --seed of its own")
        }
        return (MergeReading(isTogether: ranTogether, isGiven: isTogether != nil, notes: notes), parts)
    }

    /// Two records and the overlap or gap of their holds, in milliseconds.
    private struct Pair {
        let one: Part
        let other: Part
        /// Nil if they do not overlap; then the time between them is the gap.
        let overlap: Int64?
        let gap: Int64
        let shorter: Int64

        func isBrief(_ share: Double) -> Bool {
            self.overlap.map { Double($0) < share * Double(self.shorter) } ?? false
        }
    }

    private static func pairs(_ parts: [Part]) -> [Pair] {
        var pairs: [Pair] = []
        for (index, other) in parts.enumerated() {
            for one in parts[..<index] {
                guard let its = one.hold, let others = other.hold else { continue }
                let overlap = min(its.upperBound, others.upperBound) - max(its.lowerBound, others.lowerBound)
                pairs.append(
                    Pair(
                        one: one, other: other, overlap: overlap >= 0 ? overlap : nil, gap: max(0, -overlap),
                        shorter: min(its.upperBound - its.lowerBound, others.upperBound - others.lowerBound)))
            }
        }
        return pairs
    }

    /// Shifts each record so that its hold begins with the earliest one.
    private static func begunTogether(_ parts: [Part]) -> [Part] {
        let first = parts.compactMap { $0.hold?.lowerBound }.min() ?? 0
        return parts.map { part in
            var part = part
            part.shift = first - (part.hold?.lowerBound ?? first)
            return part
        }
    }

    /// Two open loads that drew the same numbers, or two in one union.
    private static func equalSeeds(_ parts: [Part]) -> (one: Part, other: Part, seed: UInt64)? {
        guard parts[0].reader.stored.plan.isOpen else { return nil }
        var seen: [UInt64: Part] = [:]
        for part in parts {
            for seed in Self.seeds(part.reader.stored.plan) {
                if let one = seen[seed] { return (one, part, seed) }
                seen[seed] = part
            }
        }
        return nil
    }

    private static func time(_ milliseconds: Int64) -> String {
        TimeSpan.text(UInt64(clamping: milliseconds) &* 1_000_000)
    }
}
