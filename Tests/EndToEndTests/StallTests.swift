import Foundation
import Testing

extension EndToEnd {
    /// Accuracy test T1: a stall of the server shows in the response times of a closed, paced load as it would
    /// show in an open one, because each request counts from when it was due.
    @Suite(.serialized, .timeLimit(.minutes(1))) struct StallTests {
        private static let stall = 0.5
        private static let period = 2.0
        private static let tolerance = 0.06

        @Test("a server that freezes 500 ms of every 2 s: the response percentiles are those of T1's formula")
        func stall() throws {
            let server = try Server.target(["--stall", "500ms/2s"])
            let run = try Run(
                [
                    server.url("/bytes/1000"), "-c", "200", "--every", "1s", "-d", "8s", "-t", "1", "--slo",
                    "errors < 1%",
                ], limit: 40)
            #expect(run.status == 0, "\(run.command.errors)")
            // 200 users at 1 request/s for 8 s, whatever the server does: each user has 8 due times.
            let started =
                run.json.number("hold.requests.started") + run.json.number("hold.requests.never_started")
            #expect(abs(started - 1_600) <= 2, "\(started) requests were due in the hold")
            for (key, fraction) in [("p90", 0.9), ("p95", 0.95), ("p99", 0.99)] {
                let expected = Self.stall - (1 - fraction) * Self.period
                let measured = Double(run.json.number("latency.response.\(key)")) / 1e9
                #expect(
                    abs(measured - expected) <= Self.tolerance,
                    "\(key): expected \(expected), measured \(measured)")
            }
            let longest = Double(run.json.number("latency.response.max")) / 1e9
            #expect(abs(longest - Self.stall) <= Self.tolerance, "maximum \(longest)")
            // Three quarters of the time nothing is frozen.
            #expect(run.json.number("latency.response.p50") < 60_000_000)
            let service = run.json.number("latency.service.p99")
            #expect(service > 0 && service <= run.json.number("latency.response.p99"))
        }

        @Test("a user that is slower than its plan keeps the plan: send lag and response time include the wait")
        func sendLag() throws {
            let server = try Server.faults()
            // Every answer takes 150 ms, and one is due every 100 ms: request k waits k × 50 ms before it is sent.
            let run = try Run(
                Plan(
                    url: server.url(""), steps: ["get: /delay/150, every: 100ms, repeat: 10"],
                    load: "users: 1, sessions: 1, start: cold"), limit: 20)
            #expect(run.json.number("requests.ok") == 10)
            let lag = Double(run.json.number("latency.send_lag.max")) / 1e6
            #expect(lag > 380 && lag < 600, "send lag of the last request \(lag) ms")
            #expect(run.json.number("latency.service.max") < 300_000_000)
            #expect(run.json.number("latency.response.max") >= 550_000_000)
        }
    }
}
