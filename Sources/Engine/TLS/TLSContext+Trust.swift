import COpenSSL
import Kernel

/// Certificates, keys and lists of a context.
extension TLSContext {
    /// Turns on the check of the server's certificate: chain, host and expiry.
    func setVerification(_ options: TLSClientOptions, isName: Bool) throws(TLSSetupError) {
        if let file = options.authorityFile {
            try self.loadAuthorities(file)
        } else if SSL_CTX_set_default_verify_paths(self.pointer) != 1 {
            throw .library(what: "the system's list of authorities", reason: TLSErrorQueue.takeReason())
        } else if let file = SystemAuthorities.file {
            try self.loadAuthorities(file)
        }
        let parameters = SSL_CTX_get0_param(self.pointer)
        if isName {
            // RFC 6125, 6.4.3 and 6.4.4: a wildcard is a whole label, and the subject's name does not count as a host.
            X509_VERIFY_PARAM_set_hostflags(
                parameters, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        }
        let status =
            isName
            ? X509_VERIFY_PARAM_set1_host(parameters, options.host, options.host.utf8.count)
            : X509_VERIFY_PARAM_set1_ip_asc(parameters, options.host)
        if status != 1 { throw .host(options.host) }
        SSL_CTX_set_verify(self.pointer, SSL_VERIFY_PEER) { isGood, store in
            if isGood == 0, let store { TLSTransport.keepVerifyFailure(store) }
            return isGood
        }
    }

    /// Trusts the certificates in a PEM file.
    func loadAuthorities(_ file: String) throws(TLSSetupError) {
        if SSL_CTX_load_verify_file(self.pointer, file) != 1 {
            throw .file(what: "certificates of authorities", path: file, reason: TLSErrorQueue.takeReason())
        }
    }

    /// Sets the certificate to show, with its chain.
    func setIdentity(_ identity: TLSIdentity) throws(TLSSetupError) {
        if SSL_CTX_use_certificate_chain_file(self.pointer, identity.certificateFile) != 1 {
            throw .file(
                what: "a certificate", path: identity.certificateFile, reason: TLSErrorQueue.takeReason())
        }
        if !self.takeKey(identity.keyFile) {
            let code = ERR_peek_last_error()
            let reason = TLSErrorQueue.takeReason()
            // As the certificate is set already, OpenSSL checks the pair when the key is set.
            if openssl_is_key_mismatch(code) == 1 {
                throw .keyMismatch(certificateFile: identity.certificateFile, keyFile: identity.keyFile)
            }
            if Self.lacksKey(identity.keyFile) {
                if identity.keyFile == identity.certificateFile {
                    throw .keyMissing(certificateFile: identity.certificateFile)
                }
                throw .file(what: "a private key", path: identity.keyFile, reason: "it holds none")
            }
            throw .file(what: "a private key", path: identity.keyFile, reason: reason)
        }
        if SSL_CTX_check_private_key(self.pointer) != 1 {
            ERR_clear_error()
            throw .keyMismatch(certificateFile: identity.certificateFile, keyFile: identity.keyFile)
        }
    }

    /// Whether a readable file has no private key in PEM (RFC 7468, 10 and 11: the label of each key ends so).
    private static func lacksKey(_ file: String) -> Bool {
        guard let text = SystemFile.read(file), text.utf8.count < SystemFile.limit else { return false }
        return !text.split(separator: "\n").contains { $0.hasPrefix("-----BEGIN ") && $0.contains("PRIVATE KEY-----") }
    }

    /// Uses the private key in a PEM file; false with the reason in OpenSSL's queue. OpenSSL's default context decodes
    /// it, as a client's context (`TLSLibrary`) decodes public keys only.
    private func takeKey(_ file: String) -> Bool {
        guard let input = BIO_new_file(file, "r") else { return false }
        defer { BIO_free(input) }
        guard let key = PEM_read_bio_PrivateKey(input, nil, { _, _, _, _ in 0 }, nil) else { return false }
        defer { EVP_PKEY_free(key) }
        return SSL_CTX_use_PrivateKey(self.pointer, key) == 1
    }

    /// Ciphers and groups.
    func setLists(_ options: TLSClientOptions) throws(TLSSetupError) {
        if let list = options.ciphers, SSL_CTX_set_cipher_list(self.pointer, list) != 1 {
            throw .list(what: "ciphers of TLS 1.2", value: list, reason: TLSErrorQueue.takeReason())
        }
        if let list = options.cipherSuites, SSL_CTX_set_ciphersuites(self.pointer, list) != 1 {
            throw .list(what: "cipher suites of TLS 1.3", value: list, reason: TLSErrorQueue.takeReason())
        }
        if let list = options.groups, openssl_set_groups(self.pointer, list) != 1 {
            throw .list(what: "key exchange groups", value: list, reason: TLSErrorQueue.takeReason())
        }
    }
}
