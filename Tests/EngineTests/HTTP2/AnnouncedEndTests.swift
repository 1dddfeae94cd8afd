import Engine
import Measure
import Synchronization
import Testing
import Wire
import Workload

extension EngineLoads {
    /// Ends that a server announces (`Connection: close`, GOAWAY with NO_ERROR) cost the same over every protocol:
    /// a connection, and nothing else.
    @Suite struct AnnouncedEndTests {
        typealias Peer = ScriptedConnection

        /// The client's protocol.
        enum Speech: CaseIterable {
            case http11, h2c, h2

            var choice: HTTPChoice { self == .http11 ? .http11 : self == .h2c ? .h2c : .http2 }
        }

        /// The point in a session of three requests at which the server ends the connection.
        enum Place: CaseIterable {
            /// With the third answer; the server closes at once.
            case withLast
            /// Before the third answer in the same write, which only HTTP/2 allows.
            case beforeLast
            /// In the pause after the second answer.
            case between
            /// After the third answer; the server leaves the close to the client.
            case after

            var request: Int { self == .between ? 2 : 3 }
            var closes: Bool { self == .withLast || self == .beforeLast }
        }

        struct Row: Sendable, CustomTestStringConvertible {
            let place: Place
            let connection: ConnectionPolicy
            /// The connections that three sessions of one user take, whatever the protocol.
            let opened: UInt64
            let reconnects: UInt64
            var testDescription: String { "\(self.connection), \(self.place)" }
        }

        static let table: [Row] = Place.allCases.flatMap { place in
            // The server ends every second request of a connection, or every third.
            let isBetween = place == .between
            return [
                Row(place: place, connection: .perUser, opened: isBetween ? 5 : 3, reconnects: isBetween ? 4 : 2),
                Row(place: place, connection: .perSession, opened: isBetween ? 6 : 3, reconnects: isBetween ? 3 : 0),
                Row(place: place, connection: .perRequest, opened: 9, reconnects: 0),
            ]
        }

        @Test("The same connections, and no lost hold, over HTTP/1.1, h2c and h2", arguments: table)
        func announced(row: Row) throws {
            for speech in Speech.allCases where speech != .http11 || row.place != .beforeLast {
                let load = try self.run(row, over: speech)
                let total = load.total
                let comment = Comment(rawValue: "\(speech): \(load.run.outcome.examples.map(\.detail))")
                #expect(total.requestsOK == 9 && total.requestsFailed == 0, comment)
                #expect(total.sessionsCompleted == 3, comment)
                #expect(total.holdsLost == 0, comment)
                #expect(total.connectionsOpened == row.opened, comment)
                #expect(total.reconnects == row.reconnects, comment)
            }
        }

        private func run(_ row: Row, over speech: Speech) throws -> FinishedLoad {
            let place = row.place
            let server =
                switch speech {
                case .http11: try ScriptedServer { connection, _ in Self.serve(connection, place) }
                case .h2c: try ScriptedServer { connection, _ in Self.serveHTTP2(connection, place) }
                case .h2: try TLSLoads.server(protocols: [.http2]) { connection, _ in Self.serveHTTP2(connection, place) }
                }
            defer { server.stop() }
            let pause = Pause.think(.constant(5_000_000))
            var profile = try Loads.profile(
                port: server.port, scheme: speech == .h2 ? "https" : "http",
                session: [Step(path: "/", repeatCount: 3, pause: pause)]
            ) {
                $0.users = 1
                $0.sessions = 3
                $0.cycle = .between(.constant(5_000_000))
                $0.connection = row.connection
            }
            profile.http = speech.choice
            profile.streams = 1
            if speech == .h2 { profile.tls.authorityFile = try TLSFiles.get().path("ca.pem") }
            let load = try Loads.run(profile)
            load.expectExactAccounts("\(speech)", isFramed: speech != .http11)
            return load
        }

        private static func serve(_ connection: ScriptedConnection, _ place: Place) {
            var count = 0
            while connection.readHead() != nil {
                count += 1
                let isEnd = count == place.request
                connection.answer(fields: isEnd ? "Connection: close\r\n" : "")
                if isEnd && place.closes { return connection.end() }
            }
        }

        private static func serveHTTP2(_ peer: some ScriptedPeer, _ place: Place) {
            guard peer.acceptHTTP2() else { return }
            var count = 0
            while let stream = peer.nextRequest() {
                count += 1
                let isEnd = count == place.request
                let (answer, goAway) = (Peer.answer(stream), Peer.goAway(stream))
                switch place {
                case .withLast: peer.write(bytes: answer + (isEnd ? goAway : []))
                case .beforeLast: peer.write(bytes: (isEnd ? goAway : []) + answer)
                case .between, .after:
                    peer.write(bytes: answer)
                    if isEnd { peer.write(bytes: goAway) }
                }
                if isEnd && place.closes { return peer.end() }
            }
        }

        @Test("A server that ends each new connection before it answers is tried less and less often", arguments: [0, 2])
        func storm(answers: Int) throws {
            let server = try ScriptedServer { connection, number in
                guard connection.acceptHTTP2() else { return }
                if number < answers, let stream = connection.nextRequest() {
                    connection.write(bytes: Peer.answer(stream))
                    // The user's next request comes much later, so nothing is lost with the connection.
                    connection.write(bytes: Peer.goAway(stream))
                } else {
                    connection.write(bytes: Peer.goAway(0))
                }
                connection.answerAll()
            }
            defer { server.stop() }
            var profile = try Loads.profile(port: server.port, session: [Step(path: "/")]) {
                $0.users = 1
                $0.sessions = 3
                $0.hold = 1_100_000_000
                $0.holdGiven = true
                $0.cycle = .every(.constant(500_000_000))
            }
            profile.http = .h2c
            let load = try Loads.run(profile)
            load.expectExactAccounts("GOAWAY for each connection", isFramed: true)
            // Pauses of at least 5, 5, 10, 20, ... ms: nine in a second, and one more for each answer. There used to be
            // hundreds.
            #expect(server.connections >= 2 && server.connections <= 14, "\(server.connections) connections")
        }

        @Test("Over HTTP/1.1, too, a pause follows a connection that ended before any request on it")
        func pauseOverHTTP1() throws {
            let times = Mutex<[UInt64]>([])
            let server = try ScriptedServer { connection, number in
                times.withLock { $0.append(MonotonicClock.now()) }
                // The second connection is the one that follows an announced end at once.
                if number == 1 { return connection.end() }
                while connection.readHead() != nil {
                    connection.answer(fields: number == 0 ? "Connection: close\r\n" : "")
                }
            }
            defer { server.stop() }
            let step = Step(path: "/", repeatCount: 100, pause: .every(.constant(2_000_000)))
            let load = try Loads.run(
                Loads.profile(port: server.port, session: [step]) {
                    $0.users = 1
                    $0.sessions = 1
                })
            load.expectExactAccounts("a connection is ended before it is used")
            let accepted = times.withLock { $0 }
            // One request may have met the end.
            #expect(load.total.requestsOK >= 99 && accepted.count == 3, "\(load.run.outcome.examples)")
            // The shortest pause; the next request is due after 2 ms at most.
            if accepted.count == 3 { #expect(accepted[2] - accepted[1] >= 5_000_000) }
        }

        @Test("A GOAWAY is named with its code in requests that it ends, and in those that the close behind it ends")
        func codes() throws {
            for (isProcessed, words) in [
                (false, "before it processed the request: GOAWAY with ENHANCE_YOUR_CALM"),
                (true, "before the answer was complete, after GOAWAY with ENHANCE_YOUR_CALM"),
            ] {
                let server = try ScriptedServer { connection, _ in
                    guard connection.acceptHTTP2(), let stream = connection.nextRequest() else { return }
                    connection.write(bytes: Peer.goAway(isProcessed ? stream : 0, 11))
                    connection.end()
                }
                defer { server.stop() }
                var profile = try Loads.profile(port: server.port, session: [Step(path: "/")]) {
                    $0.users = 1
                    $0.sessions = 1
                }
                profile.http = .h2c
                let load = try Loads.run(profile)
                #expect(load.total.requestsFailed == 1)
                #expect(load.run.outcome.examples.first?.detail.contains(words) == true, "\(load.run.outcome.examples)")
            }
        }

        @Test("A batch of 1,024 requests with 5 KB of header goes out as the socket takes them, and none fails")
        func largeBatch() throws {
            let server = try ScriptedServer { connection, _ in
                guard connection.acceptHTTP2(settings: Peer.setting(3, 1_024)) else { return }
                connection.answerAll()
            }
            defer { server.stop() }
            // Longer than the table of the header compression: each block carries it in full.
            let step = Step(path: "/", headers: [HeaderField(name: "authorization", value: String(repeating: "x", count: 5_000))])
            var profile = try Loads.profile(port: server.port, session: [step]) {
                $0.users = 1_024
                $0.sessions = 2_048
            }
            profile.http = .h2c
            profile.streams = 1_024
            let load = try Loads.run(profile)
            load.expectExactAccounts("a large batch", isFramed: true)
            #expect(server.connections == 1)
            #expect(load.total.requestsOK == 2_048 && load.total.requestsFailed == 0, "\(load.run.outcome.examples)")
            #expect(load.total.sentHeader > 2_048 * 3_000)
        }

        @Test("Status 700 fails its request by number, and its connection goes on", arguments: Speech.allCases)
        func highStatus(speech: Speech) throws {
            let serve: @Sendable (any ScriptedPeer) -> Void = { peer in
                guard peer.acceptHTTP2(), let first = peer.nextRequest() else { return }
                peer.write(bytes: Peer.head(first, [(":status", "700")], end: true))
                while let stream = peer.nextRequest() { peer.write(bytes: Peer.answer(stream)) }
            }
            let server =
                switch speech {
                case .http11:
                    try ScriptedServer { connection, _ in
                        guard connection.readHead() != nil else { return }
                        connection.write("HTTP/1.1 700 High\r\nContent-Length: 0\r\n\r\n")
                        while connection.readHead() != nil { connection.answer() }
                    }
                case .h2c: try ScriptedServer { connection, _ in serve(connection) }
                case .h2: try TLSLoads.server(protocols: [.http2]) { connection, _ in serve(connection) }
                }
            defer { server.stop() }
            var profile = try Loads.profile(
                port: server.port, scheme: speech == .h2 ? "https" : "http", session: [Step(path: "/", repeatCount: 3)]
            ) {
                $0.users = 1
                $0.sessions = 1
            }
            profile.http = speech.choice
            if speech == .h2 { profile.tls.authorityFile = try TLSFiles.get().path("ca.pem") }
            let load = try Loads.run(profile)
            load.expectExactAccounts("status 700", isFramed: speech != .http11)
            #expect(load.total.failed(.status) == 1 && load.total.requestsOK == 2)
            #expect(load.total.status[4] == 1 && load.total.status[1] == 2)
            #expect(load.total.connectionsOpened == 1 && load.total.holdsLost == 0)
            #expect(load.run.outcome.examples.map(\.detail) == ["status 700"])
        }
    }
}
