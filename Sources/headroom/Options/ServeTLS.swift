import Engine
import Measure

/// What a command line of `headroom serve` says of TLS.
struct ServeTLS {
    /// With a certificate that is made at start, unless a file is given.
    var isOn = false
    var certificateFile: String?
    var keyFile: String?
    /// Where to write the certificate that is made.
    var madeFile: String?
    /// The authorities of clients.
    var clientAuthorityFile: String?

    /// The TLS options; nil in clear text. Writes the certificate that was made, if asked for.
    func options(host: String) throws(CommandError) -> TLSServerOptions? {
        if (self.certificateFile == nil) != (self.keyFile == nil) {
            throw Self.usage("--tls-cert and --tls-key belong together: give both")
        }
        guard self.isOn || self.certificateFile != nil else {
            if self.madeFile != nil { throw Self.usage("--tls-ca-out belongs to TLS: give --tls as well") }
            if self.clientAuthorityFile != nil {
                throw Self.usage("--tls-client-ca belongs to TLS: give --tls as well")
            }
            return nil
        }
        var options: TLSServerOptions
        if let certificateFile, let keyFile {
            if self.madeFile != nil {
                throw Self.usage("--tls-ca-out is for the certificate that --tls makes, not for yours")
            }
            options = TLSServerOptions(
                source: .files(TLSIdentity(certificateFile: certificateFile, keyFile: keyFile)))
        } else {
            options = TLSServerOptions(source: .made(try self.make(host)))
        }
        options.protocols = [.http2, .http11]
        options.clientAuthorityFile = self.clientAuthorityFile
        return options
    }

    /// How clients can trust a certificate that was made; nil if none was.
    var trustHint: String? {
        guard self.isOn, self.certificateFile == nil else { return nil }
        return self.madeFile.map { "clients trust the certificate with --cacert \($0)" }
            ?? "no client trusts the certificate yet: --tls-ca-out FILE writes it for them"
    }

    private func make(_ host: String) throws(CommandError) -> TLSCertificate {
        let certificate: TLSCertificate
        let pem: [UInt8]
        do throws(TLSSetupError) {
            certificate = try TLSCertificate(host: host)
            pem = try certificate.pem()
        } catch {
            throw Self.usage(error.description)
        }
        if let madeFile {
            let file = try OutputFile(madeFile)
            file.write(pem)
            try file.finish()
        }
        return certificate
    }

    private static func usage(_ sentence: String) -> CommandError { CommandError(sentence: sentence, code: .usage) }
}
