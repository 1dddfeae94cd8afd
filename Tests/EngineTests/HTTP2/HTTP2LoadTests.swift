import Engine
import Glibc
import Measure
import Target
import Testing
import Wire
import Workload

extension EngineLoads {
    /// Loads over HTTP/2 against the reference server: counted, held and timed as over HTTP/1.1.
    @Suite struct HTTP2LoadTests {
        private func profile(
            _ server: TargetServer, streams: Int, session: [Step], _ change: (inout Load) -> Void
        ) throws -> Profile {
            var profile = try Loads.profile(port: server.port, session: session, change)
            profile.http = .h2c
            profile.streams = streams
            return profile
        }

        @Test("Requests and bytes agree with the server's, and every user is held", arguments: [1, 4, 7])
        func agrees(_ streams: Int) throws {
            try Loads.withTarget { server in
                let profile = try self.profile(
                    server, streams: streams, session: [Step(path: "/bytes/50000", repeatCount: 3, expectBytes: 50_000)]
                ) {
                    $0.users = 20
                    $0.sessions = 200
                }
                let load = try Loads.run(profile, threads: 2)
                load.expectExactAccounts("HTTP/2 with \(streams) streams", isFramed: true)
                #expect(load.total.requestsOK == 600 && load.total.requestsFailed == 0)
                #expect(load.total.receivedBody == 600 * 50_000)
                #expect(load.run.outcome.usersEstablished == 20)
                // The server counts what it sent only after the call that sent it.
                var counts = server.counts()
                for _ in 0..<1_000_000 where counts.bytesSent != load.total.receivedSocket {
                    sched_yield()
                    counts = server.counts()
                }
                #expect(counts.requests == 600 && counts.bodyBytesSent == 600 * 50_000)
                #expect(counts.bytesSent == load.total.receivedSocket)
                // The client's closing frames may still be on their way.
                #expect(counts.bytesReceived <= load.total.sentSocket)
                // Ten users per thread.
                let connections = UInt64(2 * ((10 + streams - 1) / streams))
                #expect(counts.connectionsAccepted == connections)
                #expect(load.total.connectionsOpened == connections)
            }
        }

        @Test(
            "On a sampled connection the kernel's byte counts equal the worker's, and each answer in a read has a delay",
            arguments: [1, 5], [false, true])
        func stamps(streams: Int, isSecured: Bool) throws {
            let stamps = try KernelStamps()
            defer { withExtendedLifetime(stamps) {} }
            let session = [Step(path: "/bytes/20000", repeatCount: 4), Step(path: "/bytes/10")]
            func check(_ server: TargetServer, _ change: (inout Profile) -> Void) throws {
                var profile = try self.profile(server, streams: streams, session: session) {
                    $0.users = streams
                    $0.sessions = 100
                }
                change(&profile)
                let load = try Loads.run(profile)
                let counts = load.run.health.transport
                #expect(load.total.requestsOK == 500 && counts.unsettled == 0)
                // So few users are one group, and the first one is sampled.
                #expect(counts.connections == 1)
                #expect(counts.bytesReceived == counts.bytesRead + counts.bytesUnread + counts.ends)
                #expect(counts.bytesRead == load.total.receivedSocket)
                let delays = load.samples(.clientDelay)
                #expect(load.samples(.clientDelay, failed: true) == 0 && load.samples(.kernelService) == 0)
                // Every read has a stamp, and every answer the delay of its read.
                #expect(delays <= load.total.requestsOK)
                if load.run.health.clientDelaysDropped == 0 { #expect(delays == load.total.requestsOK) }
            }
            if isSecured {
                let authority = try TLSFiles.get().path("ca.pem")
                try TLSLoads.withTarget { $0.protocols = [.http2] } _: { server in
                    try check(server) {
                        $0.target.scheme = .https
                        $0.http = .http2
                        $0.tls.authorityFile = authority
                    }
                }
            } else {
                try Loads.withTarget { server in try check(server) { _ in } }
            }
        }

        @Test("HEAD, request bodies, statuses and expectations work as over HTTP/1.1")
        func kinds() throws {
            try Loads.withTarget { server in
                let session = [
                    Step(method: "HEAD", path: "/bytes/50000"),
                    Step(method: "POST", path: "/bytes/10", body: [UInt8](repeating: 97, count: 200_000)),
                    Step(path: "/status/404"),
                    Step(path: "/status/204"),
                    Step(path: "/bytes/10", expectBytes: 11),
                    Step(path: "/chunked/5000", expectBytes: 5_000),
                    Step(path: "/reset"),
                    Step(path: "/bytes/10"),
                ]
                let profile = try self.profile(server, streams: 1, session: session) {
                    $0.users = 1
                    $0.sessions = 1
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("kinds of requests", isFramed: true)
                #expect(load.total.failed(.status) == 1)
                #expect(load.total.failed(.bodyMismatch) == 1)
                #expect(load.total.failed(.reset) == 1)
                #expect(load.total.requestsOK == 5)
                #expect(load.total.sentBody == 200_000)
            }
        }

        @Test("Planned users that share connections keep their plans, and each is held separately")
        func planned() throws {
            try Loads.withTarget { server in
                let step = Step(path: "/bytes/1000", pause: .every(.constant(200_000_000)))
                let profile = try self.profile(server, streams: 10, session: [step]) {
                    $0.users = 40
                    $0.hold = 1_000_000_000
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a planned load", isFramed: true)
                #expect(load.total.requestsFailed == 0)
                #expect(load.run.outcome.usersHeld.lowest == 40 && load.run.outcome.connectionsHeld.lowest == 4)
                // The silence of a connection that does not exist yet does not date from the start of the machine.
                #expect(load.run.outcome.longestPause ?? .max < 60_000_000_000, "\(String(describing: load.run.outcome.longestPause))")
            }
        }

        @Test("A window of one byte is granted again after each")
        func narrowest() throws {
            try Loads.withTarget { server in
                var profile = try self.profile(server, streams: 1, session: [Step(path: "/bytes/40", expectBytes: 40)]) {
                    $0.users = 1
                    $0.sessions = 2
                }
                profile.http2.window = 1
                profile.timeouts.idle = 2_000_000_000
                let load = try Loads.run(profile)
                load.expectExactAccounts("a window of one byte", isFramed: true)
                #expect(load.total.requestsOK == 2 && load.total.receivedBody == 80)
            }
        }

        @Test("A connection per session is one for each session, and no reconnect")
        func perSession() throws {
            try Loads.withTarget { server in
                let profile = try self.profile(server, streams: 1, session: [Step(path: "/bytes/100", repeatCount: 2)]) {
                    $0.users = 2
                    $0.sessions = 10
                    $0.connection = .perSession
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("a connection for each session", isFramed: true)
                #expect(load.total.requestsOK == 20 && load.total.reconnects == 0 && load.total.holdsLost == 0)
                #expect(server.counts().connectionsAccepted == 10)
            }
        }

        @Test("An open load takes users from shared connections")
        func open() throws {
            try Loads.withTarget { server in
                let plan = try ArrivalPlan.constant(200)
                let profile = try self.profile(server, streams: 8, session: [Step(path: "/bytes/1000", repeatCount: 2)]) {
                    $0.open = OpenLoad(plan: plan, maxUsers: 100)
                    $0.connection = .perUser
                    $0.hold = 1_000_000_000
                    $0.holdGiven = true
                }
                let load = try Loads.run(profile)
                load.expectExactAccounts("an open load", isFramed: true)
                #expect(load.total.requestsFailed == 0 && load.total.requestsOK > 300)
            }
        }
    }
}
