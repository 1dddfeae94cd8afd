import COpenSSL

/// What all connections of one side share: versions, certificates, trust. One thread uses a client's context and its
/// connections. All threads may use a server's context, and then share its locks. It outlives its connections.
public final class TLSContext: Sendable {
    /// Longest name of a host (RFC 1035, 2.3.4).
    static let hostLimit = 255

    // OpenSSL counts references and locks. After init only a client's key log callback changes.
    nonisolated(unsafe) let pointer: OpaquePointer
    /// The host that a client checks for; nil on a server.
    public let host: String?
    let isServer: Bool
    /// The lowest and the highest version that is offered or accepted.
    let versions: (lowest: TLSVersion, highest: TLSVersion)
    /// Sent as SNI.
    let serverName: String?
    /// Protocols that are offered or accepted.
    public let protocols: [ApplicationProtocol]
    /// The server's protocols as the select callback reads them. OpenSSL holds the address, so they are kept as long.
    private nonisolated(unsafe) let wireProtocols: UnsafeMutablePointer<UInt8>

    /// A context for connections to one host.
    public init(client options: TLSClientOptions) throws(TLSSetupError) {
        let isName = try Self.isName(options.host)
        self.host = options.host
        self.isServer = false
        self.serverName = isName ? options.host : nil
        self.versions = (options.lowestVersion, options.highestVersion)
        self.protocols = options.protocols
        self.pointer = try Self.make(
            TLSLibrary.context, TLS_client_method(), options.lowestVersion, options.highestVersion)
        self.wireProtocols = Self.copy(ApplicationProtocol.wire(options.protocols))
        try self.setLists(options)
        if options.hasOwnReader, !options.keepsSessions { TLSTransport.keepSecrets(of: self.pointer) }
        if options.verifies { try self.setVerification(options, isName: isName) }
        if let identity = options.identity { try self.setIdentity(identity) }
        if !options.protocols.isEmpty {
            // Unlike the rest of the library, this function returns 0 for success.
            let wire = ApplicationProtocol.wire(options.protocols)
            let status = SSL_CTX_set_alpn_protos(self.pointer, wire, UInt32(wire.count))
            if status != 0 { throw .library(what: "ALPN", reason: TLSErrorQueue.takeReason()) }
            if options.requiresProtocol { SSL_CTX_set_ex_data(self.pointer, 0, UnsafeMutableRawPointer(self.pointer)) }
        }
    }

    /// A context for accepted connections.
    public init(server options: TLSServerOptions) throws(TLSSetupError) {
        self.host = nil
        self.isServer = true
        self.serverName = nil
        self.versions = (options.lowestVersion, options.highestVersion)
        self.protocols = options.protocols
        self.pointer = try Self.make(nil, TLS_server_method(), options.lowestVersion, options.highestVersion)
        self.wireProtocols = Self.copy(ApplicationProtocol.wire(options.protocols))
        switch options.source {
        case .files(let identity): try self.setIdentity(identity)
        case .made(let certificate):
            if SSL_CTX_use_certificate(self.pointer, certificate.certificate) != 1
                || SSL_CTX_use_PrivateKey(self.pointer, certificate.key) != 1
            {
                throw .library(what: "a server's certificate", reason: TLSErrorQueue.takeReason())
            }
        }
        if !options.resumesSessions { openssl_refuse_resumption(self.pointer) }
        // If clients show certificates, OpenSSL resumes a session only with a session id context.
        _ = SSL_CTX_set_session_id_context(self.pointer, "headroom", 8)
        if let file = options.clientAuthorityFile {
            try self.loadAuthorities(file)
            SSL_CTX_set_client_CA_list(self.pointer, SSL_load_client_CA_file(file))
            SSL_CTX_set_verify(self.pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        if !options.protocols.isEmpty { self.setProtocolChoice() }
    }

    deinit {
        SSL_CTX_free(self.pointer)
        self.wireProtocols.deallocate()
    }

    /// Whether a client of this connection's context fails where the server picks none of the offered protocols.
    static func requiresProtocol(_ ssl: OpaquePointer) -> Bool {
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), 0) != nil
    }

    private static func make(
        _ library: OpaquePointer?, _ method: OpaquePointer?, _ lowest: TLSVersion, _ highest: TLSVersion
    ) throws(TLSSetupError) -> OpaquePointer {
        guard let context = SSL_CTX_new_ex(library, nil, method) else {
            throw .library(what: "a TLS context", reason: TLSErrorQueue.takeReason())
        }
        openssl_set_defaults(context)
        if openssl_set_versions(context, lowest.rawValue, highest.rawValue) != 1 {
            SSL_CTX_free(context)
            throw .library(what: "TLS of these versions", reason: TLSErrorQueue.takeReason())
        }
        // OpenSSL would ask for a password on the terminal. This gives none, so a key that needs one is refused.
        openssl_refuse_passwords(context) { _, _, _, _ in 0 }
        return context
    }

    /// True for a name, false for an IP address.
    private static func isName(_ host: String) throws(TLSSetupError) -> Bool {
        let length = host.utf8.count
        guard length > 0, length <= Self.hostLimit, !host.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) else {
            throw .host(host)
        }
        guard let address = a2i_IPADDRESS(host) else {
            ERR_clear_error()
            return true
        }
        ASN1_OCTET_STRING_free(address)
        return false
    }

    /// The bytes, and a zero behind them.
    private static func copy(_ bytes: [UInt8]) -> UnsafeMutablePointer<UInt8> {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: bytes.count + 1)
        memory.initialize(repeating: 0, count: bytes.count + 1)
        for (index, byte) in bytes.enumerated() { memory[index] = byte }
        return memory
    }

    /// The server's choice among what a client offers.
    private func setProtocolChoice() {
        SSL_CTX_set_alpn_select_cb(
            self.pointer,
            { _, chosen, chosenLength, offered, offeredLength, argument in
                guard let argument, let chosen, let chosenLength else { return SSL_TLSEXT_ERR_ALERT_FATAL }
                // Names after their lengths, ended by a zero length.
                let own = argument.assumingMemoryBound(to: UInt8.self)
                var ownLength: UInt32 = 0
                while own[Int(ownLength)] != 0 { ownLength += 1 + UInt32(own[Int(ownLength)]) }
                var found: UnsafeMutablePointer<UInt8>?
                let status = SSL_select_next_proto(&found, chosenLength, own, ownLength, offered, offeredLength)
                chosen.pointee = UnsafePointer(found)
                return status == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
            }, self.wireProtocols)
    }
}
