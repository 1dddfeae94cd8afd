/// Why a TLS connection failed, as a plain value; `TLSTransport.sentence(of:context:)` makes a sentence of it.
public struct TLSFault: Error, Sendable, Equatable {
    /// What was wrong.
    public enum Kind: UInt8, Sendable {
        // The certificate: no byte of a request was sent.
        case expired, notYetValid, selfSigned, unknownAuthority, wrongHost, revoked, badCertificate
        // The handshake.
        case clearText, notTLS, versionMismatch, protocolMismatch, endInHandshake, handshake
        // The peer sent an alert; `code` is its number.
        case alert
        // After the handshake: the socket failed (`code` is the errno), or what came is no valid record.
        case socket, record
    }

    /// The error classes of failed requests.
    public enum Family: UInt8, Sendable {
        /// `tls_verify`
        case verify
        /// `tls_handshake`
        case handshake
        /// `tls_alert`
        case alert
        /// `reset`
        case socket
    }

    public let kind: Kind
    /// An alert, an errno, a verify error of X.509, or an error code of OpenSSL, depending on `kind`; 0: none.
    public let code: UInt

    /// A kind with its code.
    public init(_ kind: Kind, code: UInt = 0) {
        self.kind = kind
        self.code = code
    }

    /// The error class of a request that failed by it.
    public var family: Family {
        switch self.kind {
        case .expired, .notYetValid, .selfSigned, .unknownAuthority, .wrongHost, .revoked, .badCertificate: .verify
        case .clearText, .notTLS, .versionMismatch, .protocolMismatch, .endInHandshake, .handshake, .record: .handshake
        case .alert: .alert
        case .socket: .socket
        }
    }

    /// Whether bytes are the start of a TLS record: a server that answers a plain request like this speaks TLS.
    public static func looksLikeTLS(_ bytes: UnsafePointer<UInt8>, count: Int) -> Bool {
        // Content types of RFC 8446, 5.1, and the major version that all of TLS has.
        count >= 3 && (20...23).contains(bytes[0]) && bytes[1] == 3 && bytes[2] <= 4
    }
}

/// The state of a handshake.
public enum TLSProgress: Sendable, Equatable {
    /// Wait for the socket to be readable, or writable, and call again.
    case wantsRead, wantsWrite
    /// Over: the certificate is verified, and requests may be sent.
    case done
    case failed(TLSFault)
}

/// The result of a read or write.
public enum TLSTransfer: Sendable, Equatable {
    /// So many bytes of plaintext, at least one.
    case bytes(Int)
    /// Nothing now: wait for the socket to be readable, or writable, and call again.
    case wantsRead, wantsWrite
    /// The peer's end, with close_notify or without. Without one, bytes may be missing (RFC 8446, 6.1).
    case ended(isClean: Bool)
    case failed(TLSFault)
}
