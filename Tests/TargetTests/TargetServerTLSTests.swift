import Engine
import Glibc
import Target
import Testing

/// The target over TLS, and a client that trusts the target's own certificate.
@Suite struct TargetServerTLSTests {
    fileprivate static let made = Result { try TLSCertificate() }

    private static func target(_ change: (inout TargetOptions) -> Void = { _ in }) throws -> RunningTarget {
        let certificate = try Self.made.get()
        return try RunningTarget {
            $0.tls = TLSServerOptions(source: .made(certificate))
            change(&$0)
        }
    }

    /// Polls, so that nothing blocks: each wait ends or throws within ten seconds.
    private final class Client {
        let plain: TestClient
        let context: TLSContext
        let transport: TLSTransport
        let tls: TLSConnection

        init(_ target: RunningTarget) throws {
            self.plain = try target.client()
            let file = try Authority.file.get()
            var options = TLSClientOptions(host: "localhost")
            options.authorityFile = file
            options.protocols = [.http11]
            self.context = try TLSContext(client: options)
            self.transport = try TLSTransport()
            self.tls = try #require(
                TLSConnection(context: self.context, transport: self.transport, fd: self.plain.fd))
            _ = fcntl(self.plain.fd, F_SETFL, fcntl(self.plain.fd, F_GETFL) | O_NONBLOCK)
            try self.handshake()
        }

        deinit { self.tls.free() }

        private func handshake() throws {
            while true {
                switch self.tls.handshake() {
                case .done: return
                case .wantsRead: try self.wait(POLLIN)
                case .wantsWrite: try self.wait(POLLOUT)
                case .failed(let fault): throw fault
                }
            }
        }

        private func wait(_ events: Int32) throws {
            var entry = pollfd(fd: self.plain.fd, events: Int16(events), revents: 0)
            try #require(poll(&entry, 1, 10_000) == 1)
            self.tls.wake()
        }

        func send(_ text: String) throws {
            let bytes = Array(text.utf8)
            try #require(self.tls.write(bytes, count: bytes.count) == .bytes(bytes.count))
        }

        /// The answer to a GET that ends the connection, and how it ended.
        func getToEnd(_ path: String) throws -> (text: [UInt8], end: TLSTransfer) {
            try self.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return try self.readToEnd()
        }

        func readToEnd() throws -> (text: [UInt8], end: TLSTransfer) {
            var got: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 16_384)
            while true {
                let result = self.tls.read(into: &buffer, capacity: buffer.count)
                switch result {
                case .bytes(let count): got += buffer.prefix(count)
                case .wantsRead: try self.wait(POLLIN)
                case .wantsWrite: try self.wait(POLLOUT)
                case .ended, .failed: return (got, result)
                }
            }
        }
    }

    /// The target's certificate as a file, for all tests of the process.
    private enum Authority {
        static let file: Result<String, any Error> = Result { try Authority.write() }

        private static func write() throws -> String {
            var template = Array("/tmp/headroom-ca-XXXXXX".utf8CString)
            let fd = mkstemp(&template)
            defer { close(fd) }
            let pem = try TargetServerTLSTests.made.get().pem()
            try #require(Glibc.write(fd, pem, pem.count) == pem.count)
            atexit { Authority.remove() }
            return template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
        }

        private static func remove() {
            if case .success(let path) = Self.file { unlink(path) }
        }
    }

    private static func body(_ text: [UInt8]) -> [UInt8] {
        for index in 0..<max(0, text.count - 3) where text[index..<(index + 4)].elementsEqual([13, 10, 13, 10]) {
            return Array(text[(index + 4)...])
        }
        return []
    }

    @Test("bodies of all kinds and sizes come over TLS as they do in clear text",
        arguments: [("/", 50_000), ("/bytes/0", 0), ("/bytes/100", 100), ("/bytes/3000000", 3_000_000),
            ("/close-delimited/70000", 70_000), ("/health", 2)])
    func bodies(path: String, count: Int) throws {
        let client = try Client(try Self.target())
        let (text, end) = try client.getToEnd(path)
        let body = Self.body(text)
        #expect(body.count == count)
        #expect(path == "/health" || body == pattern(count))
        #expect(end == .ended(isClean: true))
        #expect(client.tls.negotiatedProtocol == .http11)
    }

    @Test("chunks come over TLS, and many requests on one connection")
    func keepAlive() throws {
        let client = try Client(try Self.target())
        for _ in 0..<20 { try client.send("GET /chunked/20000 HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        let (text, end) = try client.getToEnd("/bytes/5")
        let words = String(decoding: text, as: UTF8.self)
        #expect(words.split(separator: "HTTP/1.1 200 OK").count == 21)
        #expect(words.hasSuffix("\r\n\r\nabcde"))
        #expect(end == .ended(isClean: true))
    }

    @Test("an upload of several records is dropped, and the next request found after it")
    func upload() throws {
        let client = try Client(try Self.target())
        try client.send("POST /bytes/1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 40000\r\n\r\n")
        for _ in 0..<4 { try client.send(String(repeating: "x", count: 10_000)) }
        let (text, end) = try client.getToEnd("/bytes/2")
        #expect(String(decoding: text, as: UTF8.self).split(separator: "HTTP/1.1 200 OK").count == 2)
        #expect(end == .ended(isClean: true))
    }

    @Test("an answer that is cut ends without close_notify")
    func cut() throws {
        let client = try Client(try Self.target())
        try client.send("GET /truncate HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(try client.readToEnd().end == .ended(isClean: false))
    }

    @Test("handshakes, and bytes including TLS, are counted as the client counts them")
    func counts() throws {
        let target = try Self.target()
        let client = try Client(target)
        _ = try client.getToEnd("/")
        let sent = client.transport.sent
        let received = client.transport.received
        let counts = target.counts { $0.bytesSent >= received && $0.bytesReceived >= sent && $0.responses == 1 }
        #expect(counts.bytesSent == received && counts.bytesReceived == sent)
        #expect(counts.requests == 1 && counts.bodyBytesSent == 50_000)
        #expect(counts.tlsHandshakes == 1 && counts.tlsResumptions == 0 && counts.tlsFailures == 0)
    }

    @Test("a plain request to the TLS port gets an answer in clear text that explains it")
    func clearText() throws {
        let target = try Self.target()
        let response = try target.client().get("/")
        #expect(response.status == 400)
        #expect(target.counts { $0.tlsFailures == 1 }.tlsFailures == 1)
    }

    @Test("two loops serve TLS to many connections at once")
    func many() throws {
        let target = try Self.target { $0.threads = 2 }
        let clients = try (0..<20).map { _ in try Client(target) }
        for client in clients { try client.send("GET /bytes/40000 HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        for client in clients {
            let (text, _) = try client.getToEnd("/bytes/1")
            #expect(text.count > 40_001)
        }
        #expect(target.counts { $0.responses == 40 }.tlsHandshakes == 20)
    }

    @Test("a certificate that cannot be read is an error before anything listens")
    func badFiles() {
        var options = TargetOptions()
        options.tls = TLSServerOptions(source: .files(TLSIdentity(certificateFile: "/no.pem", keyFile: "/no.key")))
        #expect {
            _ = try TargetServer(options: options)
        } throws: { "\($0)".contains("/no.pem") }
    }
}
