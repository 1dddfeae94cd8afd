/// A word of a command line or a profile that cannot be used: one sentence that says what is wrong and what
/// to write instead. The caller knows where the word stood and adds that.
public struct WordError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One sentence, without the place.
    public let message: String

    /// A new error with this sentence.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}

/// Foreign text as it may stand in a message: between back quotes, no control characters, at most
/// `quotedLimit` characters. A terminal must not obey what a profile says.
func quoted(_ text: some StringProtocol) -> String {
    var shown = "`"
    var count = 0
    for scalar in text.unicodeScalars {
        if count == quotedLimit {
            shown += "…"
            break
        }
        count += 1
        switch scalar.value {
        case 0x0A: shown += "\\n"
        case 0x0D: shown += "\\r"
        case 0x09: shown += "\\t"
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
            shown += "\\u{" + String(scalar.value, radix: 16) + "}"
        default: shown.unicodeScalars.append(scalar)
        }
    }
    return shown + "`"
}

/// Characters of a foreign text that a message shows: enough to recognise it, never a screen of it.
let quotedLimit = 60
