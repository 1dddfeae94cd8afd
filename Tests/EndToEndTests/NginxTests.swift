import Foundation
import Testing

extension EndToEnd {
    /// Against nginx: a server of another project confirms headroom's counts.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct NginxTests {
        /// What nginx logged: requests, body bytes and all bytes sent, bytes of requests received.
        struct Log {
            var requests = 0
            var bodyBytes = 0
            var bytesSent = 0
            var bytesReceived = 0

            init(_ url: URL) throws {
                for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
                    let words = line.split(separator: " ").compactMap { Int($0) }
                    try #require(words.count == 4, "\(line)")
                    self.requests += 1
                    self.bodyBytes += words[1]
                    self.bytesSent += words[2]
                    self.bytesReceived += words[3]
                }
            }
        }

        /// The numbers of the stub_status page.
        static func status(_ server: Server) throws -> (active: Int, accepted: Int, requests: Int) {
            let text = try HTTP.get(port: server.port, "/status")
            let numbers = text.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
            try #require(numbers.count >= 4, "\(text)")
            return (numbers[0], numbers[1], numbers[3])
        }

        /// nginx counts as headroom does, byte for byte if nothing was cut off.
        private func check(_ run: Run, _ log: URL, _ location: SourceLocation = #_sourceLocation) throws {
            let answered = run.json.number("requests.ok") + run.json.number("requests.failed")
            let inFlight = run.json.number("requests.in_flight_at_end")
            // nginx writes its line after the last byte went out.
            _ = Running.until(limit: 5) { ((try? Log(log).requests) ?? 0) >= answered }
            let counted = try Log(log)
            #expect(counted.requests >= answered, sourceLocation: location)
            #expect(counted.requests <= run.json.number("requests.started"), sourceLocation: location)
            #expect(answered > 0, sourceLocation: location)
            if inFlight == 0 {
                #expect(counted.bodyBytes == run.json.number("bytes.received.body"), sourceLocation: location)
                #expect(
                    counted.bytesSent == run.json.number("bytes.received.socket"), sourceLocation: location)
                #expect(
                    counted.bytesReceived == run.json.number("bytes.sent.socket"), sourceLocation: location)
                #expect(
                    run.json.number("bytes.received.socket") == run.json.number("bytes.received.header")
                        + run.json.number("bytes.received.body"), sourceLocation: location)
            }
        }

        @Test("back to back: nginx's log has the requests and the bytes of run.json")
        func backToBack() throws {
            let (server, log) = try Server.nginx()
            let run = try Run([server.url("/50k"), "-c", "50", "-d", "2s", "-t", "2"])
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("requests.in_flight_at_end") == 0)
            #expect(run.json.number("bytes.received.body") == 50_000 * run.json.number("requests.ok"))
            try self.check(run, log)
        }

        @Test("paced: 500 users are 500 active connections at nginx, from one end of the hold to the other")
        func paced() throws {
            let (server, log) = try Server.nginx()
            let pending = try Pending([
                server.url("/50k"), "-c", "500", "--every", "1s", "--ramp", "500ms", "-d", "4s", "-t", "2",
            ])
            #expect(pending.untilRow { $0.phase == "hold" })
            for _ in 0..<10 {
                // headroom's, and the one that asks for the status.
                let active = try Self.status(server).active
                #expect(active == 501, "nginx has \(active) connections")
            }
            let run = try Run(pending)
            #expect(run.status == 0, "\(run.command.errors)")
            for level in ["lowest", "highest"] {
                #expect(run.json.number("users.held.\(level)") == 500)
                #expect(run.json.number("connections.held.\(level)") == 500)
            }
            #expect(run.json.number("connections.opened") == 500)
            // 500 users once a second for 4 s, whatever the server does.
            #expect(abs(run.json.number("hold.requests.started") - 2_000) <= 2)
            try self.check(run, log)
        }

        @Test("nginx's own keep-alive limit does not break the hold", arguments: [[], ["--every", "10ms"]])
        func keepAliveLimit(_ pace: [String]) throws {
            let (server, log) = try Server.nginx(extra: "keepalive_requests 100;")
            let run = try Run([server.url("/50k"), "-c", "10", "-d", "3s", "-t", "1"] + pace)
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.errors == [:])
            #expect(run.json.number("users.held.lowest") == 10)
            #expect(run.json.number("users.holds_lost") == 0)
            #expect(run.json.number("users.reconnects") >= 10)
            #expect(run.json.number("resent.idle_close") == 0)
            try self.check(run, log)
        }

        @Test(
            "connections: one per user, per session or per request, as nginx counts them",
            arguments: [("per_user", 4), ("per_session", 20), ("per_request", 200)])
        func connections(_ policy: String, _ count: Int) throws {
            let (server, log) = try Server.nginx()
            let before = try Self.status(server)
            let run = try Run([server.url("/50k"), "-c", "4", "-n", "20", "-t", "2", "--connection", policy])
            let after = try Self.status(server)
            #expect(run.status == 0, "\(run.command.errors)")
            #expect(run.json.number("connections.opened") == count)
            #expect(after.accepted - before.accepted == count + 1)
            #expect(after.requests - before.requests == 201)
            #expect(run.json.number("sessions.completed") == 20)
            try self.check(run, log)
        }

        @Test(
            "an IPv6 address and a name lead to the same server",
            arguments: ["[::1]", "localhost", "127.0.0.1"])
        func addresses(_ host: String) throws {
            let (server, log) = try Server.nginx()
            let run = try Run(["http://\(host):\(server.port)/50k", "-c", "2", "-n", "4", "-t", "1"])
            #expect(run.status == 0, "\(run.command.errors)")
            let addresses = run.json.object("conditions")["addresses"] as? [String] ?? []
            #expect(
                !addresses.isEmpty && addresses.allSatisfy { $0.hasSuffix(":\(server.port)") }, "\(addresses)"
            )
            try self.check(run, log)
        }

        @Test(
            "the bytes of a request body are counted, apart from the header's",
            arguments: [1, 1_000, 200_000])
        func post(_ bytes: Int) throws {
            let (server, log) = try Server.nginx()
            let file = try Scratch.folder().appendingPathComponent("body")
            try Data(repeating: 0x61, count: bytes).write(to: file)
            let run = try Run([
                server.url("/post"), "-c", "3", "-n", "6", "-t", "1", "--data", "@\(file.path)",
            ])
            #expect(run.status == 0, "\(run.command.errors) \(run.errors)")
            #expect(run.json.number("requests.ok") == 60)
            #expect(run.json.number("bytes.sent.body") == 60 * bytes)
            #expect(
                run.json.number("bytes.sent.socket") == run.json.number("bytes.sent.header") + 60 * bytes)
            try self.check(run, log)
        }

        @Test("a missing page is status, a HEAD has no body, and nginx's own bad request is status too")
        func answers() throws {
            let (server, log) = try Server.nginx()
            let run = try Run(
                Plan(
                    url: server.url(""),
                    steps: ["get: /missing", "head: /50k", "get: /50k, expect: {bytes: 50KB}"],
                    load: "users: 2, sessions: 4"))
            #expect(run.status == 10)
            #expect(run.errors == ["status": 4])
            #expect(run.json.number("status.4xx") == 4)
            #expect(run.json.number("status.2xx") == 8)
            #expect(run.json.number("connections.opened") == 2)
            try self.check(run, log)
        }
    }
}
