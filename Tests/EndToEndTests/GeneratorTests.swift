import Foundation
import Testing

extension EndToEnd {
    /// Accuracy test T8 at a small scale: headroom detects what the generator adds to its figures, and reports it as
    /// its own.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct GeneratorTests {
        private static let millisecond = 1_000_000

        /// 64 users of 5 requests/s. The server takes 80 ms for each answer, so some users always wait for one. The run
        /// is long enough for a p99, however few of the requests are made in time on a busy machine.
        private func pending(_ server: Server, _ arguments: [String]) throws -> Pending {
            try Pending(
                [server.url("/delay/80"), "-c", "64", "--every", "200ms", "-d", "4s", "-t", "1"] + arguments)
        }

        @Test("the table of descriptors has room before users join, at both ends: growing it stops a thread for 15 ms")
        func descriptorTable() throws {
            let server = try Server.target()
            let pending = try self.pending(server, [])
            #expect(pending.untilRow { $0.phase == "hold" })
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            // The binary raises the soft limit to the hard one; the kernel rounds up to a power of two.
            let room = min(Int(clamping: limit.rlim_max), 65_536)
            for pid in [Int(pending.running.pid), server.targetPID] {
                let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
                let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("FDSize:") })
                let size = try #require(line.split(separator: "\t").last.flatMap { Int($0) })
                #expect(size >= room, "\(line)")
            }
            pending.running.signal(SIGINT)
            _ = try Run(pending, limit: 20)
        }

        @Test(
            "a generator that is stopped for 300 ms reports it: send lag, loop lag and client delay are its own")
        func stopped() throws {
            let server = try Server.faults()
            let pending = try self.pending(server, ["--slo", "errors < 1%"])
            #expect(pending.untilRow { $0.phase == "warmup" || $0.phase == "hold" })
            pending.running.signal(SIGSTOP)
            // The test measures the stop itself.
            usleep(300_000)
            pending.running.signal(SIGCONT)
            let run = try Run(pending, limit: 20)
            let lag = run.json.number("latency.send_lag.max")
            #expect(lag >= 150 * Self.millisecond, "send lag \(lag)")
            let own = run.json.number("latency.generator_lag.max")
            #expect(own >= 150 * Self.millisecond, "own lag \(own)")
            let delay = run.json.number("latency.client_delay.max")
            #expect(delay >= 100 * Self.millisecond, "client delay \(delay)")
            let worker = try #require((run.json.object("client")["workers"] as? [[String: Any]])?.first)
            #expect(worker.number("loop_lag_highest") >= 150 * Self.millisecond)
            #expect(run.rows.contains { $0["loop_lag"] >= 150 * Self.millisecond })
        }

        @Test("over HTTP/2 the first answers of a read waited for as long as the stop, and the record has that delay")
        func stoppedShared() throws {
            // Answers come all the time, so those of the stop lie in one socket, and the first waited almost as long as
            // the stop.
            let server = try Server.target()
            let pending = try Pending(
                [
                    server.url("/delay/250"), "-c", "32", "--every", "300ms", "-d", "4s", "-t", "1", "--http", "h2c",
                    "--streams", "32",
                ])
            #expect(pending.untilRow { $0.phase == "warmup" || $0.phase == "hold" })
            pending.running.signal(SIGSTOP)
            usleep(300_000)
            pending.running.signal(SIGCONT)
            let run = try Run(pending, limit: 20)
            let delay = run.json.object("latency").object("client_delay")
            #expect(delay.number("count") > 0)
            #expect(delay.number("max") >= 200 * Self.millisecond, "client delay \(delay.number("max"))")
            #expect(run.json.object("latency").object("service_kernel").number("count") == 0)
        }

        @Test(
            "a stop of the generator makes its latency INVALID, and an objective that holds with the stop in it PASS"
        )
        func invalid() throws {
            let server = try Server.faults()
            let pending = try self.pending(server, ["--slo", "p99 < 10s"])
            #expect(pending.untilRow { $0.phase == "warmup" || $0.phase == "hold" })
            pending.running.signal(SIGSTOP)
            usleep(300_000)
            pending.running.signal(SIGCONT)
            let run = try Run(pending, limit: 20)
            #expect(run.status == 0, "\(run.command.output) \(run.command.errors)")
            let latency = run.json.object("validity").object("claims").object("latency")
            #expect(latency["verdict"] as? String == "INVALID")
            let verdict = run.json.object("verdict")
            #expect(verdict["word"] as? String == "PASS" && verdict.number("exit") == 0, "\(verdict)")
            #expect(run.json.object("own_pauses").number("longest") >= 100 * Self.millisecond)
            let report = try Command.run(["report", run.record.folder.path, "--quiet"])
            #expect(report.status == 0, "\(report.errors)")
        }

        @Test("a server that takes its time adds nothing to the client's delay")
        func slowServer() throws {
            let server = try Server.faults()
            let run = try Run(self.pending(server, ["--slo", "errors < 1%"]), limit: 20)
            #expect(run.json.number("latency.service.p50") >= 80 * Self.millisecond)
            let delay = run.json.object("latency").object("client_delay")
            #expect(delay.number("count") > 0)
            #expect(delay.number("p50") >= 0 && delay.number("p50") < 40 * Self.millisecond)
            let kernel = run.json.object("latency").object("service_kernel")
            #expect(kernel.number("count") == delay.number("count"))
            #expect(kernel.number("min") >= 80 * Self.millisecond)
            #expect(kernel.number("max") <= run.json.number("latency.service.max"))
        }

        @Test("a plain timer is measured during every load, and read again from the record")
        func timer() throws {
            let server = try Server.target()
            let run = try Run([server.url("/bytes/10"), "-c", "1", "--every", "100ms", "-d", "1s", "--spin"])
            let client = run.json.object("client")
            let lateness = client.object("timer").object("lateness")
            // A thousand sleeps a second on a quiet machine; a busy one wakes the timer later, or makes it pause.
            #expect(lateness.number("count") >= 10 && lateness.number("max") > 0, "\(lateness)")
            #expect(client["spin"] as? Bool == true && client.number("cores") >= 1)
            let report = try Command.run(["report", run.record.folder.path, "--json"])
            #expect(report.output == String(decoding: try run.record.folder.bytes("run.json"), as: UTF8.self))
        }

        @Test("a probe is recorded apart from the load, and is read again from the record")
        func probe() throws {
            let server = try Server.target()
            let run = try Run(
                [server.url("/bytes/1000"), "-c", "4", "--every", "100ms", "-d", "3s", "--probe", "20/s"],
                limit: 20)
            #expect(run.status == 0, "\(run.command.errors)")
            let probe = run.json.object("probe")
            #expect(probe.number("requests_per_second") == 20)
            let requests = probe.object("requests")
            #expect(requests.number("started") > 10 && requests.number("started") < 60)
            #expect(requests.number("failed") == 0)
            #expect(probe.object("latency").object("response").number("count") == requests.number("ok"))
            #expect(run.json.number("connections.opened") == 4)
            let before = try Data(contentsOf: run.record.folder.appendingPathComponent("run.json"))
            let report = try Command.run(["report", run.record.folder.path, "--quiet"])
            #expect(report.status == 0, "\(report.errors)")
            let after = try Data(contentsOf: run.record.folder.appendingPathComponent("run.json"))
            #expect(before == after)
        }

        @Test(
            "a probe of no sensible rate is refused before anything is sent",
            arguments: ["5", "0/s", "1000/s", "-1/s"])
        func refusedProbe(_ rate: String) throws {
            let command = try Command.run(["http://127.0.0.1:1/", "--probe", rate, "--no-record"])
            #expect(command.status == 64)
            #expect(command.errors.contains("probe"), "\(command.errors)")
        }
    }
}
