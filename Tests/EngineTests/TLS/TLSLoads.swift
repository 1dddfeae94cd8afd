import CLinux
import Engine
import Target
import Testing
import Workload

/// Loads over TLS, against headroom's own server and against scripts.
enum TLSLoads {
    /// A server over TLS, with one of the tests' certificates, while `body` runs.
    static func withTarget<Result>(
        certificate: String = "good", _ change: (inout TLSServerOptions) -> Void = { _ in },
        _ body: (TargetServer) throws -> Result
    ) throws -> Result {
        let files = try TLSFiles.get()
        var options = TLSServerOptions(
            source: .files(
                TLSIdentity(
                    certificateFile: files.path("\(certificate).pem"), keyFile: files.path("\(certificate).key"))))
        change(&options)
        return try Loads.withTarget({ $0.tls = options }, body)
    }

    /// A load of a few sessions over TLS; by default it trusts the tests' authority.
    static func run(
        port: UInt16, host: String = "127.0.0.1", session: [Step], sessions: Int = 1, users: Int = 1,
        timeouts: Timeouts = Timeouts(), threads: Int = 1, scheme: String = "https",
        followHosts: [String] = [], tls: (inout TLSPlan) -> Void = { _ in },
        _ change: (inout Load) -> Void = { _ in }
    ) throws -> FinishedLoad {
        let files = try TLSFiles.get()
        var profile = try Loads.profile(
            port: port, host: host, scheme: scheme, session: session, timeouts: timeouts
        ) {
            $0.users = users
            $0.sessions = sessions
            change(&$0)
        }
        if scheme == "https" {
            profile.tls.authorityFile = files.path("ca.pem")
            tls(&profile.tls)
        }
        profile.followHosts = followHosts.map { FollowHost(host: $0) }
        profile.follow = followHosts.count
        let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: port)
        let load = try Loads.run(profile, threads: threads, addresses: addresses)
        load.expectExactAccounts("over TLS")
        return load
    }

    /// A script over TLS.
    static func server(
        protocols: [ApplicationProtocol] = [.http11], _ script: @escaping @Sendable (SecuredScript, Int) -> Void
    ) throws -> ScriptedServer {
        let files = try TLSFiles.get()
        var options = TLSServerOptions(
            source: .files(TLSIdentity(certificateFile: files.path("good.pem"), keyFile: files.path("good.key"))))
        options.protocols = protocols
        let context = try TLSContext(server: options)
        return try ScriptedServer { connection, number in
            guard let secured = SecuredScript(connection, context) else { return }
            script(secured, number)
            secured.free()
        }
    }

    /// Runs sessions against a script over TLS.
    static func scripted(
        sessions: Int = 1, timeouts: Timeouts = Timeouts(),
        _ script: @escaping @Sendable (SecuredScript, Int) -> Void
    ) throws -> FinishedLoad {
        let server = try Self.server(script)
        defer { server.stop() }
        return try Self.run(
            port: server.port, session: [Step(path: "/")], sessions: sessions, timeouts: timeouts)
    }
}

/// The server's end of one TLS connection of a script. Its calls wait, for at most ten seconds each.
final class SecuredScript: ScriptedPeer {
    private let connection: ScriptedConnection
    private let transport: TLSTransport
    private let tls: TLSConnection
    /// Plaintext that came before the handshake was over, or nil if none came.
    private(set) var isShaken = false

    init?(_ connection: ScriptedConnection, _ context: TLSContext) {
        guard let transport = try? TLSTransport(),
            let tls = TLSConnection(context: context, transport: transport, fd: connection.fd)
        else { return nil }
        self.connection = connection
        self.transport = transport
        self.tls = tls
        handshake: for _ in 0..<100 {
            switch self.tls.handshake() {
            case .done:
                self.isShaken = true
                break handshake
            case .wantsRead: if !connection.wait(for: POLLIN) { break handshake }
            case .wantsWrite: if !connection.wait(for: POLLOUT) { break handshake }
            case .failed: break handshake
            }
        }
    }

    func free() { self.tls.free() }

    func read(atMost limit: Int) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: limit)
        // Each turn waits for the socket, or is the last one.
        while true {
            self.tls.wake()
            switch self.tls.read(into: &buffer, capacity: limit) {
            case .bytes(let count): return Array(buffer.prefix(count))
            case .wantsRead, .wantsWrite: if !self.connection.wait(for: POLLIN) { return nil }
            case .ended: return []
            case .failed: return nil
            }
        }
    }

    /// Waits for the end of a request's head; nil if the client ended first.
    func readHead() -> String? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard let bytes = self.read(atMost: 4_096), !bytes.isEmpty else { return nil }
            head += bytes
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// Writes everything; false if the client is gone.
    @discardableResult
    func write(_ text: String) -> Bool { self.write(bytes: Array(text.utf8)) }

    @discardableResult
    func write(bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let result = bytes[offset...].withUnsafeBufferPointer { self.tls.write($0.baseAddress!, count: $0.count) }
            switch result {
            case .bytes(let count): offset += count
            case .wantsRead, .wantsWrite: if !self.connection.wait(for: POLLOUT) { return false }
            case .ended, .failed: return false
            }
        }
        return true
    }

    /// An answer with a length.
    func answer(_ body: String = "hello") {
        self.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    func end() { self.endCleanly() }

    /// close_notify, then the end.
    func endCleanly() {
        self.tls.shutdown()
        self.connection.end()
    }

    /// The end of TCP only.
    func cut() { self.connection.end() }
}
