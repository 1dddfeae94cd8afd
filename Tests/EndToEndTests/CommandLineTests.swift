import Foundation
import Testing

extension EndToEnd {
    /// The command line: every flag, every way to be wrong, and how the program ends.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct CommandLineTests {
        private static let server = Result { try Server.faults() }

        private let server: Server

        init() throws { self.server = try Self.server.get() }

        /// A command line that is refused before anything starts.
        private func refused(_ arguments: [String], _ location: SourceLocation = #_sourceLocation) throws
            -> String
        {
            let folder = try Scratch.folder()
            let command = try Command.run(arguments, in: folder, limit: 20)
            #expect(command.status == 64, "\(command.errors)", sourceLocation: location)
            #expect(command.output.isEmpty, sourceLocation: location)
            #expect(command.errors.hasPrefix("headroom: "), "\(command.errors)", sourceLocation: location)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty, "no record of what never ran", sourceLocation: location)
            return command.errors
        }

        @Test(
            "no URL or an empty one is exit 64 and names demo: an empty variable in CI must not go green",
            arguments: [[], [""], ["run"], ["run", ""], ["-c", "5"], ["", "-c", "5"]])
        func noURL(_ arguments: [String]) throws {
            #expect(try self.refused(arguments).contains("headroom demo"))
        }

        @Test(
            "a word that is neither a command nor a URL is exit 64, and the nearest command is named",
            arguments: [
                ("demmo", "headroom demo"), ("rum", "headroom run"), ("srve", "headroom serve"),
                ("127.0.0.1:80", "http://"),
            ])
        func unknownCommand(_ word: String, _ hint: String) throws {
            #expect(try self.refused([word]).contains(hint))
        }

        @Test(
            "a mistyped option names the nearest one",
            arguments: [
                ("--evry", "--every"), ("--user", "--users"), ("--thread", "--threads"),
                ("--hedaer", "--header"),
                ("--quite", "--quiet"), ("--jason", "--json"), ("--ouput", "--output"),
                ("--timout", "--timeout"),
            ])
        func typo(_ typed: String, _ nearest: String) throws {
            let errors = try self.refused(["http://127.0.0.1:9/", typed, "1"])
            #expect(errors.contains(typed) && errors.contains(nearest), "\(errors)")
        }

        @Test(
            "an impossible value is exit 64 and names its option",
            arguments: [
                ["-c", "0"], ["-c", "-1"], ["-c", "many"], ["-c", ""], ["-c", "99999999999999999999"],
                ["-c", "10000001"],
                ["-n", "0"], ["-n", "1.5"], ["-t", "0"], ["-t", "100000"], ["-d", "10"], ["-d", "-1s"],
                ["-d", "1e400s"],
                ["-d", "99999999999999999999s"], ["-d", "nan"], ["--every", "soon"],
                ["--think", "5 parsecs"],
                ["--ramp", "s"], ["--warmup", "1x"], ["--start", "warm"], ["--connection", "per_day"],
                ["--timeout", "0"], ["--timeout", "0s"], ["--seed", "-1"], ["--seed", "x"], ["--slo", "p99"],
                ["--slo", "p101 < 5ms"], ["--slo", "errors < 5ms"], ["-H", "no colon"],
                ["-H", "Bad Name: 1"],
                ["-H", "X: a\r\nInjected: 1"], ["-H", "Content-Length: 5"],
                ["-H", "Transfer-Encoding: chunked"],
                ["-H", ": empty"], ["-X", "GE T"], ["-X", ""], ["-X", "GET / HTTP/1.1\r\nX:"],
                ["--data", "@/no/such/file"], ["--data", "@/dev/zero"], ["--every", "1s", "--think", "1s"],
                ["-d"],
                ["--users"], ["--quiet=yes"], ["http://127.0.0.1:9/", "extra"],
            ])
        func badValue(_ option: [String]) throws {
            let errors = try self.refused(["http://127.0.0.1:9/"] + option)
            #expect(errors.count > 25 && !errors.contains("\r"), "\(errors)")
        }

        @Test(
            "an error that only the whole plan shows is named by its flag as typed, not by a key of a profile",
            arguments: [
                (["-d", "0s"], "-d/--hold 0s: "), (["--ramp", "400d"], "--ramp 400d: "),
                (["--every", "1ns"], "--every 1ns: "), (["--think", "999ns"], "--think 999ns: "),
                (["-c", "9", "-n", "5"], "-n/--sessions 5: "), (["-X", "GE T"], "-X/--method GE T: "),
                (["-H", "Host: a/b"], "-H/--header, number 1: "),
                (["-X", "TRACE", "--data", "x"], "--data: "), (["--seed", "-1"], "--seed: -1 is not a whole"),
                (["--timeout", "400d"], "--timeout 400d: "),
            ])
        func namedByFlag(_ option: [String], _ beginning: String) throws {
            let errors = try self.refused(["http://127.0.0.1:9/"] + option)
            #expect(errors.hasPrefix("headroom: " + beginning), "\(errors)")
            #expect(errors.split(separator: "\n").count == 1, "one mistake, one line: \(errors)")
            #expect(!errors.contains("session[") && !errors.contains("load."), "\(errors)")
        }

        @Test(
            "a refusal repeats no control character and no secret of what was typed",
            arguments: [
                ["http://127.0.0.1:9/", "-H", "Authorization CANARY"],
                ["http://127.0.0.1:9/", "-H", "X: CANARY\u{1B}[2J"],
                ["http://127.0.0.1:9/", "-H", "Cookie: sid=CANARY\r\nX: 1"],
                ["http://127.0.0.1:9/", "--\u{1B}[2J"],
                ["http://me:CANARY@127.0.0.1:99999/"], ["http://127.0.0.1:9/ ?access_token=CANARY"],
                ["\u{1B}[2J"],
                ["run", "http://127.0.0.1:9/\u{1B}[2J"], ["http://127.0.0.1:9/", "--slo", "p99 < \u{1B}[2J"],
            ])
        func harmlessRefusal(_ arguments: [String]) throws {
            let errors = try self.refused(arguments)
            #expect(
                !errors.contains("\u{1B}") && !errors.contains("\r") && !errors.contains("CANARY"),
                "\(errors)")
        }

        @Test(
            "an impossible URL is exit 64",
            arguments: [
                "http://", "http:///x", "http://host:0/", "http://host:65536/", "http://host:x/",
                "http://host:-1/",
                "http://ho st/", "http://host/a b", "http://host/\r\nX: 1", "ftp://host/", "://",
                "http://[::1/",
                "http://[zz]/", "http://user:pass@@host/",
            ])
        func badURL(_ url: String) throws {
            #expect(try self.refused([url]).count > 20)
        }

        @Test(
            "impossible options of TLS are refused with a sentence",
            arguments: [
                (["http://127.0.0.1:9/", "-k"], "https://"), (["https://127.0.0.1:9/", "--key", "k"], "certificate"),
                (["https://127.0.0.1:9/", "--tls-min", "1.1"], "1.2, 1.3"),
                (["https://127.0.0.1:9/", "--tls-min", "1.3", "--tls-max", "1.2"], "no version"),
                (["https://127.0.0.1:9/", "--cacert", "/no/such.pem"], "/no/such.pem"),
                (["https://127.0.0.1:9/", "--groups", "none-such"], "none-such"),
                (["https://127.0.0.1:9/", "--http", "3"], "--http"),
            ])
        func tls(_ arguments: [String], _ part: String) throws {
            #expect(try self.refused(arguments).contains(part))
        }

        @Test(
            "--help of each command and --version print to standard output and exit 0",
            arguments: [
                ["--help"], ["-h"], ["help"], ["--version"], ["-V"], ["run", "--help"], ["demo", "--help"],
                ["serve", "--help"], ["run", "-h"],
            ])
        func help(_ arguments: [String]) throws {
            let command = try Command.run(arguments, limit: 20)
            #expect(command.status == 0)
            #expect(command.errors.isEmpty)
            #expect(command.output.contains("headroom"))
        }

        @Test("a bad profile is exit 65: every error at once, each with file, line and column")
        func badProfile() throws {
            let file = try Scratch.folder().appendingPathComponent("bad.yaml")
            try """
            version: 1
            name: bad
            target: {url: "http://127.0.0.1:9", tiemouts: {}}
            session:
              - {get: /x, repaet: 3}
              - {get: "no slash"}
            load: {users: -4, hold: soon}
            """.write(to: file, atomically: true, encoding: .utf8)
            let command = try Command.run(["run", file.path], limit: 20)
            #expect(command.status == 65)
            #expect(command.output.isEmpty)
            for (place, word) in [(3, "timeouts"), (5, "repeat"), (6, "no slash"), (7, "users"), (7, "soon")]
            {
                let lines = command.errors.split(separator: "\n").filter {
                    $0.contains("\(file.path):\(place):")
                }
                #expect(lines.contains { $0.contains(word) }, "line \(place), \(word): \(command.errors)")
            }
        }

        @Test(
            "a file that is not a profile is exit 65",
            arguments: ["/no/such/file.yaml", "/", "/dev/null", "/dev/zero"])
        func noProfile(_ path: String) throws {
            let command = try Command.run(["run", path], limit: 20)
            #expect(command.status == 65)
            #expect(command.errors.contains(path))
        }

        @Test("half of the answers 500: exit 10 without any SLO given")
        func halfFailed() throws {
            let run = try Run([self.server.url("/half500"), "-c", "4", "-n", "20", "-t", "1"])
            #expect(run.status == 10)
            #expect(run.errors == ["status": 100])
            #expect(run.json.number("requests.ok") == 100)
            let slo = try #require(run.json["slo"] as? [[String: Any]])
            #expect(
                slo.contains {
                    ($0["text"] as? String)?.hasPrefix("errors") == true && $0["met"] as? Bool == false
                })
        }

        @Test(
            "an objective decides the exit code",
            arguments: [
                ("p99 < 30s", 0), ("p99 < 1us", 10), ("errors < 1%", 0),
                ("session p50 < 1us", 10),
            ] as [(String, Int32)])
        func objective(_ slo: String, _ status: Int32) throws {
            let run = try Run([
                self.server.url("/bytes/100"), "-c", "2", "-n", "200", "-t", "1", "--slo", slo,
            ])
            // On a busy machine the generator may have limited the load; then the verdict is UNKNOWN.
            #expect(run.status == status || run.status == 20)
            #expect(run.json.object("verdict").number("exit") == Int(run.status))
            let judged = try #require(run.json["slo"] as? [[String: Any]])
            let word = try #require(judged.first { $0["text"] as? String == slo })["verdict"] as? String
            #expect(word == (run.status == 20 ? "UNKNOWN" : status == 0 ? "PASS" : "FAIL"), "\(judged)")
        }

        @Test("-n makes exactly as many sessions as given, on any number of threads", arguments: [1, 3, 8])
        func sessions(_ threads: Int) throws {
            let run = try Run([self.server.url("/bytes/10"), "-n", "100", "-c", "7", "-t", "\(threads)"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("sessions.started") == 100)
            #expect(run.json.number("sessions.completed") == 100)
            #expect(run.json.number("requests.ok") == 1_000)
            #expect(run.json.number("latency.session.count") == 100)
        }

        @Test("with fewer sessions than users, only as many users as there are sessions are asked for")
        func fewSessions() throws {
            let run = try Run([self.server.url("/bytes/10"), "-n", "3", "-t", "2"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("users.asked") == 3)
            #expect(run.json.number("requests.ok") == 30)
        }

        @Test("every option of the load reaches the plan")
        func allFlags() throws {
            let run = try Run([
                self.server.url("/bytes/10"), "--users=6", "-d1s", "--threads", "2", "--every", "100ms",
                "--ramp", "100ms",
                "--warmup", "200ms", "--start", "cold", "--connection", "per_session", "-H", "X-A: 1",
                "--header",
                "X-B: 2", "--method", "PUT", "--data", "body", "--timeout", "5s", "--slo", "p50 < 9s",
                "--slo",
                "errors < 2%", "--seed", "77", "--quiet", "--force",
            ])
            #expect(run.status == 0 || run.status == 20, "\(run.command.errors)")
            #expect(run.json.number("plan.users") == 6)
            #expect(run.json.number("plan.threads") == 2)
            #expect(run.json.number("plan.hold") == 1_000_000_000)
            #expect(run.json.number("plan.ramp") == 100_000_000)
            #expect(run.json.number("plan.warmup") == 200_000_000)
            #expect(run.json.number("plan.seed") == 77)
            #expect(run.json.object("load")["connection"] as? String == "per_session")
            #expect((run.json.object("load")["pace"] as? String)?.contains("100") == true)
            #expect((run.json["slo"] as? [[String: Any]])?.count == 4)
            let last = try self.server.stats().object("last")
            let head = try #require(last["head"] as? String)
            #expect(head.hasPrefix("PUT /bytes/10 HTTP/1.1\r\n"))
            for line in ["X-A: 1", "X-B: 2", "Content-Length: 4", "Host: 127.0.0.1:\(self.server.port)"] {
                #expect(head.components(separatedBy: "\r\n").filter { $0 == line }.count == 1, "\(head)")
            }
            #expect(last["body"] as? String == "body")
            let hold = try #require(run.rows.first { $0.phase == "hold" })
            #expect(hold["start"] >= 300_000_000 && run.json.number("hold.duration") == 1_000_000_000)
        }

        @Test("--think pauses after each answer but the last of a session")
        func think() throws {
            let run = try Run([
                self.server.url("/bytes/10"), "-c", "1", "-n", "2", "--think", "50ms", "-t", "1",
            ])
            #expect(run.json.number("requests.ok") == 20)
            #expect(run.json.number("duration") >= 900_000_000 && run.json.number("duration") < 2_000_000_000)
            // The pauses are the user's own time.
            #expect(run.json.number("latency.session.max") < 300_000_000)
        }

        @Test("-H replaces a default field and --data makes a POST")
        func headers() throws {
            let run = try Run([
                self.server.url("/bytes/10"), "-c", "1", "-n", "1", "-H", "user-agent: mine", "-H",
                "Host: other.example",
                "-H", "Accept-Encoding: gzip", "--data", "x=1",
            ])
            #expect(run.status == 0)
            let last = try self.server.stats().object("last")
            let lines = try #require(last["head"] as? String).lowercased().components(separatedBy: "\r\n")
            #expect(lines.first == "post /bytes/10 http/1.1")
            for line in ["user-agent: mine", "host: other.example", "accept-encoding: gzip"] {
                let name = line.prefix { $0 != ":" }
                #expect(lines.filter { $0.hasPrefix(name + ":") } == [line])
            }
        }

        @Test("--json prints exactly run.json, --quiet nothing at all")
        func output() throws {
            let json = try Run([self.server.url("/bytes/10"), "-c", "1", "-n", "2", "--json"])
            #expect(json.status == 0)
            let file = try String(
                contentsOf: json.record.folder.appendingPathComponent("run.json"), encoding: .utf8)
            #expect(json.command.output == file)
            let quiet = try Run([self.server.url("/bytes/10"), "-c", "1", "-n", "2", "-q"])
            #expect(quiet.status == 0)
            #expect(quiet.command.output.isEmpty && quiet.command.errors.isEmpty)
        }

        @Test("if standard output is not a terminal, it has no escape sequence")
        func plain() throws {
            let run = try Run([self.server.url("/bytes/10"), "-c", "2", "--every", "100ms", "-d", "1s"])
            #expect(run.status == 0)
            #expect(!run.command.output.isEmpty && !run.command.output.contains("\u{1B}"))
        }

        @Test(
            "a secret in a header, a query, the URL or a body is in no file of the record and in no output",
            arguments: [
                ["-H", "Authorization: Bearer CANARY"], ["-H", "Cookie: sid=CANARY"],
                ["-H", "X-Api-Key: CANARY"],
                ["-H", "X-Auth-Token: CANARY"], ["-H", "Proxy-Authorization: Basic CANARY"],
            ])
        func canary(_ header: [String]) throws {
            let secret = "c4n4ry" + String(UInt64.random(in: .min ... .max), radix: 36)
            let arguments = header.map { $0.replacingOccurrences(of: "CANARY", with: secret) }
            // Half of the answers fail, so examples of requests and answers are kept.
            let run = try Run(
                [self.server.url("/half500?access_token=\(secret)"), "-c", "1", "-n", "2", "-t", "1"]
                    + arguments)
            #expect(run.status == 10)
            let head = try #require(try self.server.stats().object("last")["head"] as? String)
            #expect(head.components(separatedBy: secret).count == 3, "both reach the server: \(head)")
            for name in RecordFiles.names {
                let text = try String(
                    contentsOf: run.record.folder.appendingPathComponent(name), encoding: .utf8)
                #expect(!text.contains(secret), "\(name) holds the secret")
            }
            #expect(!run.command.output.contains(secret) && !run.command.errors.contains(secret))
        }

        @Test("if several exit codes hold, the first of 74, 130, 69 and 10 is returned")
        func precedence() throws {
            // 74 before 69 and 10: nothing ever worked, and standard output is closed.
            let closed = try Command.run(
                "sh",
                [
                    "-c", "exec \"$0\" \"$@\" >&-", Command.headroom, self.server.url("/garbage"), "-c", "1",
                    "-n", "1",
                ]
                    + ["-t", "1", "--no-record"], limit: 20)
            #expect(closed.status == 74)
            // 69 before 10: `errors < 0.1%` and `held = asked` are missed as well.
            let unusable = try Run([self.server.url("/garbage"), "-c", "1", "-n", "1", "-t", "1"])
            #expect(unusable.status == 69)
            #expect(
                (unusable.json["slo"] as? [[String: Any]])?.contains { $0["met"] as? Bool == false } == true)
            // 130 before 69.
            let pending = try Pending(
                [self.server.url("/status/500"), "-c", "1", "--every", "50ms", "-d", "30s", "-t", "1"])
            #expect(pending.untilRow { $0["requests_failed"] > 0 })
            pending.running.signal(SIGINT)
            #expect(try Run(pending).status == 130)
        }

        @Test("the memory of the process that started it is not counted as its own")
        func ownMemory() throws {
            let folder = try Scratch.folder()
            let script = """
                import os, sys
                held = bytearray(os.urandom(1)) * (200 << 20)
                pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                """
            let command = try Command.run(
                "python3",
                [
                    "-c", script, Command.headroom, self.server.url("/bytes/10"), "-c", "1", "-n", "1", "-o",
                    "record",
                ],
                in: folder, limit: 20)
            let run = try Run(
                command: command, record: Record(folder: folder.appendingPathComponent("record")))
            #expect(run.status == 0, "\(command.errors)")
            let peak = run.json.number("client.peak_resident_bytes")
            #expect(peak > 1 << 20 && peak < 64 << 20, "\(peak)")
        }

        @Test("demo runs the main job on its own target and removes the target afterwards")
        func demo() throws {
            let folder = try Scratch.folder()
            let command = try Command.run(
                ["demo", "-c", "100", "-d", "2s", "--every", "200ms", "-o", "record"], in: folder, limit: 40)
            let run = try Run(
                command: command, record: Record(folder: folder.appendingPathComponent("record")))
            #expect(run.status == 0, "\(command.errors)")
            #expect(run.json.number("users.held.lowest") == 100)
            #expect(run.json.number("bytes.received.body") == 50_000 * run.json.number("requests.ok"))
            let url = try #require(run.json.object("plan")["url"] as? String)
            let port = try #require(Int(url.split(separator: ":").last?.prefix { $0.isNumber } ?? ""))
            #expect(throws: (any Error).self) { try HTTP.get(port: port, "/health") }
        }

        @Test(
            "serve refuses impossible options with exit 64",
            arguments: [
                ["--port", "65536"], ["--port", "x"], ["--threads", "0"], ["--stall", "1s"],
                ["--stall", "2s/1s"],
                ["--service-time", "gamma:5ms"], ["--bytes", "many"], ["--host", "203.0.113.7"], ["extra"],
                ["--prot", "1"],
            ])
        func serve(_ arguments: [String]) throws {
            _ = try self.refused(["serve", "--port", "0"] + arguments)
        }

        @Test(
            "serve names the flag and its value as typed",
            arguments: [
                (["--threads", "257"], "-t/--threads 257: it takes 1 to 256"),
                (["--bytes", "2GB"], "--bytes 2GB: it takes 0 to 1073741824 bytes"),
                (["--concurrency", "3"], "--concurrency 3: it takes a service time"),
                (["--stall", "2s/1s"], "--stall 2s/1s: it takes a duration shorter than its period"),
                (["--service-time", "exponential:2h"], "--service-time exponential:2h: it takes an hour"),
                (["--cpus", "9999"], "--cpus 9999: it takes "),
                (["--keep-alive-requests", "9999999999"], "--keep-alive-requests 9999999999: it takes 1 to"),
                (["--limit-connections", "9999999999"], "--limit-connections 9999999999: it takes 0 to"),
            ])
        func serveNamesFlags(_ arguments: [String], _ words: String) throws {
            let errors = try self.refused(["serve", "--port", "0"] + arguments)
            #expect(errors.hasPrefix("headroom: " + words), "\(errors)")
        }
    }
}
