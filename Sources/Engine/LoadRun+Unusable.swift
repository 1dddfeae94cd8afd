import Measure
import Units
import Workload

/// A target that cannot be used at all.
extension LoadRun {
    /// Why the load stops: requests failed for other reasons than a limit of ours, and no connection (over TLS: no
    /// handshake) was made within the connect timeout. Nil otherwise. A slow server has connections, and so has a load
    /// with users that were answered or kept their connection from the load before.
    func isUnusable(at now: UInt64) -> String? {
        let timeout = self.profile.timeouts.connect
        guard self.stopAt.map({ now < $0 }) ?? true, now >= self.startedAt &+ timeout else { return nil }
        var counters = self.outside.counters
        counters.add(self.hold.counters)
        if counters.requestsFailed &- counters.ownFailures == 0 { return nil }
        if self.beganConnected || self.outcome.usersEstablished > 0 { return nil }
        let within = "within the connect timeout (\(TimeSpan.text(timeout)))"
        if counters.connectionsOpened == 0 { return "no connection to the target was made \(within)" }
        let isSecured = self.profile.target.scheme == .https
        return isSecured && counters.handshakes == 0 ? "no TLS handshake with the target was completed \(within)" : nil
    }
}
