import COpenSSL
import Kernel

/// Sentences for faults.
extension TLSTransport {
    /// Most bytes that are shown of one part of a certificate.
    private static let textLimit = 240

    /// One sentence without a full stop: what, where, and how to fix it. Call it right after the failure, as only the
    /// last refused certificate is kept.
    public func sentence(of fault: TLSFault, context: TLSContext) -> String {
        let host = context.host ?? "the client"
        switch fault.kind {
        case .expired, .notYetValid, .selfSigned, .unknownAuthority, .wrongHost, .revoked, .badCertificate:
            return self.verifySentence(fault, host)
        case .clearText:
            return context.isServer
                ? "the client sent a request in clear text: use https://"
                : "the server answered in clear text: use http://"
        case .notTLS: return "what \(host) sent is not TLS: is it the right port?"
        case .versionMismatch:
            return "\(host) speaks none of the versions of TLS that were offered (\(Self.versions(context)))"
        case .protocolMismatch:
            let offered = context.protocols.map(\.rawValue).joined(separator: ", ")
            return "\(host) speaks none of the protocols that were offered by ALPN (\(offered)): choose another one"
        case .endInHandshake:
            let error = Errno(Int32(truncatingIfNeeded: fault.code))
            return "the TLS handshake with \(host) was not completed: "
                + (fault.code == 0 ? "the connection was closed" : error.description)
        case .handshake: return "the TLS handshake with \(host) failed: \(Self.reason(fault.code))"
        case .record: return "what \(host) sent is no valid TLS record: \(Self.reason(fault.code))"
        case .alert: return Self.alertSentence(fault.code, host, context)
        case .socket: return Errno(Int32(truncatingIfNeeded: fault.code)).description
        }
    }

    private static func reason(_ code: UInt) -> String {
        ERR_reason_error_string(code).map { String(cString: $0) } ?? "no reason given"
    }

    /// The versions that were asked for, such as `1.2 and 1.3`.
    private static func versions(_ context: TLSContext) -> String {
        context.versions.lowest == context.versions.highest
            ? context.versions.lowest.text : "\(context.versions.lowest.text) and \(context.versions.highest.text)"
    }

    private static func alertSentence(_ number: UInt, _ host: String, _ context: TLSContext) -> String {
        let name = SSL_alert_desc_string_long(Int32(truncatingIfNeeded: number)).map { String(cString: $0) }
        let words = "\(host) refused with alert \(number) (\(Self.alertNames[number] ?? name ?? "unknown"))"
        switch number {
        case 70: return words + ": of TLS \(Self.versions(context)) was offered"
        case 116, 40: return words + ": does it want a client certificate (--cert)?"
        case 42...46, 48: return words + ": it does not take the client certificate"
        default: return words
        }
    }

    /// Alerts that OpenSSL 3.0 has no text for.
    private static let alertNames: [UInt: String] = [
        109: "missing extension", 116: "certificate required", 120: "no application protocol",
    ]

    private func verifySentence(_ fault: TLSFault, _ host: String) -> String {
        let subject = self.subject
        switch fault.kind {
        case .expired:
            return "the certificate \(subject) of \(host) expired on \(self.date(X509_get0_notAfter)): renew it"
        case .notYetValid:
            return "the certificate \(subject) of \(host) is valid from \(self.date(X509_get0_notBefore)) on: "
                + "are the clocks right?"
        case .selfSigned:
            return "the certificate \(subject) of \(host) is self-signed and not trusted: name it with --cacert"
        case .unknownAuthority:
            return "the certificate of \(host) comes from an authority that is not trusted "
                + "(\(self.issuer)): name that authority's certificate with --cacert"
        case .wrongHost:
            return "the certificate \(subject) is for \(self.names), not for \(host): use a host that it is for"
        case .revoked: return "the certificate \(subject) of \(host) was revoked: replace it"
        default:
            let words = X509_verify_cert_error_string(Int(fault.code)).map { String(cString: $0) } ?? "unknown reason"
            return "the certificate \(subject) of \(host) is not valid: \(words)"
        }
    }

    private var subject: String { Self.name(self.state.pointee.refused.flatMap { X509_get_subject_name($0) }) }
    private var issuer: String { Self.name(self.state.pointee.refused.flatMap { X509_get_issuer_name($0) }) }

    /// OpenSSL writes what is not printable ASCII as escapes.
    private static func name(_ name: OpaquePointer?) -> String {
        guard let name else { return "(unknown)" }
        var buffer = [CChar](repeating: 0, count: Self.textLimit)
        guard X509_NAME_oneline(name, &buffer, Int32(buffer.count)) != nil else { return "(unknown)" }
        return Self.printable(buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    private func date(_ part: (OpaquePointer?) -> UnsafePointer<ASN1_TIME>?) -> String {
        guard let refused = self.state.pointee.refused, let time = part(refused) else { return "an unknown day" }
        return Self.printed { ASN1_TIME_print($0, time) } ?? "an unknown day"
    }

    /// The names of the subjectAltName extension.
    private var names: String {
        guard let refused = self.state.pointee.refused else { return "another host" }
        let index = X509_get_ext_by_NID(refused, NID_subject_alt_name, -1)
        guard index >= 0, let names = X509_get_ext(refused, index) else { return "no host at all" }
        return Self.printed { X509V3_EXT_print($0, names, 0, 0) } ?? "another host"
    }

    private static func printed(_ print: (OpaquePointer) -> Int32) -> String? {
        guard let memory = BIO_new(BIO_s_mem()) else { return nil }
        defer { BIO_free(memory) }
        guard print(memory) == 1 else {
            ERR_clear_error()
            return nil
        }
        var start: UnsafeMutablePointer<CChar>?
        let count = min(Int(openssl_bio_bytes(memory, &start)), Self.textLimit)
        guard let start, count > 0 else { return nil }
        return Self.printable(UnsafeBufferPointer(start: start, count: count).map { UInt8(bitPattern: $0) })
    }

    private static func printable(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }
}
