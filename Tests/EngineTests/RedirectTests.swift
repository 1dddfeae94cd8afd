import CLinux
@testable import Engine
import Measure
import Testing
import Workload

extension EngineLoads {
    /// Redirects: counted and shown, and followed if the profile asks for it.
    @Suite struct RedirectTests {
        private typealias Peer = ScriptedConnection

        /// Runs sessions of one user against a server that answers by path.
        private func run(
            sessions: Int = 1, follow: Int, session: [Step] = [Step(path: "/a")], http: HTTPChoice = .http11,
            connection: ConnectionPolicy = .perUser, hosts: [String] = [],
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
            profile.followHosts = hosts.map { FollowHost(host: $0) }
            let load = try Loads.run(profile)
            load.expectExactAccounts("redirects", isFramed: http != .http11)
            return load
        }

        private static func redirect(_ status: Int, _ location: String) -> String {
            "HTTP/1.1 \(status) x\r\nContent-Length: 0\r\nLocation: \(location)\r\n\r\n"
        }

        @Test("If not followed, they are answers like others, counted by status, with the first Location")
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
                load.run.outcome.redirectExample
                    == RedirectExample(status: 302, request: "GET /a", location: "/b?token=1"))
        }

        @Test("An expected redirect does not count as one")
        func expected() throws {
            let load = try self.run(follow: 3, session: [Step(path: "/a", expectStatus: 302)]) { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.write(Self.redirect(302, "/b"))
                _ = connection.readHead()
            }
            #expect(load.total.requestsOK == 1 && load.total.requestsRedirected == 0)
            #expect(load.run.outcome.redirectExample == nil && load.total.redirectsFollowed == 0)
        }

        @Test("If followed, each is a request of the session, which goes on after it", arguments: [0, 1])
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
            #expect(load.total.requestsOK == 14 && load.total.requestsStarted == 14, "\(load.run.outcome.examples)")
            #expect(load.total.requestsFailed == 0)
            #expect(load.total.redirectsFollowed == 8 && load.total.requestsRedirected == 8)
            #expect(load.total.sessionsCompleted == 2 && load.total.connectionsOpened == 1)
        }

        @Test("A loop ends at the limit, with a failure that gives this reason, and the session goes on")
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
            #expect(load.run.outcome.examples.first?.detail == "still redirected after 3 redirects (--follow)")
        }

        @Test("One to another host is shown and not followed; one that leads nowhere fails")
        func elsewhere() throws {
            for location in ["http://example.com/", "//127.0.0.2/x", "https://127.0.0.1/"] {
                let load = try self.run(follow: 3) { connection, _ in
                    guard connection.readHead() != nil else { return }
                    connection.write(Self.redirect(302, location))
                    _ = connection.readHead()
                }
                #expect(load.total.requestsOK == 1 && load.total.redirectsFollowed == 0)
                #expect(load.run.outcome.redirectExample?.location == location)
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

        /// The lines of a head that have the place of a request, and the fields that belong to the first host.
        private static func place(_ head: String) -> [String] {
            let fields = ["host", "authorization", "cookie", "x-id"]
            return head.split(separator: "\r\n").enumerated().filter { index, line in
                index == 0 || fields.contains(line.prefix { $0 != ":" }.lowercased())
            }.map { String($0.element) }
        }

        @Test("With --follow-host the session goes on under another name, over the same connection, and back")
        func anotherName() throws {
            let heads = Paths()
            let secret = [
                HeaderField(name: "Authorization", value: "Basic eA=="), HeaderField(name: "X-Id", value: "1"),
            ]
            let session = [Step(path: "/a", headers: secret), Step(path: "/z", headers: secret)]
            let load = try self.run(follow: 4, session: session, hosts: ["www.test", "other.test"]) { connection, _ in
                while let head = connection.readHead() {
                    let place = Self.place(head)
                    heads.append(place.joined(separator: " "))
                    let port = place.first { $0.hasPrefix("Host:") }?.split(separator: ":").last ?? ""
                    switch place[0] {
                    case "GET /a HTTP/1.1": connection.write(Self.redirect(301, "http://WWW.test:\(port)/b/c?d"))
                    // Relative to the place to which the first one led.
                    case "GET /b/c?d HTTP/1.1": connection.write(Self.redirect(302, "e"))
                    case "GET /b/e HTTP/1.1": connection.write(Self.redirect(302, "//127.0.0.1:\(port)/f"))
                    case "GET /f HTTP/1.1": connection.write(Self.redirect(302, "http://unnamed.test:\(port)/g"))
                    default: connection.answer()
                    }
                }
            }
            let port = load.run.profile.target.port
            #expect(
                heads.all == [
                    "GET /a HTTP/1.1 Host: 127.0.0.1:\(port) Authorization: Basic eA== X-Id: 1",
                    "GET /b/c?d HTTP/1.1 Host: www.test:\(port) X-Id: 1",
                    "GET /b/e HTTP/1.1 Host: www.test:\(port) X-Id: 1",
                    "GET /f HTTP/1.1 Host: 127.0.0.1:\(port) X-Id: 1",
                    "GET /z HTTP/1.1 Host: 127.0.0.1:\(port) Authorization: Basic eA== X-Id: 1",
                ])
            // The last redirect leads to a host that is not named: counted, shown and not followed.
            #expect(load.total.requestsRedirected == 4 && load.total.redirectsFollowed == 3)
            #expect(load.total.requestsOK == 5 && load.total.requestsFailed == 0 && load.total.connectionsOpened == 1)
        }

        @Test("A failure under another name has the place where it happened")
        func failureElsewhere() throws {
            let load = try self.run(follow: 1, hosts: ["www.test"]) { connection, _ in
                while let head = connection.readHead() {
                    let port = Self.place(head).first { $0.hasPrefix("Host:") }?.split(separator: ":").last ?? ""
                    let isFirst = head.hasPrefix("GET /a ")
                    connection.write(
                        isFirst
                            ? Self.redirect(301, "//www.test:\(port)/b")
                            : "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n")
                }
            }
            #expect(load.total.failed(.status) == 1 && load.total.redirectsFollowed == 1)
            #expect(load.run.outcome.examples.first?.request == "GET www.test:\(load.run.profile.target.port)/b")
        }

        @Test("Names of the target's own addresses are followed; others are not, and the reason is given")
        func addresses() throws {
            let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: 80)
            let names = ["127.0.0.1", "localhost", "127.0.0.2", "headroom.invalid"].map { FollowHost(host: $0) }
            let (served, elsewhere) = FollowHosts.split(names, port: 80, addresses: addresses)
            #expect(served.map(\.host) == ["127.0.0.1", "localhost"])
            #expect(elsewhere.map(\.host.host) == ["127.0.0.2", "headroom.invalid"])
            #expect(elsewhere.first?.reason == "it has the address 127.0.0.2:80, and not 127.0.0.1:80 of the target")
            #expect(elsewhere.last?.reason.hasPrefix("dns: ") == true)
            // A user's connection may go to any of the target's addresses.
            let both = addresses + (try SocketAddress.resolve(host: "127.0.0.2", port: 80))
            #expect(FollowHosts.split(names, port: 80, addresses: both).served.isEmpty)
        }

        @Test("Under another name over HTTP/2: over the same connection")
        func anotherNameOverHTTP2() throws {
            let load = try self.run(sessions: 2, follow: 1, http: .h2c, hosts: ["www.test"]) { connection, _ in
                guard connection.acceptHTTP2(), let port = try? Socket.localAddress(connection.fd).port else { return }
                for index in 0..<4 {
                    guard let stream = connection.nextRequest() else { return }
                    let location = [(":status", "302"), ("location", "http://www.test:\(port)/b")]
                    connection.write(
                        bytes: index % 2 == 0 ? Peer.head(stream, location, end: true) : Peer.answer(stream))
                }
                connection.answerAll()
            }
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0, "\(load.run.outcome.examples)")
            #expect(load.total.redirectsFollowed == 2 && load.total.connectionsOpened == 1)
        }

        @Test(
            "Over TLS only a name that the certificate covers is followed, unless any certificate is accepted",
            arguments: [("localhost", false, true), ("elsewhere.test", false, false), ("elsewhere.test", true, true)])
        func certificate(_ host: String, _ isInsecure: Bool, _ isFollowed: Bool) throws {
            let hosts = Paths()
            let server = try TLSLoads.server { connection, _ in
                while let head = connection.readHead() {
                    let name = Self.place(head).first { $0.hasPrefix("Host:") }?.split(separator: " ").last ?? ""
                    hosts.append(String(name.prefix { $0 != ":" }))
                    let port = name.split(separator: ":").last ?? ""
                    let answer =
                        head.hasPrefix("GET /a ")
                        ? Self.redirect(301, "https://\(host):\(port)/b")
                        : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                    connection.write(bytes: Array(answer.utf8))
                }
            }
            defer { server.stop() }
            let load = try TLSLoads.run(
                port: server.port, session: [Step(path: "/a")], followHosts: [host],
                tls: { $0.isInsecure = isInsecure })
            #expect(hosts.all == ["127.0.0.1"] + (isFollowed ? [host] : []))
            #expect(load.total.requestsRedirected == 1 && load.total.requestsFailed == 0)
            #expect(load.total.redirectsFollowed == (isFollowed ? 1 : 0) && load.total.connectionsOpened == 1)
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
            #expect(load.total.requestsOK == 4 && load.total.requestsFailed == 0, "\(load.run.outcome.examples)")
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
            #expect(shown.run.outcome.redirectExample?.location == "https://x/")
        }
    }
}
