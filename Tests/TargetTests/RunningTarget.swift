import Engine
import Glibc
import Target

/// A server that runs for one test.
final class RunningTarget {
    let server: TargetServer

    init(_ change: (inout TargetOptions) -> Void = { _ in }) throws {
        var options = TargetOptions()
        change(&options)
        self.server = try TargetServer(options: options)
        try self.server.start()
    }

    deinit { self.server.stop() }

    func client() throws -> TestClient { try TestClient(port: self.server.port, keeper: self) }

    /// The counts as soon as they are as expected; the last ones after `TestClient.patienceSeconds`.
    func counts(when isReached: (TargetCounts) -> Bool) -> TargetCounts {
        let end = MonotonicClock.now() + UInt64(TestClient.patienceSeconds) * 1_000_000_000
        while true {
            let counts = self.server.counts()
            if isReached(counts) || MonotonicClock.now() > end { return counts }
            sched_yield()
        }
    }
}
