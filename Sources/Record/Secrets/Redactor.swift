/// Replaces secrets by `<redacted:8 hex digits>` before anything is shown or stored.
///
/// The digits are a keyed hash of the value: within a run the same secret has the same digits, and without the key they
/// reveal nothing. In any text it redacts: the values of `Authorization`, `Proxy-Authorization`, `Cookie`,
/// `Set-Cookie`, `X-Api-Key` and of names containing `token`, `secret` or `password` (as header lines, also folded
/// ones, and as JSON members); URL userinfo; and query parameters whose name contains one of these, `key`, `signature`
/// or `credential`. If a name is doubtful, its value is hidden. Cost: one pass; each byte is looked at a few times.
public struct Redactor: Sendable {
    private let key: (UInt64, UInt64)
    private let names: SecretNames

    /// `key` is random for each run and stored nowhere. `additionalNames`: header fields and query parameters to hide
    /// besides the known ones.
    public init(key: (UInt64, UInt64), additionalNames: [String] = []) {
        self.key = key
        self.names = SecretNames(configured: additionalNames)
    }

    /// A redactor whose marks no other redactor repeats.
    public static func withDrawnKey() -> Redactor {
        Redactor(key: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
    }

    /// A text without its secrets.
    public func text(_ text: String) -> String {
        String(decoding: self.bytes(Array(text.utf8)), as: UTF8.self)
    }

    /// Bytes, such as the start of an answer, without their secrets. `isCut`: more bytes followed, so the start of a
    /// URL at the end may be the start of a secret.
    public func bytes(_ input: [UInt8], isCut: Bool = false) -> [UInt8] {
        let scan = Scan(input: input, isCut: isCut, names: self.names)
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var index = 0
        while index < input.count {
            guard let secret = scan.secret(at: index), !secret.isEmpty else {
                output.append(input[index])
                index += 1
                continue
            }
            output.append(contentsOf: input[index..<secret.lowerBound])
            // A record that is read again has marks in place of secrets; they stay unchanged.
            if Self.isMark(input[secret]) {
                output.append(contentsOf: input[secret])
            } else {
                output.append(contentsOf: self.mark(input[secret]).utf8)
            }
            index = secret.upperBound
        }
        return output
    }

    /// Whether a value is exactly what `mark` returns, so that no secret is left in it.
    private static func isMark(_ value: ArraySlice<UInt8>) -> Bool {
        let (begin, end) = (Array("<redacted:".utf8), UInt8(ascii: ">"))
        guard value.count == begin.count + 9, value.starts(with: begin), value.last == end else { return false }
        return value.dropFirst(begin.count).dropLast().allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }

    private func mark(_ value: ArraySlice<UInt8>) -> String {
        let hex = String(SipHash.hash(value, key: self.key) >> 32, radix: 16)
        return "<redacted:\(String(repeating: "0", count: max(0, 8 - hex.utf8.count)))\(hex)>"
    }
}

/// Finds the secret after a byte that announces one: ":", "=" or "//".
private struct Scan {
    let input: [UInt8]
    let isCut: Bool
    let names: SecretNames

    /// Most white space that is skipped between a name and its colon.
    private static let paddingLimit = 16

    /// The range of the secret that the byte at `index` announces, after that byte; nil if it announces none.
    func secret(at index: Int) -> Range<Int>? {
        switch self.input[index] {
        case UInt8(ascii: "/"): self.userinfo(slash: index)
        case UInt8(ascii: ":"): self.field(colon: index)
        case UInt8(ascii: "="): self.parameter(nameEnd: index, valueStart: index + 1)
        case UInt8(ascii: "%"):
            self.isEncodedEquals(index) ? self.parameter(nameEnd: index, valueStart: index + 3) : nil
        default: nil
        }
    }

    // MARK: URL userinfo

    private func userinfo(slash: Int) -> Range<Int>? {
        guard self.byte(slash + 1) == UInt8(ascii: "/") else { return nil }
        let start = slash + 2
        let end = self.end(from: start) { self.endsValue($0) || "/?#\\".utf8.contains($0) }
        let authority = self.input[min(start, end)..<end]
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { return start..<at }
        // It may be cut off before its "@". And a text after a colon that is no port belongs to no address.
        if self.isCut, end == self.input.count { return start..<end }
        guard authority.first != UInt8(ascii: "["), let colon = authority.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let isPort = authority[(colon + 1)...].allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        return isPort ? nil : start..<end
    }

    // MARK: Header fields and JSON members

    private func field(colon: Int) -> Range<Int>? {
        var end = colon
        while end > 0, colon - end < Self.paddingLimit, self.isPadding(self.input[end - 1]) { end -= 1 }
        let isQuoted = end > 0 && self.isQuote(self.input[end - 1])
        if isQuoted { end -= 1 }
        var start = end
        while start > 0, end - start < SecretNames.lengthLimit, self.isNamePart(self.input[start - 1]) {
            start -= 1
        }
        // Control bytes inside a name must not keep it from being recognised.
        let letters = self.input[start..<end].filter { $0 > 0x20 }
        guard !letters.isEmpty else { return nil }
        let name = String(decoding: letters, as: UTF8.self)
        guard self.names.isSecretField(name, atFieldStart: self.isFieldStart(start)) else { return nil }
        let value = self.end(from: colon + 1) { !self.isPadding($0) }
        return isQuoted ? self.member(from: value) : value..<self.lineEnd(from: value)
    }

    /// A value of JSON: a string up to its closing quote, or a bare word.
    private func member(from start: Int) -> Range<Int> {
        guard let quote = self.byte(start), self.isQuote(quote) else {
            return start..<self.end(from: start) { self.endsValue($0) || ",}]".utf8.contains($0) }
        }
        return (start + 1)..<self.closing(quote, from: start + 1)
    }

    /// The end of a header's value, folded lines included.
    private func lineEnd(from start: Int) -> Int {
        var end = self.end(from: start) { $0 == 0x0A }
        while let next = self.byte(end + 1), next == 0x20 || next == 0x09 {
            end = self.end(from: end + 1) { $0 == 0x0A }
        }
        return end > start && self.input[end - 1] == 0x0D ? end - 1 : end
    }

    private func isFieldStart(_ start: Int) -> Bool {
        guard start > 0 else { return true }
        let before = self.input[start - 1]
        if before != 0x20 && before != 0x09 { return !self.isLetterOrDigit(before) }
        let line = self.input[..<start].lastIndex { $0 != 0x20 && $0 != 0x09 }
        return line.map { "\r\n,{[(".utf8.contains(self.input[$0]) } ?? true
    }

    // MARK: Query parameters

    private func parameter(nameEnd: Int, valueStart: Int) -> Range<Int>? {
        var start = nameEnd
        while start > 0, nameEnd - start < SecretNames.lengthLimit,
            self.isParameterPart(self.input[start - 1])
        {
            start -= 1
        }
        guard self.names.isSecretParameter(self.input[start..<nameEnd]) else { return nil }
        if let quote = self.byte(valueStart), self.isQuote(quote) {
            return (valueStart + 1)..<self.closing(quote, from: valueStart + 1)
        }
        return
            valueStart..<max(
                valueStart, self.end(from: valueStart) { self.endsValue($0) || "&;#".utf8.contains($0) })
    }

    private func isEncodedEquals(_ index: Int) -> Bool {
        self.byte(index + 1) == UInt8(ascii: "3") && (self.byte(index + 2) ?? 0) | 0x20 == UInt8(ascii: "d")
    }

    // MARK: Bytes

    private func byte(_ index: Int) -> UInt8? { self.input.indices.contains(index) ? self.input[index] : nil }

    private func end(from start: Int, where stops: (UInt8) -> Bool) -> Int {
        var index = start
        while index < self.input.count, !stops(self.input[index]) { index += 1 }
        return min(index, self.input.count)
    }

    /// The index of the closing quote, or the end; a backslash escapes the next byte.
    private func closing(_ quote: UInt8, from start: Int) -> Int {
        var index = start
        while index < self.input.count, self.input[index] != quote {
            index += self.input[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index, self.input.count)
    }

    private func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

    private func isPadding(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func endsValue(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x7F || "\"'<>`".utf8.contains(byte)
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
            true
        default: false
        }
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
        let isHiddenControl = byte < 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09
        return isHiddenControl || self.isLetterOrDigit(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    private func isParameterPart(_ byte: UInt8) -> Bool {
        self.isLetterOrDigit(byte) || "-_.%[]~+".utf8.contains(byte)
    }
}
