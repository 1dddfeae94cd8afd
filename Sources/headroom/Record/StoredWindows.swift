import Judge
import Measure
import Workload

/// Judges the windows of a record: reads its intervals again, one by one.
enum StoredWindows {
    /// The results of objectives over windows, by their texts; empty if there are none.
    static func read(
        _ folder: (fd: Int32, path: String), reader: RecordReader
    ) throws(CommandError) -> [String: SLOOutcome.Windows] {
        let plan = reader.stored.plan
        var windows = ObjectiveWindows(reader.stored.objectives, plan: plan)
        if windows.isEmpty || reader.totals.rows == 0 { return windows.finish() }
        let cursor = try RecordCursor(folder, reader: reader)
        let interval = RunDistributions(steps: plan.steps.map(\.number))
        while let next = try cursor.next() {
            interval.reset()
            do {
                for entry in next.entries { try interval.add(entry) }
            } catch {
                throw CommandError(sentence: "\(folder.path)/latency.hlog: \(error)", code: .badInput)
            }
            interval.hold.counters = next.row.hold.counters
            windows.take(next.row, interval.hold)
        }
        return windows.finish()
    }
}
