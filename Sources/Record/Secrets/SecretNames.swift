/// Which names carry secrets: of header fields, of query parameters, of members in an answer's body.
struct SecretNames: Sendable {
    /// Lowercased names that the user configured as secret.
    let configured: [String]

    /// Longer words do not count as names.
    static let lengthLimit = 128

    /// Parts of a name that make it secret wherever a colon follows.
    private static let fieldParts = ["authorization", "cookie", "api-key", "api_key", "apikey"]
    /// Parts that are also words of prose ("not a token: …"): they count only where a field can begin.
    private static let wordParts = ["token", "secret", "password", "passwd"]
    /// Parts of the names of query parameters, which have an "=" after them.
    private static let parameterParts =
        ["key", "signature", "credential"] + SecretNames.wordParts + SecretNames.fieldParts

    init(configured: [String]) {
        self.configured = configured.map { $0.lowercased() }
    }

    /// Whether the text after this name and a colon is secret. `atFieldStart`: before the name there is only the start
    /// of a line or punctuation.
    func isSecretField(_ name: String, atFieldStart: Bool) -> Bool {
        let name = name.lowercased()
        if self.configured.contains(name) || Self.holds(name, anyOf: Self.fieldParts) { return true }
        let isCompound = name.utf8.contains(UInt8(ascii: "-")) || name.utf8.contains(UInt8(ascii: "_"))
        return (atFieldStart || isCompound) && Self.holds(name, anyOf: Self.wordParts)
    }

    /// Whether the value of this query parameter is secret. The name may be percent-encoded.
    func isSecretParameter(_ name: ArraySlice<UInt8>) -> Bool {
        // Twice, as a redirect carries a query inside a query.
        let decoded = Self.percentDecoded(Self.percentDecoded(name)[...])
        let text = String(decoding: decoded, as: UTF8.self).lowercased()
        // In a query inside a query, only the last name belongs to this value.
        let last = text.split(whereSeparator: { "?&;/".contains($0) }).last.map(String.init) ?? text
        return self.configured.contains(last) || last == "sig" || Self.holds(last, anyOf: Self.parameterParts)
    }

    private static func holds(_ name: String, anyOf parts: [String]) -> Bool {
        let bytes = Array(name.utf8)
        return parts.contains { part in
            let wanted = Array(part.utf8)
            guard bytes.count >= wanted.count else { return false }
            return (0...(bytes.count - wanted.count)).contains { start in
                bytes[start..<(start + wanted.count)].elementsEqual(wanted)
            }
        }
    }

    private static func percentDecoded(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.endIndex,
                let value = UInt8(
                    String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self), radix: 16)
            {
                result.append(value)
                index += 3
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }
}
