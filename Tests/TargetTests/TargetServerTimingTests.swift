import Engine
import Target
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TargetServerTimingTests {
    private func milliseconds(_ body: () throws -> Void) throws -> Double {
        let start = MonotonicClock.now()
        try body()
        return Double(MonotonicClock.now() - start) / 1e6
    }

    @Test("A delayed answer comes after its delay, and not only at the next tick of a coarse clock")
    func delay() throws {
        let target = try RunningTarget()
        let client = try target.client()
        var times: [Double] = []
        for _ in 0..<20 {
            times.append(
                try self.milliseconds {
                    let body = try client.get("/delay/5/bytes/9").body
                    #expect(body == pattern(9))
                })
        }
        #expect(times.allSatisfy { $0 >= 5 })
        // The fastest of twenty is free of other work on the machine.
        #expect((times.min() ?? .infinity) < 10)
    }

    @Test("Waiting answers do not delay each other")
    func delaysOverlap() throws {
        let target = try RunningTarget()
        let clients = try (0..<50).map { _ in try target.client() }
        let time = try self.milliseconds {
            for client in clients { try client.send("GET /delay/100 HTTP/1.1\r\nHost: test\r\n\r\n") }
            for client in clients {
                let count = try client.response().body.count
                #expect(count == 50_000)
            }
        }
        #expect(time >= 100 && time < 50 * 100 / 2)
    }

    @Test("/drip sends a byte each 100 ms after its head")
    func drip() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let time = try self.milliseconds {
            let body = try client.get("/drip/3").body
            #expect(body == pattern(3))
        }
        #expect(time >= 300)
        #expect(try client.get("/drip/0").body.isEmpty)
        #expect(target.counts { $0.responses == 2 }.bodyBytesSent == 3)
    }

    @Test("One virtual server serves one request after the other, over all threads")
    func oneServer() throws {
        let target = try RunningTarget {
            $0.threads = 2
            $0.serviceTime = .constant(5_000_000)
            $0.concurrency = 1
        }
        let clients = try (0..<20).map { _ in try target.client() }
        let time = try self.milliseconds {
            for client in clients { try client.send("GET /bytes/10 HTTP/1.1\r\nHost: test\r\n\r\n") }
            for client in clients {
                let body = try client.response().body
                #expect(body == pattern(10))
            }
        }
        #expect(time >= 100)
    }

    @Test("Without a number of servers all requests are served at once")
    func manyServers() throws {
        let target = try RunningTarget { $0.serviceTime = .constant(50_000_000) }
        let clients = try (0..<40).map { _ in try target.client() }
        let time = try self.milliseconds {
            for client in clients { try client.send("GET /bytes/10 HTTP/1.1\r\nHost: test\r\n\r\n") }
            for client in clients {
                let body = try client.response().body
                #expect(body == pattern(10))
            }
        }
        #expect(time >= 50 && time < 40 * 50 / 2)
    }

    @Test("No answer leaves during a stall: one due in it leaves at its end")
    func stall() throws {
        // Frozen for 150 of every 200 ms. The server counts from its start, which lies between two clock readings.
        let period: UInt64 = 200_000_000
        let before = MonotonicClock.now()
        let target = try RunningTarget { $0.stall = Stall(duration: 150_000_000, period: period) }
        let after = MonotonicClock.now()
        let client = try target.client()
        var held = 0
        for _ in 0..<40 where held < 3 {
            // An answer comes in the 50 ms between two stalls; 100 ms later is in the middle of the next.
            _ = try client.get("/health")
            let due = MonotonicClock.now() + 100_000_000
            _ = try client.get("/delay/100/bytes/1")
            let answered = MonotonicClock.now()
            // Wherever the start was between the two readings, `due` must lie in the same stall.
            let early = (due - after) % period
            let late = (due - before) % period
            guard early >= 50_000_000, late >= early else { continue }
            #expect(answered >= before + ((due - after) / period + 1) * period)
            held += 1
        }
        #expect(held == 3)
    }
}
