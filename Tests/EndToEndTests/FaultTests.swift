import Foundation
import Testing

extension EndToEnd {
    /// What a server can do wrong in HTTP/1.1. In each case two users have three sessions each, of a healthy request
    /// and the fault. So it shows that the session goes on, on a new connection if the old one cannot be trusted.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct FaultTests {
        static let server = Result { try Server.faults() }
        static let sessions = 6

        var server: Server

        init() throws { self.server = try Self.server.get() }

        /// Runs the fault after a healthy request.
        func run(
            _ fault: String, more: String = "", timeouts: String = "",
            _ location: SourceLocation = #_sourceLocation
        ) throws -> Run {
            try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /bytes/1000", fault + more],
                    load: "users: 2, sessions: \(Self.sessions)", timeouts: timeouts), ["-t", "1"], limit: 30,
                location)
        }

        /// The fault failed every time with this class and no other, and everything else went on.
        func check(_ run: Run, fails error: String, _ location: SourceLocation = #_sourceLocation) {
            #expect(run.status == 10, "\(run.command.errors)", sourceLocation: location)
            #expect(run.errors == [error: Self.sessions], sourceLocation: location)
            #expect(run.json.number("requests.ok") == Self.sessions, sourceLocation: location)
            #expect(run.json.number("sessions.failed") == Self.sessions, sourceLocation: location)
            #expect(
                run.json.number("latency_all.response.count") == 2 * Self.sessions, sourceLocation: location)
            // A request that timed out counts by its age in every percentile.
            let unended = error.hasPrefix("timeout") ? Self.sessions : 0
            #expect(run.json.number("latency.response.unended") == unended, sourceLocation: location)
            #expect(
                run.json.number("latency.response.count") == Self.sessions + unended, sourceLocation: location)
        }

        /// Every connection but the first two was made because a fault ended the one before.
        func checkReconnected(_ run: Run, _ location: SourceLocation = #_sourceLocation) {
            #expect(run.json.number("connections.opened") == Self.sessions, sourceLocation: location)
            #expect(run.json.number("users.reconnects") == Self.sessions - 2, sourceLocation: location)
        }

        /// All went well, on the two connections of the two users.
        func checkHealthy(_ run: Run, connections: Int = 2, _ location: SourceLocation = #_sourceLocation) {
            #expect(run.status == 0, "\(run.command.errors)", sourceLocation: location)
            #expect(run.errors == [:], sourceLocation: location)
            #expect(run.json.number("requests.ok") == 2 * Self.sessions, sourceLocation: location)
            #expect(run.json.number("connections.opened") == connections, sourceLocation: location)
        }

        @Test(
            "a response that is not clean HTTP/1.1 is proto_h1, and its connection is given up",
            arguments: FaultShapes.broken)
        func broken(_ path: String) throws {
            let run = try self.run("get: \"\(path)\"")
            self.check(run, fails: "proto_h1")
            self.checkReconnected(run)
        }

        @Test(
            "a response without an end is header_limit, and is not read on",
            arguments: ["/chunk-extension-flood", "/endless-header", "/many-headers"])
        func endless(_ path: String) throws {
            let run = try self.run("get: \(path)")
            self.check(run, fails: "header_limit")
            self.checkReconnected(run)
            let each = (run.json.number("bytes.received.socket") - Self.sessions * 1_100) / Self.sessions
            #expect(each < 262_144 + 65_536, "\(each) bytes read of one endless header")
            #expect(run.json.number("client.peak_resident_bytes") < 64 << 20)
        }

        @Test(
            "a body cut short is truncated, and its bytes are counted",
            arguments: [
                ("/truncate", 49_999), ("/truncate/0", 0), ("/truncate/1", 1),
                ("/truncate-chunked/body", 49_902),
                ("/truncate-chunked/size", 50_000), ("/truncate-chunked/final", 50_000),
                ("/truncate-chunked/trailers", 50_000),
            ])
        func truncated(_ path: String, _ bytes: Int) throws {
            let run = try self.run("get: \(path)")
            self.check(run, fails: "truncated")
            self.checkReconnected(run)
            #expect(run.json.number("bytes.received.body") == Self.sessions * (1_000 + bytes))
        }

        @Test("a body up to the connection's end is whole if the connection ends cleanly")
        func closeDelimited() throws {
            let run = try self.run("get: /close-delimited", more: ", expect: {status: 200, bytes: 50000}")
            self.checkHealthy(run, connections: Self.sessions)
            #expect(run.json.number("bytes.received.body") == Self.sessions * 51_000)
        }

        @Test("if the connection is reset instead, the body is no success")
        func closeDelimitedReset() throws {
            let run = try self.run("get: /close-delimited-rst")
            self.check(run, fails: "reset")
        }

        @Test("a GET that met the end of an idle connection is sent again, once, on a new one")
        func staleRetry() throws {
            let run = try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /stale/1, repeat: 4"],
                    load: "users: 1, sessions: 2"))
            #expect(run.errors == [:])
            #expect(run.json.number("requests.ok") == 8)
            #expect(run.json.number("resent.idle_close") == 7)
            #expect(run.json.number("connections.opened") == 8)
            #expect(run.json.number("users.holds_lost") == 7)
        }

        @Test(
            "a pause of the generator hides neither an end that crossed the request nor one after work on it",
            arguments: [0, 150])
        func stopped(work: Int) throws {
            // An end crosses the request only if the server is fast enough, and a busy machine may prevent that.
            let tries = work == 0 ? 5 : 1
            var resent: [Int] = []
            while resent.count < tries, !resent.contains(1) {
                // A server of its own, because it knows one client.
                let server = try Server.faults()
                let pending = try Pending(
                    Plan(
                        url: server.url(""), steps: ["get: /stopped/\(work), repeat: 2"],
                        load: "users: 1, sessions: 1"))
                _ = try HTTP.get(port: server.port, "/client/\(pending.running.pid)")
                // The repeated request meets a server that closes again. What counts is whether the request was
                // repeated.
                resent.append(try Run(pending, limit: 20).json.number("resent.idle_close"))
            }
            #expect(resent.last == (work == 0 ? 1 : 0), "\(resent)")
        }

        @Test("a POST that met the end of an idle connection is not sent again")
        func noStaleRetryOfPost() throws {
            let run = try Run(
                Plan(
                    url: self.server.url(""), steps: ["post: /stale/1, body: x, repeat: 2"],
                    load: "users: 1, sessions: 3"))
            #expect(run.status == 10)
            #expect(run.errors == ["truncated": 3])
            #expect(run.json.number("requests.ok") == 3)
            #expect(run.json.number("resent.idle_close") == 0)
        }

        @Test("a server that closes after every answer without announcing it fails no GET")
        func closesAfterEach() throws {
            let run = try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /close-after/1, repeat: 10"],
                    load: "users: 2, sessions: 4"))
            #expect(run.errors == [:])
            #expect(run.json.number("requests.ok") == 40)
            #expect(run.json.number("connections.opened") == 40)
            #expect(run.json.number("users.reconnects") == 38)
        }

        @Test("an announced end fails nothing and loses no hold")
        func announcedEnd() throws {
            let run = try self.run("get: /announced-close/2")
            self.checkHealthy(run, connections: Self.sessions)
            #expect(run.json.number("users.reconnects") == Self.sessions - 2)
            #expect(run.json.number("users.holds_lost") == 0)
        }

        @Test("a reset before the first byte is reset, after the one retry of a GET")
        func resetBefore() throws {
            let run = try self.run("get: /rst-before")
            self.check(run, fails: "reset")
            #expect(run.json.number("resent.idle_close") == Self.sessions)
        }

        @Test("a reset in the middle of a body is reset, and the bytes before it count")
        func resetInBody() throws {
            let run = try self.run("get: /rst-body/20000")
            self.check(run, fails: "reset")
            self.checkReconnected(run)
            #expect(run.json.number("bytes.received.body") <= Self.sessions * 21_000)
            #expect(run.json.number("resent.idle_close") == 0)
        }

        @Test(
            "each timeout fires under its own name, and within 100 ms of its time",
            arguments: [
                ("/drip/1000/50", "timeout_total", "total: 400ms"),
                ("/drip/1000/300", "timeout_idle", "idle: 200ms"),
                ("/stall-after-head", "timeout_idle", "idle: 200ms"),
                ("/stall-in-head", "timeout_idle", "idle: 200ms"),
                ("/stall-in-body", "timeout_idle", "idle: 200ms"),
                ("/stall-in-body", "timeout_total", "total: 300ms"),
                ("/never", "timeout_ttfb", "first_byte: 200ms"),
                ("/never", "timeout_total", "total: 300ms"),
                ("/delay/5000", "timeout_ttfb", "first_byte: 200ms"),
            ])
        func timeouts(_ path: String, _ error: String, _ timeout: String) throws {
            let run = try self.run("get: \(path)", timeouts: timeout)
            self.check(run, fails: error)
            self.checkReconnected(run)
            let expected = try #require(Double(timeout.filter(\.isNumber))) * 1e6
            // The mean comes from buckets of 3 digits.
            let slack = path.hasPrefix("/drip/1000/300") ? 0.0 : expected * 0.998
            // Half of all attempts; the others were answered at once.
            let mean = 2 * Double(run.json.number("latency_all.service.mean"))
            #expect(mean >= slack && mean <= expected + 100e6, "mean \(mean) ns, timeout \(expected)")
            #expect(run.json.number("latency_all.service.max") <= Int(expected + 100e6))
            #expect(run.json.number("client.peak_resident_bytes") < 64 << 20)
            #expect(Double(run.json.number("client.cpu_seconds")) < 1)
        }

        @Test("users who are answered are not affected by those who are not")
        func healthyNeighbours() throws {
            let run = try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /half-never, every: 100ms"],
                    load: "users: 20, sessions: 1000, hold: 2s", timeouts: "first_byte: 400ms"), ["-t", "1"])
            #expect(run.status == 10)
            #expect(Set(run.errors.keys) == ["timeout_ttfb"])
            #expect(run.json.number("requests.ok") > 100)
            #expect(run.json.number("latency.service.p90") < 50_000_000)
        }

        @Test("up to 32 interim answers are skipped and counted", arguments: [1, 2, 32])
        func interim(_ count: Int) throws {
            let run = try self.run("get: /interim/\(count)")
            self.checkHealthy(run)
            #expect(run.json.number("status.1xx") == Self.sessions * count)
            #expect(run.json.number("status.2xx") == Self.sessions * 2)
        }

        @Test(
            "answers without a body are whole, whatever their fields say",
            arguments: [
                "get: /bodiless/204/none", "get: /bodiless/304/none", "get: /bodiless/304/length",
                "get: /304-cl",
                "head: /bodiless/200/none", "head: /bodiless/200/length", "head: /bodiless/200/chunked",
                "head: /bytes/50000", "get: /bodiless/304/chunked", "head: /bodiless/304/length",
            ])
        func bodiless(_ request: String) throws {
            let run = try self.run(request)
            self.checkHealthy(run)
            #expect(run.json.number("bytes.received.body") == Self.sessions * 1_000)
        }

        @Test(
            "a body that is not allowed is surplus: proto_h1, and the connection is given up",
            arguments: [
                "get: /bodiless/204/body", "get: /bodiless/304/body", "get: /bodiless/304/length-body",
                "get: /bodiless/304/chunked-body", "get: /204-body", "head: /head-with-body",
                "head: /bodiless/200/chunked-body", "head: /bodiless/200/body",
            ])
        func bodyWhereNoneCanBe(_ request: String) throws {
            let run = try self.run(request)
            self.check(run, fails: "proto_h1")
            self.checkReconnected(run)
        }

        @Test(
            "compressed bodies are counted as they came over the wire, never inflated",
            arguments: ["/gzip-bomb", "/gzip-chain", "/gzip-junk"])
        func compressed(_ path: String) throws {
            // A server of its own: the shared one may still count what it sends to connections of the test before.
            var own = self
            own.server = try Server.faults()
            let run = try own.run("get: \(path)")
            self.checkHealthy(run)
            let after = try own.server.stats()
            let sent = after.number("bytes_sent")
            #expect(run.json.number("bytes.received.socket") == sent)
            #expect(sent < Self.sessions * 60_000)
            #expect(run.json.number("client.peak_resident_bytes") < 64 << 20)
            let head = try #require(after.object("last")["head"] as? String).lowercased()
            #expect(head.hasPrefix("get \(path) http/1.1\r\n"))
            #expect(head.contains("\r\naccept-encoding: identity\r\n"))
        }

        @Test("a body of the wrong size is body_mismatch, and keeps the connection")
        func wrongSize() throws {
            let run = try self.run("get: /wrong-size/49000", more: ", expect: {status: 200, bytes: 50KB}")
            self.check(run, fails: "body_mismatch")
            #expect(run.json.number("connections.opened") == 2)
            #expect(run.json.number("bytes.received.body") == Self.sessions * 50_000)
        }

        @Test(
            "an unexpected status is status, and keeps the connection",
            arguments: ["/status/500", "/status/404", "/status/201"])
        func wrongStatus(_ path: String) throws {
            let run = try self.run("get: \(path)", more: ", expect: {status: 200}")
            self.check(run, fails: "status")
            #expect(run.json.number("connections.opened") == 2)
            #expect(run.json.number("status.\(path.dropFirst(8).prefix(1))xx") >= Self.sessions)
        }

        @Test(
            "a redirect is not followed; it is a success of its own class",
            arguments: ["/redirect-loop", "/redirect-host"])
        func redirect(_ path: String) throws {
            let before = try self.server.stats().object("requests").number(path)
            let run = try self.run("get: \(path)")
            self.checkHealthy(run)
            #expect(run.json.number("status.3xx") == Self.sessions)
            #expect(run.json.number("redirects.302") == Self.sessions)
            #expect(run.json.number("redirects.followed") == 0)
            let location = path == "/redirect-loop" ? path : "http://elsewhere.invalid/"
            #expect(run.json.object("redirects").object("example")["location"] as? String == location)
            let after = try self.server.stats().object("requests").number(path)
            #expect(after - max(0, before) == Self.sessions)
        }

        @Test("if all answers are redirects, nothing was measured: exit 10, also in the report")
        func nothingButRedirects() throws {
            let run = try Run(
                Plan(url: self.server.url(""), steps: ["get: /redirect-host"], load: "users: 2, sessions: 4"))
            #expect(run.status == 10 && run.errors == [:])
            #expect(run.command.output.contains("4 × 302") && run.command.output.contains("elsewhere.invalid"))
            let report = try Command.run(["report", run.record.folder.path, "--json"], limit: 20)
            #expect(report.status == 10)
            #expect(report.output.contains("elsewhere.invalid"))
            let asked = try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /redirect-host, expect: {status: 302}"],
                    load: "users: 2, sessions: 4"))
            #expect(asked.status == 0)
        }

        @Test("a followed loop of redirects ends at the limit, under a name of its own")
        func followedLoop() throws {
            let run = try Run(
                Plan(
                    url: self.server.url(""), steps: ["get: /bytes/1000", "get: /redirect-loop"],
                    load: "users: 2, sessions: \(Self.sessions)"), ["-t", "1", "--follow", "3"])
            #expect(run.status == 10)
            #expect(run.errors == ["redirect": Self.sessions])
            #expect(run.json.number("redirects.followed") == 3 * Self.sessions)
            #expect(run.json.number("requests.started") == 5 * Self.sessions)
            #expect(run.json.number("connections.opened") == 2)
        }

        @Test("every failed connection is closed: none is left open at the server")
        func closesWhatItOpened() throws {
            _ = try self.run("get: /surplus")
            _ = try self.run("get: /never", timeouts: "first_byte: 100ms")
            #expect(Running.until(limit: 5) { (try? self.server.stats().number("open")) == 0 })
        }

        @Test(
            "nothing ever worked: the class is named, the record exists and the exit code is 69",
            arguments: [
                ("/garbage", "proto_h1"), ("/rst-before", "reset"), ("/truncate", "truncated"),
                ("/status/500", "status"), ("/endless-header", "header_limit"),
            ])
        func nothingEverWorked(_ path: String, _ error: String) throws {
            let run = try Run([self.server.url(path), "-c", "2", "-n", "2", "-t", "1"])
            #expect(run.status == 69)
            #expect(run.errors == [error: 20])
            #expect(run.json["state"] as? String == "complete")
            let examples = try run.record.json("errors.json")["examples"] as? [[String: Any]]
            #expect(examples?.map { $0["class"] as? String } == [error])
        }
    }
}

/// Shapes that are not clean HTTP/1.1, as paths of the fault server.
enum FaultShapes {
    static let broken =
        Self.startLines + Self.headers + Self.lengths + Self.chunks + Self.framings + Self.others

    private static let startLines = ["/garbage", "/http99", "/onedigit", "/extra-space", "/bare-lf"]

    private static let headers = [
        "space-in-name", "space-before-colon", "bare-cr", "nul", "no-colon", "empty-name",
        "control",
        "leading-space",
    ].map { "/bad-header/" + $0 }

    /// Values of Content-Length, percent-encoded; a slash separates two fields.
    private static let lengths = [
        "-1", "-0", "+5", "+0", "--5", "5-", "5a", "a5", "0x5", "0X5", "5.0", "5e0", "1_000",
        "5,%206", "5;", "5%205", "five", "NaN", "infinity", "null", "true", "%22%35%22", "(5)", "5%09%35",
        "9223372036854775808", "18446744073709551616", "18446744073709551621",
        "99999999999999999999999999999999999999", "", "5/6", "0/5",
    ].map { "/content-length/" + $0 }

    private static let chunks = [
        "ffffffffffffffffff", "8000000000000000", "-1", "+5", "0x10", "", "g", "5%205", "5%0b", "five", "%22",
        ";",
        "00000000000000005",
    ].map { "/chunk-size/" + $0 }

    private static let framings =
        [
            "chunkedchunked", "chunked,%20gzip", "gzip,%20chunked", "gzip", "identity", "xchunked",
            "chunked;q=1",
            "chunked,%20chunked", "chunked/chunked", "chunked/identity", "identity/chunked", "%0bchunked", "",
            "%22chunked%22",
        ].map { "/te/" + $0 } + ["/cl-te"]

    private static let others = ["/interim/33", "/interim/endless", "/upgrade", "/surplus", "/two-responses"]
}
