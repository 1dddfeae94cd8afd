import Engine
import Measure
import Options

/// The TLS options of `headroom serve`.
enum ServeTLS {
    /// The TLS options; nil in clear text. Writes the certificate that was made, if asked for.
    static func options(_ arguments: ParsedArguments, host: String) throws(CommandError) -> TLSServerOptions? {
        let certificate = arguments.last(.tlsCert)
        let key = arguments.last(.tlsKey)
        let made = arguments.last(.tlsCaOut)
        if (certificate == nil) != (key == nil) {
            throw Self.usage("--tls-cert and --tls-key belong together: give both")
        }
        guard arguments.has(.serveTLS) || certificate != nil else {
            for option in [Option.tlsCaOut, .tlsClientCa] where arguments.has(option) {
                throw Self.usage("\(option.flag) belongs to TLS: give --tls as well")
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
        options.clientAuthorityFile = arguments.last(.tlsClientCa)
        return options
    }

    /// How clients can trust a certificate that was made; nil if none was.
    static func trustHint(_ arguments: ParsedArguments) -> String? {
        guard arguments.has(.serveTLS), arguments.last(.tlsCert) == nil else { return nil }
        return arguments.last(.tlsCaOut).map { "clients trust the certificate with --cacert \($0)" }
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
