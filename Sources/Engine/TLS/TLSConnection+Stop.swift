import COpenSSL

/// Why an operation did not succeed.
extension TLSConnection {
    /// The reason code of an alert is the alert's number plus this.
    private static let alertOffset: Int32 = 1_000

    /// Turns an OpenSSL result below 1 into a `TLSTransfer`; OpenSSL's error queue is empty afterwards. `isShaking`: it
    /// came from a handshake. (OpenSSL itself calls every failed connection unfinished.)
    func stop(_ result: Int32, isShaking: Bool) -> TLSTransfer {
        switch SSL_get_error(self.ssl, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        // The option to ignore a missing close_notify lets a session be resumed after it. The BIO knows whether it was
        // missing.
        case SSL_ERROR_ZERO_RETURN: return .ended(isClean: !self.state.pointee.isEnded)
        default:
            let code = ERR_peek_error()
            ERR_clear_error()
            return self.failure(code, isShaking)
        }
    }

    private func failure(_ code: UInt, _ isShaking: Bool) -> TLSTransfer {
        let system = self.state.pointee.error
        if system != 0 {
            return .failed(TLSFault(isShaking ? .endInHandshake : .socket, code: UInt(system)))
        }
        let reason = openssl_tls_reason(code)
        if let fault = Self.alert(reason) { return .failed(fault) }
        switch reason {
        case SSL_R_CERTIFICATE_VERIFY_FAILED: return .failed(self.verifyFault())
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .failed(TLSFault(.clearText, code: code))
        case SSL_R_UNSUPPORTED_PROTOCOL: return .failed(TLSFault(.versionMismatch, code: code))
        case SSL_R_NO_APPLICATION_PROTOCOL: return .failed(TLSFault(.protocolMismatch, code: code))
        default: break
        }
        if self.state.pointee.isEnded {
            return isShaking ? .failed(TLSFault(.endInHandshake)) : .ended(isClean: false)
        }
        if !isShaking { return .failed(TLSFault(.record, code: code)) }
        if reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG {
            return .failed(TLSFault(self.beginsWithHTTP ? .clearText : .notTLS, code: code))
        }
        return .failed(TLSFault(.handshake, code: code))
    }

    /// The fault of an alert that the peer sent.
    private static func alert(_ reason: Int32) -> TLSFault? {
        guard reason > Self.alertOffset, reason <= Self.alertOffset + 255 else { return nil }
        return Self.fault(ofAlert: reason - Self.alertOffset)
    }

    /// The fault of an alert by its number (RFC 8446, 6).
    static func fault(ofAlert number: Int32) -> TLSFault {
        switch number {
        case SSL_AD_PROTOCOL_VERSION: TLSFault(.versionMismatch, code: UInt(UInt32(bitPattern: number)))
        case SSL_AD_NO_APPLICATION_PROTOCOL: TLSFault(.protocolMismatch, code: UInt(UInt32(bitPattern: number)))
        default: TLSFault(.alert, code: UInt(UInt32(bitPattern: number)))
        }
    }

    private func verifyFault() -> TLSFault {
        let error = self.state.pointee.verifyError
        let kind: TLSFault.Kind =
            switch error {
            case X509_V_ERR_CERT_HAS_EXPIRED: .expired
            case X509_V_ERR_CERT_NOT_YET_VALID: .notYetValid
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: .selfSigned
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
                X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
                X509_V_ERR_CERT_SIGNATURE_FAILURE, X509_V_ERR_CERT_UNTRUSTED:
                .unknownAuthority
            case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: .wrongHost
            case X509_V_ERR_CERT_REVOKED: .revoked
            default: .badCertificate
            }
        return TLSFault(kind, code: UInt(UInt32(bitPattern: error)))
    }

    /// Whether the bytes received last begin like an HTTP answer in clear text.
    private var beginsWithHTTP: Bool {
        guard self.state.pointee.end >= 5 else { return false }
        return UnsafeBufferPointer(start: self.state.pointee.bytes, count: 5).elementsEqual("HTTP/".utf8)
    }
}
