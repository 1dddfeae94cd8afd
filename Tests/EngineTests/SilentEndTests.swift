import CLinux
@testable import Engine
import Measure
import Target
import Testing
import Workload

extension EngineLoads {
    /// Connections that a server ends without a request on them: mostly by its keep-alive limit.
    @Suite struct SilentEndTests {
        private static let millisecond: UInt64 = 1_000_000
        private static let silence: UInt64 = 200 * Self.millisecond

        /// Users with two requests, 600 ms apart.
        private func run(
            http: HTTPChoice = .http11, pause: UInt64 = 600 * Self.millisecond,
            _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void
        ) throws -> FinishedLoad {
            let server = try ScriptedServer(script)
            defer { server.stop() }
            var profile = try Loads.profile(
                port: server.port, session: [Step(path: "/", repeatCount: 2, pause: .think(.constant(pause)))]
            ) {
                $0.users = 3
                $0.sessions = 3
                // All at the same time: the run ends before any second connection has been silent for long.
                $0.start = .cold
            }
            profile.http = http
            let load = try Loads.run(profile)
            load.expectExactAccounts("a server with a keep-alive limit", isFramed: http != .http11)
            #expect(load.total.requestsOK == 6 && load.total.requestsFailed == 0)
            return load
        }

        /// The server's keep-alive limit: writes nothing until a request comes or the time is over.
        private static func isSilent(_ connection: ScriptedConnection) -> Bool {
            var entry = pollfd(fd: connection.fd, events: Int16(POLLIN), revents: 0)
            return linux_poll(&entry, 1, Int64(Self.silence)) == 0
        }

        private func expectSilence(_ load: FinishedLoad) {
            #expect(load.total.silentEnds == 3)
            let mean = load.total.meanSilence ?? 0
            // A busy machine lengthens it if it sees the end late, and shortens it if it sees the answer before late.
            #expect(mean > Self.silence / 2 && mean < 600 * Self.millisecond, "\(mean)")
            #expect(load.rows.reduce(0) { $0 + $1.counters.silentEnds } == 3)
        }

        @Test("HTTP/1.1: each end after a silence is counted with its length")
        func http11() throws {
            let load = try self.run { connection, _ in
                while connection.readHead() != nil {
                    connection.answer()
                    if Self.isSilent(connection) { return connection.end() }
                }
            }
            self.expectSilence(load)
        }

        @Test("HTTP/2: with a GOAWAY before the end, or without one", arguments: [false, true])
        func http2(_ isAnnounced: Bool) throws {
            let load = try self.run(http: .h2c) { connection, _ in
                guard connection.acceptHTTP2() else { return }
                while let stream = connection.nextRequest() {
                    connection.write(bytes: ScriptedConnection.answer(stream))
                    // The client's acknowledgement is no request: the silence goes on.
                    var entry = pollfd(fd: connection.fd, events: 0, revents: 0)
                    _ = linux_poll(&entry, 1, Int64(Self.silence))
                    if isAnnounced { connection.write(bytes: ScriptedConnection.goAway(stream)) }
                    return connection.end()
                }
            }
            self.expectSilence(load)
        }

        @Test("an end right after an answer, or with a request on the connection, is no silence")
        func others() throws {
            let load = try self.run(pause: 50 * Self.millisecond) { connection, _ in
                if connection.readHead() != nil { connection.answer() }
                connection.end()
            }
            #expect(load.total.silentEnds == 0 && load.total.silence == 0 && load.total.meanSilence == nil)
        }
    }

    /// A run does not wait until the settle time is over for a target that is down or refuses TLS.
    @Suite struct UnusableTests {
        private func run(
            port: UInt16, scheme: String = "http", _ change: (inout Load) -> Void = { _ in }
        ) throws -> FinishedLoad {
            var timeouts = Timeouts()
            timeouts.connect = 300_000_000
            let profile = try Loads.profile(
                port: port, scheme: scheme, session: [Step(path: "/")], timeouts: timeouts
            ) {
                $0.users = 2
                $0.hold = 9_000_000_000
                change(&$0)
            }
            return try Loads.run(profile)
        }

        private func expectUnusable(_ load: FinishedLoad, _ words: String) {
            #expect(load.run.outcome.stopReason?.contains(words) == true, "\(load.run.outcome.stopReason ?? "none")")
            #expect(load.total.requestsOK == 0 && load.total.requestsFailed > 0)
            #expect(!load.run.outcome.isAborted)
            // The first interval that ends after the connect timeout; a busy machine may be late with one.
            #expect(load.run.endedAt - load.run.startedAt < 5_000_000_000)
        }

        @Test("a port that refuses ends the run within the connect timeout: held users, a number of sessions, a rate")
        func refused() throws {
            let server = try ScriptedServer { _, _ in }
            let port = server.port
            server.stop()
            self.expectUnusable(try self.run(port: port), "no connection to the target")
            self.expectUnusable(try self.run(port: port) { $0.sessions = 1_000_000 }, "no connection to the target")
            let plan = try ArrivalPlan.constant(100)
            self.expectUnusable(
                try self.run(port: port) { $0.open = OpenLoad(plan: plan) }, "no connection to the target")
        }

        @Test("so does a server that completes no TLS handshake")
        func noHandshake() throws {
            let server = try ScriptedServer { connection, _ in connection.end() }
            defer { server.stop() }
            self.expectUnusable(try self.run(port: server.port, scheme: "https"), "no TLS handshake")
        }

        @Test("a load with connects that all fail for a limit of this machine does not blame the target")
        func ownLimits() throws {
            let profile = try Loads.profile(port: 1, session: [Step(path: "/")]) { $0.users = 1 }
            let run = try LoadRun(
                profile: profile, program: RequestProgram(profile: profile, userAgent: "headroom-tests"),
                addresses: SocketAddress.resolve(host: "127.0.0.1", port: 1), threads: 1)
            let late = run.startedAt + profile.timeouts.connect
            run.outside.counters.errors[Int(ErrorClass.localPorts.rawValue)] = 3
            run.hold.counters.errors[Int(ErrorClass.fdLimit.rawValue)] = 2
            #expect(run.isUnusable(at: late) == nil)
            run.hold.counters.errors[Int(ErrorClass.refused.rawValue)] = 1
            #expect(run.isUnusable(at: late) != nil)
        }

        @Test("a run waits for a server that accepts and is only slow to answer")
        func slow() throws {
            let server = try ScriptedServer { connection, _ in
                var isFirst = true
                while connection.readHead() != nil {
                    if isFirst {
                        var entry = pollfd(fd: connection.fd, events: 0, revents: 0)
                        _ = linux_poll(&entry, 1, 1_500_000_000)
                        isFirst = false
                    }
                    connection.answer()
                }
            }
            defer { server.stop() }
            let load = try self.run(port: server.port) { $0.hold = 200_000_000 }
            #expect(load.run.outcome.stopReason == nil && load.total.requestsOK > 0)
        }
    }
}

extension EngineLoads {
    /// What one failed request records.
    @Suite struct ExampleTests {
        @Test("a request gives one example: of how it ended, not of an earlier status")
        func one() throws {
            let server = try ScriptedServer { connection, _ in
                if connection.readHead() != nil {
                    connection.write("HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\nten bytes.")
                }
                connection.end()
            }
            defer { server.stop() }
            let profile = try Loads.profile(port: server.port, session: [Step(path: "/")]) { $0.sessions = 1; $0.users = 1 }
            let load = try Loads.run(profile)
            load.expectExactAccounts("a cut answer of status 500")
            #expect(load.total.failed(.truncated) == 1 && load.total.requestsFailed == 1)
            #expect(load.run.outcome.examples.map(\.error) == [.truncated])
        }

        @Test("a status that fails its request gives its example, also after a request that was cut off")
        func status() throws {
            let server = try ScriptedServer { connection, number in
                if connection.readHead() != nil {
                    connection.write("HTTP/1.1 50\(number) Oops\r\nContent-Length: 5\r\n\r\n\(number == 0 ? "cut" : "whole")")
                }
                connection.end()
            }
            defer { server.stop() }
            let profile = try Loads.profile(port: server.port, session: [Step(path: "/")]) { $0.sessions = 2; $0.users = 1 }
            let load = try Loads.run(profile)
            #expect(load.run.outcome.examples.map(\.error) == [.truncated, .status])
            #expect(load.run.outcome.examples.last?.detail == "status 501")
        }
    }

    /// Rates of sessions.
    @Suite struct SessionRateTests {
        @Test("sessions as long as the hold count when they end in it: the rate is that of the plan")
        func slow() throws {
            try Loads.withTarget { server in
                let session = [Step(path: "/bytes/10", repeatCount: 10, pause: .every(.constant(100_000_000)))]
                let profile = try Loads.profile(port: server.port, session: session) {
                    $0.users = 40
                    $0.hold = 1_000_000_000
                }
                let load = try Loads.run(profile)
                // 40 users with a session each second; sessions that begin in the hold hardly end in it.
                #expect((38...42).contains(load.run.outcome.holdSessionsCompleted), "\(load.run.outcome.holdSessionsCompleted)")
                #expect(load.run.hold.counters.sessionsCompleted < 20)
                let rows = load.rows.filter { $0.hold.duration > 0 }
                #expect(rows.reduce(0) { $0 + $1.counters.sessionsCompleted } == load.run.outcome.holdSessionsCompleted)
            }
        }
    }
}
