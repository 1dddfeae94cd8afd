import Foundation
import Testing

extension EndToEnd {
    /// `headroom capacity`: T18 at a small scale, against known limits.
    @Suite(.serialized, .timeLimit(.minutes(3))) struct CapacityCommandTests {
        /// Objectives that a busy machine does not break.
        private static let steady = ["--slo", "errors < 0.1%", "--trial", "200ms", "--fsync", "off"]

        /// Searches, and reads what it wrote.
        private func search(_ arguments: [String], limit: Double = 60) throws -> Found {
            let record = Record(folder: try Scratch.folder().appendingPathComponent("record"))
            let command = try Command.run(
                ["capacity"] + arguments + ["-o", record.folder.path], limit: limit)
            return Found(command: command, record: record, json: try record.json("capacity.json"))
        }

        private struct Found {
            let command: Command
            let record: Record
            let json: [String: Any]

            var outcome: String? { self.json.object("capacity")["outcome"] as? String }
            var trials: [[String: Any]] { self.json["trials"] as? [[String: Any]] ?? [] }
        }

        @Test("T18a: a target that closes connection six holds five users, and its limit is connections")
        func closesBeyondLimit() throws {
            let server = try Server.target(["--limit-connections", "5"])
            let found = try self.search(
                [server.url("/bytes/100"), "--every", "20ms", "--min", "4", "--assume", "2000"] + Self.steady)
            #expect(found.json.number("capacity.lower") == 5, "\(found.command.output)")
            #expect(found.json.number("capacity.upper") == 6)
            #expect(found.json["limited_by"] as? String == "connections")
            #expect(found.json["state"] as? String == "complete")
            #expect(found.json.object("assumption")["verdict"] as? String == "refuted")
            #expect(found.command.status == 11)
            #expect(found.command.output.contains("every 20ms"))
            // The embedded target is watched automatically.
            let watched = found.trials.filter { $0["target_cpu"] is NSNumber }
            #expect(!watched.isEmpty, "\(found.trials)")
            // Each row of trials.csv has the record of an ordinary run.
            let rows = try found.record.lines("trials.csv").count - 1
            #expect(rows == found.trials.count && rows >= 6)
            for number in 1...rows {
                let run = try found.record.json("trial-00\(number)/run.json")
                #expect(run["state"] as? String == "complete")
                #expect(run.number("users.asked") == found.trials[number - 1].number("load"))
            }
        }

        @Test(
            "T18b: users that wait in a listen queue are connected and not held: five of them, give or take one"
        )
        func neverAccepts() throws {
            let server = try Server.python("acceptlimit.py", ["5"])
            let found = try self.search(
                [server.url("/"), "--every", "20ms", "--min", "4", "--assume", "5"] + Self.steady)
            #expect(abs(found.json.number("capacity.lower") - 5) <= 1, "\(found.command.output)")
            #expect(found.json["limited_by"] as? String == "connections")
        }

        @Test("Users stay connected from one trial to the next, and connect again if that is asked for", arguments: [false, true])
        func keepsUsers(reconnects: Bool) throws {
            let server = try Server.target()
            let found = try self.search(
                [server.url("/bytes/100"), "--every", "20ms", "--min", "2", "--max", "9", "--assume", "4"]
                    + (reconnects ? ["--reconnect"] : []) + Self.steady)
            #expect(found.trials.count >= 3, "\(found.command.output)")
            var left = 0
            for (index, trial) in found.trials.enumerated() {
                let run = try found.record.json(String(format: "trial-%03d/run.json", index + 1))
                let (opened, kept) = (run.number("connections.opened"), run.number("connections.kept"))
                #expect(opened + kept == trial.number("load"), "trial \(index + 1)")
                #expect(kept == (reconnects ? 0 : min(left, trial.number("load"))), "trial \(index + 1)")
                #expect(run.number("users.reconnects") == 0)
                left = trial.number("load")
            }
        }

        @Test("T18d: headroom's own limit of open files is reported as the generator's, never as a capacity")
        func ownLimit() throws {
            let server = try Server.target()
            let record = Record(folder: try Scratch.folder().appendingPathComponent("record"))
            let words = [
                Command.headroom, "capacity", server.url("/bytes/100"), "--every", "20ms", "--min", "4",
                "--assume",
                "2000", "-o", record.folder.path,
            ]
            let command = try Command.run(
                "sh", ["-c", "ulimit -n 72; exec \"$@\"", "sh"] + words + Self.steady)
            let json = try record.json("capacity.json")
            #expect(json.object("capacity")["outcome"] as? String == "generator_limited", "\(command.output)")
            #expect(json.object("capacity")["upper"] is NSNull)
            #expect(json.number("capacity.at_least") >= 8)
            #expect(json["limited_by"] as? String == "generator")
            #expect(json.object("assumption")["verdict"] as? String == "undecided")
            #expect(command.status == 12)
            #expect(command.output.contains("open files"))
        }

        @Test("An objective that the first user fails puts the capacity below the range, not at a number")
        func belowRange() throws {
            let server = try Server.target()
            let found = try self.search([
                server.url("/bytes/100"), "--every", "10ms", "--slo", "max < 1us", "--trial", "200ms",
                "--assume", "10",
            ])
            // A busy machine may void trials about latency, before the assumption is refuted or after.
            if found.trials.contains(where: { $0["validity"] as? String == "void" }) { return }
            #expect(found.outcome == "below_range")
            #expect(found.json.object("capacity")["lower"] is NSNull)
            #expect(found.command.status == 11)
        }

        @Test(
            "A slow server that an assumption far beyond it drowns is refuted, over both protocols",
            arguments: [[], ["--http", "h2c"]])
        func drowned(words: [String]) throws {
            // It answers a hundred of 400 planned requests a second, and in the hold none of those that are due in it.
            let server = try Server.target(["--service-time", "10ms", "--concurrency", "1"])
            let found = try self.search(
                [
                    server.url("/bytes/100"), "--every", "500ms", "--assume", "200", "--verdict-only", "--trial", "2500ms",
                    "--slo", "p99 < 500ms", "--fsync", "off",
                ] + words)
            #expect(found.json.object("assumption")["verdict"] as? String == "refuted", "\(found.command.output)")
            #expect(found.command.status == 11)
            #expect(found.trials.count <= 4)
            #expect(found.trials.contains { $0.number("load") == 200 && $0["passed"] as? Bool == false })
        }

        @Test("Users of a server that closes silent connections are held, and the verdict names how many connections")
        func fewerConnections() throws {
            let (server, _) = try Server.nginx(extra: "keepalive_timeout 110ms;")
            let found = try self.search(
                [
                    server.url("/status"), "--every", "300ms", "--assume", "200", "--verdict-only", "--trial", "2s",
                    "--slo", "errors < 20%", "--slo", "resent < 20%", "--fsync", "off",
                ])
            #expect(found.json.object("assumption")["verdict"] as? String == "supported", "\(found.command.output)")
            let first = try #require(found.trials.first { $0["passed"] as? Bool == true && $0.number("load") == 200 })
            let connections = first.number("fewer_connections.at_once")
            #expect((1...190).contains(connections), "\(first)")
            #expect(first.number("fewer_connections.silence") >= 100_000_000)
            let last = found.command.output.split(separator: "\n").last ?? ""
            #expect(
                last.hasPrefix("PASS  200 users supported, on ")
                    && last.contains(" connections at once (the server closes after"), "\(last)")
            let found200 = found.json.number("capacity.fewer_connections.at_once")
            #expect((1...190).contains(found200), "\(last)")
        }

        @Test("Several paces make a frontier with a verdict at each; a command runs before every trial")
        func paces() throws {
            let server = try Server.target()
            let log = try Scratch.folder().appendingPathComponent("log")
            let found = try self.search(
                [
                    server.url("/bytes/100"), "--paces", "20ms,50ms", "--max", "2", "--assume", "2",
                    "--before-trial", "echo trial >> '\(log.path)'",
                ] + Self.steady)
            let frontier = try #require(found.json["frontier"] as? [[String: Any]])
            #expect(frontier.map { $0["pace"] as? String } == ["every 20ms", "every 50ms"])
            #expect(frontier.map { $0["verdict"] as? String } == ["supported", "supported"])
            #expect(found.command.status == 0, "\(found.command.errors)")
            let commands = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").count
            #expect(commands == found.trials.count && commands >= 4)
            #expect(try found.record.lines("frontier.csv").count == 3)
        }

        @Test("A server that a command starts is asked for its HTTP version once it listens; this one has HTTP/2 only")
        func startedByCommand() throws {
            let files = try TLSTests.certificates()
            let folder = try Scratch.folder()
            try Data(count: 100).write(to: folder.appendingPathComponent("file"))
            let pid = folder.appendingPathComponent("pid").path
            let ports = (0..<50).map { _ in Int.random(in: 20_000..<30_000) }
            let port = try #require(ports.first { !HTTP.accepts($0) })
            // Ends on its own if this test is killed.
            let start = """
                test -f \(pid) || { timeout 60 nghttpd -a 127.0.0.1 -d \(folder.path) \(port) \(files.server).key \
                \(files.server).pem > /dev/null 2>&1 & echo $! > \(pid); }
                """
            defer { _ = try? Command.run("sh", ["-c", "kill $(cat \(pid))"]) }
            let found = try self.search(
                [
                    "https://127.0.0.1:\(port)/file", "--cacert", files.server + ".pem", "--every", "20ms", "--max", "2",
                    "--before-trial", start,
                ] + Self.steady)
            #expect(found.command.status == 0, "\(found.command.output)\(found.command.errors)")
            let run = try found.record.json("trial-001/run.json")
            #expect(run.text("conditions.protocol").hasPrefix("HTTP/2"), "\(run.text("conditions.protocol"))")
            #expect(run.text("conditions.protocol").contains("picked by the server"))
        }

        @Test("A profile's cap that would cut off the longest trial is refused before anything is sent")
        func capped() throws {
            let profile = try Scratch.folder().appendingPathComponent("p.yaml")
            try """
            version: 1
            name: capped
            target: {url: "http://127.0.0.1:1/"}
            session: [{get: /, every: 1s}]
            load: {users: 2, hold: 5s, max_duration: 12s}
            """.write(to: profile, atomically: true, encoding: .utf8)
            let command = try Command.run(["capacity", profile.path, "--no-record"])
            #expect(command.status == 64)
            #expect(command.errors.contains("max_duration") && command.errors.contains("--trial"), "\(command.errors)")
            // Five seconds of trials fit, so the command goes on to a target that is not there.
            #expect(try Command.run(["capacity", profile.path, "--no-record", "--trial", "5s"]).status == 69)
        }

        @Test("A file of certificates that cannot be read is reported before there is a record")
        func noCertificates() throws {
            let folder = try Scratch.folder().appendingPathComponent("record")
            let command = try Command.run(
                ["capacity", "https://127.0.0.1:1/", "--cacert", "/nowhere.pem", "--every", "1s", "-o", folder.path])
            #expect(command.status == 64 && command.errors.contains("/nowhere.pem"), "\(command.errors)")
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }

        @Test("A target that is not there is exit 69, and so is one that dies; the trials before stay")
        func targetLost() throws {
            let dead = try Command.run(["capacity", "http://127.0.0.1:1/", "--no-record"] + Self.steady)
            #expect(dead.status == 69)
            #expect(dead.errors.contains("refused"), "\(dead.errors)")
            let server = try Server.target()
            let record = Record(folder: try Scratch.folder().appendingPathComponent("record"))
            let running = try Running(
                [
                    "capacity", server.url("/bytes/100"), "--every", "20ms", "--cool-down", "100ms",
                    "-o", record.folder.path,
                ] + Self.steady)
            #expect(Running.until { ((try? record.lines("trials.csv").count) ?? 0) >= 3 })
            server.kill()
            let command = running.wait(limit: 30)
            #expect(command.status == 69, "\(command.output)\(command.errors)")
            let json = try record.json("capacity.json")
            #expect((json["trials"] as? [Any])?.count == (try record.lines("trials.csv").count) - 1)
            #expect(json.object("capacity")["outcome"] as? String == "doomed")
        }

        @Test("Trials that fail in a target that does not recover refute nothing: UNKNOWN, with both times (exit 12)")
        func unrecovered() throws {
            // Five answers of the probe and the first part of a trial are fast, and all after them take 300 ms.
            let server = try Server.python("wornserver.py", ["60", "0.3"])
            let found = try self.search([
                server.url("/"), "--every", "100ms", "--assume", "20", "--verdict-only", "--slo", "p90 < 150ms",
                "--trial", "1s", "--cool-down", "300ms", "--fsync", "off",
            ])
            #expect(found.command.status == 12, "\(found.command.output)\(found.command.errors)")
            #expect(found.json.object("assumption")["verdict"] as? String == "undecided")
            #expect(found.trials.map { $0["validity"] as? String } == ["valid", "unrecovered", "unrecovered"])
            #expect(found.trials.map { $0["passed"] as? Bool } == [false, false, false])
            let reason = try #require(found.trials.last?["reason"] as? String)
            #expect(reason.hasPrefix("the target had not recovered ") && reason.contains(/it answers in 3\d\d ms/), "\(reason)")
            let verdict = found.json.object("verdict")
            #expect(verdict["word"] as? String == "UNKNOWN" && verdict.number("exit") == 12)
            #expect((verdict["sentence"] as? String)?.hasSuffix(reason) == true, "\(verdict)")
            #expect(found.command.output.hasSuffix("\(reason) · exit 12\n"), "\(found.command.output)")
            #expect(found.command.output.contains("  not recovered"), "\(found.command.output)")
            #expect(found.command.output.contains("  the target had not recovered "))
        }

        @Test("Ctrl-C ends a search with what it has, and the search calls nothing confirmed")
        func interrupted() throws {
            let server = try Server.target()
            let record = Record(folder: try Scratch.folder().appendingPathComponent("record"))
            let running = try Running(
                ["capacity", server.url("/bytes/100"), "--every", "20ms", "-o", record.folder.path]
                    + Self.steady)
            #expect(Running.until { ((try? record.lines("trials.csv").count) ?? 0) >= 3 })
            let start = try record.json("capacity.json")
            #expect(start["state"] as? String == "running")
            let planned = try #require(start["searches"] as? [[String: Any]])
            #expect(planned.count == 1 && planned[0]["slo"] as? [String] == ["errors < 0.1%", "resent < 0.1%", "held = asked"])
            running.signal(SIGINT)
            let command = running.wait(limit: 20)
            #expect(command.status == 130, "\(command.errors)")
            let json = try record.json("capacity.json")
            #expect(json["state"] as? String == "interrupted")
            #expect((json["trials"] as? [Any])?.count == (try record.lines("trials.csv").count) - 1)
            #expect(json.object("capacity")["confirmed"] as? Bool != true)
        }

        @Test(
            "A goal that allows no search is a usage error that explains how to fix it, and nothing is sent",
            arguments: [
                (["--assume", "2000"], "--every 43.2s"),
                (["--slo", "p99 <"], "p99 < 500ms"),
                (["--every", "1s", "--paces", "0"], "--paces"),
                (["--paces", "0,fast"], "--paces"),
                (["--min", "10", "--max", "5"], "minimum"),
                (["--search", "users", "--arrivals", "poisson"], "--search rate"),
                (["--search", "speed"], "users nor rate"),
                (["--link", "10"], "10Gbps"),
                (["--width", "2"], "--width"),
                (["--instance", "m5.large"], "--assume"),
                (["--slo", "p99 < 1ms in 99% of 10s windows"], "--trial"),
                (["-c", "50"], "-c"),
            ])
        func usage(_ arguments: [String], _ remedy: String) throws {
            let command = try Command.run(["capacity", "http://127.0.0.1:1/", "--no-record"] + arguments)
            #expect(command.status == 64, "\(command.errors)")
            #expect(command.errors.contains(remedy), "\(command.errors)")
            #expect(command.output.isEmpty)
        }

        @Test("--json prints capacity.json and nothing else; a rate is searched in sessions per second")
        func rates() throws {
            let server = try Server.target()
            let found = try self.search(
                [
                    server.url("/bytes/100"), "--search", "rate", "--min", "50", "--max", "100", "--assume",
                    "80",
                    "--json",
                ] + Self.steady)
            let printed = try found.command.json()
            #expect(printed.object("capacity")["unit"] as? String == "sessions/s")
            // A busy machine may keep the generator from sending what is due.
            if found.command.status == 20 || found.outcome == "generator_limited" { return }
            #expect(found.outcome == "above_range")
            #expect(printed.object("assumption")["verdict"] as? String == "supported")
        }

        @Test("The target's CPU comes from its node_exporter, with the name of its hardware")
        func targetMetrics() throws {
            let server = try Server.target()
            let metrics = try Server.python("nodemetrics.py")
            let found = try self.search([
                server.url("/bytes/100"), "--every", "20ms", "--max", "1", "--assume", "1", "--slo",
                "errors < 0.1%",
                "--trial", "600ms", "--total", "1m", "--target-metrics", metrics.url("/metrics"), "--fsync",
                "off",
            ])
            let shares = found.trials.compactMap { ($0["target_cpu"] as? NSNumber)?.doubleValue }
            // One of two cores is half busy; the page and its reading are not made at the same moment.
            #expect(!shares.isEmpty, "\(found.command.output)")
            #expect(shares.allSatisfy { abs($0 - 0.25) < 0.1 }, "\(shares)")
            #expect(found.json.object("hardware")["instance_type"] as? String == "m5.2xlarge")
            #expect(!found.command.output.contains("not measured"))
        }

        @Test("A rule on the target's CPU stops a run, and a process that is not there is a usage error")
        func targetProcess() throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/bytes/1000"), "-c", "4", "-d", "20s", "-t", "1", "--abort",
                "target_cpu > 1% for 1s",
                "--target-pid", "\(server.targetPID)",
            ])
            #expect(run.status == 10, "\(run.command.output)\(run.command.errors)")
            #expect((run.json["stop_reason"] as? String)?.contains("target_cpu") == true)
            let none = try Command.run([server.url("/"), "--target-pid", "2147483646", "--no-record"])
            #expect(none.status == 64)
            #expect(none.errors.contains("--target-pid"))
        }
    }
}
