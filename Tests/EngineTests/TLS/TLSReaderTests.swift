import CLinux
import COpenSSL
import Testing

@testable import Engine

/// Records of TLS 1.3 that the client decrypts itself: whole, cut anywhere, and wrong.
@Suite(.timeLimit(.minutes(1))) struct TLSReaderTests {
    /// A client and a server of headroom with the test between them. The test decides which bytes it passes on.
    private final class Relay {
        let contexts: (client: TLSContext, server: TLSContext)
        let transports: (client: TLSTransport, server: TLSTransport)
        let client: TLSConnection
        let server: TLSConnection
        /// The test's ends.
        private let ends: (client: Int32, server: Int32)
        private var descriptors: [Int32] = []
        private var waiting: [UInt8] = []

        init(suite: String? = nil, client change: (inout TLSClientOptions) -> Void = { _ in }) throws {
            self.contexts = try TLSPair.contexts(client: {
                $0.lowestVersion = .v13
                $0.cipherSuites = suite
                change(&$0)
            })
            self.transports = (try TLSTransport(), try TLSTransport())
            func pair() throws -> (Int32, Int32) {
                var ends: [Int32] = [-1, -1]
                try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
                return (ends[0], ends[1])
            }
            let (client, clientEnd) = try pair()
            let (server, serverEnd) = try pair()
            self.ends = (clientEnd, serverEnd)
            self.descriptors = [client, clientEnd, server, serverEnd]
            self.client = try #require(
                TLSConnection(context: self.contexts.client, transport: self.transports.client, fd: client))
            self.server = try #require(
                TLSConnection(context: self.contexts.server, transport: self.transports.server, fd: server))
            var states = (client: TLSProgress.wantsRead, server: TLSProgress.wantsRead)
            for _ in 0..<100 where states != (.done, .done) {
                if states.client != .done { states.client = self.client.handshake() }
                self.passToServer()
                if states.server != .done { states.server = self.server.handshake() }
                self.passToClient(self.fromServer())
            }
            try #require(states == (.done, .done))
            #expect(self.client.version == "TLSv1.3")
        }

        deinit {
            self.client.free()
            self.server.free()
            for descriptor in self.descriptors { close(descriptor) }
        }

        private static func all(_ fd: Int32) -> [UInt8] {
            var got: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            for _ in 0..<1_000 {
                guard case .bytes(let count) = Socket.receive(fd, &buffer, buffer.count), count > 0 else { break }
                got += buffer.prefix(count)
            }
            return got
        }

        func fromServer() -> [UInt8] { Self.all(self.ends.server) }

        /// Writes as much as the socket accepts; the rest waits for the next call.
        func passToServer() {
            self.waiting += Self.all(self.ends.client)
            if self.waiting.isEmpty { return }
            if case .bytes(let count) = Socket.send(self.ends.server, self.waiting, self.waiting.count) {
                self.waiting.removeFirst(count)
            }
        }

        func passToClient(_ bytes: some Collection<UInt8>) {
            let bytes = Array(bytes)
            if !bytes.isEmpty { _ = Socket.send(self.ends.client, bytes, bytes.count) }
        }

        func endToClient() { shutdown(self.ends.client, Int32(SHUT_WR)) }

        /// Encrypts bytes on the server, and returns them as they go over the wire.
        func encrypted(_ bytes: [UInt8]) throws -> [UInt8] {
            var wire: [UInt8] = []
            var sent = 0
            for _ in 0..<1_000 where sent < bytes.count {
                let result = bytes[sent...].withUnsafeBufferPointer { rest in
                    rest.baseAddress.map { self.server.write($0, count: rest.count) } ?? .wantsWrite
                }
                guard case .bytes(let count) = result else { throw StopError() }
                sent += count
                wire += self.fromServer()
            }
            return wire
        }

        /// The bytes that the client reads now, and how reading stopped. `discards`: drops them unread; each byte is
        /// then 0.
        func read(discards: Bool = false) -> (bytes: [UInt8], stop: TLSTransfer) {
            var got: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 10_000)
            self.client.wake()
            for _ in 0..<10_000 {
                let result =
                    discards
                    ? self.client.discard(20_000, scratch: &buffer, capacity: buffer.count)
                    : self.client.read(into: &buffer, capacity: buffer.count)
                guard case .bytes(let count) = result else { return (got, result) }
                got += discards ? [UInt8](repeating: 0, count: count) : Array(buffer.prefix(count))
            }
            return (got, .wantsRead)
        }

        /// The server's result of its next read.
        func heard() -> TLSTransfer {
            self.passToServer()
            var buffer = [UInt8](repeating: 0, count: 100)
            self.server.wake()
            return self.server.read(into: &buffer, capacity: buffer.count)
        }
    }

    private static func body(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    @Test("key, IV and the next secret are those of RFC 8448 and of a KeyUpdate's definition")
    func schedule() throws {
        // RFC 8448, 3: the server's application traffic secret, and what is derived from it.
        let secret = Array("a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643".utf8)
        let known = try #require(secret.withUnsafeBufferPointer { TLSSecret(hexadecimal: $0) })
        let hash = try #require(TLSHash.sha256())
        defer { hash.free() }
        func expand(_ label: StaticString, _ count: Int) throws -> [UInt8] {
            var output = [UInt8](repeating: 0, count: count)
            let isDone = output.withUnsafeMutableBytes { known.expand(label, hash, into: $0) }
            #expect(isDone)
            return output
        }
        func bytes(_ text: String) -> [UInt8] {
            stride(from: 0, to: text.utf8.count, by: 2).compactMap { UInt8(text.dropFirst($0).prefix(2), radix: 16) }
        }
        #expect(try expand("key", 16) == bytes("9f02283b6c9c07efc26bb9f2ac92e356"))
        #expect(try expand("iv", 12) == bytes("cf782b88dd83549aadf1e984"))
        for digits in ["", "a", "xx", String(repeating: "ab", count: 49)] {
            #expect(Array(digits.utf8).withUnsafeBufferPointer { TLSSecret(hexadecimal: $0) } == nil, "\(digits)")
        }
    }

    @Test(
        "every suite, read or passed over, however the records are cut",
        arguments: ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
        [1, 4, 5, 6, 21, 22, 1_000, 16_405, 16_406, 16_407, 60_000])
    func cut(suite: String, piece: Int) throws {
        let relay = try Relay(suite: suite)
        #expect(relay.client.cipher == suite)
        #expect(TLSTransport.reader(relay.client.state, relay.client.ssl, relay.client.fd) != nil)
        for (round, discards) in [false, true].enumerated() {
            let body = Self.body(40_000 + round)
            var wire = try relay.encrypted(body)[...]
            var got: [UInt8] = []
            while !wire.isEmpty {
                relay.passToClient(wire.prefix(piece))
                wire = wire.dropFirst(piece)
                let (bytes, stop) = relay.read(discards: discards)
                #expect(stop == .wantsRead)
                got += bytes
            }
            #expect(discards ? got.count == body.count : got == body)
            #expect(!relay.client.holdsBytes)
        }
    }

    @Test(
        "keys change as often as the peer likes, the client's own if it asks for that, and data still passes both ways")
    func keyUpdates() throws {
        let relay = try Relay()
        for round in 0..<40 {
            let kind = round % 2 == 0 ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED
            #expect(SSL_key_update(relay.server.ssl, kind) == 1)
            let body = Self.body(20_000 + round)
            relay.passToClient(try relay.encrypted(body))
            #expect(relay.read().bytes == body)
            #expect(relay.client.write(body, count: 1_000) == .bytes(1_000))
            relay.passToServer()
            var buffer = [UInt8](repeating: 0, count: 2_000)
            relay.server.wake()
            #expect(relay.server.read(into: &buffer, capacity: 2_000) == .bytes(1_000))
            #expect(buffer.prefix(1_000).elementsEqual(body.prefix(1_000)))
        }
    }

    @Test("several requests for a key update are answered once, as soon as a write allows it")
    func updatesOwed() throws {
        let relay = try Relay()
        for _ in 0..<3 {
            #expect(SSL_key_update(relay.server.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
            relay.passToClient(try relay.encrypted(Self.body(100)))
            #expect(relay.read().bytes.count == 100)
        }
        // A full socket stops a record in its middle.
        let piece = Self.body(16_384)
        var taken = 0
        for _ in 0..<1_000 {
            guard case .bytes(let count) = relay.client.write(piece, count: piece.count) else { break }
            taken += count
        }
        #expect(SSL_key_update(relay.server.ssl, SSL_KEY_UPDATE_REQUESTED) == 1)
        relay.passToClient(try relay.encrypted(Self.body(100)))
        #expect(relay.read().bytes.count == 100)
        var heard = 0
        var isWritten = false
        var buffer = [UInt8](repeating: 0, count: 65_536)
        for _ in 0..<10_000 where !isWritten || heard < taken {
            if !isWritten, case .bytes(let count) = relay.client.write(piece, count: piece.count) {
                taken += count
                isWritten = true
            }
            relay.passToServer()
            relay.server.wake()
            while case .bytes(let count) = relay.server.read(into: &buffer, capacity: buffer.count) { heard += count }
        }
        #expect(isWritten && heard == taken)
        #expect(relay.client.write(piece, count: 10) == .bytes(10))
        relay.passToServer()
        relay.server.wake()
        #expect(relay.server.read(into: &buffer, capacity: buffer.count) == .bytes(10))
    }

    @Test("an end right after the last byte of a body is not lost until the next event")
    func stopBehindBody() throws {
        let relay = try Relay()
        let body = try relay.encrypted(Self.body(5_000))
        relay.server.shutdown()
        relay.passToClient(body + relay.fromServer())
        relay.client.wake()
        var scratch: [UInt8] = [0]
        #expect(relay.client.discard(5_001, scratch: &scratch, capacity: 1) == .bytes(5_000))
        #expect(!relay.client.isDry)
        #expect(relay.client.discard(1, scratch: &scratch, capacity: 1) == .ended(isClean: true))
    }

    @Test("endless key updates are refused")
    func flood() throws {
        let relay = try Relay()
        var wire: [UInt8] = []
        for _ in 0..<40 {
            #expect(SSL_key_update(relay.server.ssl, SSL_KEY_UPDATE_NOT_REQUESTED) == 1)
            #expect(SSL_do_handshake(relay.server.ssl) == 1)
            wire += relay.fromServer()
        }
        relay.passToClient(wire)
        let stop = relay.read().stop
        guard case .failed(let fault) = stop else { return #expect(Bool(false), "\(stop)") }
        #expect(fault.kind == .record)
    }

    @Test("a record that is changed, out of order or invalid ends the connection, and the peer gets an alert")
    func wrong() throws {
        let changes: [(String, (inout [UInt8]) -> Void)] = [
            ("a bit of the data", { $0[100] ^= 1 }), ("a bit of the tag", { $0[$0.count - 1] ^= 0x80 }),
            ("the length", { $0[4] ^= 1 }), ("the type", { $0[0] = 22 }), ("no such type", { $0[0] = 99 }),
            ("too long", { ($0[3], $0[4]) = (0x41, 1) }), ("too short", { ($0[3], $0[4]) = (0, 16) }),
            ("empty", { ($0[3], $0[4]) = (0, 0) }), ("a version that is part of what is verified", { $0[2] ^= 1 }),
            ("clear text", { $0 = Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8) + $0 }),
        ]
        for (what, change) in changes {
            for before in [0, 5_000] {
                let relay = try Relay()
                if before > 0 {
                    relay.passToClient(try relay.encrypted(Self.body(before)))
                    #expect(relay.read().bytes.count == before)
                }
                var wire = try relay.encrypted(Self.body(1_000))
                change(&wire)
                relay.passToClient(wire)
                let (bytes, stop) = relay.read()
                guard case .failed(let fault) = stop else {
                    Issue.record("\(what): \(stop)")
                    continue
                }
                #expect(bytes.isEmpty && fault.kind == .record, "\(what)")
                #expect(!relay.transports.client.sentence(of: fault, context: relay.contexts.client).isEmpty)
                // It stays failed.
                #expect(relay.read().stop == stop)
                guard case .failed(let heard) = relay.heard() else {
                    Issue.record("\(what): the peer heard nothing")
                    continue
                }
                // The client answers clear text with protocol_version, which has a kind of its own.
                #expect(heard.kind == .alert || heard.kind == .versionMismatch, "\(what): \(heard)")
            }
        }
        let relay = try Relay()
        let first = try relay.encrypted(Self.body(10))
        relay.passToClient(try relay.encrypted(Self.body(20)) + first)
        guard case .failed = relay.read().stop else { return #expect(Bool(false), "out of order") }
    }

    @Test("an end inside a record is not clean, close_notify is, and an alert has its number")
    func ends() throws {
        let cut = try Relay()
        let wire = try cut.encrypted(Self.body(5_000))
        cut.passToClient(wire.dropLast(1))
        #expect(cut.read().stop == .wantsRead)
        cut.endToClient()
        let (bytes, stop) = cut.read()
        #expect(bytes.isEmpty && stop == .ended(isClean: false))
        let clean = try Relay()
        let body = try clean.encrypted(Self.body(5_000))
        clean.server.shutdown()
        clean.passToClient(body + clean.fromServer())
        let whole = clean.read()
        #expect(whole.bytes == Self.body(5_000) && whole.stop == .ended(isClean: true))
        #expect(clean.read().stop == .ended(isClean: true))
    }

    @Test("a client that keeps sessions or is told to leaves the decryption to OpenSSL, and so does TLS 1.2")
    func others() throws {
        let keeping = try Relay(client: { $0.keepsSessions = true })
        #expect(TLSTransport.reader(keeping.client.state, keeping.client.ssl, keeping.client.fd) == nil)
        keeping.passToClient(try keeping.encrypted(Self.body(30_000)))
        #expect(keeping.read().bytes == Self.body(30_000))
        let asked = try Relay(client: { $0.hasOwnReader = false })
        #expect(TLSTransport.reader(asked.client.state, asked.client.ssl, asked.client.fd) == nil)
        asked.passToClient(try asked.encrypted(Self.body(30_000)))
        #expect(asked.read().bytes == Self.body(30_000))
        let old = try TLSPair.make(client: { $0.highestVersion = .v12 })
        #expect(old.handshake() == (.done, .done))
        #expect(TLSTransport.reader(old.client.state, old.client.ssl, old.client.fd) == nil)
    }
}
