import CLinux
import Engine
import Glibc
import Testing

/// The client's side against OpenSSL's own server program.
@Suite struct TLSPeerTests {
    /// `openssl s_server` for one connection; it ends with that connection.
    private final class Peer {
        let port: UInt16
        private let stream: UnsafeMutablePointer<FILE>

        init(_ options: String) throws {
            let files = try TLSFiles.get()
            let command =
                "exec openssl s_server -accept 127.0.0.1:0 -naccept 1 -www -cert \(files.path("good.pem")) "
                + "-key \(files.path("good.key")) -CAfile \(files.path("ca.pem")) -cipher DEFAULT@SECLEVEL=0 "
                + "\(options) 2>&1 </dev/null"
            let stream = try #require(popen(command, "r"))
            self.stream = stream
            var line = [CChar](repeating: 0, count: 512)
            var found: UInt16?
            for _ in 0..<10 where found == nil {
                guard fgets(&line, 512, stream) != nil else { break }
                let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if text.hasPrefix("ACCEPT ") {
                    found = UInt16(text.dropFirst(7).split(separator: ":").last?.dropLast() ?? "")
                }
            }
            self.port = try #require(found)
        }

        deinit { pclose(self.stream) }
    }

    /// Asks a peer for its page; returns the answer, and how it ended.
    private static func ask(
        _ options: String, client change: (inout TLSClientOptions) -> Void = { _ in }
    ) throws -> (text: [UInt8], end: TLSTransfer, version: String) {
        let peer = try Peer(options)
        // Its end waits for the server's end, and the server waits for the client's.
        defer { withExtendedLifetime(peer) {} }
        let files = try TLSFiles.get()
        var clientOptions = TLSClientOptions(host: "localhost")
        clientOptions.authorityFile = files.path("ca.pem")
        change(&clientOptions)
        let context = try TLSContext(client: clientOptions)
        let transport = try TLSTransport()
        let address = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: peer.port).first)
        let fd = try Socket.connect(to: address)
        defer { close(fd) }
        try Loopback.wait(fd, for: POLLOUT)
        let connection = try #require(TLSConnection(context: context, transport: transport, fd: fd))
        defer { connection.free() }
        var progress = connection.handshake()
        while progress == .wantsRead {
            try Loopback.wait(fd, for: POLLIN)
            progress = connection.handshake()
        }
        if case .failed(let fault) = progress { return ([], .failed(fault), connection.version) }
        let request = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        try #require(connection.write(request, count: request.count) == .bytes(request.count))
        var got: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let result = connection.read(into: &buffer, capacity: buffer.count)
            switch result {
            case .bytes(let count): got += buffer.prefix(count)
            case .wantsRead:
                try Loopback.wait(fd, for: POLLIN)
                connection.wake()
            case .wantsWrite: try Loopback.wait(fd, for: POLLOUT)
            case .ended, .failed: return (got, result, connection.version)
            }
        }
    }

    @Test("a page comes from OpenSSL's server over TLS 1.2 and 1.3", arguments: ["1.2", "1.3"])
    func page(version: String) throws {
        let (text, end, spoken) = try Self.ask("-tls" + (version == "1.2" ? "1_2" : "1_3"))
        #expect(text.starts(with: "HTTP/1.0 200 ok".utf8))
        #expect(spoken == "TLSv" + version)
        if case .failed(let fault) = end { Issue.record("\(fault)") }
    }

    @Test("a server of TLS 1.0 or 1.1 only is named as such", arguments: ["-tls1", "-tls1_1"])
    func old(option: String) throws {
        guard case .failed(let fault) = try Self.ask(option).end else { throw StopError() }
        #expect(fault.kind == .versionMismatch && fault.family == .handshake)
    }

    @Test("a server that demands a client certificate gets it, or the failure names its alert")
    func clientCertificate() throws {
        let files = try TLSFiles.get()
        let given = try Self.ask("-Verify 1 -verify_return_error") {
            $0.identity = TLSIdentity(certificateFile: files.path("client.pem"), keyFile: files.path("client.key"))
        }
        #expect(given.text.starts(with: "HTTP/1.0 200 ok".utf8))
        guard case .failed(let fault) = try Self.ask("-Verify 1 -verify_return_error").end else { throw StopError() }
        #expect(fault.family == .alert && fault.code == 116)
    }

    @Test("a client that insists on HTTP/2 fails with a server without ALPN")
    func protocols() throws {
        let (_, end, _) = try Self.ask("") {
            $0.protocols = [.http2]
            $0.requiresProtocol = true
        }
        #expect(end == .failed(TLSFault(.protocolMismatch)))
    }
}
