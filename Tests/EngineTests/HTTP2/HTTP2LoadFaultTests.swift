import CLinux
import Engine
import Measure
import Synchronization
import Testing
import Wire
import Workload

extension EngineLoads {
    /// What HTTP/2 servers do to connections and streams.
    @Suite struct HTTP2LoadFaultTests {
        typealias Peer = ScriptedConnection

        private func run(
            users: Int = 1, streams: Int = 1, sessions: Int, session: [Step] = [Step(path: "/")],
            firstByte: UInt64 = 5_000_000_000, threads: Int = 1,
            _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void
        ) throws -> (load: FinishedLoad, connections: Int) {
            let server = try ScriptedServer(script)
            defer { server.stop() }
            var timeouts = Timeouts()
            timeouts.firstByte = firstByte
            var profile = try Loads.profile(port: server.port, session: session, timeouts: timeouts) {
                $0.users = users
                $0.sessions = sessions
                $0.hold = 5_000_000_000
                $0.holdGiven = true
            }
            profile.http = .h2c
            profile.streams = streams
            let load = try Loads.run(profile, threads: threads)
            load.expectExactAccounts("a scripted HTTP/2 server", isFramed: true)
            return (load, server.connections)
        }

        struct Violation: Sendable, CustomTestStringConvertible {
            let testDescription: String
            let error: ErrorClass
            /// 2: the connection is replaced; 1: only the stream is broken.
            let connections: Int
            let bytes: @Sendable (UInt32) -> [UInt8]
        }

        static let violations: [Violation] = [
            Violation(testDescription: "DATA before HEADERS", error: .protocolHTTP2, connections: 1) {
                Peer.data($0, 5, end: true)
            },
            Violation(testDescription: "content-length that is not the body's", error: .protocolHTTP2, connections: 1) {
                Peer.head($0, [(":status", "200"), ("content-length", "6")]) + Peer.data($0, 5, end: true)
            },
            Violation(testDescription: "no :status", error: .protocolHTTP2, connections: 1) {
                Peer.head($0, [("server", "x")], end: true)
            },
            Violation(testDescription: "a field name in upper case", error: .protocolHTTP2, connections: 1) {
                Peer.head($0, [(":status", "200"), ("Server", "x")], end: true)
            },
            Violation(testDescription: "PUSH_PROMISE although disabled", error: .protocolHTTP2, connections: 2) {
                Peer.frame(5, Peer.endHeaders, $0, Peer.word(2) + Peer.block([(":method", "GET")]))
            },
            Violation(testDescription: "a window over 2^31-1", error: .protocolHTTP2, connections: 2) { _ in
                Peer.frame(8, 0, 0, Peer.word(0x7FFF_FFFF))
            },
            Violation(testDescription: "a frame longer than allowed", error: .protocolHTTP2, connections: 2) {
                Peer.head($0, [(":status", "200")]) + Peer.data($0, 16_385)
            },
            Violation(testDescription: "a PING of five bytes", error: .protocolHTTP2, connections: 2) { _ in
                Peer.frame(6, 0, 0, [1, 2, 3, 4, 5])
            },
            Violation(testDescription: "HTTP/1.1 behind the preface", error: .protocolHTTP2, connections: 2) { _ in
                Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8)
            },
            Violation(testDescription: "a header block that is none", error: .protocolHTTP2, connections: 2) {
                Peer.frame(1, Peer.endHeaders, $0, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF])
            },
            Violation(testDescription: "CONTINUATION without end", error: .headerLimit, connections: 2) { stream in
                Peer.frame(1, 0, stream, Peer.block([(":status", "200")]))
                    + (0..<200).flatMap { _ in Peer.frame(9, 0, stream, []) }
            },
            Violation(testDescription: "a header bomb of indexes", error: .headerLimit, connections: 2) { stream in
                // One field of 4,000 bytes enters the table (a literal with indexing), and the block then refers to it
                // 200 times.
                let value = [UInt8](repeating: 97, count: 4_000)
                let literal = [0x40, 0x01, 0x78, 0x7F, UInt8(3_873 & 0x7F | 0x80), UInt8(3_873 >> 7)] + value
                return Peer.frame(
                    1, Peer.endHeaders, stream,
                    Peer.block([(":status", "200")]) + literal + [UInt8](repeating: 0xBE, count: 200))
            },
            Violation(testDescription: "a flood of PINGs", error: .protocolHTTP2, connections: 2) { _ in
                (0..<20_000).flatMap { _ in Peer.frame(6, 0, 0, [UInt8](repeating: 0, count: 8)) }
            },
        ]

        @Test("A violation fails its request with its class, and the session goes on", arguments: violations)
        func violation(_ violation: Violation) throws {
            let (load, connections) = try self.run(sessions: 2) { connection, number in
                guard connection.acceptHTTP2(), let stream = connection.nextRequest() else { return }
                if number > 0 {
                    connection.write(bytes: Peer.answer(stream))
                } else {
                    connection.write(bytes: violation.bytes(stream))
                }
                connection.answerAll()
            }
            #expect(load.total.failed(violation.error) == 1, "\(load.run.outcome.examples)")
            #expect(load.total.requestsOK == 1)
            #expect(connections == violation.connections)
        }

        @Test("A connection that is reset is reported as reset, also if the kernel stamps what is received", arguments: [1, 4])
        func reset(streams: Int) throws {
            let (load, _) = try self.run(users: streams, streams: streams, sessions: 2 * streams) { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number > 0 { return connection.answerAll() }
                for _ in 0..<streams where connection.nextRequest() == nil { return }
                connection.abort()
            }
            #expect(load.total.failed(.reset) == UInt64(streams), "\(load.run.outcome.examples)")
            #expect(load.total.requestsFailed == UInt64(streams))
        }

        @Test("GOAWAY: what was not processed is sent again on a new connection, the others finish on the old one")
        func goAway() throws {
            let (load, connections) = try self.run(users: 3, streams: 3, sessions: 3) { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number > 0 { return connection.answerAll() }
                guard let first = connection.nextRequest(), connection.nextRequest() != nil,
                    connection.nextRequest() != nil
                else { return }
                connection.write(bytes: Peer.goAway(first) + Peer.answer(first))
                connection.answerAll()
            }
            #expect(connections == 2)
            #expect(load.total.requestsOK == 3 && load.total.requestsFailed == 0)
            #expect(load.total.resent(.goAway) == 2 && load.total.requestsResent == 2)
            #expect(load.run.outcome.resentExamples.first?.detail.contains("NO_ERROR") == true)
        }

        @Test("Announced ends: users stay held, and each new connection is a reconnect")
        func announcedEnds() throws {
            let (load, connections) = try self.run(users: 4, streams: 2, sessions: 80) { connection, _ in
                guard connection.acceptHTTP2() else { return }
                for count in 1...10 {
                    guard let stream = connection.nextRequest() else { return }
                    connection.write(bytes: Peer.answer(stream) + (count == 10 ? Peer.goAway(stream) : []))
                }
                connection.answerAll()
            }
            #expect(connections >= 8)
            #expect(load.total.requestsOK == 80 && load.total.requestsFailed == 0)
            #expect(load.total.holdsLost == 0)
            #expect(load.total.reconnects == UInt64(connections - 2))
        }

        @Test("A refused stream is sent again once, after a pause")
        func refused() throws {
            let (load, connections) = try self.run(sessions: 2) { connection, _ in
                guard connection.acceptHTTP2(), let first = connection.nextRequest() else { return }
                connection.write(bytes: Peer.reset(first, 7))
                guard let second = connection.nextRequest() else { return }
                connection.write(bytes: Peer.answer(second))
                // The next request is refused twice.
                for _ in 0..<2 {
                    guard let next = connection.nextRequest() else { return }
                    connection.write(bytes: Peer.reset(next, 7))
                }
                connection.answerAll()
            }
            #expect(connections == 1)
            #expect(load.total.requestsOK == 1 && load.total.failed(.reset) == 1)
            #expect(load.total.resent(.refusedStream) == 2 && load.total.requestsResent == 2)
            #expect(load.run.outcome.resentExamples.first?.detail.contains("REFUSED_STREAM") == true)
        }

        @Test("A stream reset in its body is a reset; the others of its connection go on")
        func resetInBody() throws {
            let (load, connections) = try self.run(users: 2, streams: 2, sessions: 4) { connection, _ in
                guard connection.acceptHTTP2(), let first = connection.nextRequest(),
                    let second = connection.nextRequest()
                else { return }
                connection.write(bytes: Peer.head(first, [(":status", "200")]) + Peer.data(first, 1_000))
                connection.write(bytes: Peer.reset(first, 8) + Peer.answer(second))
                connection.answerAll()
            }
            #expect(connections == 1)
            #expect(load.total.requestsOK == 3 && load.total.failed(.reset) == 1)
            #expect(load.total.receivedBody == 1_015)
        }

        @Test("A storm of resets makes no busy loop")
        func resetStorm() throws {
            let (load, _) = try self.run(sessions: 5) { connection, _ in
                guard connection.acceptHTTP2() else { return }
                while let stream = connection.nextRequest() { connection.write(bytes: Peer.reset(stream, 2)) }
            }
            #expect(load.total.failed(.reset) == 5)
            // Four pauses of at least 5, 5, 10 and 20 ms; half of each is random.
            #expect(load.run.endedAt - load.run.startedAt >= 40_000_000)
        }

        @Test("MAX_CONCURRENT_STREAMS 1: requests wait at the client, and the wait is in their response time")
        func oneStream() throws {
            let largest = Atomic<Int>(0)
            let (load, connections) = try self.run(users: 4, streams: 4, sessions: 8) { connection, _ in
                guard connection.acceptHTTP2(settings: Peer.setting(3, 1)) else { return }
                // Before the SETTINGS arrive, a client may open more; after that, one at a time.
                var open: [UInt32] = []
                while let stream = connection.nextRequest() {
                    open.append(stream)
                    largest.store(max(largest.load(ordering: .relaxed), open.count), ordering: .relaxed)
                    connection.write(bytes: Peer.answer(stream))
                    open.removeAll { $0 == stream }
                }
            }
            #expect(connections == 1)
            #expect(load.total.requestsOK == 8 && load.total.requestsFailed == 0)
        }

        @Test("MAX_CONCURRENT_STREAMS 0: a request without a stream fails with a timeout of its own")
        func noStream() throws {
            let (load, connections) = try self.run(sessions: 2, firstByte: 300_000_000) { connection, _ in
                guard connection.acceptHTTP2(), let first = connection.nextRequest() else { return }
                connection.write(bytes: Peer.setting(3, 0) + Peer.answer(first))
                connection.answerAll()
            }
            #expect(connections == 1)
            #expect(load.total.requestsOK == 1 && load.total.failed(.timeoutFirstByte) == 1)
        }

        @Test("A window that never opens ends in a timeout, and the part of the body that was sent is counted")
        func closedWindow() throws {
            let session = [Step(method: "POST", path: "/", body: [UInt8](repeating: 98, count: 1_000))]
            let (load, _) = try self.run(sessions: 1, session: session, firstByte: 300_000_000) { connection, _ in
                guard connection.acceptHTTP2(settings: Peer.setting(4, 0)) else { return }
                connection.answerAll()
            }
            #expect(load.total.failed(.timeoutFirstByte) + load.total.requestsOK == 1)
        }

        @Test("A request that times out is cancelled, and no other")
        func timeoutIsAlone() throws {
            let cancelled = Atomic<UInt32>(0)
            let (load, connections) = try self.run(
                users: 2, streams: 2, sessions: 2, session: [Step(path: "/", repeatCount: 3)], firstByte: 300_000_000
            ) { connection, _ in
                guard connection.acceptHTTP2(), let silent = connection.nextRequest() else { return }
                while let frame = connection.nextFrame({ $0.type == 1 || $0.type == 3 }) {
                    if frame.type == 3 {
                        cancelled.store(frame.stream, ordering: .relaxed)
                    } else if frame.stream != silent {
                        connection.write(bytes: Peer.answer(frame.stream))
                    }
                }
            }
            #expect(connections == 1)
            #expect(load.total.failed(.timeoutFirstByte) == 1 && load.total.requestsOK == 5)
            #expect(cancelled.load(ordering: .relaxed) == 1)
        }

        @Test("If an idle connection ends while requests are on their way, they are sent again once")
        func lost() throws {
            let (load, connections) = try self.run(users: 2, streams: 2, sessions: 4) { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number > 0 { return connection.answerAll() }
                guard let first = connection.nextRequest(), let second = connection.nextRequest() else { return }
                // In one write: nothing is open any more when the next two go out together.
                connection.write(bytes: Peer.answer(first) + Peer.answer(second))
                guard connection.nextRequest() != nil, connection.nextRequest() != nil else { return }
                connection.end()
            }
            #expect(connections == 2)
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0)
            #expect(load.total.resent(.idleClose) == 2 && load.total.requestsResent == 2)
            #expect(load.total.holdsLost == 2)
        }

        @Test("A connection that ends while it is busy with requests, or after a while, fails them")
        func lostAtWork() throws {
            let (load, _) = try self.run(users: 2, streams: 2, sessions: 3) { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number > 0 { return connection.answerAll() }
                guard let first = connection.nextRequest(), connection.nextRequest() != nil else { return }
                connection.write(bytes: Peer.answer(first))
                // The next request goes out while the second is still open.
                guard connection.nextRequest() != nil else { return }
                connection.end()
            }
            #expect(load.total.failed(.truncated) == 2 && load.total.requestsOK == 1, "\(load.run.outcome.examples)")
            #expect(load.total.requestsResent == 0)
            let (slow, _) = try self.run(sessions: 2) { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number > 0 { return connection.answerAll() }
                guard let first = connection.nextRequest() else { return }
                connection.write(bytes: Peer.answer(first))
                guard connection.nextRequest() != nil else { return }
                usleep(100_000)
                connection.end()
            }
            #expect(slow.total.failed(.truncated) == 1 && slow.total.requestsResent == 0)
        }

        @Test("A server without HTTP/2 fails every request that waits, and the sentence gives that reason")
        func speaksHTTP1() throws {
            let (load, _) = try self.run(users: 2, streams: 2, sessions: 2) { connection, _ in
                _ = connection.read(atMost: 1_000)
                connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                connection.end()
            }
            #expect(load.total.failed(.protocolHTTP2) == 2)
            #expect(load.run.outcome.examples.first?.detail.contains("HTTP/1") == true, "\(load.run.outcome.examples)")
        }
    }
}
