import CLinux
import Engine
import Measure
import Testing
import Workload

extension EngineLoads {
    /// Redirects (FAULTS.md B.2, row 20): counted and shown, and followed where that is asked for.
    @Suite struct RedirectTests {
        private typealias Peer = ScriptedConnection

        /// Runs sessions of one user against a server that answers by path.
        private func run(
            sessions: Int = 1, follow: Int, session: [Step] = [Step(path: "/a")], http: HTTPChoice = .http11,
            connection: ConnectionPolicy = .perUser,
            _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void
        ) throws -> FinishedLoad {
            let server = try ScriptedServer(script)
            defer { server.stop() }
            var profile = try Loads.profile(port: server.port, session: session) {
                $0.users = 1
                $0.sessions = sessions
                $0.connection = connection
                $0.hold = 5_000_000_000
                $0.holdGiven = true
            }
            profile.http = http
            profile.follow = follow
            let load = try Loads.run(profile)
            load.expectExactAccounts("redirects", isFramed: http != .http11)
            return load
        }

        private static func redirect(_ status: Int, _ location: String) -> String {
            "HTTP/1.1 \(status) x\r\nContent-Length: 0\r\nLocation: \(location)\r\n\r\n"
        }

        @Test("Not followed, they are answers like others, counted by status and with the first Location")
        func counted() throws {
            let load = try self.run(sessions: 3, follow: 0) { connection, _ in
                for status in [302, 302, 308] {
                    guard connection.readHead() != nil else { return }
                    connection.write(Self.redirect(status, "/b?token=1"))
                }
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 3 && load.total.requestsFailed == 0)
            #expect(load.total.redirected(.found) == 2 && load.total.redirected(.permanent) == 1)
            #expect(load.total.redirectsFollowed == 0 && load.total.status[2] == 3)
            #expect(
                load.run.redirectExample
                    == RedirectExample(status: 302, request: "GET /a", location: "/b?token=1"))
        }

        @Test("One that was expected is no redirect to count")
        func expected() throws {
            let load = try self.run(follow: 3, session: [Step(path: "/a", expectStatus: 302)]) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.write(Self.redirect(302, "/b"))
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 1 && load.total.requestsRedirected == 0)
            #expect(load.run.redirectExample == nil && load.total.redirectsFollowed == 0)
        }

        @Test("Followed, each is a request of the session, which goes on after it", arguments: [0, 1])
        func followed(pieces: Int) throws {
            let session = [Step(path: "/a", repeatCount: 2, expectStatus: 200), Step(path: "/z", expectBytes: 2)]
            let paths = Paths()
            let load = try self.run(sessions: 2, follow: 2, session: session) { connection, _ in
                while let head = connection.readHead() {
                    let path = String(head.split(separator: " ")[1])
                    paths.append(path)
                    let answer =
                        switch path {
                        case "/a": Self.redirect(302, "b/../b/c")
                        case "/b/c": Self.redirect(307, "?d")
                        default: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                        }
                    for piece in pieces == 0 ? [answer] : answer.map({ String($0) }) { connection.write(piece) }
                }
            }
            let round = ["/a", "/b/c", "/b/c?d"]
            #expect(paths.all == [round, round, ["/z"], round, round, ["/z"]].flatMap { $0 })
            #expect(load.total.requestsOK == 14 && load.total.requestsStarted == 14, "\(load.run.examples)")
            #expect(load.total.requestsFailed == 0)
            #expect(load.total.redirectsFollowed == 8 && load.total.requestsRedirected == 8)
            #expect(load.total.sessionsCompleted == 2 && load.total.connectionsOpened == 1)
        }

        @Test("A loop ends at the limit, with a failure that says so, and the session goes on")
        func loop() throws {
            let session = [Step(path: "/a"), Step(path: "/z")]
            let load = try self.run(follow: 3, session: session) { connection, _ in
                while let head = connection.readHead() {
                    let isLast = head.contains("/z")
                    connection.write(isLast ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" : Self.redirect(301, "/a"))
                }
            }
            #expect(load.total.failed(.redirect) == 1 && load.total.requestsFailed == 1)
            #expect(load.total.requestsOK == 4 && load.total.redirectsFollowed == 3)
            #expect(load.total.sessionsFailed == 1)
            #expect(load.run.examples.first?.detail == "still redirected after 3 redirects (--follow)")
        }

        @Test("One that leads to another host is shown and not followed; one that leads nowhere fails")
        func elsewhere() throws {
            for location in ["http://example.com/", "//127.0.0.2/x", "https://127.0.0.1/"] {
                let load = try self.run(follow: 3) { connection, _ in
                    guard connection.readHead() != nil else { return }
                    connection.write(Self.redirect(302, location))
                    _ = connection.readHead()
                }
                #expect(load.total.requestsOK == 1 && load.total.redirectsFollowed == 0)
                #expect(load.run.redirectExample?.location == location)
            }
            for head in ["Location: /a b\r\n", "", "Location: /a\r\nLocation: /b\r\n", "Location: /%0\r\n"] {
                let load = try self.run(follow: 3) { connection, _ in
                    guard connection.readHead() != nil else { return }
                    connection.write("HTTP/1.1 302 x\r\nContent-Length: 0\r\n\(head)\r\n")
                    _ = connection.readHead()
                }
                #expect(load.total.failed(.redirect) == 1 && load.total.requestsFailed == 1, "\(head)")
            }
        }

        @Test("After a POST and 303 a GET follows; a connection that ends in between is made again")
        func seeOther() throws {
            let heads = Paths()
            let session = [Step(method: "POST", path: "/a", body: [120, 121])]
            let load = try self.run(follow: 1, session: session, connection: .perRequest) { connection, _ in
                guard let head = connection.readHead() else { return }
                heads.append(String(head.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" }))
                if head.hasPrefix("POST") {
                    _ = connection.read(atMost: 2)
                    connection.write(Self.redirect(303, "/done"))
                } else {
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                }
                _ = connection.readHead()
            }
            #expect(heads.all == ["POST /a HTTP/1.1", "GET /done HTTP/1.1"])
            #expect(load.total.requestsOK == 2 && load.total.connectionsOpened == 2)
            #expect(load.total.sentBody == 2)
        }

        @Test("Over HTTP/2 as over HTTP/1.1")
        func overHTTP2() throws {
            let load = try self.run(sessions: 2, follow: 1, http: .h2c) { connection, _ in
                guard connection.acceptHTTP2() else { return }
                for index in 0..<4 {
                    guard let stream = connection.nextRequest() else { return }
                    connection.write(
                        bytes: index % 2 == 0
                            ? Peer.head(stream, [(":status", "302"), ("location", "/b")], end: true)
                            : Peer.answer(stream))
                }
                connection.answerAll()
            }
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0, "\(load.run.examples)")
            #expect(load.total.redirected(.found) == 2 && load.total.redirectsFollowed == 2)
            #expect(load.total.sessionsCompleted == 2)
            let shown = try self.run(sessions: 2, follow: 0, http: .h2c) { connection, _ in
                guard connection.acceptHTTP2() else { return }
                while let stream = connection.nextRequest() {
                    connection.write(
                        bytes: Peer.head(stream, [(":status", "301"), ("location", "https://x/")], end: true))
                }
            }
            #expect(shown.total.redirected(.movedPermanently) == 2 && shown.total.requestsOK == 2)
            #expect(shown.run.redirectExample?.location == "https://x/")
        }
    }
}
