import Measure
import Workload

/// A target that cannot be used at all.
extension LoadRun {
    /// Why it is of no use to go on: requests failed, not only for a limit of ours, and no connection (over TLS: no
    /// handshake) was ever made though there was time for one. nil while there is hope; a server that is only slow to
    /// answer has connections, and who was answered or kept one from the load before was connected.
    func isUnusable(at now: UInt64) -> String? {
        let timeout = self.profile.timeouts.connect
        guard self.stopAt.map({ now < $0 }) ?? true, now >= self.startedAt &+ timeout else { return nil }
        var counters = self.outside.counters
        counters.add(self.hold.counters)
        if counters.requestsFailed &- counters.ownFailures == 0 { return nil }
        if self.beganConnected || self.established > 0 { return nil }
        let within = "within the connect timeout (\(TimeSpan.text(timeout)))"
        if counters.connectionsOpened == 0 { return "no connection to the target was made \(within)" }
        let isSecured = self.profile.target.scheme == .https
        return isSecured && counters.handshakes == 0 ? "no TLS handshake with the target was completed \(within)" : nil
    }
}
