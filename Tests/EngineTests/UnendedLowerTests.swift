import Measure
import Target
import Testing
import Workload

@testable import Engine

extension EngineLoads {
    /// A server with many times the load that it can serve answers few requests. The requests that wait show how slow
    /// the server is, and that the generator is not the cause.
    @Suite struct UnendedLowerTests {
        private static let millisecond: UInt64 = 1_000_000

        /// The kind of load; it also sets how many users wait.
        enum Case: CaseIterable {
            case planned, plannedOverHTTP2, open
        }

        @Test("the ages of requests that wait for the server have lower bounds in every load", arguments: Case.allCases)
        func overloaded(_ kind: Case) throws {
            try Loads.withTarget({
                $0.serviceTime = .constant(40 * Self.millisecond)
                $0.concurrency = 1
            }) { server in
                let plan = try ArrivalPlan.constant(400)
                var profile = try Loads.profile(port: server.port, session: [Step(path: "/bytes/10")]) {
                    $0.hold = 600 * Self.millisecond
                    if kind == .open {
                        $0.open = OpenLoad(plan: plan, maxUsers: 20)
                        $0.holdGiven = true
                        $0.connection = .perUser
                    } else {
                        $0.users = 40
                    }
                }
                if kind != .open { profile.session[0].pause = .every(.constant(100 * Self.millisecond)) }
                if kind == .plannedOverHTTP2 {
                    profile.http = .h2c
                    profile.streams = 4
                }
                let load = try Loads.run(profile, threads: 1)
                load.expectExactAccounts("\(kind)", isFramed: kind == .plannedOverHTTP2)
                let hold = load.run.hold
                #expect(hold.counters.neverStartedServer > 100)
                let ages = try #require(hold.unended(.response))
                let lower = try #require(hold.lower(.response))
                // All but those with dropped kernel stamps; over HTTP/2 each one that was sampled.
                #expect(lower.totalCount * 10 >= (ages.totalCount + hold.succeeded[0].totalCount) * 9, "\(kind)")
                let bound = try #require(hold.lowerBound(.response))
                // The drain alone takes 2 s. Only a pause of the generator of 1.5 s would lower the bound below this.
                #expect(try #require(bound.least(atPercentile: 99)) > 500 * Self.millisecond)
                let upper = try #require(hold.upperValue(.response, atPercentile: 90)).nanoseconds
                #expect(upper >= bound.value(atPercentile: 90) ?? 0)
            }
        }
    }
}
