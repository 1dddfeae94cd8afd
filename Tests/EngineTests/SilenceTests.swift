import Engine
import Measure
import Synchronization
import Testing
import Workload

extension EngineLoads {
    /// A user is held while its requests are answered, whatever becomes of its connection in between.
    @Suite struct SilenceTests {
        /// How a server ends a connection on which nothing is asked.
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

        /// Two users who ask in turn, each every 400 ms, of a server where each new connection ends the one before it.
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

        @Test("An end in silence costs no hold when the next request is answered on a new connection", arguments: End.allCases)
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
            #expect(load.total.holdsLost == 0 && load.run.usersHeld.lowestSeen == 2)
            // Each request had a connection of its own, made when it was due.
            #expect(load.total.connectionsOpened == load.total.requestsOK)
            #expect(load.total.reconnects == load.total.connectionsOpened - 2)
            #expect(load.run.connectionsHeld.lowestSeen < 2)
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
            #expect(load.total.holdsLost == 0 && load.run.usersHeld.lowestSeen == 2)
            #expect(load.total.connectionsOpened == load.total.requestsOK)
            #expect(load.run.connectionsHeld.lowestSeen < 2)
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

        @Test("Where the open connection is what the load is about, it is made again at once")
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
            // Long before they ask again.
            let early = load.rows.first { $0.counters.reconnects > 0 }
            #expect(early.map { $0.start < 500_000_000 } == true)
        }

        @Test("A server that ends every connection in silence gets no storm of them")
        func noStorm() throws {
            let load = try self.run { $0.load.silence = 1_000_000_000 } _: { connection, number in
                if number < 2, connection.readHead() != nil { connection.answer() }
                connection.end()
            }
            load.expectExactAccounts("ended at once")
            #expect(load.total.requestsOK == 2)
            #expect(load.total.connectionsOpened < 60, "a pause that doubles lies between two of a user")
        }
    }
}
