import CLinux
import Engine
import Measure
import Synchronization
import Target
import Testing
import Workload

extension EngineLoads {
    /// Users stay connected from one load to the next; some are added, some leave.
    @Suite struct KeptUsersTests {
        /// The protocol to the server.
        enum Way: String, Sendable, CaseIterable {
            case plain, tls, h2c, h2
            var isSecured: Bool { self == .tls || self == .h2 }
            var isShared: Bool { self == .h2c || self == .h2 }
            /// Connections of so many users on two threads: three share one of HTTP/2.
            func connections(_ users: UInt64) -> UInt64 { self.isShared ? 2 * ((users / 2 + 2) / 3) : users }
        }

        private func profile(_ server: TargetServer, _ way: Way, users: Int) throws -> Profile {
            var profile = try Loads.profile(
                port: server.port, scheme: way.isSecured ? "https" : "http",
                session: [Step(path: "/bytes/100", pause: .every(.constant(50_000_000)))]
            ) {
                $0.users = users
                $0.hold = 100_000_000
            }
            if way.isSecured { profile.tls.authorityFile = try TLSFiles.get().path("ca.pem") }
            if way.isShared {
                profile.http = way == .h2c ? .h2c : .http2
                profile.streams = 3
            } else {
                profile.http = .http11
            }
            return profile.unfolded()
        }

        private func withTarget(_ way: Way, _ body: (TargetServer) throws -> Void) throws {
            guard way.isSecured else { return try Loads.withTarget { try body($0) } }
            try TLSLoads.withTarget({ $0.protocols = [way.isShared ? .http2 : .http11] }, { try body($0) })
        }

        /// The server notices an end a little after the client made it.
        private func open(_ server: TargetServer, settlesAt expected: UInt64) -> UInt64 {
            for _ in 0..<1_000_000 where server.counts().connectionsOpen != expected { sched_yield() }
            return server.counts().connectionsOpen
        }

        @Test("As many as asked are connected, and no user that stays connects again", arguments: Way.allCases)
        func grows(_ way: Way) throws {
            try self.withTarget(way) { server in
                var kept: KeptUsers?
                var before: UInt64 = 0
                for users: UInt64 in [12, 24, 6, 18] {
                    let load = try Loads.run(
                        self.profile(server, way, users: Int(users)), threads: 2, kept: kept,
                        before: { $0.keepsUsers = true })
                    load.expectExactAccounts("\(way) \(users)", isFramed: way.isShared || way.isSecured)
                    #expect(load.total.requestsFailed == 0 && load.total.requestsResent == 0)
                    #expect(load.total.reconnects == 0 && load.total.holdsLost == 0)
                    #expect(load.run.outcome.usersHeld.lowestSeen == users && load.run.outcome.usersEstablished == users)
                    let (now, kept2) = (way.connections(users), load.run.takeKept())
                    #expect(load.run.outcome.connectionsAdopted == min(before, now), "\(users)")
                    #expect(load.total.connectionsOpened == now - min(before, now), "\(users)")
                    #expect(load.run.outcome.connectionsHeld.lowestSeen == now)
                    #expect(kept2?.connections == Int(now))
                    #expect(self.open(server, settlesAt: now) == now, "the user that is one too many leaves")
                    kept = kept2
                    before = now
                }
                kept?.end()
                #expect(self.open(server, settlesAt: 0) == 0)
            }
        }

        @Test("A load with another protocol adopts no users, and without `keepsUsers` none stay")
        func doesNotSuit() throws {
            try Loads.withTarget { server in
                let first = try Loads.run(self.profile(server, .plain, users: 4), before: { $0.keepsUsers = true })
                let kept = first.run.takeKept()
                #expect(kept?.connections == 4)
                let other = try Loads.run(self.profile(server, .h2c, users: 4), kept: kept)
                #expect(other.run.outcome.connectionsAdopted == 0 && other.total.requestsFailed == 0)
                #expect(other.run.takeKept() == nil)
                kept?.end()
                #expect(self.open(server, settlesAt: 0) == 0)
            }
        }

        @Test("A connection that the server ended between two loads is made again, without an error")
        func endedBetween() throws {
            let server = try ScriptedServer { connection, number in
                while connection.readHead() != nil {
                    connection.answer()
                    // The first connection ends with its load: some answers after it began.
                    if number == 0 { connection.end() }
                }
            }
            defer { server.stop() }
            func profile() throws -> Profile {
                try Loads.profile(
                    port: server.port, session: [Step(path: "/", pause: .every(.constant(100_000_000)))]
                ) {
                    $0.users = 1
                    $0.hold = 100_000_000
                }.unfolded()
            }
            let first = try Loads.run(profile(), before: { $0.keepsUsers = true })
            let second = try Loads.run(profile(), kept: first.run.takeKept())
            second.expectExactAccounts("ended between")
            #expect(second.total.requestsFailed == 0)
            #expect(second.run.outcome.usersHeld.lowestSeen == 1)
        }

        @Test("Users that stayed connected do not count as unconnected if their first answer is a 503")
        func firstFails() throws {
            let isSecond = Atomic<Bool>(false)
            let server = try ScriptedServer { connection, _ in
                while connection.readHead() != nil {
                    if isSecond.exchange(false, ordering: .relaxed) {
                        connection.write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
                    } else {
                        connection.answer()
                    }
                }
            }
            defer { server.stop() }
            func profile(hold: UInt64) throws -> Profile {
                var timeouts = Timeouts()
                timeouts.connect = 300_000_000
                return try Loads.profile(
                    port: server.port, session: [Step(path: "/", pause: .every(.constant(100_000_000)))],
                    timeouts: timeouts
                ) {
                    $0.users = 1
                    $0.hold = hold
                }.unfolded()
            }
            let before = try Loads.run(profile(hold: 100_000_000), before: { $0.keepsUsers = true })
            isSecond.store(true, ordering: .relaxed)
            let hold: UInt64 = 1_500_000_000
            let load = try Loads.run(profile(hold: hold), kept: before.run.takeKept())
            load.expectExactAccounts("a first 503")
            #expect(load.total.failed(.status) == 1 && load.total.requestsFailed == 1)
            #expect(load.run.outcome.connectionsAdopted == 1 && load.total.connectionsOpened == 0)
            #expect(load.run.outcome.stopReason == nil)
            let (begin, end) = try (#require(load.run.holdStart), #require(load.run.stopAt))
            #expect(end - begin == hold)
        }
    }
}
