/// Text from outside made safe for a terminal, and its width in columns.
public enum TerminalText {
    /// Every byte that could control a terminal (controls, escape sequences, invalid UTF-8) becomes `\xNN`. Every
    /// character that is invisible or changes the writing direction becomes `\u{…}`. A backslash becomes two, so that
    /// nothing else can look like an escape. `keepingLines` leaves tab, line feed and carriage return.
    public static func sanitised(_ bytes: some Collection<UInt8>, keepingLines: Bool = false) -> String {
        var result = ""
        var decoder = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var consumed: [UInt8] = []
        var source = AnyIterator<UInt8> {
            let next = iterator.next()
            if let next { consumed.append(next) }
            return next
        }
        // The parser may have read ahead: the length of what it accepted shows how much it kept.
        while true {
            switch decoder.parseScalar(from: &source) {
            case .emptyInput: return result
            case .valid(let encoded):
                consumed.removeFirst(min(encoded.count, consumed.count))
                Self.append(UTF8.decode(encoded), to: &result, keepingLines: keepingLines)
            case .error(let length):
                for byte in consumed.prefix(length) { result += Self.escaped(byte) }
                consumed.removeFirst(min(length, consumed.count))
            }
        }
    }

    /// The same for a string.
    public static func sanitised(_ text: String) -> String { Self.sanitised(text.utf8) }

    /// Terminal columns of a text: 0 for combining marks, two for wide characters.
    public static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + Self.width($1) }
    }

    /// The text, cut to so many columns with "…" at its end if it is longer.
    public static func clipped(_ text: String, columns: Int) -> String {
        if Self.width(text) <= columns { return text }
        if columns < 1 { return "" }
        var kept = String.UnicodeScalarView()
        var width = 0
        for scalar in text.unicodeScalars {
            width += Self.width(scalar)
            if width > columns - 1 { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// The text in pieces of at most so many columns, cut after a space where there is one.
    public static func wrapped(_ text: String, columns: Int) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var width = 0
        for scalar in text.unicodeScalars {
            let next = Self.width(scalar)
            if width + next > max(columns, 2) {
                if let space = line.lastIndex(of: " "), space > line.startIndex {
                    let rest = line[line.index(after: space)...]
                    lines.append(String(line[..<space]))
                    line = String.UnicodeScalarView(rest)
                } else {
                    lines.append(String(line))
                    line = String.UnicodeScalarView()
                }
                width = Self.width(String(line))
            }
            line.append(scalar)
            width += next
        }
        lines.append(String(line))
        return lines
    }

    private static func append(_ scalar: Unicode.Scalar, to text: inout String, keepingLines: Bool) {
        switch scalar.value {
        case 0x09...0x0A where keepingLines, 0x0D where keepingLines: text.unicodeScalars.append(scalar)
        case 0x00..<0x20, 0x7F: text += Self.escaped(UInt8(truncatingIfNeeded: scalar.value))
        case 0x5C: text += "\\\\"
        case 0x20..<0x7F: text.unicodeScalars.append(scalar)
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        "\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))"
    }

    /// Ranges of East Asian wide and emoji characters (Unicode, UAX #11), coarse on purpose: a guess too wide leaves a
    /// gap, one too narrow breaks a line.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD,
    ]

    private static func width(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: return Self.wide.contains { $0.contains(scalar.value) } ? 2 : 1
        }
    }

    /// The text that `sanitised` was made of, as far as backslashes go: a text that is read from a file is sanitised
    /// already and will be again, and one backslash must not become four.
    static func plain(_ text: String) -> String {
        var plain = ""
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == "\\" && !isEscaped {
                isEscaped = true
                continue
            }
            if isEscaped && scalar != "\\" { plain += "\\" }
            plain.unicodeScalars.append(scalar)
            isEscaped = false
        }
        return plain
    }

    /// A text from a file in a message: in quotes, cut, and without anything that a terminal would interpret.
    static func quoted(_ text: String) -> String {
        "\"\(Self.sanitised(String(text.prefix(Self.quotedLimit))))\""
    }

    /// Most characters of such a text.
    private static let quotedLimit = 60
}
