import CLinux
import Engine
import Testing

@Suite struct TLSConnectionTests {
    static let request = Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)

    @Test("bytes pass both ways over TLS 1.2 and 1.3, whatever their number", arguments: [TLSVersion.v12, .v13])
    func bothWays(version: TLSVersion) throws {
        let pair = try TLSPair.make(client: {
            $0.lowestVersion = version
            $0.highestVersion = version
        })
        let progress = pair.handshake()
        #expect(progress == (.done, .done))
        #expect(pair.client.version == (version == .v12 ? "TLSv1.2" : "TLSv1.3"))
        #expect(try pair.pass(Self.request, from: pair.client, to: pair.server) == Self.request)
        for count in [1, 100, 16_384, 16_385, 50_000, 500_000] {
            let body = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(try pair.pass(body, from: pair.server, to: pair.client) == body)
        }
    }

    @Test("bytes on the socket are counted, framing included")
    func counts() throws {
        let pair = try TLSPair.make()
        _ = pair.handshake()
        let body = [UInt8](repeating: 7, count: 50_000)
        let before = (pair.clientTransport.received, pair.serverTransport.sent)
        _ = try pair.pass(body, from: pair.server, to: pair.client)
        #expect(pair.serverTransport.sent == pair.clientTransport.received)
        #expect(pair.clientTransport.sent == pair.serverTransport.received)
        // Four records with 22 bytes of framing each. Two tickets may have come before them in the same read.
        #expect(pair.serverTransport.sent - before.1 == 50_000 + 4 * 22)
        #expect(pair.clientTransport.received - before.0 >= 50_000 + 4 * 22)
    }

    @Test("a connection gets the bytes that it left in the shared buffer later, in order")
    func parked() throws {
        let contexts = try TLSPair.contexts()
        let transports = (client: try TLSTransport(), server: try TLSTransport())
        let pairs = try (0..<3).map { _ in
            try TLSPair(client: contexts.client, server: contexts.server, transports: transports)
        }
        for pair in pairs { #expect(pair.handshake() == (.done, .done)) }
        let bodies = (0..<3).map { number in (0..<45_000).map { UInt8(truncatingIfNeeded: $0 / 7 + number) } }
        for (pair, body) in zip(pairs, bodies) {
            var sent = 0
            while sent < body.count {
                let result = body[sent...].withUnsafeBufferPointer { pair.server.write($0.baseAddress!, count: $0.count) }
                guard case .bytes(let count) = result else { throw StopError() }
                sent += count
            }
        }
        // One small read from each in turn: the rest of what was received must make room for the next one's.
        var got: [[UInt8]] = [[], [], []]
        var buffer = [UInt8](repeating: 0, count: 1_000)
        for pair in pairs { pair.client.wake() }
        for _ in 0..<TLSPair.turnLimit where got.contains(where: { $0.count < 45_000 }) {
            for (index, pair) in pairs.enumerated() {
                if case .bytes(let count) = pair.client.read(into: &buffer, capacity: buffer.count) {
                    got[index] += buffer.prefix(count)
                }
            }
        }
        #expect(got == bodies)
        #expect(pairs.allSatisfy { !$0.client.holdsBytes })
    }

    @Test("after a short read a connection asks the kernel at the next event only, and it reports bytes that wait")
    func drained() throws {
        let pair = try TLSPair.make()
        _ = pair.handshake()
        _ = try pair.pass([1, 2, 3, 4], from: pair.server, to: pair.client)
        var buffer = [UInt8](repeating: 0, count: 2)
        #expect(try pair.write([5, 6, 7, 8]) == 4)
        try Loopback.wait(pair.sockets.client, for: POLLIN)
        #expect(pair.client.read(into: &buffer, capacity: 2) == .wantsRead)
        pair.client.wake()
        #expect(pair.client.read(into: &buffer, capacity: 2) == .bytes(2))
        #expect(pair.client.holdsBytes)
        #expect(pair.client.read(into: &buffer, capacity: 2) == .bytes(2))
        #expect(!pair.client.holdsBytes)
        #expect(pair.client.read(into: &buffer, capacity: 2) == .wantsRead)
    }

    @Test("an end with close_notify is distinguished from one without")
    func ends() throws {
        for isClean in [true, false] {
            let pair = try TLSPair.make()
            _ = pair.handshake()
            _ = try pair.pass([1], from: pair.server, to: pair.client)
            if isClean { pair.server.shutdown() }
            pair.freeServer()
            #expect(TLSPair.next(pair.client) == .ended(isClean: isClean))
        }
    }

    @Test("a reset is the socket's error")
    func reset() throws {
        let pair = try TLSPair.make()
        _ = pair.handshake()
        _ = try pair.pass([1], from: pair.server, to: pair.client)
        pair.loopback.forget(pair.sockets.server)
        Socket.reset(pair.sockets.server)
        guard case .failed(let fault) = TLSPair.next(pair.client) else { throw StopError() }
        #expect(fault.kind == .socket && fault.code == UInt(ECONNRESET) && fault.family == .socket)
    }

    @Test("bytes that are not a record end a connection, and leave no error behind for others")
    func garbage() throws {
        let contexts = try TLSPair.contexts()
        let transports = (client: try TLSTransport(), server: try TLSTransport())
        let bad = try TLSPair(client: contexts.client, server: contexts.server, transports: transports)
        let good = try TLSPair(client: contexts.client, server: contexts.server, transports: transports)
        #expect(bad.handshake() == (.done, .done))
        #expect(good.handshake() == (.done, .done))
        _ = try bad.pass([1], from: bad.server, to: bad.client)
        let junk = [UInt8](repeating: 0x41, count: 300)
        #expect(send(bad.sockets.server, junk, junk.count, 0) == junk.count)
        guard case .failed(let fault) = TLSPair.next(bad.client) else { throw StopError() }
        #expect(fault.kind == .record && fault.family == .handshake)
        good.client.wake()
        var buffer = [UInt8](repeating: 0, count: 10)
        #expect(good.client.read(into: &buffer, capacity: 10) == .wantsRead)
        #expect(try good.pass([9], from: good.server, to: good.client) == [9])
    }

    @Test("a session is resumed if it was passed on, and is a new handshake if not",
        arguments: [TLSVersion.v12, .v13])
    func resumption(version: TLSVersion) throws {
        let contexts = try TLSPair.contexts(client: {
            $0.lowestVersion = version
            $0.highestVersion = version
            $0.keepsSessions = true
        })
        let first = try TLSPair(client: contexts.client, server: contexts.server)
        #expect(first.handshake() == (.done, .done))
        _ = try first.pass([1], from: first.server, to: first.client)
        #expect(!first.client.wasResumed)
        let session = try #require(first.client.session())
        defer { session.free() }
        // The session can be resumed however the connection ends.
        first.freeServer()
        _ = TLSPair.next(first.client)
        let second = try TLSPair(client: contexts.client, server: contexts.server, resuming: session)
        #expect(second.handshake() == (.done, .done))
        #expect(second.client.wasResumed && second.server.wasResumed)
        let third = try TLSPair(client: contexts.client, server: contexts.server)
        #expect(third.handshake() == (.done, .done))
        #expect(!third.client.wasResumed)
    }

    @Test("a handshake without an answer from the peer waits for it, at each flight")
    func stall() throws {
        let pair = try TLSPair.make()
        for _ in 0..<3 { #expect(pair.client.handshake() == .wantsRead) }
        #expect(pair.server.handshake() == .wantsRead)
        #expect(pair.client.handshake() == .done)
        for _ in 0..<3 {
            pair.client.wake()
            var buffer = [UInt8](repeating: 0, count: 10)
            #expect(pair.client.read(into: &buffer, capacity: 10) == .wantsRead)
        }
    }

    @Test("a full socket makes a write wait, and the same bytes continue from other memory")
    func fullSocket() throws {
        let pair = try TLSPair.make()
        _ = pair.handshake()
        var sent: [UInt8] = []
        var isFull = false
        var next: UInt8 = 0
        for _ in 0..<TLSPair.turnLimit {
            let piece = [UInt8](repeating: next, count: 16_384)
            let result = piece.withUnsafeBufferPointer { pair.server.write($0.baseAddress!, count: $0.count) }
            if result == .wantsWrite {
                isFull = true
                break
            }
            guard case .bytes(let count) = result else { throw StopError() }
            sent += piece.prefix(count)
            next &+= 1
        }
        #expect(isFull)
        let rest = [UInt8](repeating: next, count: 16_384)
        var got = try TLSPair.readAll(pair.client)
        got += try pair.pass(rest, from: pair.server, to: pair.client)
        for _ in 0..<TLSPair.turnLimit where got.count < sent.count + rest.count {
            got += try TLSPair.readAll(pair.client)
        }
        #expect(got == sent + rest)
    }
}

struct StopError: Error {}

extension TLSPair {
    /// Writes from the server in one call, and returns how many bytes were accepted.
    func write(_ bytes: [UInt8]) throws -> Int {
        guard case .bytes(let count) = self.server.write(bytes, count: bytes.count) else { throw StopError() }
        return count
    }
}
