import Engine
import Glibc
import Testing

@testable import Kernel
@testable import Target

@Suite(.timeLimit(.minutes(1)))
struct TargetServerConnectionTests {
    @Test("A thousand connections are open at once on two threads, answered, and spread evenly")
    func thousand() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let target = try RunningTarget { $0.threads = 2 }
        let clients = try (0..<1_000).map { _ in try target.client() }
        for client in clients { try client.send("GET /bytes/100 HTTP/1.1\r\nHost: test\r\n\r\n") }
        for client in clients { #expect(try client.response().body.count == 100) }
        let counts = target.counts { $0.responses == 1_000 }
        #expect(counts.connectionsOpen == 1_000 && counts.connectionsAccepted == 1_000)
        #expect(counts.requests == 1_000 && counts.bodyBytesSent == 100_000)
        #expect(counts.bytesSent == UInt64(clients.reduce(0) { $0 + $1.bytesReceived }))
        // By a hash: 500 each, with a standard deviation of 16.
        for loop in target.server.shared.counters {
            #expect((400...600).contains(loop.connectionsAccepted.value))
        }
        for client in clients { client.finish() }
        #expect(target.counts { $0.connectionsOpen == 0 }.connectionsOpen == 0)
    }

    @Test("One connection above the limit is reset and counted, and one that ends makes room")
    func limit() throws {
        let target = try RunningTarget {
            $0.connectionLimit = 3
            $0.threads = 2
        }
        var clients = try (0..<3).map { _ in try target.client() }
        for client in clients { #expect(try client.get("/health").text == "ok") }
        let refused = try target.client()
        #expect {
            _ = try refused.receive()
        } throws: { error in "\(error)" == "receive: \(ECONNRESET)" }
        let counts = target.counts { $0.connectionsRefused == 1 }
        #expect(counts.connectionsRefused == 1 && counts.connectionsAccepted == 3)
        #expect(counts.connectionsOpen == 3)
        clients.removeLast().finish()
        _ = target.counts { $0.connectionsOpen == 2 }
        #expect(try target.client().get("/health").text == "ok")
    }

    @Test("After K answers the connection ends, and the last answer announces it")
    func keepAliveRequests() throws {
        let target = try RunningTarget { $0.keepAliveRequests = 3 }
        let client = try target.client()
        let fields = try (0..<3).map { _ in try client.get("/").field("Connection") }
        #expect(fields == [nil, nil, "close"])
        #expect(try client.readToEnd().isEmpty)
    }

    @Test("Clients at the limit can connect anew at once after the server ends their connection")
    func limitAndKeepAlive() throws {
        let target = try RunningTarget {
            $0.connectionLimit = 4
            $0.keepAliveRequests = 1
            $0.threads = 2
        }
        for _ in 0..<50 {
            let clients = try (0..<4).map { _ in try target.client() }
            for client in clients { #expect(try client.get("/health").field("Connection") == "close") }
        }
        #expect(target.server.counts().connectionsRefused == 0)
    }

    @Test(
        "Clients that end or reset in every state are released",
        arguments: ["/", "/bytes/1000000000", "/delay/60000", "/drip/1000", "/silent", "/chunked/1000000000"])
    func gone(path: String) throws {
        let target = try RunningTarget()
        var asked: UInt64 = 0
        for isReset in [true, false] {
            for isTaken in [true, false] {
                let client = try target.client()
                try client.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
                if isTaken {
                    asked += 1
                    #expect(target.counts { $0.requests >= asked }.requests >= asked)
                }
                if isReset {
                    client.resetOnClose()
                    asked = target.server.counts().requests
                }
            }
            // A reset is noticed in every state. A connection that waits for its time notices an end when it answers.
            let left = path == "/delay/60000" && !isReset ? 2 : 0 as UInt64
            #expect(target.counts { $0.connectionsOpen <= left }.connectionsOpen <= left)
        }
    }

    @Test("stop ends open connections within a second, including frozen and slow ones")
    func stop() throws {
        for stall in [nil, Stall(duration: 3_599_000_000_000, period: 3_600_000_000_000)] {
            let target = try RunningTarget {
                $0.threads = 2
                $0.stall = stall
            }
            let clients = try (0..<20).map { _ in try target.client() }
            for client in clients { try client.send("GET /delay/60000 HTTP/1.1\r\nHost: test\r\n\r\n") }
            if stall == nil { _ = target.counts { $0.requests == 20 } }
            let start = MonotonicClock.now()
            target.server.stop()
            #expect(MonotonicClock.now() - start < 1_000_000_000)
            for client in clients { #expect((try? client.receive()) != true) }
            #expect(target.server.counts().connectionsOpen == 0)
            #expect(throws: TestClient.Failure.self) { _ = try TestClient(port: target.server.port) }
        }
    }

    @Test("A server starts once")
    func startsOnce() throws {
        let target = try RunningTarget()
        #expect(throws: TargetError.startedBefore) { try target.server.start() }
        target.server.stop()
        target.server.stop()
        #expect(throws: TargetError.startedBefore) { try target.server.start() }
    }

    @Test("A port in use is an error, even if another target has it")
    func portInUse() throws {
        let target = try RunningTarget()
        var options = TargetOptions()
        options.port = target.server.port
        #expect {
            _ = try TargetServer(options: options)
        } throws: { error in
            guard case TargetError.listen(let address, let reason) = error else { return false }
            return address == target.server.address && reason == Errno(EADDRINUSE)
        }
    }

    @Test("A host without an address is an error, and localhost and IPv6 have one")
    func hosts() throws {
        var options = TargetOptions()
        options.host = "no such host"
        #expect {
            _ = try TargetServer(options: options)
        } throws: { error in
            if case TargetError.resolve(host: "no such host", _) = error { true } else { false }
        }
        options.host = "localhost"
        #expect(try TargetServer(options: options).port > 0)
        options.host = "::1"
        do {
            let server = try TargetServer(options: options)
            #expect(server.address == "[::1]:\(server.port)")
        } catch TargetError.listen(_, let reason) {
            // A machine without IPv6.
            #expect(reason == Errno(EADDRNOTAVAIL) || reason == Errno(EAFNOSUPPORT))
        }
    }

    @Test("A client that reads nothing gets what its socket holds, and delays no other client")
    func unread() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /bytes/1000000000 HTTP/1.1\r\nHost: test\r\n\r\n")
        // Full: the count stands still during many answers to another client.
        let other = try target.client()
        var sent: UInt64 = 0
        var isStill = false
        for _ in 0..<1_000 where !isStill {
            for _ in 0..<50 { #expect(try other.get("/health").text == "ok") }
            let received = UInt64(other.bytesReceived)
            // At most the last answer read is not counted yet.
            let now = target.counts { $0.bytesSent >= received }.bytesSent - received
            isStill = now == sent && now > 0
            sent = now
        }
        #expect(isStill && sent < 1_000_000_000)
        #expect(client.bytesReceived == 0)
    }
}
