import COpenSSL

/// A self-signed certificate (ECDSA P-256) with its key, made at start, for a reference server on this machine.
public final class TLSCertificate: Sendable {
    /// Names and addresses that every such certificate is for.
    public static let localNames = ["DNS:localhost", "IP:127.0.0.1", "IP:::1"]
    /// It is valid from an hour ago, for clocks that are slightly off.
    private static let leadSeconds = 3_600
    private static let validSeconds = 30 * 86_400

    // Reference counted by OpenSSL; not changed after init.
    nonisolated(unsafe) let certificate: OpaquePointer
    nonisolated(unsafe) let key: OpaquePointer

    /// For localhost, 127.0.0.1 and ::1, and one more host if given.
    public init(host: String? = nil) throws(TLSSetupError) {
        guard let key = openssl_make_key() else {
            throw .library(what: "a P-256 key", reason: TLSErrorQueue.takeReason())
        }
        guard let certificate = X509_new() else {
            EVP_PKEY_free(key)
            throw .library(what: "a certificate", reason: TLSErrorQueue.takeReason())
        }
        self.key = key
        self.certificate = certificate
        try self.fill(host)
    }

    deinit {
        X509_free(self.certificate)
        EVP_PKEY_free(self.key)
    }

    /// The certificate in PEM, for a client's list of authorities; no key.
    public func pem() throws(TLSSetupError) -> [UInt8] {
        guard let memory = BIO_new(BIO_s_mem()) else {
            throw .library(what: "memory for a certificate", reason: TLSErrorQueue.takeReason())
        }
        defer { BIO_free(memory) }
        var start: UnsafeMutablePointer<CChar>?
        guard PEM_write_bio_X509(memory, self.certificate) == 1 else {
            throw .library(what: "a certificate in PEM", reason: TLSErrorQueue.takeReason())
        }
        let count = Int(openssl_bio_bytes(memory, &start))
        return UnsafeBufferPointer(start: start, count: count).map { UInt8(bitPattern: $0) }
    }

    private func fill(_ host: String?) throws(TLSSetupError) {
        let serial = Int(UInt32.random(in: 1...UInt32.max))
        let name = X509_get_subject_name(self.certificate)
        let isMade =
            X509_set_version(self.certificate, 2) == 1
            && ASN1_INTEGER_set(X509_get_serialNumber(self.certificate), serial) == 1
            && X509_gmtime_adj(X509_getm_notBefore(self.certificate), -Self.leadSeconds) != nil
            && X509_gmtime_adj(X509_getm_notAfter(self.certificate), Self.validSeconds) != nil
            && X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, "headroom serve", -1, -1, 0) == 1
            && X509_set_issuer_name(self.certificate, name) == 1
            && X509_set_pubkey(self.certificate, self.key) == 1
            && openssl_add_extension(self.certificate, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") == 1
            && openssl_add_extension(self.certificate, NID_ext_key_usage, "serverAuth") == 1
        if !isMade { throw .library(what: "a certificate", reason: TLSErrorQueue.takeReason()) }
        let names = Self.localNames + (host.map(Self.alternativeNames) ?? [])
        if openssl_add_extension(self.certificate, NID_subject_alt_name, names.joined(separator: ",")) != 1 {
            ERR_clear_error()
            throw .host(host ?? "")
        }
        if X509_sign(self.certificate, self.key, EVP_sha256()) == 0 {
            throw .library(what: "a signature", reason: TLSErrorQueue.takeReason())
        }
    }

    /// The names in OpenSSL's syntax. OpenSSL would read a comma in a name as configuration, and refuses it.
    private static func alternativeNames(_ host: String) -> [String] {
        if let address = a2i_IPADDRESS(host) {
            ASN1_OCTET_STRING_free(address)
            return ["IP:" + host]
        }
        ERR_clear_error()
        return ["DNS:" + host.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") }]
    }
}
