import Engine
import Measure

/// The TLS options of `headroom serve`.
enum ServeTLS {
    /// The TLS options; nil in clear text. Writes the certificate that was made, if asked for.
    static func options(_ arguments: ParsedArguments, host: String) throws(CommandError) -> TLSServerOptions? {
        let certificate = arguments.last("tls-cert")
        let key = arguments.last("tls-key")
        let made = arguments.last("tls-ca-out")
        if (certificate == nil) != (key == nil) {
            throw Self.usage("--tls-cert and --tls-key belong together: give both")
        }
        guard arguments.has("tls") || certificate != nil else {
            for option in ["tls-ca-out", "tls-client-ca"] where arguments.has(option) {
                throw Self.usage("--\(option) belongs to TLS: give --tls as well")
            }
            return nil
        }
        var options: TLSServerOptions
        if let certificate, let key {
            if made != nil { throw Self.usage("--tls-ca-out is for the certificate that --tls makes, not for yours") }
            options = TLSServerOptions(source: .files(TLSIdentity(certificateFile: certificate, keyFile: key)))
        } else {
            options = TLSServerOptions(source: .made(try Self.make(host, writingTo: made)))
        }
        options.protocols = [.http2, .http11]
        options.clientAuthorityFile = arguments.last("tls-client-ca")
        return options
    }

    /// How clients can trust a certificate that was made; nil if none was.
    static func trustHint(_ arguments: ParsedArguments) -> String? {
        guard arguments.has("tls"), arguments.last("tls-cert") == nil else { return nil }
        return arguments.last("tls-ca-out").map { "clients trust the certificate with --cacert \($0)" }
            ?? "no client trusts the certificate yet: --tls-ca-out FILE writes it for them"
    }

    private static func make(_ host: String, writingTo path: String?) throws(CommandError) -> TLSCertificate {
        let certificate: TLSCertificate
        let pem: [UInt8]
        do throws(TLSSetupError) {
            certificate = try TLSCertificate(host: host)
            pem = try certificate.pem()
        } catch {
            throw Self.usage(error.description)
        }
        if let path {
            let file = try OutputFile(path)
            file.write(pem)
            try file.finish()
        }
        return certificate
    }

    private static func usage(_ sentence: String) -> CommandError { CommandError(sentence: sentence, code: .usage) }
}
