/// Text from outside, made safe for a message: between back quotes, no control characters, at most `quotedLimit`
/// characters. A terminal must not interpret the content of a profile.
public func quoted(_ text: some StringProtocol) -> String {
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

/// Most characters of such a text in a message: enough to recognise it, never a screen of it.
let quotedLimit = 60

/// The text with its ASCII capitals as small letters; other characters are unchanged.
public func asciiLowercased(_ text: some StringProtocol) -> String {
    String(decoding: text.utf8.map { $0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0 }, as: UTF8.self)
}

/// The text with its small ASCII letters as capitals; other characters are unchanged.
public func asciiUppercased(_ text: some StringProtocol) -> String {
    String(decoding: text.utf8.map { $0 >= 0x61 && $0 <= 0x7A ? $0 & 0xDF : $0 }, as: UTF8.self)
}

/// A control character's name for a message.
public func controlName(_ byte: UInt8) -> String {
    switch byte {
    case 0x00: "a NUL character"
    case 0x09: "a tab"
    case 0x0A: "a line feed"
    case 0x0D: "a carriage return"
    default: "the control character 0x" + String(byte, radix: 16, uppercase: true)
    }
}

/// Bytes that a UTF-8 file may begin with; they are no part of its text.
public let utf8ByteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
