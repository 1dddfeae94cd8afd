import Target
import Testing
import Workload

@testable import Runner

/// Every test that runs a load or waits for the target, one after the other: they would disturb each other's times.
@Suite(.serialized) enum RunnerLoads {}

/// What a context reported, in order.
final class Notices {
    private(set) var sentences: [String] = []

    func take(_ sentence: String) { self.sentences.append(sentence) }
}

/// A small session against the embedded target, which runs in this process.
enum Loads {
    /// Starts a target while `body` runs.
    static func withTarget<Result>(_ body: (TargetServer) throws -> Result) throws -> Result {
        let server = try TargetServer(options: TargetOptions())
        try server.start()
        defer { server.stop() }
        return try body(server)
    }

    static func profile(port: UInt16, every gap: UInt64 = 10_000_000) throws -> Profile {
        var profile = Profile(
            name: "test", target: try TargetURL.parse("http://127.0.0.1:\(port)/"),
            session: [Step(path: "/bytes/100", pause: .every(.constant(gap)))])
        profile.load.users = 2
        profile.load.hold = 300_000_000
        profile.load.holdGiven = true
        return profile
    }

    static func context(_ profile: Profile, _ notices: Notices) throws -> RunContext {
        try RunContext(profile, threads: 1, version: "1.2.3", userAgent: "tests/1.2.3", notice: notices.take)
    }
}
