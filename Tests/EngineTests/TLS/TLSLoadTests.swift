import CLinux
import Measure
import Target
import Testing
import Workload

@testable import Engine

extension EngineLoads {
    /// Loads over TLS: what passes, what is counted, and what is negotiated.
    @Suite struct TLSLoadTests {
        @Test(
            "Requests and ciphertext are counted as the server counts them, in both versions, whatever the size",
            arguments: [TLSPlan.Version.v12, .v13], [0, 1, 900, 16_384, 50_000, 300_000, 3_000_000])
        func counts(version: TLSPlan.Version, size: Int) throws {
            try TLSLoads.withTarget { server in
                let load = try TLSLoads.run(
                    port: server.port, session: [Step(path: "/bytes/\(size)", expectBytes: UInt64(size))],
                    sessions: 30, users: 3, threads: 2, tls: { ($0.lowest, $0.highest) = (version, version) })
                #expect(load.total.requestsOK == 30 && load.total.requestsFailed == 0)
                #expect(load.total.receivedBody == UInt64(30 * size))
                #expect(load.total.handshakes == 3 && load.total.handshakesResumed == 0)
                load.expectSameAsServer(server, "\(version) \(size)")
                #expect(load.run.tlsFacts?.version == (version == .v12 ? "TLSv1.2" : "TLSv1.3"))
                #expect(load.run.tlsFacts?.applicationProtocol == .http11)
            }
        }

        @Test("Each address is asked for the server's HTTP version, and a mute one leaves time for the next")
        func choice() throws {
            let mute = try Loopback()
            for choice in [ApplicationProtocol.http2, .http11] {
                try TLSLoads.withTarget({ $0.protocols = [choice] }) { server in
                    var profile = try Loads.profile(
                        port: server.port, scheme: "https", session: [Step(path: "/")], { _ in })
                    profile.tls.authorityFile = try TLSFiles.get().path("ca.pem")
                    let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: server.port)
                    func ask(_ addresses: [SocketAddress], limit: UInt64) throws -> ServerChoice.Answer {
                        try ServerChoice.ask(profile, at: addresses, signal: -1, limit: limit)
                    }
                    #expect(try ask([mute.address] + addresses, limit: 4_000_000_000) == .picked(choice))
                    let silent = ServerChoice.Answer.noHandshake(because: "it did not answer in time")
                    #expect(try ask([mute.address], limit: 20_000_000) == silent)
                    profile.tls.authorityFile = nil
                    guard case .noHandshake(let because) = try ask(addresses, limit: 4_000_000_000) else {
                        Issue.record("a certificate without a trusted authority was accepted")
                        return
                    }
                    #expect(because.contains("authority that is not trusted"), "\(because)")
                    let signal = eventfd(1, 0)
                    defer { close(signal) }
                    #expect(
                        try ServerChoice.ask(profile, at: [mute.address], signal: signal, limit: 60_000_000_000)
                            == .interrupted)
                }
            }
        }

        @Test(
            "On a sampled connection the kernel's ciphertext counts equal the worker's, and answers have a delay each",
            arguments: [100, 50_000, 300_000])
        func stamps(size: Int) throws {
            try TLSLoads.withTarget { server in
                // One user, so that every connection is a sampled one.
                let load = try TLSLoads.run(
                    port: server.port, session: [Step(path: "/bytes/\(size)", repeatCount: 5)], sessions: 10, users: 1,
                    tls: { _ in }
                ) { $0.connection = .perSession }
                let counts = load.run.health.transport
                #expect(counts.unsettled == 0 && counts.connections == 10)
                #expect(counts.bytesReceived == counts.bytesRead + counts.bytesUnread + counts.ends)
                #expect(counts.bytesRead == load.total.receivedSocket)
                let delays = load.samples(.clientDelay)
                #expect(delays > 0 && delays <= load.total.requestsOK)
                // Dropped delays are counted per read, and a long answer takes several reads.
                let dropped = load.run.health.clientDelaysDropped
                #expect(size > 100 || delays + dropped <= load.total.requestsOK)
                #expect(load.samples(.kernelService) == delays)
                let window = load.run.hold.succeeded
                let longest = window[Metric.kernelService.rawValue].maximum
                #expect(longest > 0 && longest <= window[Metric.service.rawValue].maximum)
            }
        }

        @Test("Bodies with every framing arrive whole", arguments: ["/chunked/70000", "/close-delimited/70000"])
        func framing(path: String) throws {
            try TLSLoads.withTarget { server in
                let load = try TLSLoads.run(
                    port: server.port, session: [Step(path: path, expectBytes: 70_000)], sessions: 6)
                #expect(load.total.requestsOK == 6 && load.total.requestsFailed == 0, "\(load.run.outcome.examples)")
                load.expectSameAsServer(server, "framing")
            }
        }

        @Test("A large request body is written as the socket takes it")
        func upload() throws {
            try TLSLoads.withTarget { server in
                let body = [UInt8](repeating: 0x61, count: 2_000_000)
                let load = try TLSLoads.run(
                    port: server.port, session: [Step(method: "POST", path: "/bytes/10", body: body)],
                    sessions: 4)
                #expect(load.total.requestsOK == 4)
                #expect(load.total.sentBody == 8_000_000)
                load.expectSameAsServer(server, "upload")
            }
        }

        @Test("Connections that are made again resume their session if that was asked for, and never otherwise")
        func resumption() throws {
            for (resumes, version) in [(true, TLSPlan.Version.v12), (true, .v13), (false, .v13)] {
                try TLSLoads.withTarget { server in
                    let load = try TLSLoads.run(
                        port: server.port, session: [Step(path: "/bytes/100")], sessions: 8, users: 2,
                        tls: {
                            $0.resumes = resumes
                            $0.highest = version
                        }) { $0.connection = .perSession }
                    #expect(load.total.requestsOK == 8)
                    #expect(load.total.handshakes == 8)
                    #expect(load.total.handshakesResumed == (resumes ? 6 : 0), "\(version)")
                }
            }
        }

        @Test("Within an open load only the connections of one visit resume each other's session")
        func visits() throws {
            let plan = OpenLoad(plan: try .constant(50), maxUsers: 1)
            try TLSLoads.withTarget { server in
                var profile = try Loads.profile(
                    port: server.port, scheme: "https", session: [Step(path: "/bytes/100", repeatCount: 3)]
                ) {
                    $0.open = plan
                    $0.sessions = 4
                    $0.connection = .perRequest
                }
                profile.tls.authorityFile = try TLSFiles.get().path("ca.pem")
                profile.tls.resumes = true
                let load = try Loads.run(profile)
                #expect(load.total.requestsOK == 12 && load.total.handshakes == 12)
                #expect(load.total.handshakesResumed == 8)
            }
        }

        @Test("A client certificate is sent if the server asks; without one the failure says what is missing")
        func clientCertificate() throws {
            let files = try TLSFiles.get()
            try TLSLoads.withTarget { $0.clientAuthorityFile = files.path("ca.pem") } _: { server in
                let port = server.port
                let good = try TLSLoads.run(port: port, session: [Step(path: "/bytes/100")], sessions: 3) {
                    $0.certificateFile = files.path("client.pem")
                    $0.keyFile = files.path("client.key")
                }
                #expect(good.total.requestsOK == 3)
                for version in TLSPlan.Version.allCases {
                    let bad = try TLSLoads.run(
                        port: port, session: [Step(path: "/bytes/100")], tls: { $0.highest = version })
                    #expect(bad.total.failed(.tlsAlert) == 1 && bad.total.requestsOK == 0)
                    #expect(bad.run.outcome.examples.first?.detail.contains("client certificate") == true)
                }
            }
        }

        @Test("Ciphers and groups are those that were asked for, and unknown lists are refused at once")
        func lists() throws {
            try TLSLoads.withTarget { server in
                let load = try TLSLoads.run(port: server.port, session: [Step(path: "/bytes/1")]) {
                    $0.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:TLS_CHACHA20_POLY1305_SHA256"
                    $0.groups = "P-256"
                }
                #expect(load.run.tlsFacts?.cipher == "TLS_CHACHA20_POLY1305_SHA256")
                #expect(load.run.tlsFacts?.group == "secp256r1")
                #expect(throws: EngineError.self) {
                    try TLSLoads.run(port: server.port, session: [Step(path: "/")]) { $0.groups = "none-such" }
                }
                #expect(throws: EngineError.self) {
                    try TLSLoads.run(port: server.port, session: [Step(path: "/")]) {
                        $0.authorityFile = "/no/such.pem"
                    }
                }
            }
        }
    }
}
