import Foundation
import Testing

extension EndToEnd {
    /// Users who connect all at once, and users who are silent: `--storm`, `--idle`.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct PhaseTests {
        @Test("a storm is measured from its first connect, and its users are held after it")
        func storm() throws {
            let (server, log) = try Server.nginx()
            let run = try Run([
                server.url("/50k"), "--storm", "-c", "300", "--every", "500ms", "-d", "2s", "-t", "1",
            ])
            #expect(run.status == 0, "\(run.command.errors)")
            // Every request of the run was due in the hold, and so was every connect.
            #expect(run.json.number("hold.requests.started") == run.json.number("requests.started"))
            #expect(run.json.number("latency.connect.count") == 300)
            #expect(run.json.number("requests.started") == 4 * 300)
            #expect(run.json.number("users.held.lowest") == 300)
            #expect(run.rows.allSatisfy { $0.phase == "hold" || $0.phase == "drain" }, "\(run.rows.map(\.phase))")
            #expect(run.json.text("load.pace") == "all at once, every 500ms")
            let after = run.json.number("users.held_after")
            #expect(after > 0 && after < 2_000_000_000)
            #expect(run.command.output.contains("after the first connect"), "\(run.command.output)")
            #expect(!run.command.output.contains("hide stalls"))
            _ = Running.until(limit: 5) { ((try? NginxTests.Log(log).requests) ?? 0) >= 1_200 }
            #expect(try NginxTests.Log(log).requests == 1_200)
        }

        @Test("idle users are silent for as long as asked, and each then proves that it is alive")
        func idle() throws {
            let (server, log) = try Server.nginx()
            let run = try Run([server.url("/50k"), "--idle", "2s", "-c", "100", "-t", "1"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.ok") == 200)
            #expect(run.json.number("hold.requests.ok") == 100)
            #expect(run.json.number("connections.opened") == 100)
            #expect(run.json.number("users.held.lowest") == 100)
            #expect(run.json.number("connections.longest_pause") > 1_900_000_000)
            #expect(run.json.number("plan.requests_per_session") == 1)
            #expect(run.command.output.contains("idle 2s"))
            #expect(try NginxTests.Log(log).requests >= 200)
        }

        @Test("after a storm each silent user is asked again, too")
        func stormOfIdle() throws {
            let (server, _) = try Server.nginx()
            let run = try Run([server.url("/50k"), "--storm", "--idle", "1s", "-c", "100", "-t", "2"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.ok") == 200)
            #expect(run.json.number("connections.longest_pause") > 900_000_000)
        }

        @Test("a server that ends idle connections does not hold them, although it answers each user on a new one")
        func closed() throws {
            let (server, _) = try Server.nginx(extra: "keepalive_timeout 1s;")
            let run = try Run([server.url("/50k"), "--idle", "3s", "-c", "20", "-t", "1"])
            // Users are held. Connections, which this load is about, are not.
            #expect(run.status == 10, "\(run.command.output)")
            #expect(run.json.number("connections.held.lowest") == 0)
            #expect(run.json.number("users.held.lowest") == 20)
            #expect(run.json.number("users.holds_lost") == 0)
            // Each is made again at once, because this load is about the open connection.
            #expect(run.json.number("users.reconnects") >= 20)
            #expect(run.command.output.contains("connections at once"), "\(run.command.output)")
        }

        @Test("a storm that is over before its users were answered held no user, whatever comes afterwards")
        func tooShort() throws {
            let server = try Server.target()
            let run = try Run([server.url("/delay/1500"), "--storm", "-c", "20", "-d", "1s", "-t", "1"])
            #expect(run.status == 10, "\(run.command.output)")
            #expect(run.json.number("requests.ok") == 20)
            #expect(run.json.number("users.unanswered_after_settle") == 20)
            #expect(run.json.number("users.held.lowest") < 20)
            #expect(run.command.output.contains("20 users had no answer yet in the time they had for it"))
        }

        @Test("of the searches only the storm's ignores the ramp, and the profile's hold applies to a run")
        func apart() throws {
            let server = try Server.target()
            let folder = try Scratch.folder()
            let profile = folder.appendingPathComponent("p.yaml")
            try """
            version: 1
            name: apart
            target: {url: "\(server.url("/"))"}
            session: [{get: /bytes/100, every: 20ms}]
            load: {users: 2, ramp: 150ms, warmup: 50ms, hold: 100ms}
            slo: [errors < 1%]
            """.write(to: profile, atomically: true, encoding: .utf8)
            let record = Record(folder: folder.appendingPathComponent("record"))
            let command = try Command.run(
                [
                    "capacity", profile.path, "--storm", "--idle", "400ms", "--max", "2", "--trial", "200ms", "--fsync",
                    "off", "-o", record.folder.path,
                ], limit: 60)
            #expect(command.status == 0, "\(command.errors)")
            let json = try record.json("capacity.json")
            let trials = try #require(json["trials"] as? [[String: Any]])
            var ramps: [String: Set<Int>] = [:]
            for (index, trial) in trials.enumerated() {
                let run = try record.json("trial-\(String(format: "%03d", index + 1))/run.json")
                ramps[trial["pace"] as? String ?? "", default: []].insert(run.number("plan.ramp"))
            }
            #expect(
                ramps == [
                    "every 20ms": [150_000_000], "all at once, idle 400ms": [0], "idle 400ms": [150_000_000],
                ], "\(ramps)")
        }

        @Test("capacity searches storm and silence beside the pace, each with objectives of its own")
        func capacity() throws {
            let server = try Server.target(["--limit-connections", "5"])
            let record = Record(folder: try Scratch.folder().appendingPathComponent("record"))
            let command = try Command.run(
                [
                    "capacity", server.url("/bytes/100"), "--every", "20ms", "--idle", "400ms", "--storm", "--min", "4",
                    "--assume", "5", "--trial", "200ms", "--slo", "errors < 0.1%", "--slo-idle", "errors < 1%",
                    "--fsync", "off", "-o", record.folder.path,
                ], limit: 90)
            let json = try record.json("capacity.json")
            let frontier = try #require(json["frontier"] as? [[String: Any]])
            #expect(frontier.map { $0["pace"] as? String } == ["every 20ms", "all at once, idle 400ms", "idle 400ms"])
            #expect(frontier.map { $0.number("lower") } == [5, 5, 5], "\(command.output)")
            #expect(frontier.map { $0.number("upper") } == [6, 6, 6])
            #expect(frontier.map { $0["verdict"] as? String } == ["supported", "supported", "supported"])
            #expect(command.status == 0)
            let trials = try #require(json["trials"] as? [[String: Any]])
            let idle = trials.filter { ($0["pace"] as? String) == "idle 400ms" }
            #expect(!idle.isEmpty && idle.allSatisfy { $0.number("duration") >= 400_000_000 })
            let passed = idle.filter { ($0["passed"] as? Bool) == true }
            #expect(!passed.isEmpty && passed.allSatisfy { $0.number("longest_silence") > 300_000_000 })
        }

        @Test(
            "an option that contradicts a storm or a silence is refused with its flag",
            arguments: [
                (["run", "--storm", "--ramp", "1s"], "--ramp 1s"),
                (["run", "--storm", "--warmup", "1s"], "--warmup 1s"),
                (["run", "--storm", "-n", "60"], "-n/--sessions 60"),
                (["run", "--storm", "-R", "5sessions/s"], "--storm"),
                (["run", "--idle", "5s", "-d", "1s"], "-d/--hold 1s"),
                (["run", "--idle", "5s", "--every", "1s"], "--idle and --every"),
                (["run", "--idle", "0s"], "--idle 0s"), (["run", "--idle", "soon"], "--idle"),
                (["run", "--idle", "5s", "--connection", "per_request"], "--connection"),
                (["capacity", "--slo-idle", "p99 < 1s"], "--idle"),
                (["capacity", "--slo-storm", "p99 < 1s"], "--storm"),
                (["capacity", "--storm", "--slo-storm", "p99"], "--slo-storm"),
                (["capacity", "--search", "rate", "--storm"], "--storm"),
                (["capacity", "--search", "rate", "--slo-storm", "p99 < 1s"], "--slo-storm"),
                (["capacity", "--search", "rate", "--slo-idle", "p99 < 1s"], "--slo-idle"),
                (["run", "--idle", "10m", "--max-duration", "5m"], "--max-duration 5m"),
                (["capacity", "--storm", "--ramp", "1s"], "--ramp"),
                (["capacity", "--idle", "1s", "--warmup", "auto"], "--warmup auto"),
            ])
        func refused(_ words: [String], _ hint: String) throws {
            let command = try Command.run(
                [words[0], "http://127.0.0.1:9/", "--no-record"] + words.dropFirst(), limit: 20)
            #expect(command.status == 64 && command.errors.contains(hint), "\(command.errors)")
        }
    }
}
