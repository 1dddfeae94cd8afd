import CLinux
@testable import Engine
@testable import Kernel
import Measure
import Synchronization
import Testing
import Workload

extension EngineLoads {
    /// A user is held while its requests are answered, whatever becomes of its connection in between.
    @Suite struct SilenceTests {
        /// How a server ends a connection without a request on it.
        enum End: String, Sendable, CaseIterable {
            case clean, reset, words
        }

        private static func end(_ connection: ScriptedConnection, _ how: End) {
            switch how {
            case .clean: connection.end()
            case .reset: connection.abort()
            case .words:
                connection.write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                connection.end()
            }
        }

        /// Two users with a request in turn, each every 400 ms. On the server each new connection ends the one before
        /// it.
        private func run(
            every: UInt64 = 400_000_000, hold: UInt64 = 1_200_000_000, _ change: (inout Profile) -> Void = { _ in },
            _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void
        ) throws -> FinishedLoad {
            let server = try ScriptedServer(script)
            defer { server.stop() }
            var profile = try Loads.profile(
                port: server.port, session: [Step(path: "/", pause: .every(.constant(every)))]
            ) {
                $0.users = 2
                $0.hold = hold
            }
            change(&profile)
            return try Loads.run(profile.unfolded())
        }

        @Test("An end in silence costs no hold if the next request is answered on a new connection", arguments: End.allCases)
        func silence(_ how: End) throws {
            let last = Mutex<ScriptedConnection?>(nil)
            let load = try self.run { connection, _ in
                let before = last.withLock { last in
                    defer { last = connection }
                    return last
                }
                if let before { Self.end(before, how) }
                while connection.readHead() != nil { connection.answer() }
            }
            load.expectExactAccounts("ended in silence")
            #expect(load.total.requestsFailed == 0 && load.total.requestsResent == 0 && load.total.requestsOK >= 6)
            #expect(load.total.holdsLost == 0 && load.run.outcome.usersHeld.lowestSeen == 2)
            // Each request had a connection of its own, made when the request was due.
            #expect(load.total.connectionsOpened == load.total.requestsOK)
            #expect(load.total.reconnects == load.total.connectionsOpened - 2)
            #expect(load.run.outcome.connectionsHeld.lowestSeen < 2)
            // A reset is an error of the connection, although it failed no request. An orderly close by the server is
            // none.
            #expect(load.total.connectionFaultCount == load.total.connectionFaults(.reset))
            #expect((load.total.connectionFaultCount > 0) == (how == .reset))
            let example = load.run.outcome.examples.first
            #expect(example?.of == (how == .reset ? .connection : nil))
            #expect(example?.request.hasPrefix("connection to 127.0.0.1:") != false)
        }

        @Test("The same over HTTP/2", arguments: [false, true])
        func shared(isAnnounced: Bool) throws {
            let last = Mutex<ScriptedConnection?>(nil)
            let load = try self.run { $0.http = .h2c } _: { connection, _ in
                let before = last.withLock { last in
                    defer { last = connection }
                    return last
                }
                if isAnnounced { before?.write(bytes: ScriptedConnection.goAway(1)) }
                before?.end()
                guard connection.acceptHTTP2() else { return }
                connection.answerAll()
            }
            load.expectExactAccounts("ended in silence", isFramed: true)
            #expect(load.total.requestsFailed == 0 && load.total.requestsResent == 0 && load.total.requestsOK >= 6)
            #expect(load.total.holdsLost == 0 && load.run.outcome.usersHeld.lowestSeen == 2)
            #expect(load.total.connectionsOpened == load.total.requestsOK)
            #expect(load.run.outcome.connectionsHeld.lowestSeen < 2)
        }

        /// How a server breaks an HTTP/2 connection without a request on it.
        enum Break: String, Sendable, CaseIterable {
            case goAway, garbage, reset
        }

        @Test("HTTP/2: an error on a connection without a request fails no request and is counted by its class", arguments: Break.allCases)
        func brokenInSilence(_ how: Break) throws {
            let last = Mutex<ScriptedConnection?>(nil)
            let load = try self.run { $0.http = .h2c } _: { connection, _ in
                let before = last.withLock { last in
                    defer { last = connection }
                    return last
                }
                switch how {
                // ENHANCE_YOUR_CALM.
                case .goAway:
                    before?.write(bytes: ScriptedConnection.goAway(1, 11))
                    before?.end()
                // DATA on stream 0.
                case .garbage: before?.write(bytes: ScriptedConnection.frame(0, 0, 0, [1]))
                case .reset: before?.abort()
                }
                guard connection.acceptHTTP2() else { return }
                connection.answerAll()
            }
            load.expectExactAccounts("broken in silence", isFramed: true)
            #expect(load.total.requestsFailed == 0 && load.total.requestsResent == 0 && load.total.requestsOK >= 6)
            let error: ErrorClass = how == .reset ? .reset : .protocolHTTP2
            #expect(load.total.connectionFaults(error) >= 1)
            #expect(load.total.connectionFaultCount == load.total.connectionFaults(error))
            #expect(load.total.connectionFaultCount < load.total.connectionsOpened, "each is counted once")
            let example = try #require(load.run.outcome.examples.first { $0.of == .connection })
            #expect(example.error == error)
            if how == .goAway { #expect(example.detail.contains("ENHANCE_YOUR_CALM")) }
        }

        @Test("Bytes that belong to no request are a fault of the connection")
        func surplus() throws {
            let last = Mutex<ScriptedConnection?>(nil)
            let load = try self.run { connection, _ in
                let before = last.withLock { last in
                    defer { last = connection }
                    return last
                }
                before?.answer()
                while connection.readHead() != nil { connection.answer() }
            }
            load.expectExactAccounts("unasked bytes")
            #expect(load.total.requestsFailed == 0 && load.total.requestsOK >= 6)
            #expect(load.total.connectionFaults(.protocolHTTP1) >= 1)
            #expect(load.total.connectionFaultCount == load.total.connectionFaults(.protocolHTTP1))
        }

        /// Ends a server after its second answer.
        private final class Ender: Sendable {
            let server = Mutex<ScriptedServer?>(nil)
            private let answers = Atomic<Int>(0)

            func answered() {
                let count = self.answers.wrappingAdd(1, ordering: .relaxed).newValue
                if count == 2 { self.server.withLock { $0?.endListener() } }
            }
        }

        @Test("Refused reconnects without a request are counted, apart from requests that fail that way", arguments: [false, true])
        func refusedInSilence(isShared: Bool) throws {
            let ender = Ender()
            let scripted = try ScriptedServer { connection, _ in
                if isShared {
                    guard connection.acceptHTTP2() else { return }
                    while let stream = connection.nextRequest() {
                        connection.write(bytes: ScriptedConnection.answer(stream))
                        ender.answered()
                    }
                } else {
                    while connection.readHead() != nil {
                        connection.answer()
                        ender.answered()
                    }
                }
            }
            ender.server.withLock { $0 = scripted }
            defer { scripted.stop() }
            let every = Step(path: "/", pause: .every(.constant(600_000_000)))
            var profile = try Loads.profile(port: scripted.port, session: [every]) {
                $0.users = 2
                $0.hold = 1_200_000_000
                $0.silence = 600_000_000
            }
            if isShared { profile.http = .h2c }
            let load = try Loads.run(profile.unfolded())
            load.expectExactAccounts("refused in silence", isFramed: isShared)
            #expect(load.total.requestsOK == 2)
            #expect(load.total.connectionFaults(.refused) >= 2)
            #expect(load.total.connectionFaultCount == load.total.connectionFaults(.refused))
            let failedConnects = load.samples(.connect, failed: true)
            // Each failed connect is one or the other: a fault by itself, or requests that failed with it.
            #expect(load.total.failed(.refused) == load.total.requestsFailed && load.total.requestsFailed > 0)
            if !isShared { #expect(failedConnects == load.total.connectionFaultCount + load.total.requestsFailed) }
            let column = load.rows.reduce(0) { $0 + $1.counters.connectionFaults(.refused) }
            #expect(column == load.total.connectionFaults(.refused))
            #expect(load.run.outcome.examples.map(\.of).contains(.connection) && load.run.outcome.examples.map(\.of).contains(.request))
        }

        @Test("If epoll lacks memory for a connection, that is a limit of this machine; any other refusal is a defect")
        func unwatched() {
            #expect(Worker.watchClass(Errno(ENOMEM)) == .fdLimit && Worker.watchClass(Errno(ENOSPC)) == .fdLimit)
            for code in [EBADF, ENOENT, EINVAL, EPERM] { #expect(Worker.watchClass(Errno(code)) == nil) }
        }

        @Test("A connection that is lost with a request on it costs the hold")
        func requestOnIt() throws {
            let load = try self.run(hold: 600_000_000) { connection, number in
                guard connection.readHead() != nil else { return }
                connection.answer()
                guard connection.readHead() != nil else { return }
                if number == 0 { return connection.end() }
                connection.answer()
                while connection.readHead() != nil { connection.answer() }
            }
            load.expectExactAccounts("lost with a request on it")
            #expect(load.total.holdsLost == 1)
        }

        @Test("If the load is about open connections, a lost one is made again at once")
        func kept() throws {
            let load = try self.run { $0.load.silence = 1_000_000_000 } _: { connection, number in
                guard connection.readHead() != nil else { return }
                connection.answer()
                if number < 2 { return connection.end() }
                while connection.readHead() != nil { connection.answer() }
            }
            load.expectExactAccounts("reconnects in silence")
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0 && load.total.holdsLost == 0)
            #expect(load.total.reconnects >= 2)
            // Long before the next request.
            let early = load.rows.first { $0.counters.reconnects > 0 }
            #expect(early.map { $0.start < 500_000_000 } == true)
        }

        @Test("A server that ends every connection in silence does not cause a storm of them")
        func noStorm() throws {
            let load = try self.run { $0.load.silence = 1_000_000_000 } _: { connection, number in
                if number < 2, connection.readHead() != nil { connection.answer() }
                connection.end()
            }
            load.expectExactAccounts("ended at once")
            #expect(load.total.requestsOK == 2)
            #expect(load.total.connectionsOpened < 60, "a doubling pause lies between two connects of a user")
        }
    }
}
