import CLinux
import Wire
import Workload

/// The connections that a worker leaves open for the next load, without a request in flight. One thread at a time uses
/// them. The next load takes what it needs; the rest is closed, one by one or all at once.
final class KeptConnections: @unchecked Sendable {
    /// A connection of one user.
    struct Own {
        let transport: Transport
        let tries: AddressTries
        let generation: UInt32
        let lastByteAt: UInt64
    }

    /// The TLS state of these connections; nil in clear text.
    let tls: WorkerTLS?
    /// By user.
    private var own: [Own?]
    /// By slot of `Multiplex`; a session is initialised where there is a connection.
    private var shared: [SharedConnection?]
    private let sessions: UnsafeMutablePointer<HTTP2ClientSession>
    /// Connections that are left.
    private(set) var count = 0

    /// Makes room for so many users, and slots of shared connections.
    init(tls: WorkerTLS?, users: Int, slots: Int) {
        self.tls = tls
        self.own = Array(repeating: nil, count: users)
        self.shared = Array(repeating: nil, count: slots)
        self.sessions = .allocate(capacity: slots)
    }

    deinit {
        while self.endNext() {}
        self.sessions.deallocate()
    }

    func keep(_ connection: Own, ofUser local: Int) {
        self.own[local] = connection
        self.count += 1
    }

    /// Keeps a shared connection, and moves its session here.
    func keep(
        _ connection: SharedConnection, slot: Int, session: UnsafeMutablePointer<HTTP2ClientSession>
    ) {
        self.shared[slot] = connection
        (self.sessions + slot).moveInitialize(from: session, count: 1)
        self.count += 1
    }

    /// Gives a user's connection away; nil where there is none.
    func take(ofUser local: Int) -> Own? {
        guard local < self.own.count, let connection = self.own[local] else { return nil }
        self.own[local] = nil
        self.count -= 1
        return connection
    }

    /// Gives a shared connection away, and moves its session there; nil where there is none.
    func take(slot: Int, session: UnsafeMutablePointer<HTTP2ClientSession>) -> SharedConnection? {
        guard slot < self.shared.count, let connection = self.shared[slot] else { return nil }
        self.shared[slot] = nil
        session.moveInitialize(from: self.sessions + slot, count: 1)
        self.count -= 1
        return connection
    }

    /// Ends one of those that are left; false where none is left.
    func endNext() -> Bool {
        while let last = self.own.popLast() {
            guard var transport = last?.transport else { continue }
            self.end(&transport)
            return true
        }
        while let last = self.shared.popLast() {
            guard var transport = last?.transport else { continue }
            let session = self.sessions + self.shared.count
            // Written as far as the socket takes it at once: a GOAWAY comes last.
            session.pointee.close()
            let output = session.pointee.output()
            if let bytes = output.baseAddress, output.count > 0 {
                _ = transport.send(
                    self.tls?.transport.state, bytes.assumingMemoryBound(to: UInt8.self), count: output.count)
            }
            session.deinitialize(count: 1)
            self.end(&transport)
            return true
        }
        return false
    }

    private func end(_ transport: inout Transport) {
        transport.close(self.tls?.transport.state)
        transport.dropTicket()
        self.count -= 1
    }
}

/// The users that a load leaves connected for the next load to the same target (`LoadRun.keepsUsers`). The last
/// reference ends the connections that were not taken over.
public final class KeptUsers {
    let workers: [KeptConnections]
    let contexts: [TLSContext]
    private let addresses: [SocketAddress]
    private let streams: Int
    private let http2: HTTP2Plan
    private let tls: TLSPlan

    /// The connections of a load that has ended.
    init(_ workers: [KeptConnections], contexts: [TLSContext], profile: Profile, addresses: [SocketAddress]) {
        self.workers = workers
        self.contexts = contexts
        self.addresses = addresses
        self.streams = profile.sharing
        self.http2 = profile.http2
        self.tls = profile.tls
    }

    /// Ends the connections that are left.
    public func end() {
        for worker in self.workers { while worker.endNext() {} }
    }

    /// Connections, shared or not.
    public var connections: Int { self.workers.reduce(0) { $0 + $1.count } }

    /// Whether another load can take them over: same target, same protocol and settings, same number of workers.
    func suits(_ profile: Profile, addresses: [SocketAddress], threads: Int) -> Bool {
        threads == self.workers.count && addresses == self.addresses && profile.sharing == self.streams
            && profile.http2 == self.http2 && profile.tls == self.tls
    }
}
