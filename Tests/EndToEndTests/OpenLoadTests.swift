import Foundation
import Testing

extension EndToEnd {
    /// `-R`: sessions arrive at a rate, from the command line to the record.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct OpenLoadTests {
        /// Sessions that started, and those that were due and did not start.
        private func due(_ run: Run) -> Int {
            // Each session's first request waits in the plan; the ones after it wait for an answer.
            run.json.number("hold.sessions.started") + run.json.number("hold.requests.never_started")
        }

        @Test("200 sessions/s are 200 new connections/s of ten requests, as nginx counts them")
        func sessions() throws {
            let (server, log) = try Server.nginx()
            let run = try Run([server.url("/50k"), "-R", "200sessions/s", "-d", "2s", "-t", "2"])
            #expect(run.json.object("load")["model"] as? String == "open")
            #expect((run.json.object("load")["pace"] as? String)?.hasPrefix("200 sessions/s") == true)
            #expect(run.json.object("load")["connection"] as? String == "per_session")
            #expect(run.json.number("hold.sessions.due") == 400)
            #expect(abs(self.due(run) - 400) <= 1)
            #expect(run.json.number("hold.duration") == 2_000_000_000)
            #expect(run.json.number("connections.opened") == run.json.number("sessions.started"))
            #expect(run.rows.reduce(0) { $0 + $1["sessions_due"] } == 400)
            #expect(run.command.output.contains("of 400 sessions due were started"), "\(run.command.output)")
            #expect(run.command.output.contains("due/s"))
            let answered = run.json.number("requests.ok") + run.json.number("requests.failed")
            _ = Running.until(limit: 5) { ((try? NginxTests.Log(log).requests) ?? 0) >= answered }
            let counted = try NginxTests.Log(log)
            #expect(counted.requests >= answered)
            #expect(counted.requests <= run.json.number("requests.started"))
            if run.json.number("requests.in_flight_at_end") == 0 {
                #expect(counted.bytesSent == run.json.number("bytes.received.socket"))
            }
        }

        @Test("requests/s are divided over sessions, with Poisson arrivals and kept connections")
        func requests() throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/bytes/100"), "-R", "1000req/s", "--arrivals", "poisson", "--connection", "per_user",
                "-d", "2s", "-t", "1", "--spin", "--max-users", "200",
            ])
            #expect((run.json.object("load")["pace"] as? String)?.hasPrefix("100 sessions/s, Poisson") == true)
            // As many are due as were drawn, and all of them began.
            #expect(run.json.number("hold.sessions.due") == run.json.number("hold.sessions.started"))
            // Five standard deviations of a Poisson count.
            #expect(abs(self.due(run) - 200) <= 70)
            #expect(run.json.number("connections.opened") <= 200)
            #expect(run.json.number("plan.users") == run.json.number("connections.opened"))
        }

        @Test("a generator that was stopped for a while records its own late starts, and still starts everything")
        func lateGenerator() throws {
            let server = try Server.target()
            let pending = try Pending([
                server.url("/bytes/100"), "-R", "100sessions/s", "-d", "3s", "-t", "1", "--connection",
                "per_user",
            ])
            #expect(pending.untilRow { $0.phase == "hold" && $0["requests_started"] > 0 })
            pending.running.signal(SIGSTOP)
            // This is not a wait for something, but the disturbance itself.
            usleep(400_000)
            pending.running.signal(SIGCONT)
            let run = try Run(pending, limit: 20)
            #expect(abs(self.due(run) - 300) <= 1)
            // 40 sessions were due in the meantime, and the server delayed none of them.
            #expect(run.rows.reduce(0) { $0 + $1["hold_requests_late_generator"] } >= 35)
            #expect(run.json.object("latency").object("response").number("max") >= 350_000_000)
        }

        @Test("Ctrl-C ends an open load like any other, with a record of what happened")
        func interrupted() throws {
            let server = try Server.target()
            let pending = try Pending([server.url("/bytes/100"), "-R", "100sessions/s", "-d", "60s", "-t", "1"])
            #expect(pending.untilRow { $0.phase == "hold" && $0["requests_started"] > 0 })
            let sentAt = ContinuousClock.now
            pending.running.signal(SIGINT)
            let run = try Run(pending, limit: 10)
            #expect(ContinuousClock.now - sentAt < .seconds(3))
            #expect(run.status == 130)
            #expect(run.json["state"] as? String == "interrupted")
            #expect(run.json.number("hold.sessions.due") > 0)
        }

        @Test("nothing listens: exit 69, and each session that was due failed by name")
        func deadServer() throws {
            let server = try Server.target()
            let url = server.url("/")
            server.kill()
            let run = try Run([url, "-R", "100sessions/s", "-d", "1s", "-t", "1"])
            #expect(run.status == 69)
            #expect(abs(run.json.number("hold.sessions.started") - 100) <= 1)
            #expect(Array(run.errors.keys) == ["refused"])
        }

        @Test("a rule stops the run within the second that meets it: exit 10, and the record has the reason")
        func abort() throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/half-500"), "-R", "100sessions/s", "-d", "60s", "-t", "1", "--abort",
                "errors > 20% for 2s",
            ])
            #expect(run.status == 10)
            #expect(run.json["state"] as? String == "complete")
            #expect((run.json["stop_reason"] as? String)?.contains("errors > 20% for 2s") == true)
            #expect(run.command.output.contains("errors > 20% for 2s"))
            #expect(run.json.number("hold.duration") < 3_000_000_000)
        }

        @Test("a cap of bytes stops the run: exit 10, and the record has the reason")
        func mostBytes() throws {
            let server = try Server.target()
            let run = try Run([
                server.url("/bytes/50000"), "-R", "100sessions/s", "-d", "60s", "-t", "1", "--max-bytes", "1MB",
            ])
            #expect(run.status == 10)
            #expect((run.json["stop_reason"] as? String)?.contains("max_bytes") == true)
            #expect(run.json.number("hold.duration") < 2_000_000_000)
        }

        @Test(
            "an impossible plan is refused before the start, and the possible words are named",
            arguments: [
                (["-R", "2000"], "2000sessions/s"), (["-R", "2000/s"], "2000req/s"), (["-R", "0req/s"], "0"),
                (["-R", "99999999sessions/s"], "10000000"), (["-R", "5 session"], "sessions/s"),
                (["-R", "100req/s", "-c", "5"], "--max-users"), (["-R", "100req/s", "--ramp", "1s"], "ramp"),
                (["--arrivals", "poisson"], "-R"), (["--max-users", "5"], "-R"),
                (["-R", "5req/s", "--arrivals", "even"], "poisson"),
                (["-R", "5req/s", "--max-users", "0"], "--max-users"),
                (["-R", "5req/s", "--abort", "errors"], "errors > 5% for 10s"),
                (["-R", "500req/s", "--max-rate", "100"], "--max-rate 100: "),
                (["-R", "5req/s", "--slo", "held = asked"], "open load"),
            ])
        func refused(_ arguments: [String], _ hint: String) throws {
            let folder = try Scratch.folder()
            let command = try Command.run(["http://127.0.0.1:9/"] + arguments, in: folder, limit: 20)
            #expect(command.status == 64, "\(command.errors)")
            #expect(command.errors.contains(hint), "\(command.errors)")
        }
    }
}
