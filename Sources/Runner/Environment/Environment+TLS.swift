import Engine
import Measure
import Wire
import Workload

/// The TLS facts in a record.
extension Environment {
    /// Which HTTP was used: the one asked for, or the one that the server picked.
    static func http(of profile: Profile, choice: ServerChoice.Answer?) -> [(key: String, value: Condition)] {
        var text = profile.sharing == 0 ? "HTTP/1.1" : "HTTP/2, users per connection: \(profile.sharing)"
        switch choice {
        case .picked: text += "; picked by the server (ALPN)"
        case .noHandshake(let because):
            text += "; what the server would pick is not known: it completed no handshake before the load (\(because))"
        case .interrupted: text += "; what the server would pick is not known: a signal came before its answer"
        case nil: break
        }
        var conditions: [(key: String, value: Condition)] = [("protocol", .text(text))]
        if profile.sharing > 0 {
            conditions.append(("http2_settings", .text(HTTP2Configuration.words(profile.http2))))
        }
        return conditions
    }

    /// Whether the server's certificate is verified; empty in clear text.
    static func asked(of profile: Profile) -> [(key: String, value: Condition)] {
        guard profile.target.scheme == .https else { return [] }
        let verification =
            profile.tls.isInsecure ? "no: --insecure, any certificate was taken" : "yes: chain, host and expiry"
        return [
            ("tls_verified", .text(verification)),
            ("tls_resume", .text(profile.tls.resumes ? "yes" : "no: each connection is a new handshake")),
            ("tls_reader", .text(profile.tls.usesOwnReader ? "own, where it is TLS 1.3" : "openssl")),
        ]
    }

    /// The facts of the first handshake; empty where there was none.
    static func agreed(_ facts: TLSFacts?) -> [(key: String, value: Condition)] {
        guard let facts else { return [] }
        return [
            ("tls_version", .text(facts.version)), ("tls_cipher", .text(facts.cipher)),
            ("tls_group", .text(facts.group)),
            ("tls_alpn", .text(facts.applicationProtocol?.rawValue ?? "none")),
        ]
    }
}
