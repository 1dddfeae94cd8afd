import Options
import Testing
import Workload

@Suite("What options say besides a profile")
struct LoadSettingsTests {
    private static func settings(_ words: String...) throws -> LoadSettings {
        try LoadSettings(ParsedArguments(words, options: LoadOptions.all))
    }

    @Test("each sets its property, the last value counts, and what is not given stays")
    func set() throws {
        let none = try Self.settings("-c", "5")
        #expect(none.threads == nil && !none.spins && !none.isStrict)
        #expect(none.targetProcess == nil && none.targetMetrics == nil)
        let all = try Self.settings(
            "-t2", "--spin", "--strict", "--threads", "3", "--target-pid", "7", "--target-metrics", "http://host:9100/metrics")
        #expect(all.threads == 3 && all.spins && all.isStrict)
        #expect(all.targetProcess == 7 && all.targetMetrics?.path == "/metrics")
    }

    @Test(
        "a value that cannot be read is reported under its option",
        arguments: [
            (["-t", "0"], "-t/--threads: 0 is not a whole number of at least 1"),
            (["-t", "1025"], "-t/--threads: at most 1024"),
            (["--target-pid", "0"], "--target-pid: 0 is not a process number"),
            (["--target-metrics", "https://host/"], "--target-metrics: node_exporter is asked over http://"),
        ])
    func refused(_ words: [String], _ message: String) {
        #expect(throws: UsageError(message)) {
            try LoadSettings(ParsedArguments(words, options: LoadOptions.all))
        }
    }

    @Test("an option changes nothing in settings of another type")
    func apart() throws {
        let profile = Profile(
            name: "x", target: TargetURL(scheme: .http, host: "host", port: 80, path: "/"), session: [Step(path: "/")])
        var changed = profile
        try ParsedArguments(["-t", "2", "--strict"], options: LoadOptions.all).apply(to: &changed)
        #expect(changed == profile)
    }
}
