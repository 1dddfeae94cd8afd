extension Profile {
    /// The profile of `headroom URL`: 50 users, 10 s, sessions of 10 GETs of that URL back to back. Its name is the
    /// host's.
    public static func forURL(_ url: TargetURL) -> Profile {
        Profile(
            name: self.name(from: url.host), target: url, session: [Step(path: url.path, repeatCount: 10)])
    }

    /// A host as a name: bytes that a name may not hold become `-`, and it is cut at the limit.
    private static func name(from host: String) -> String {
        let bytes = host.utf8.prefix(nameLengthLimit).map { isNameByte($0) ? $0 : UInt8(ascii: "-") }
        return bytes.isEmpty ? "run" : String(decoding: bytes, as: UTF8.self)
    }
}
