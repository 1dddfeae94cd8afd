import COpenSSL
import Kernel

/// Why TLS cannot be set up: what, where, and how to fix it.
public enum TLSSetupError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file of certificates or a key that is missing, or that holds none.
    case file(what: String, path: String, reason: String)
    /// The key does not belong to the certificate.
    case keyMismatch(certificateFile: String, keyFile: String)
    /// The file has a certificate but no key, and is used for both.
    case keyMissing(certificateFile: String)
    /// A list that OpenSSL refuses.
    case list(what: String, value: String, reason: String)
    /// A host that cannot be checked.
    case host(String)
    /// OpenSSL has no memory, or is broken.
    case library(what: String, reason: String)

    /// One line for a person to read.
    public var description: String {
        switch self {
        case .file(let what, let path, let reason):
            "cannot use \(path) as \(what): \(reason); give a readable PEM file"
        case .keyMismatch(let certificate, let key):
            "the key in \(key) is not that of the certificate in \(certificate): give the pair that belongs together"
        case .keyMissing(let certificate):
            "\(certificate) holds a certificate without its private key: name the key's file as well (--key, or "
                + "`key` in target.tls), or put both into one file"
        case .list(let what, let value, let reason):
            "\(what): \(value) is not taken (\(reason)); `openssl ciphers -s -v` and `openssl list` show what there is"
        case .host(let host):
            "\"\(host)\" is no host that a certificate can be for: give a name or an IP address"
        case .library(let what, let reason):
            "OpenSSL cannot make \(what): \(reason)"
        }
    }
}

/// OpenSSL's error queue of the calling thread.
enum TLSErrorQueue {
    /// Returns the text of the oldest error, and empties the queue.
    static func takeReason() -> String {
        let code = ERR_peek_error()
        defer { ERR_clear_error() }
        if code == 0 { return "no reason given" }
        let system = openssl_system_error(code)
        if system != 0 { return Errno(system).description }
        guard let text = ERR_reason_error_string(code) else { return "error \(code)" }
        return String(cString: text)
    }
}
