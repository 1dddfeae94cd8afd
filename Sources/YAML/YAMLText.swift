import Units

/// Checks before libyaml sees a byte: size, encoding, control characters. They are here because libyaml gives no line
/// for them.
enum YAMLText {
    /// The first fault that makes the bytes no YAML text; nil without one.
    static func firstFault(in bytes: [UInt8], kind: String) -> YAMLError? {
        guard bytes.count <= YAMLReader.fileLimit else {
            let limit = ByteSize.text(UInt64(YAMLReader.fileLimit))
            return YAMLError(
                line: 0, column: 0, message: "larger than \(limit), which is the most for a \(kind)")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return YAMLError(line: 1, column: 1, message: "the file is UTF-16 or UTF-32; save it as UTF-8")
        }
        let start = bytes.starts(with: utf8ByteOrderMark) ? utf8ByteOrderMark.count : 0
        if bytes[start...].allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x0A }) { return nil }
        return firstFault(in: bytes[start...], kind: kind)
    }

    private static func firstFault(in bytes: ArraySlice<UInt8>, kind: String) -> YAMLError? {
        var line = 1
        var column = 1
        var previous: UInt32 = 0
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        // Each turn takes at least one byte.
        for _ in 0...bytes.count {
            let value: UInt32
            switch parser.parseScalar(from: &iterator) {
            case .emptyInput: return nil
            case .error:
                return YAMLError(
                    line: line, column: column, message: "not valid UTF-8 here; save the file as UTF-8")
            case .valid(let encoded): value = Unicode.UTF8.decode(encoded).value
            }
            if let name = refusedName(value) {
                return YAMLError(
                    line: line, column: column, message: "\(name) cannot stand in a \(kind); remove it")
            }
            if value == 0x0A || value == 0x0D {
                // CR LF is a single line end.
                if !(value == 0x0A && previous == 0x0D) { line += 1 }
                column = 1
            } else {
                column += 1
            }
            previous = value
        }
        return nil
    }

    /// The name of a character outside YAML's printable set (YAML 1.1, 5.1).
    private static func refusedName(_ value: UInt32) -> String? {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: nil
        case 0x10000...: nil
        case 0..<0x80: controlName(UInt8(truncatingIfNeeded: value))
        case 0xFEFF: "a byte order mark inside the text"
        default: "the character U+" + String(value, radix: 16, uppercase: true)
        }
    }

    /// Whether there is a tab at a place, or in the blanks just before it.
    static func isTab(in text: UnsafeBufferPointer<UInt8>, line: Int, column: Int) -> Bool {
        var currentLine = 1
        var currentColumn = 1
        for byte in text {
            if currentLine == line, currentColumn == column { return byte == 0x09 }
            if byte == 0x0A {
                currentLine += 1
                currentColumn = 1
            } else if byte & 0xC0 != 0x80 {
                currentColumn += 1
            }
            if currentLine > line { return false }
        }
        return false
    }
}
