import Engine
import Testing

@testable import Target

@Suite(.timeLimit(.minutes(1)))
struct TargetServerArrivalTests {
    private func arrivals(_ target: RunningTarget) -> [Arrival] {
        target.server.stop()
        var arrivals: [Arrival] = []
        #expect(target.server.forEachArrival { arrivals.append($0) } == 0)
        return arrivals
    }

    @Test("Every request is in the log, between its client's own two clock reads")
    func logged() throws {
        let target = try RunningTarget {
            $0.logsArrivals = true
            $0.serviceTime = .constant(2_000_000)
        }
        let clients = [try target.client(), try target.client()]
        var spans: [(UInt64, UInt64)] = []
        for index in 0..<10 {
            let before = MonotonicClock.now()
            let count = try clients[index % 2].get("/bytes/200000").body.count
            #expect(count == 200_000)
            spans.append((before, MonotonicClock.now()))
        }
        let arrivals = self.arrivals(target)
        #expect(arrivals.count == 10)
        for (arrival, (before, after)) in zip(arrivals, spans) {
            let out = try #require(arrival.lastByteOut)
            #expect(before <= arrival.firstByteIn && arrival.firstByteIn <= arrival.requestIn)
            #expect(arrival.requestIn + 2_000_000 <= out && out <= after)
        }
        let names = arrivals.map { "\($0.connection) \($0.number)" }
        #expect(names == (0..<10).map { "\($0 % 2) \($0 / 2)" })
    }

    @Test("Every third request of /lose/3 gets no answer, and the log shows it")
    func lost() throws {
        let target = try RunningTarget { $0.logsArrivals = true }
        for _ in 0..<3 {
            let client = try target.client()
            #expect(try client.get("/lose/3").status == 200)
            #expect(try client.get("/lose/3").status == 200)
            try client.send("GET /lose/3 HTTP/1.1\r\nHost: test\r\n\r\n")
            client.finish()
            #expect(try client.readToEnd().isEmpty)
        }
        let isAnswered = self.arrivals(target).map { $0.lastByteOut != nil }
        #expect(isAnswered == [true, true, false, true, true, false, true, true, false])
    }

    @Test("After its time a stopped server answers nothing, not even requests that it was still serving")
    func stopped() throws {
        let target = try RunningTarget {
            $0.stopAfter = 20_000_000
            $0.logsArrivals = true
        }
        let client = try target.client()
        #expect(try client.get("/health").status == 200)
        try client.send("GET /delay/30 HTTP/1.1\r\nHost: test\r\n\r\n")
        client.finish()
        #expect(try client.readToEnd().isEmpty)
        #expect(self.arrivals(target).map { $0.lastByteOut == nil } == [false, true])
    }

    @Test("A full log counts the requests that it leaves out")
    func full() {
        let log = ArrivalLog(capacity: 2)
        let arrival = Arrival(connection: 1, number: 2, firstByteIn: 3, requestIn: 4, lastByteOut: nil)
        for _ in 0..<5 { log.append(arrival) }
        #expect(log.count == 2 && log.dropped == 3 && log[1] == arrival)
    }
}
