import Foundation
import Testing

extension EndToEnd {
    /// A run that gets a signal to stop stops at once, and its record shows that.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct SignalTests {
        private static let server = Result { try Server.target() }

        private let server: Server

        init() throws { self.server = try Self.server.get() }

        /// 20 users at 200 requests/s.
        private var load: [String] { ["-c", "20", "--every", "100ms", "-d", "30s", "-t", "2"] }

        @Test("run.json has the state running, with plan and conditions, from the start")
        func running() throws {
            let pending = try Pending([self.server.url("/bytes/100")] + self.load)
            #expect(Running.until { (try? pending.record.json("run.json")) != nil })
            let json = try pending.record.json("run.json")
            #expect(json["state"] as? String == "running")
            #expect(json.number("plan.users") == 20)
            #expect((json.object("conditions")["kernel"] as? String)?.hasPrefix("Linux") == true)
            #expect(json["requests"] == nil)
            pending.running.signal(SIGINT)
            _ = try Run(pending)
        }

        @Test(
            "one SIGINT is 130, one SIGTERM 143: sending stops within 100 ms and the record is complete",
            arguments: [(SIGINT, Int32(130)), (SIGTERM, Int32(143))])
        func first(_ signal: Int32, _ status: Int32) throws {
            let pending = try Pending([self.server.url("/bytes/100")] + self.load)
            #expect(pending.untilRow { $0.phase == "hold" && $0.seconds > 0.9 })
            let sentAt = ContinuousClock.now
            pending.running.signal(signal)
            let run = try Run(pending, limit: 10)
            // Nothing is slow here, so the test need not wait for anything.
            #expect(ContinuousClock.now - sentAt < .seconds(1))
            #expect(run.status == status)
            #expect(run.json["state"] as? String == "interrupted")
            #expect(run.errors == [:])
            #expect(run.json.number("requests.in_flight_at_end") == 0)
            #expect(run.json.number("users.held.lowest") == 20)
            // The plan has 200 requests/s: at most that many began after the stop.
            let last = try #require(run.rows.last)
            #expect(last.phase == "drain" && last["requests_started"] <= 20, "\(last["requests_started"])")
        }

        @Test("Ctrl-C ends the count of what never started, which then is a lower bound")
        func counting() throws {
            // Drawn gaps are counted one by one, for a second at most.
            func run(_ signal: Int32?) throws -> (run: Run, took: Duration) {
                let pending = try Pending(
                    Plan(
                        url: self.server.url(""), steps: ["get: /bytes/10, repeat: 10, every: {exponential: 1us}"],
                        load: "users: 400, hold: 1s, start: cold"), ["-t", "1"])
                // The interval is written at the stop, before anything is counted.
                #expect(pending.untilRow { $0.phase == "hold" })
                let stoppedAt = ContinuousClock.now
                if let signal { pending.running.signal(signal) }
                let run = try Run(pending, limit: 20)
                #expect(run.json.object("requests")["never_started_is_lower_bound"] as? Bool == true)
                return (run, ContinuousClock.now - stoppedAt)
            }
            let (whole, broken) = (try run(nil), try run(SIGINT))
            #expect(broken.run.status == 130 && whole.run.status != 130)
            let counts = [broken, whole].map { $0.run.json.number("requests.never_started") }
            #expect(counts[0] > 0 && counts[0] < counts[1], "\(counts), \(broken.took), \(whole.took)")
        }

        @Test("requests in flight at the first signal get 2 s, and then count as in flight, not as failed")
        func drain() throws {
            let server = try Server.faults()
            let pending = try Pending(
                Plan(
                    url: server.url(""), steps: ["get: /bytes/100, every: 1s", "get: /never, every: 1s"],
                    load: "users: 3, hold: 30s, start: cold", timeouts: "first_byte: 20s"), ["-t", "1"])
            #expect(pending.untilRow { $0.phase == "hold" && $0["in_flight_at_end"] == 3 })
            let sentAt = ContinuousClock.now
            pending.running.signal(SIGINT)
            let run = try Run(pending, limit: 10)
            let took = ContinuousClock.now - sentAt
            #expect(took > .seconds(1.5) && took < .seconds(2.5), "\(took)")
            #expect(run.status == 130)
            #expect(run.json.number("requests.in_flight_at_end") == 3)
            #expect(run.errors == [:])
        }

        @Test("a second signal ends the drain at once; the record is still complete")
        func second() throws {
            let server = try Server.faults()
            let pending = try Pending(
                Plan(
                    url: server.url(""), steps: ["get: /bytes/100, every: 1s", "get: /never, every: 1s"],
                    load: "users: 3, hold: 30s, start: cold", timeouts: "first_byte: 20s"), ["-t", "1"])
            #expect(pending.untilRow { $0.phase == "hold" && $0["in_flight_at_end"] == 3 })
            let before = try pending.record.rows().count
            pending.running.signal(SIGINT)
            // The stop closes an interval: headroom took the first signal.
            #expect(Running.until { ((try? pending.record.rows().count) ?? 0) > before })
            let sentAt = ContinuousClock.now
            pending.running.signal(SIGINT)
            let run = try Run(pending, limit: 10)
            #expect(ContinuousClock.now - sentAt < .seconds(0.5))
            #expect(run.status == 130)
            #expect(run.json["state"] as? String == "interrupted")
            #expect(run.json.number("requests.in_flight_at_end") == 3)
        }

        @Test("the first signal inside a drain that an objective made long ends it at once, and the record is complete")
        func insideDrain() throws {
            let server = try Server.faults()
            let pending = try Pending(
                Plan(
                    url: server.url(""), steps: ["get: /bytes/100, every: 1s", "get: /delay/15000, every: 1s"],
                    load: "users: 3, hold: 2s, start: cold", timeouts: "first_byte: 30s", slo: "p99 < 20s"), ["-t", "1"])
            // The drain has rows of its own, one each second. So it has begun, and would last for 13 s more.
            #expect(pending.untilRow { $0.phase == "drain" && $0["in_flight_at_end"] == 3 })
            let sentAt = ContinuousClock.now
            pending.running.signal(SIGINT)
            let run = try Run(pending, limit: 10)
            #expect(ContinuousClock.now - sentAt < .seconds(1))
            #expect(run.status == 130, "\(run.command.errors)")
            #expect(run.json["state"] as? String == "interrupted")
            #expect(run.json.number("requests.ok") == 3 && run.json.number("requests.in_flight_at_end") == 3)
            #expect(run.errors == [:])
            // The hold had its full length, and requests in flight count by their age.
            #expect(run.rows.filter { $0.phase == "hold" }.reduce(0) { $0 + $1.seconds } >= 1.99)
            #expect(run.json.number("latency.response.unended") >= 3, "\(run.json.object("latency"))")
            for name in RecordFiles.names {
                #expect(FileManager.default.fileExists(atPath: run.record.folder.appendingPathComponent(name).path))
            }
            let report = try Command.run(["report", run.record.folder.path, "--quiet"])
            #expect(report.status == 130)
        }

        @Test("at 20 random times, from before the first answer to the last second: 130 and a whole record")
        func drawnTimes() throws {
            var random = SplitMix(state: 20_260_101)
            for round in 0..<20 {
                let microseconds = random.next() % (round < 10 ? 60_000 : 700_000)
                let pending = try Pending([
                    self.server.url("/bytes/50000"), "-c", "50", "-d", "20s", "--ramp", "50ms", "-t", "2",
                ])
                #expect(Running.until { (try? pending.record.json("run.json")) != nil })
                usleep(UInt32(microseconds))
                pending.running.signal(round % 2 == 0 ? SIGINT : SIGTERM)
                let run = try Run(pending, limit: 10)
                #expect(run.status == (round % 2 == 0 ? 130 : 143), "after \(microseconds) µs")
                #expect(run.json["state"] as? String == "interrupted", "after \(microseconds) µs")
                for name in RecordFiles.names {
                    #expect(
                        FileManager.default.fileExists(
                            atPath: run.record.folder.appendingPathComponent(name).path))
                }
            }
        }

        @Test("SIGPIPE and SIGHUP do not kill a run: the record never stays in the state running")
        func others() throws {
            let pending = try Pending([
                self.server.url("/bytes/100"), "-c", "2", "--every", "100ms", "-d", "1500ms",
            ])
            #expect(pending.untilRow { $0["requests_ok"] > 0 })
            pending.running.signal(SIGPIPE)
            let run = try Run(pending, limit: 10)
            #expect(run.status == 0)
            let other = try Pending([self.server.url("/bytes/100")] + self.load)
            #expect(other.untilRow { $0["requests_ok"] > 0 })
            other.running.signal(SIGHUP)
            let ended = try Run(other, limit: 10)
            #expect(ended.json["state"] as? String == "interrupted")
            #expect(ended.status == 130)
        }
    }
}

/// Numbers drawn from a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        self.state &+= 0x9e37_79b9_7f4a_7c15
        var z = self.state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
