import Options
import Units
import Workload

/// The options for TLS and the version of HTTP.
extension LoadArguments {
    /// Applies the options that were given.
    static func applyTLS(_ arguments: ParsedArguments, to profile: inout Profile) throws(UsageError) {
        if let word = arguments.last(.http) { profile.http = try Self.word(word, .http) }
        if let text = arguments.last(.streams) {
            guard let streams = Int(text) else { throw UsageError("--streams: \(text) is no number of users") }
            profile.streams = streams
        }
        let sizes: [(Option, WritableKeyPath<HTTP2Plan, UInt64?>)] = [
            (.h2Window, \.window), (.h2ConnectionWindow, \.connectionWindow), (.h2Frame, \.frame),
        ]
        for (option, target) in sizes {
            guard let text = arguments.last(option) else { continue }
            do {
                profile.http2[keyPath: target] = try ByteSize.parse(text)
            } catch {
                throw UsageError("\(option.flag): \(error.message)")
            }
        }
        if arguments.has(.insecure) { profile.tls.isInsecure = true }
        if let file = try Self.file(arguments, .cacert) { profile.tls.authorityFile = file }
        if let file = try Self.file(arguments, .cert) {
            profile.tls.certificateFile = file
            // The profile's key belongs to the profile's certificate.
            profile.tls.keyFile = nil
        }
        if let file = try Self.file(arguments, .key) { profile.tls.keyFile = file }
        if let list = arguments.last(.ciphers) { profile.tls.ciphers = list }
        if let list = arguments.last(.groups) { profile.tls.groups = list }
        if let word = arguments.last(.tlsMin) { profile.tls.lowest = try Self.word(word, .tlsMin) }
        if let word = arguments.last(.tlsMax) { profile.tls.highest = try Self.word(word, .tlsMax) }
        if arguments.has(.resume) { profile.tls.resumes = true }
    }

    /// Reads one of a few words.
    static func word<Word: RawRepresentable & CaseIterable>(
        _ text: String, _ option: Option
    ) throws(UsageError) -> Word where Word.RawValue == String {
        if let word = Word(rawValue: text) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        throw UsageError("\(option.shown): \(text) is none of \(known)")
    }

    /// Reads the name of a file.
    private static func file(_ arguments: ParsedArguments, _ option: Option) throws(UsageError) -> String? {
        guard let name = arguments.last(option) else { return nil }
        if name.isEmpty { throw UsageError("\(option.flag): the name of the file is empty") }
        return name
    }
}
