import CLinux
import Kernel

/// TLS of one worker: what its connections share.
struct WorkerTLS {
    let context: TLSContext
    let transport: TLSTransport
    /// The facts of the first handshake.
    private(set) var facts: TLSFacts?

    /// Makes it from a worker's setup; nil in clear text.
    static func make(_ setup: WorkerConfiguration) throws(Errno) -> WorkerTLS? {
        guard let context = setup.tls else { return nil }
        do {
            return WorkerTLS(context: context, transport: try TLSTransport())
        } catch {
            // The context exists already. A BIO and its buffer need nothing but memory.
            throw Errno(ENOMEM)
        }
    }

    private init(context: TLSContext, transport: TLSTransport) {
        self.context = context
        self.transport = transport
    }

    /// Keeps the facts of the first handshake.
    mutating func noteFacts(of connection: TLSConnection) {
        if self.facts == nil { self.facts = TLSFacts(connection) }
    }
}

/// What a handshake agreed on, in OpenSSL's terms, for the record.
public struct TLSFacts: Sendable, Equatable {
    /// Such as `TLSv1.3`.
    public let version: String
    /// Such as `TLS_AES_128_GCM_SHA256`.
    public let cipher: String
    /// Such as `x25519`; `none` where no key was exchanged.
    public let group: String
    /// The protocol that ALPN picked; nil: none was picked.
    public let applicationProtocol: ApplicationProtocol?

    init(_ connection: TLSConnection) {
        self.version = connection.version
        self.cipher = connection.cipher
        self.group = connection.group
        self.applicationProtocol = connection.negotiatedProtocol
    }
}
