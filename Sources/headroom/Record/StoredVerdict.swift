import Measure
import Workload
import YAML

extension OwnPauses {
    /// Reads "own_pauses" of run.json; empty if it is missing, as in older records.
    init(_ node: DataNode?) {
        self.init(
            longest: node?["longest"]?.integer ?? 0, holdsLost: node?["holds_lost"]?.integer ?? 0,
            holdsLostInPause: node?["holds_lost_in_pause"]?.integer ?? 0,
            timeoutsInPause: node?["timeouts_in_pause"]?.integer ?? 0)
    }
}

extension Strain {
    /// Reads "strain" of run.json; nil if it is missing, as for a run that was cut off.
    init?(_ node: DataNode?) {
        guard let worker = node?["worker"]?.number, let steal = node?["steal"]?.number,
            let quota = node?["quota"]?.number
        else { return nil }
        self.init(worker: worker, steal: steal, quota: quota)
    }
}
