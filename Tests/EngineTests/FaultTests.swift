import CLinux
import Engine
import Measure
import Synchronization
import Target
import Testing
import Workload

extension EngineLoads {
    /// What servers do to connections, one fault at a time.
    @Suite struct FaultTests {
        /// Runs sessions in all against a script.
        private func run(
            sessions: Int, session: [Step] = [Step(path: "/")], timeouts: Timeouts = Timeouts(),
            hold: UInt64? = nil,
            _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void
        ) throws -> (load: FinishedLoad, connections: Int) {
            let server = try ScriptedServer(script)
            defer { server.stop() }
            let profile = try Loads.profile(port: server.port, session: session, timeouts: timeouts) {
                $0.users = 1
                $0.sessions = sessions
                if let hold {
                    $0.hold = hold
                    $0.holdGiven = true
                }
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("a scripted server")
            return (load, server.connections)
        }

        @Test("Bytes that arrive together with the connection are read at once, not after a timeout")
        func banner() throws {
            let (load, _) = try self.run(sessions: 1) { connection, _ in
                connection.write("220 welcome\r\n")
                _ = connection.read(atMost: 1000)
                _ = connection.read(atMost: 1000)
            }
            #expect(load.total.failed(.protocolHTTP1) == 1)
            #expect(load.run.endedAt - load.run.startedAt < 5_000_000_000)
            #expect(load.run.outcome.examples.first?.error == .protocolHTTP1)
        }

        @Test(
            "A request that met the end of an idle connection is sent again once, and counts from its first time"
        )
        func staleRetry() throws {
            let (load, connections) = try self.run(sessions: 2) { connection, number in
                guard connection.readHead() != nil else { return }
                connection.answer()
                guard connection.readHead() != nil else { return }
                if number == 0 { connection.end() } else { connection.answer() }
            }
            #expect(connections == 2)
            #expect(load.total.resent(.idleClose) == 1 && load.total.requestsResent == 1)
            #expect(load.run.outcome.resentExamples.map(\.cause) == [.idleClose])
            #expect(load.run.outcome.resentExamples.first?.request == "GET /")
            #expect(load.total.reconnects == 1)
            #expect(load.total.requestsOK == 2 && load.total.requestsFailed == 0)
            #expect(load.total.requestsStarted == 2)
            // The socket carried three requests.
            #expect(load.total.sentSocket % 3 == 0 && load.total.sentSocket > 0)
            #expect(load.total.holdsLost == 1)
        }

        @Test("A request that the server worked on before it ended the connection has failed, and is not sent again")
        func workedOn() throws {
            for (ends, error) in [(true, ErrorClass.truncated), (false, .reset)] {
                let (load, connections) = try self.run(sessions: 2) { connection, number in
                    guard connection.readHead() != nil else { return }
                    connection.answer()
                    guard connection.readHead() != nil else { return }
                    // Well over the 10 ms within which two packets may cross.
                    usleep(100_000)
                    if ends { connection.end() } else { connection.abort() }
                }
                #expect(connections == 1)
                #expect(load.total.failed(error) == 1 && load.total.requestsOK == 1)
                #expect(load.total.requestsResent == 0 && load.run.outcome.resentExamples.isEmpty)
            }
        }

        @Test("A request that may not be repeated is not sent again")
        func noRetryOfPost() throws {
            let (load, connections) = try self.run(
                sessions: 1, session: [Step(path: "/"), Step(method: "POST", path: "/", body: [120])]
            ) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.answer()
                guard connection.readHead() != nil, connection.read(atMost: 1) != nil else { return }
                connection.end()
            }
            #expect(connections == 1)
            #expect(load.total.requestsResent == 0)
            #expect(load.total.failed(.truncated) == 1)
        }

        @Test("A connection that ends twice under one request fails it")
        func retriedOnce() throws {
            let (load, connections) = try self.run(sessions: 2) { connection, number in
                guard connection.readHead() != nil else { return }
                if number == 0 { connection.answer() } else { return connection.end() }
                guard connection.readHead() != nil else { return }
                connection.end()
            }
            #expect(connections == 2)
            #expect(load.total.requestsResent == 1)
            #expect(load.total.requestsOK == 1 && load.total.failed(.truncated) == 1)
        }

        @Test("A second answer in the same write is a fault, and never counts as the answer to the next request")
        func surplus() throws {
            let (load, connections) = try self.run(sessions: 2) { connection, number in
                guard connection.readHead() != nil else { return }
                if number == 0 {
                    connection.write(
                        String(repeating: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", count: 2))
                } else {
                    connection.answer()
                }
                _ = connection.readHead()
            }
            #expect(connections == 2)
            #expect(load.total.failed(.protocolHTTP1) == 1 && load.total.requestsOK == 1)
        }

        @Test("Bytes on an idle connection end it; the next request uses a new one")
        func surplusWhileIdle() throws {
            // The first user is in its pause when the second comes, half a ramp later.
            let idle = Mutex<ScriptedConnection?>(nil)
            let server = try ScriptedServer { connection, number in
                if number == 0 { idle.withLock { $0 = connection } }
                if number == 1 { _ = idle.withLock { $0?.write("more") } }
                while connection.readHead() != nil { connection.answer() }
            }
            defer { server.stop() }
            let pause = Pause.think(.constant(600_000_000))
            let profile = try Loads.profile(
                port: server.port, session: [Step(path: "/", repeatCount: 2, pause: pause)]
            ) {
                $0.users = 2
                $0.sessions = 2
                $0.ramp = 400_000_000
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("bytes while idle")
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0)
            #expect(load.total.reconnects == 1 && load.total.holdsLost == 0)
            #expect(server.connections == 3)
        }

        @Test("Interim answers are skipped and counted")
        func interim() throws {
            let (load, _) = try self.run(sessions: 1) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
                connection.answer()
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 1)
            #expect(load.total.status[0] == 2 && load.total.status[1] == 1)
            #expect(load.total.receivedHeader + load.total.receivedBody == load.total.receivedSocket)
        }

        @Test("An answer before the whole request was sent counts, and its connection is not used again")
        func earlyAnswer() throws {
            let body = [UInt8](repeating: 120, count: 16_000_000)
            let (load, connections) = try self.run(
                sessions: 1, session: [Step(method: "POST", path: "/", body: body), Step(path: "/")]
            ) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.answer()
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 2)
            #expect(connections == 2)
            #expect(load.total.sentBody < 16_000_000)
            #expect(load.total.holdsLost == 0)
        }

        @Test("A body larger than the socket's buffer arrives whole")
        func largeBody() throws {
            let size = 16_000_000
            let (load, _) = try self.run(
                sessions: 1,
                session: [Step(method: "PUT", path: "/", body: [UInt8](repeating: 120, count: size))]
            ) { connection, _ in
                guard connection.readHead() != nil else { return }
                var left = size
                while left > 0, let bytes = connection.read(atMost: 1_000_000), !bytes.isEmpty {
                    left -= bytes.count
                }
                if left == 0 { connection.answer() }
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 1)
            #expect(load.total.sentBody == UInt64(size))
        }

        @Test("Bytes and the end in one event are both handled")
        func answerAndEnd() throws {
            let (load, connections) = try self.run(sessions: 2) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.answer(String(repeating: "x", count: 50_000))
                connection.end()
            }
            #expect(connections == 2)
            #expect(load.total.requestsOK == 2)
            #expect(load.total.receivedBody == 100_000)
        }

        @Test("A user without any answer counts as a first-byte timeout, however short the run")
        func neverAnswered() throws {
            let (load, _) = try self.run(sessions: 1, hold: 100_000_000) { connection, _ in
                _ = connection.readHead()
                _ = connection.readHead()
            }
            #expect(load.total.failed(.timeoutFirstByte) == 1)
            #expect(load.total.requestsFailed == 1)
            #expect(load.requestsLeft == 0)
            #expect(load.run.outcome.usersEstablished == 0)
        }

        @Test("First-byte, idle and total timeouts each have their name and fire in time", arguments: 0..<3)
        func timeouts(_ which: Int) throws {
            var timeouts = Timeouts()
            switch which {
            case 0: timeouts.firstByte = 200_000_000
            case 1: timeouts.idle = 200_000_000
            default: timeouts.total = 200_000_000
            }
            let (load, _) = try self.run(sessions: 1, timeouts: timeouts) { connection, _ in
                guard connection.readHead() != nil else { return }
                if which > 0 { connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe") }
                _ = connection.readHead()
            }
            #expect(load.total.failed([.timeoutFirstByte, .timeoutIdle, .timeoutTotal][which]) == 1)
            let time = load.run.hold.failed[Metric.response.rawValue].maximum
            #expect(time >= 200_000_000 && time < 300_000_000 + 200_000_000)
        }

        @Test("An endless body does not starve the others, and ends at the total timeout")
        func endlessBody() throws {
            var timeouts = Timeouts()
            timeouts.total = 400_000_000
            let server = try ScriptedServer { connection, number in
                while connection.readHead() != nil {
                    if number > 0 {
                        connection.answer()
                        continue
                    }
                    connection.write("HTTP/1.1 200 OK\r\n\r\n")
                    while connection.write(String(repeating: "x", count: 100_000)) {}
                    return
                }
            }
            defer { server.stop() }
            let profile = try Loads.profile(port: server.port, session: [Step(path: "/")], timeouts: timeouts)
            {
                $0.users = 2
                $0.sessions = 10_000_000
                $0.hold = 600_000_000
                $0.holdGiven = true
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("an endless body")
            #expect(load.total.failed(.timeoutTotal) == 1)
            // If another user had to wait for the end of this body, it would have made almost no requests.
            #expect(load.total.requestsOK > 100)
            #expect(load.total.receivedBody > 1_000_000)
        }

        @Test("A port that refuses is named, and tried less and less often")
        func refused() throws {
            let port = try Loads.withTarget { $0.port }
            let profile = try Loads.profile(port: port, session: [Step(path: "/")]) {
                $0.users = 5
                $0.sessions = 1_000_000
                $0.hold = 500_000_000
                $0.holdGiven = true
            }
            let load = try Loads.run(profile)
            load.expectExactAccounts("a closed port")
            #expect(load.total.failed(.refused) == load.total.requestsFailed)
            // 0, then pauses of 5, 5, 10, 20, 40, 80, 160 ms at least: eight tries of each user within 320 ms.
            #expect(load.total.requestsFailed >= 5 && load.total.requestsFailed <= 5 * 9)
            #expect(load.run.hold.failed[Metric.connect.rawValue].totalCount == load.total.requestsFailed)
            #expect(load.run.hold.failed[Metric.connect.rawValue].maximum < 400_000_000)
        }

        @Test("An address that refuses is skipped within the request, and not tried again")
        func severalAddresses() throws {
            try Loads.withTarget { server in
                let closed = try SocketAddress.resolve(host: "::1", port: server.port)
                let open = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                let profile = try Loads.profile(
                    port: server.port, session: [Step(path: "/close", repeatCount: 3)]
                ) {
                    $0.users = 20
                    $0.sessions = 40
                }
                let load = try Loads.run(profile, addresses: closed + open + closed)
                load.expectExactAccounts("several addresses")
                load.expectSameAsServer(server, "several addresses")
                #expect(load.total.requestsFailed == 0)
                #expect(load.total.sessionsCompleted == 40)
            }
        }

        @Test(
            "A server that comes back is found again within a second, and planned starts keep their times"
        )
        func restart() throws {
            let first = try ScriptedServer { connection, _ in
                while connection.readHead() != nil { connection.answer() }
            }
            let port = first.port
            var second: TargetServer?
            defer { second?.stop() }
            let profile = try Loads.profile(
                port: port, session: [Step(path: "/bytes/10", pause: .every(.constant(100_000_000)))]
            ) {
                $0.users = 4
                $0.hold = 3_000_000_000
            }
            var rows = 0
            let load = try Loads.run(profile) { _, row in
                if row.phase == .hold { rows += 1 }
                if rows == 1 && second == nil {
                    first.stop()
                    var options = TargetOptions()
                    options.port = port
                    second = try? TargetServer(options: options)
                    try? second?.start()
                }
            }
            load.expectExactAccounts("a restart")
            #expect(second != nil)
            #expect(load.total.reconnects >= 4)
            #expect(load.total.requestsOK > 80)
            #expect(load.run.hold.counters.requestsStarted + load.run.hold.counters.neverStarted == 4 * 30)
            let last = load.rows.last { $0.phase == .hold }
            #expect(last?.usersHeld.lowest == 4)
        }

        @Test("An announced end does not break the hold of a user with a pace slower than a second")
        func announcedEndOfSlowUser() throws {
            try Loads.withTarget { server in
                let profile = try Loads.profile(
                    port: server.port,
                    session: [Step(path: "/close", pause: .every(.constant(1_200_000_000)))]
                ) {
                    $0.users = 3
                    $0.hold = 2_500_000_000
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("close at a slow pace")
                #expect(load.run.outcome.usersHeld.lowestSeen == 3)
                #expect(load.total.holdsLost == 0)
                #expect(load.total.reconnects >= 6)
            }
        }

        @Test("Users that wait, for an answer, a retry or their next turn, take no CPU")
        func noSpin() throws {
            let server = try ScriptedServer { connection, number in
                guard number < 3, connection.readHead() != nil else { return connection.end() }
                connection.answer()
                guard connection.readHead() != nil else { return }
                // The first stays silent and the second ends. Both are on the plan.
                if number == 1 { connection.end() }
                _ = connection.readHead()
            }
            defer { server.stop() }
            let profile = try Loads.profile(
                port: server.port, session: [Step(path: "/", pause: .every(.constant(50_000_000)))]
            ) {
                $0.users = 3
                $0.hold = 2_000_000_000
            }
            var ticks: [Int] = []
            let load = try Loads.run(profile) { _, row in
                if row.phase == .hold { ticks.append(WorkerThreads.cpuTicks) }
            }
            load.expectExactAccounts("waiting users")
            #expect(ticks.count >= 2)
            // A busy loop takes 100 ticks a second, or its share of a busy machine.
            #expect((ticks.last ?? 0) - (ticks.first ?? 0) < 20)
            #expect(load.total.neverStarted > 0)
        }
    }
}
