import CLinux

/// TLS of one worker: what its connections are made with and share.
struct WorkerTLS {
    let context: TLSContext
    let transport: TLSTransport
    /// What the first handshake agreed on.
    private(set) var facts: TLSFacts?

    /// As a worker is set up; nil in clear text.
    static func make(_ setup: WorkerConfiguration) throws(Errno) -> WorkerTLS? {
        guard let context = setup.tls else { return nil }
        do {
            return WorkerTLS(context: context, transport: try TLSTransport())
        } catch {
            // The context was made before: what else a BIO and its buffer need is memory.
            throw Errno(ENOMEM)
        }
    }

    private init(context: TLSContext, transport: TLSTransport) {
        self.context = context
        self.transport = transport
    }

    /// Keeps what the first handshake agreed on.
    mutating func noteFacts(of connection: TLSConnection) {
        if self.facts == nil { self.facts = TLSFacts(connection) }
    }
}

/// What a handshake agreed on, in OpenSSL's words, for the record.
public struct TLSFacts: Sendable, Equatable {
    /// Such as `TLSv1.3`.
    public let version: String
    /// Such as `TLS_AES_128_GCM_SHA256`.
    public let cipher: String
    /// Such as `x25519`; `none` where no key was exchanged.
    public let group: String
    /// By ALPN; nil: none was picked.
    public let applicationProtocol: ApplicationProtocol?

    init(_ connection: TLSConnection) {
        self.version = connection.version
        self.cipher = connection.cipher
        self.group = connection.group
        self.applicationProtocol = connection.negotiatedProtocol
    }
}
