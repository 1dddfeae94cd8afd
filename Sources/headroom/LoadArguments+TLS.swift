import Units
import Workload

/// The options for TLS and the version of HTTP.
extension LoadArguments {
    static let tlsOptions: [Option] = [
        Option("http", value: "WORD", "1.1, 2 (over TLS), h2c, or what the server picks over TLS (auto)"),
        Option("streams", value: "N", "users on one HTTP/2 connection (1)"),
        Option("h2-window", value: "SIZE", "what a server may send ahead on an HTTP/2 stream (16MiB)"),
        Option("h2-connection-window", value: "SIZE", "and on all streams of a connection together (64MiB)"),
        Option("h2-frame", value: "SIZE", "the longest HTTP/2 frame that it may send (16KiB)"),
        Option("insecure", short: "k", "the server's certificate is not verified"),
        Option("cacert", value: "FILE", "authorities to trust instead of the system's (PEM)"),
        Option("cert", value: "FILE", "a client certificate with its chain (PEM)"),
        Option("key", value: "FILE", "the key of --cert, where it is not in the same file (PEM, without a password)"),
        Option("ciphers", value: "LIST", "OpenSSL's names between colons; those of TLS 1.3 begin with TLS_"),
        Option("groups", value: "LIST", "key exchange groups, such as X25519:P-256"),
        Option("tls-min", value: "VERSION", "lowest version of TLS, 1.2 or 1.3 (1.2)"),
        Option("tls-max", value: "VERSION", "highest version of TLS, 1.2 or 1.3 (1.3)"),
        Option("resume", "a user's connections resume the TLS session of the one before (each is a new handshake)"),
    ]

    /// Applies the options that were given.
    static func applyTLS(_ arguments: ParsedArguments, to profile: inout Profile) throws(UsageError) {
        if let word = arguments.last("http") { profile.http = try Self.word(word, "--http") }
        if let text = arguments.last("streams") {
            guard let streams = Int(text) else { throw UsageError("--streams: \(text) is no number of users") }
            profile.streams = streams
        }
        let sizes: [(String, WritableKeyPath<HTTP2Plan, UInt64?>)] = [
            ("h2-window", \.window), ("h2-connection-window", \.connectionWindow), ("h2-frame", \.frame),
        ]
        for (option, target) in sizes {
            guard let text = arguments.last(option) else { continue }
            do {
                profile.http2[keyPath: target] = try ByteSize.parse(text)
            } catch {
                throw UsageError("--\(option): \(error.message)")
            }
        }
        if arguments.has("insecure") { profile.tls.isInsecure = true }
        if let file = try Self.file(arguments, "cacert") { profile.tls.authorityFile = file }
        if let file = try Self.file(arguments, "cert") {
            profile.tls.certificateFile = file
            // The profile's key belongs to the profile's certificate.
            profile.tls.keyFile = nil
        }
        if let file = try Self.file(arguments, "key") { profile.tls.keyFile = file }
        if let list = arguments.last("ciphers") { profile.tls.ciphers = list }
        if let list = arguments.last("groups") { profile.tls.groups = list }
        if let word = arguments.last("tls-min") { profile.tls.lowest = try Self.word(word, "--tls-min") }
        if let word = arguments.last("tls-max") { profile.tls.highest = try Self.word(word, "--tls-max") }
        if arguments.has("resume") { profile.tls.resumes = true }
    }

    /// Reads one of a few words.
    static func word<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ option: String
    ) throws(UsageError) -> Word where Word.RawValue == String {
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("\(option): \(text) is none of \(known)")
    }

    /// Reads the name of a file.
    private static func file(_ arguments: ParsedArguments, _ option: String) throws(UsageError) -> String? {
        guard let name = arguments.last(option) else { return nil }
        if name.isEmpty { throw UsageError("--\(option): the name of the file is empty") }
        return name
    }
}
