import CLinux
import Engine
import Testing

/// A client and a server of headroom on both ends of a loopback connection. One thread drives them in turn: nothing
/// waits, and each stops when neither can go on.
final class TLSPair {
    let loopback: Loopback
    let clientContext: TLSContext
    let serverContext: TLSContext
    let clientTransport: TLSTransport
    let serverTransport: TLSTransport
    let client: TLSConnection
    let server: TLSConnection
    let sockets: (client: Int32, server: Int32)
    private var isFreed = (client: false, server: false)

    init(
        client: TLSContext, server: TLSContext, transports: (client: TLSTransport, server: TLSTransport)? = nil,
        resuming: TLSSession? = nil
    ) throws {
        self.loopback = try Loopback()
        self.sockets = try self.loopback.pair()
        self.clientContext = client
        self.serverContext = server
        self.clientTransport = try transports?.client ?? TLSTransport()
        self.serverTransport = try transports?.server ?? TLSTransport()
        self.client = try #require(
            TLSConnection(
                context: client, transport: self.clientTransport, fd: self.sockets.client, resuming: resuming))
        self.server = try #require(
            TLSConnection(context: server, transport: self.serverTransport, fd: self.sockets.server))
    }

    deinit {
        if !self.isFreed.client { self.client.free() }
        if !self.isFreed.server { self.server.free() }
    }

    func freeServer() {
        self.server.free()
        self.isFreed.server = true
        self.loopback.forget(self.sockets.server)
        close(self.sockets.server)
    }

    /// The largest number of turns for two ends: loopback delivers at once, and a handshake has three flights.
    static let turnLimit = 2_000

    /// Runs both ends in turn until both are done, or one failed.
    func handshake() -> (client: TLSProgress, server: TLSProgress) {
        var client = TLSProgress.wantsRead
        var server = TLSProgress.wantsRead
        for _ in 0..<Self.turnLimit {
            if !Self.isOver(client) { client = self.client.handshake() }
            if !Self.isOver(server) { server = self.server.handshake() }
            if Self.isOver(client) && Self.isOver(server) { break }
        }
        return (client, server)
    }

    static func isOver(_ progress: TLSProgress) -> Bool {
        switch progress {
        case .done, .failed: true
        case .wantsRead, .wantsWrite: false
        }
    }

    /// Writes all bytes on one end while the other reads them; returns the bytes read.
    func pass(_ bytes: [UInt8], from writer: TLSConnection, to reader: TLSConnection) throws -> [UInt8] {
        var sent = 0
        var got: [UInt8] = []
        for _ in 0..<Self.turnLimit where got.count < bytes.count {
            if sent < bytes.count {
                let result = bytes[sent...].withUnsafeBufferPointer { writer.write($0.baseAddress!, count: $0.count) }
                if case .bytes(let count) = result { sent += count }
                if case .failed(let fault) = result { throw fault }
            }
            got += try Self.readAll(reader)
        }
        return got
    }

    /// Everything that is there now.
    static func readAll(_ reader: TLSConnection) throws -> [UInt8] {
        var got: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        reader.wake()
        for _ in 0..<Self.turnLimit {
            switch reader.read(into: &buffer, capacity: buffer.count) {
            case .bytes(let count): got += buffer.prefix(count)
            case .failed(let fault): throw fault
            case .wantsRead, .wantsWrite, .ended: return got
            }
        }
        return got
    }

    /// The next result that is not "nothing yet".
    static func next(_ reader: TLSConnection) -> TLSTransfer {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        for _ in 0..<Self.turnLimit {
            reader.wake()
            let result = reader.read(into: &buffer, capacity: buffer.count)
            if result != .wantsRead { return result }
        }
        return .wantsRead
    }

    /// Contexts of a client that trusts the test authority, and of a server with one of its certificates.
    static func contexts(
        host: String = "localhost", certificate: String = "good",
        client: (inout TLSClientOptions) -> Void = { _ in }, server: (inout TLSServerOptions) -> Void = { _ in }
    ) throws -> (client: TLSContext, server: TLSContext) {
        let files = try TLSFiles.get()
        var clientOptions = TLSClientOptions(host: host)
        clientOptions.authorityFile = files.path("ca.pem")
        client(&clientOptions)
        var serverOptions = TLSServerOptions(
            source: .files(
                TLSIdentity(
                    certificateFile: files.path(certificate + ".pem"), keyFile: files.path(certificate + ".key"))))
        server(&serverOptions)
        return (try TLSContext(client: clientOptions), try TLSContext(server: serverOptions))
    }

    /// A pair of such contexts.
    static func make(
        host: String = "localhost", certificate: String = "good",
        client: (inout TLSClientOptions) -> Void = { _ in }, server: (inout TLSServerOptions) -> Void = { _ in }
    ) throws -> TLSPair {
        let contexts = try Self.contexts(host: host, certificate: certificate, client: client, server: server)
        return try TLSPair(client: contexts.client, server: contexts.server)
    }
}
