import COpenSSL

/// A session that can be resumed; its owner frees it.
public struct TLSSession {
    let pointer: OpaquePointer

    /// Frees it; connections that resumed it are not affected.
    public func free() { SSL_SESSION_free(self.pointer) }
}

/// What was agreed on.
extension TLSConnection {
    /// The protocol that ALPN picked; nil: none that we know.
    public var negotiatedProtocol: ApplicationProtocol? {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(self.ssl, &name, &length)
        guard let name, length > 0 else { return nil }
        let bytes = UnsafeBufferPointer(start: name, count: Int(length))
        if bytes.elementsEqual(ApplicationProtocol.http2.rawValue.utf8) { return .http2 }
        if bytes.elementsEqual(ApplicationProtocol.http11.rawValue.utf8) { return .http11 }
        return nil
    }

    /// The handshake resumed a session: no certificate was sent.
    public var wasResumed: Bool { SSL_session_reused(self.ssl) == 1 }

    /// Whether the server's certificate, which the handshake verified, also covers this name or address.
    func covers(_ host: String) -> Bool {
        guard let certificate = SSL_get1_peer_certificate(self.ssl) else { return false }
        defer { X509_free(certificate) }
        if X509_check_ip_asc(certificate, host, 0) == 1 { return true }
        // The same rules as in the handshake's own check: RFC 6125, 6.4.3 and 6.4.4.
        let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
        return X509_check_host(certificate, host, host.utf8.count, flags, nil) == 1
    }

    /// The session so far, for a later connection to resume; nil when the server sent no ticket (in TLS 1.3 it comes
    /// with or after the first answer). Call it before `free`.
    public func session() -> TLSSession? {
        guard let session = SSL_get1_session(self.ssl) else { return nil }
        if SSL_SESSION_is_resumable(session) == 1 { return TLSSession(pointer: session) }
        SSL_SESSION_free(session)
        return nil
    }

    /// Such as `TLSv1.3`.
    public var version: String { SSL_get_version(self.ssl).map { String(cString: $0) } ?? "unknown" }

    /// Such as `TLS_AES_128_GCM_SHA256`.
    public var cipher: String {
        SSL_CIPHER_get_name(SSL_get_current_cipher(self.ssl)).map { String(cString: $0) } ?? "none"
    }

    /// The group of the key exchange, such as `x25519`; `none` where there was none.
    public var group: String {
        let number = openssl_group(self.ssl)
        if number == 0 { return "none" }
        return openssl_group_name(self.ssl, number).map { String(cString: $0) } ?? "unknown"
    }
}
