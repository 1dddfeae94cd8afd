import Engine

/// The TLS options of `headroom serve`.
enum ServeTLS {
    /// Nil in clear text. Writes the made certificate where it is wanted.
    static func options(_ arguments: ParsedArguments, host: String) throws(Refusal) -> TLSServerOptions? {
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
        options.clientAuthorityFile = arguments.last("tls-client-ca")
        return options
    }

    private static func make(_ host: String, writingTo path: String?) throws(Refusal) -> TLSCertificate {
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

    private static func usage(_ sentence: String) -> Refusal { Refusal(sentence: sentence, code: .usage) }
}
