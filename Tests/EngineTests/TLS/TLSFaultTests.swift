import CLinux
import Engine
import Testing

@Suite struct TLSFaultTests {
    /// The client's fault, and its sentence.
    private static func fault(_ pair: TLSPair) throws -> (fault: TLSFault, words: String) {
        guard case .failed(let fault) = pair.handshake().client else { throw StopError() }
        return (fault, pair.clientTransport.sentence(of: fault, context: pair.clientContext))
    }

    @Test("an expired certificate is refused, with its subject, its day and its host")
    func expired() throws {
        let (fault, words) = try Self.fault(try TLSPair.make(certificate: "expired"))
        #expect(fault.kind == .expired && fault.family == .verify)
        #expect(words.contains("/CN=expired of localhost expired on Jan  1 00:00:00 2021 GMT: renew it"))
    }

    @Test("a certificate that is not valid yet is refused")
    func future() throws {
        let (fault, words) = try Self.fault(try TLSPair.make(certificate: "future"))
        #expect(fault.kind == .notYetValid && fault.family == .verify)
        #expect(words.contains("valid from Jan  1 00:00:00 2044 GMT"))
    }

    @Test("a self-signed certificate is refused, and accepted if it is named as authority")
    func selfSigned() throws {
        let (fault, words) = try Self.fault(try TLSPair.make(certificate: "self"))
        #expect(fault.kind == .selfSigned && fault.family == .verify)
        #expect(words.contains("self-signed"))
        let file = try TLSFiles.get().path("self.pem")
        let trusted = try TLSPair.make(certificate: "self", client: { $0.authorityFile = file })
        #expect(trusted.handshake() == (.done, .done))
    }

    @Test("a certificate of an authority that is not trusted is refused, and the authority named")
    func unknownAuthority() throws {
        let file = try TLSFiles.get().path("stranger.pem")
        let (fault, words) = try Self.fault(try TLSPair.make(client: { $0.authorityFile = file }))
        #expect(fault.kind == .unknownAuthority && fault.family == .verify)
        #expect(words.contains("/CN=Test Authority"))
    }

    @Test("a certificate for another host is refused, and its hosts are named; a subject's name is no host")
    func wrongHost() throws {
        let (fault, words) = try Self.fault(try TLSPair.make(certificate: "other"))
        #expect(fault.kind == .wrongHost && fault.family == .verify)
        #expect(words.contains("DNS:elsewhere.test") && words.contains("not for localhost"))
        #expect(try Self.fault(try TLSPair.make(host: "good")).fault.kind == .wrongHost)
        #expect(try Self.fault(try TLSPair.make(host: "127.0.0.2")).fault.kind == .wrongHost)
        #expect(try TLSPair.make(host: "127.0.0.1").handshake() == (.done, .done))
    }

    @Test("no byte of a request leaves before the certificate is verified")
    func nothingSent() throws {
        let pair = try TLSPair.make(certificate: "expired")
        let request = TLSConnectionTests.request
        guard case .failed = pair.handshake().client else { throw StopError() }
        if case .bytes = pair.client.write(request, count: request.count) { Issue.record("a request was sent") }
        #expect(try TLSPair.readAllOrNothing(pair.server).isEmpty)
    }

    @Test("insecure accepts any certificate", arguments: ["expired", "self", "other"])
    func insecure(certificate: String) throws {
        let pair = try TLSPair.make(certificate: certificate, client: { $0.verifies = false })
        #expect(pair.handshake() == (.done, .done))
    }

    @Test("a server that answers in clear text is distinguished from one with another protocol")
    func clearText() throws {
        for (bytes, kind, part) in [
            ("HTTP/1.1 400 Bad Request\r\n\r\n", TLSFault.Kind.clearText, "use http://"),
            ("SSH-2.0-OpenSSH_9.2p1 Debian\r\n", .notTLS, "right port"),
        ] {
            let pair = try TLSPair.make()
            #expect(pair.client.handshake() == .wantsRead)
            #expect(send(pair.sockets.server, bytes, bytes.utf8.count, 0) == bytes.utf8.count)
            try Loopback.wait(pair.sockets.client, for: POLLIN)
            guard case .failed(let fault) = pair.client.handshake() else { throw StopError() }
            #expect(fault.kind == kind && fault.family == .handshake)
            #expect(pair.clientTransport.sentence(of: fault, context: pair.clientContext).contains(part))
        }
    }

    @Test("a plain request to a TLS server is recognised, and so is a TLS server's answer to one")
    func plainClient() throws {
        let pair = try TLSPair.make()
        let request = TLSConnectionTests.request
        #expect(send(pair.sockets.client, request, request.count, 0) == request.count)
        try Loopback.wait(pair.sockets.server, for: POLLIN)
        guard case .failed(let fault) = pair.server.handshake() else { throw StopError() }
        #expect(fault.kind == .clearText)
        #expect(TLSFault.looksLikeTLS([0x15, 3, 3, 0, 2, 2, 80], count: 7))
        #expect(!TLSFault.looksLikeTLS(request, count: request.count))
    }

    @Test("an end or a reset during the handshake is named")
    func endInHandshake() throws {
        let pair = try TLSPair.make()
        #expect(pair.client.handshake() == .wantsRead)
        shutdown(pair.sockets.server, Int32(SHUT_WR))
        try Loopback.wait(pair.sockets.client, for: POLLIN)
        #expect(pair.client.handshake() == .failed(TLSFault(.endInHandshake)))
        let other = try TLSPair.make()
        #expect(other.client.handshake() == .wantsRead)
        other.loopback.forget(other.sockets.server)
        Socket.reset(other.sockets.server)
        try Loopback.wait(other.sockets.client, for: POLLIN)
        guard case .failed(let fault) = other.client.handshake() else { throw StopError() }
        #expect(fault.kind == .endInHandshake && fault.code == UInt(ECONNRESET) && fault.family == .handshake)
    }

    @Test("versions without overlap are named, from either side")
    func versions() throws {
        let old = try TLSPair.make(client: { $0.lowestVersion = .v13 }, server: { $0.highestVersion = .v12 })
        let (fault, words) = try Self.fault(old)
        #expect(fault.kind == .versionMismatch && fault.family == .handshake)
        #expect(words.hasSuffix("versions of TLS that were offered (1.3)"), "what was offered, not what may be: \(words)")
    }

    @Test("ALPN picks a common protocol; a server without ALPN fails only a client that insists")
    func protocols() throws {
        let both = try TLSPair.make(
            client: { $0.protocols = [.http2, .http11] }, server: { $0.protocols = [.http2, .http11] })
        #expect(both.handshake() == (.done, .done))
        #expect(both.client.negotiatedProtocol == .http2 && both.server.negotiatedProtocol == .http2)
        let none = try TLSPair.make(client: { $0.protocols = [.http2, .http11] }, server: { $0.protocols = [] })
        #expect(none.handshake() == (.done, .done))
        #expect(none.client.negotiatedProtocol == nil)
        let insisting = try TLSPair.make(
            client: {
                $0.protocols = [.http2]
                $0.requiresProtocol = true
            }, server: { $0.protocols = [] })
        #expect(insisting.handshake().client == .failed(TLSFault(.protocolMismatch)))
        let refused = try TLSPair.make(client: { $0.protocols = [.http2] }, server: { $0.protocols = [.http11] })
        let (fault, words) = try Self.fault(refused)
        #expect(fault.kind == .protocolMismatch && fault.code == 120 && fault.family == .handshake)
        #expect(words.contains("(h2)"))
    }

    @Test("an alert from the server has its name")
    func alert() throws {
        let pair = try TLSPair.make()
        #expect(pair.client.handshake() == .wantsRead)
        // Fatal, internal_error.
        let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 80]
        #expect(send(pair.sockets.server, alert, alert.count, 0) == alert.count)
        try Loopback.wait(pair.sockets.client, for: POLLIN)
        guard case .failed(let fault) = pair.client.handshake() else { throw StopError() }
        #expect(fault.kind == .alert && fault.code == 80 && fault.family == .alert)
        #expect(
            pair.clientTransport.sentence(of: fault, context: pair.clientContext)
                == "localhost refused with alert 80 (internal error)")
    }

    @Test("a client certificate is sent if the server asks for it, and a missing one is reported", arguments: [TLSVersion.v12, .v13])
    func clientCertificate(version: TLSVersion) throws {
        let files = try TLSFiles.get()
        let identity = TLSIdentity(certificateFile: files.path("client.pem"), keyFile: files.path("client.key"))
        let server: (inout TLSServerOptions) -> Void = {
            $0.clientAuthorityFile = files.path("ca.pem")
            $0.highestVersion = version
        }
        let given = try TLSPair.make(client: { $0.identity = identity }, server: server)
        #expect(given.handshake() == (.done, .done))
        let lacking = try TLSPair.make(server: server)
        var found: TLSFault?
        switch lacking.handshake().client {
        case .failed(let fault): found = fault
        case .done:
            // TLS 1.3: the client is done before the server has looked at the certificate (RFC 8446, 4.4.2.4).
            if case .failed(let fault) = TLSPair.next(lacking.client) { found = fault }
        default: break
        }
        let fault = try #require(found)
        #expect(fault.family == .alert && fault.code == (version == .v13 ? 116 : 40))
        let words = lacking.clientTransport.sentence(of: fault, context: lacking.clientContext)
        #expect(words.hasSuffix("does it want a client certificate (--cert)?"))
    }

    @Test("unusable files and lists are named before a run")
    func setup() throws {
        let files = try TLSFiles.get()
        func failure(_ change: (inout TLSClientOptions) -> Void) -> String {
            var options = TLSClientOptions(host: "localhost")
            change(&options)
            do {
                _ = try TLSContext(client: options)
                return "none"
            } catch {
                return error.description
            }
        }
        let good = files.path("good.pem")
        #expect(failure { $0.authorityFile = "/nowhere.pem" }.contains("/nowhere.pem"))
        #expect(failure { $0.authorityFile = files.path("good.key") }.contains("good.key"))
        #expect(failure { $0.identity = TLSIdentity(certificateFile: "/no.pem", keyFile: good) }.contains("/no.pem"))
        #expect(
            failure { $0.identity = TLSIdentity(certificateFile: good, keyFile: files.path("ca.key")) }
                .contains("belongs together"))
        let keyless = failure { $0.identity = TLSIdentity(certificateFile: good, keyFile: good) }
        #expect(keyless.contains("good.pem holds a certificate without its private key") && keyless.contains("--key"))
        #expect(
            failure { $0.identity = TLSIdentity(certificateFile: good, keyFile: files.path("ca.pem")) }
                .contains("ca.pem as a private key: it holds none"))
        #expect(
            failure { $0.identity = TLSIdentity(certificateFile: good, keyFile: files.path("locked.key")) }
                .contains("locked.key"))
        #expect(failure { $0.ciphers = "NONSENSE" }.contains("NONSENSE"))
        #expect(failure { $0.cipherSuites = "NONSENSE" }.contains("NONSENSE"))
        #expect(failure { $0.groups = "NONSENSE" }.contains("NONSENSE"))
        #expect(failure { $0.host = "a b" }.contains("a b"))
        #expect(failure { $0.host = "" } != "none")
        #expect(failure { _ in } == "none")
    }

    @Test("the agreed cipher and group are those that were asked for")
    func lists() throws {
        let pair = try TLSPair.make(client: {
            $0.cipherSuites = "TLS_CHACHA20_POLY1305_SHA256"
            $0.groups = "P-256"
        })
        #expect(pair.handshake() == (.done, .done))
        #expect(pair.client.cipher == "TLS_CHACHA20_POLY1305_SHA256")
    }

    @Test("a certificate made at start is for this machine, and a client that has it trusts it")
    func made() throws {
        let certificate = try TLSCertificate(host: "bench.test")
        var path = Array("/tmp/headroom-made-XXXXXX".utf8CString)
        let fd = mkstemp(&path)
        let name = path.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        defer { unlink(name) }
        let pem = try certificate.pem()
        #expect(write(fd, pem, pem.count) == pem.count)
        close(fd)
        let server = try TLSContext(server: TLSServerOptions(source: .made(certificate)))
        for host in ["localhost", "127.0.0.1", "::1", "bench.test"] {
            var options = TLSClientOptions(host: host)
            options.authorityFile = name
            let pair = try TLSPair(client: try TLSContext(client: options), server: server)
            #expect(pair.handshake() == (.done, .done), "\(host)")
        }
        let stranger = try TLSPair(client: try TLSContext(client: TLSClientOptions(host: "localhost")), server: server)
        #expect(try Self.fault(stranger).fault.kind == .selfSigned)
    }
}

extension TLSPair {
    /// The bytes that can be read, even if the other end has given up.
    static func readAllOrNothing(_ reader: TLSConnection) throws -> [UInt8] {
        do { return try Self.readAll(reader) } catch is TLSFault { return [] }
    }
}
