import CLinux
import Engine
import Measure
import Synchronization
import Target
import Testing
import Workload

extension EngineLoads {
    /// What servers do to connections over TLS.
    @Suite struct TLSLoadFaultTests {
        private static func timeouts(_ change: (inout Timeouts) -> Void) -> Timeouts {
            var timeouts = Timeouts()
            change(&timeouts)
            return timeouts
        }

        private static let short: UInt64 = 300_000_000
        /// How late a timeout may be on a machine that is busy otherwise.
        private static let slack: UInt64 = 700_000_000

        // MARK: The answer

        @Test(
            "Faults in an answer have the same classes as in clear text",
            arguments: [
                ("/truncate", ErrorClass.truncated), ("/reset", .reset),
                ("/garbage", .protocolHTTP1), ("/silent", .timeoutFirstByte), ("/drip/100000", .timeoutTotal),
            ])
        func answers(path: String, error: ErrorClass) throws {
            try TLSLoads.withTarget { server in
                let timeouts = Self.timeouts {
                    $0.firstByte = Self.short
                    $0.total = 2 * Self.short
                }
                let load = try TLSLoads.run(
                    port: server.port, session: [Step(path: path)], sessions: 2, timeouts: timeouts)
                #expect(load.total.failed(error) == 2, "\(load.run.outcome.examples)")
                #expect(load.total.requestsFailed == 2 && load.total.requestsOK == 0)
                if error == .timeoutFirstByte {
                    let longest = load.run.hold.failed[Metric.service.rawValue].maximum
                    #expect(longest >= Self.short && longest < Self.short + Self.slack)
                }
            }
        }

        @Test("A body that ends with the connection is whole after close_notify, and truncated without it")
        func closeNotify() throws {
            for isClean in [true, false] {
                let load = try TLSLoads.scripted { connection, _ in
                    guard connection.readHead() != nil else { return }
                    connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello")
                    if isClean { connection.endCleanly() } else { connection.cut() }
                }
                #expect(load.total.requestsOK == (isClean ? 1 : 0))
                #expect(load.total.failed(.truncated) == (isClean ? 0 : 1))
                #expect(load.total.receivedBody == 5)
                if !isClean { #expect(load.run.outcome.examples.first?.detail.contains("close_notify") == true) }
            }
        }

        @Test("A chunked body without its end is truncated, with or without close_notify")
        func chunkedCut() throws {
            for isClean in [true, false] {
                let load = try TLSLoads.scripted { connection, _ in
                    guard connection.readHead() != nil else { return }
                    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
                    if isClean { connection.endCleanly() } else { connection.cut() }
                }
                #expect(load.total.failed(.truncated) == 1)
            }
        }

        @Test("A request that met the end of an idle connection is sent again once, over a new handshake")
        func staleRetry() throws {
            for isClean in [true, false] {
                let load = try TLSLoads.scripted(sessions: 2) { connection, number in
                    guard connection.readHead() != nil else { return }
                    connection.answer()
                    guard connection.readHead() != nil else { return }
                    if number > 0 { return connection.answer() }
                    if isClean { connection.endCleanly() } else { connection.cut() }
                }
                #expect(load.total.requestsOK == 2 && load.total.requestsFailed == 0, "\(load.run.outcome.examples)")
                #expect(load.total.requestsResent == 1 && load.total.handshakes == 2)
            }
        }

        @Test("A header without an end stops at the limit")
        func endlessHeader() throws {
            let load = try TLSLoads.scripted { connection, _ in
                guard connection.readHead() != nil, connection.write("HTTP/1.1 200 OK\r\n") else { return }
                let field = "X: " + String(repeating: "a", count: 10_000) + "\r\n"
                for _ in 0..<1_000 { if !connection.write(field) { return } }
            }
            #expect(load.total.failed(.headerLimit) == 1)
            #expect(load.total.receivedSocket < 1_000_000)
        }

        @Test("An answer with more bytes after it in one record is surplus")
        func surplus() throws {
            let load = try TLSLoads.scripted { connection, _ in
                guard connection.readHead() != nil else { return }
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\n\r\n")
                _ = connection.readHead()
            }
            #expect(load.total.failed(.protocolHTTP1) == 1)
        }

        // MARK: The certificate

        @Test(
            "An untrusted certificate fails the request before a byte of it is sent, and the failure has the reason",
            arguments: [
                ("expired", "expired on"), ("future", "valid from"), ("self", "self-signed"),
                ("other", "not for localhost"),
            ])
        func certificate(name: String, words: String) throws {
            try TLSLoads.withTarget(certificate: name) { server in
                let load = try TLSLoads.run(
                    port: server.port, host: "localhost", session: [Step(path: "/")], sessions: 2)
                #expect(load.total.failed(.tlsVerify) == 2 && load.total.requestsOK == 0, "\(load.run.outcome.examples)")
                #expect(load.run.outcome.examples.first?.detail.contains(words) == true, "\(load.run.outcome.examples)")
                #expect(load.total.sentHeader == 0 && load.total.sentBody == 0)
                #expect(load.total.handshakes == 0)
                #expect(load.run.hold.failed[Metric.tls.rawValue].totalCount == 2)
                #expect(server.counts().requests == 0)
                // A load that accepts any certificate gets an answer.
                let insecure = try TLSLoads.run(
                    port: server.port, host: "localhost", session: [Step(path: "/")]) { $0.isInsecure = true }
                #expect(insecure.total.requestsOK == 1)
            }
        }

        @Test("A certificate of another authority is refused, and that authority is named")
        func authority() throws {
            let files = try TLSFiles.get()
            try TLSLoads.withTarget { server in
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/")]) {
                    $0.authorityFile = files.path("stranger.pem")
                }
                #expect(load.total.failed(.tlsVerify) == 1)
                #expect(load.run.outcome.examples.first?.detail.contains("Test Authority") == true)
                #expect(server.counts().requests == 0)
            }
        }

        @Test("After an untrusted certificate no other address is tried")
        func noFallback() throws {
            try TLSLoads.withTarget(certificate: "other") { server in
                let files = try TLSFiles.get()
                var profile = try Loads.profile(
                    port: server.port, host: "localhost", scheme: "https", session: [Step(path: "/")]
                ) { ($0.users, $0.sessions) = (1, 1) }
                profile.tls.authorityFile = files.path("ca.pem")
                let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                let load = try Loads.run(profile, addresses: addresses + addresses)
                #expect(load.total.failed(.tlsVerify) == 1)
                #expect(load.total.connectionsOpened == 1)
            }
        }

        // MARK: The handshake

        @Test("A server that does not answer in the handshake runs into the connect timeout")
        func stall() throws {
            let server = try ScriptedServer { connection, _ in
                // The hello arrives, and nothing goes back.
                while let bytes = connection.read(atMost: 4_096), !bytes.isEmpty {}
            }
            defer { server.stop() }
            let load = try TLSLoads.run(
                port: server.port, session: [Step(path: "/")], timeouts: Self.timeouts { $0.connect = Self.short })
            #expect(load.total.failed(.timeoutConnect) == 1)
            #expect(load.total.connectionsOpened == 1 && load.total.handshakes == 0)
            let longest = load.run.hold.failed[Metric.response.rawValue].maximum
            #expect(longest >= Self.short && longest < Self.short + Self.slack)
            #expect(load.run.outcome.examples.first?.detail.contains("handshake") == true)
        }

        @Test("A server in clear text, one that ends, and one that sends noise are distinguished")
        func notTLS() throws {
            let answers: [(text: String?, words: String)] = [
                ("HTTP/1.1 400 Bad Request\r\n\r\n", "use http://"), (nil, "the connection was closed"),
                ("SSH-2.0-OpenSSH_9.2p1\r\n", "is not TLS"),
            ]
            for (text, words) in answers {
                let server = try ScriptedServer { connection, _ in
                    _ = connection.read(atMost: 4_096)
                    if let text { connection.write(text) }
                    connection.end()
                }
                defer { server.stop() }
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/")])
                #expect(load.total.failed(.tlsHandshake) == 1, "\(load.run.outcome.examples)")
                #expect(load.run.outcome.examples.first?.detail.contains(words) == true, "\(load.run.outcome.examples)")
            }
        }

        @Test("A request in clear text to a TLS port fails with the advice to use https://")
        func clearText() throws {
            try TLSLoads.withTarget { server in
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/")], scheme: "http")
                #expect(load.total.requestsFailed == 1 && load.total.requestsOK == 0)
                #expect(load.run.outcome.examples.first?.detail.contains("https://") == true, "\(load.run.outcome.examples)")
            }
        }

        @Test("No common version and no common protocol are distinguished, each with a way out")
        func nothingInCommon() throws {
            try TLSLoads.withTarget { $0.lowestVersion = .v13 } _: { server in
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/")]) { $0.highest = .v12 }
                #expect(load.total.failed(.tlsHandshake) == 1, "\(load.run.outcome.examples)")
                #expect(load.run.outcome.examples.first?.detail.contains("versions of TLS") == true)
            }
            try TLSLoads.withTarget { $0.protocols = [.http2] } _: { server in
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/")])
                #expect(load.total.failed(.tlsHandshake) == 1, "\(load.run.outcome.examples)")
                #expect(load.run.outcome.examples.first?.detail.contains("ALPN") == true)
            }
        }
    }
}
