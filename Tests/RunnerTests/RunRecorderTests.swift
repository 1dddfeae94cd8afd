import Measure
import Target
import Testing
import Workload

@testable import Runner

extension RunnerLoads {
    /// A load from its plan to its summary, in this process.
    @Suite struct RunRecorderTests {
        @Test("a load is carried out without a record, and its summary names the version that was handed in")
        func withoutRecord() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(port: server.port)
                let notices = Notices()
                let load = try RunRecorder(profile.unfolded(), Loads.context(profile, notices))
                var hasBegun = false
                var rows = 0
                let summary = try load.carryOut(into: nil, began: { hasBegun = true }, each: { _ in rows += 1 })
                #expect(hasBegun && rows > 0)
                #expect(summary.state == .complete && summary.total.requestsOK > 0)
                #expect(summary.total.requestsOK == server.counts().requests)
                let version = summary.conditions.first { $0.key == "headroom" }
                #expect(version?.value == .text("1.2.3"))
                let json = String(decoding: load.write(summary, to: nil), as: UTF8.self)
                #expect(json.contains("\"state\": \"complete\""))
                #expect(notices.sentences.isEmpty)
            }
        }

        @Test("a name to follow that has other addresses is reported, and not followed")
        func elsewhere() throws {
            try Loads.withTarget { server in
                var profile = try Loads.profile(port: server.port)
                profile.followHosts = [try FollowHost.parse("127.0.0.2"), try FollowHost.parse("127.0.0.1")]
                let notices = Notices()
                let context = try Loads.context(profile, notices)
                #expect(notices.sentences.count == 1)
                #expect(notices.sentences.first?.hasPrefix("--follow-host 127.0.0.2: ") == true)
                #expect(context.spoken(profile).followHosts.map(\.text) == ["127.0.0.1"])
            }
        }
    }
}
