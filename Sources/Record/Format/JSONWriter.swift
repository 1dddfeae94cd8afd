/// Writes JSON (RFC 8259) for people and programs, indented by two spaces.
///
/// Strings are safe to embed in HTML and to print on a terminal: `<`, U+2028, U+2029, and all control
/// characters, those of ISO 8859 (U+0080 to U+009F) included, are written as escapes.
public struct JSONWriter {
    private var output: [UInt8] = []

    /// The bytes of a value, with a newline at the end.
    public static func encode(_ value: JSON) -> [UInt8] {
        var writer = JSONWriter()
        writer.write(value, indent: 0)
        writer.output.append(UInt8(ascii: "\n"))
        return writer.output
    }

    private mutating func write(_ value: JSON, indent: Int) {
        switch value {
        case .object(let members):
            self.writeList(members, open: "{", close: "}", indent: indent) { writer, member in
                writer.write(string: member.key)
                writer.raw(": ")
                writer.write(member.value, indent: indent + 1)
            }
        case .array(let elements):
            self.writeList(elements, open: "[", close: "]", indent: indent) { writer, element in
                writer.write(element, indent: indent + 1)
            }
        case .string(let text): self.write(string: text)
        case .integer(let integer): self.raw("\(integer)")
        // `description` is the shortest decimal that reads back as the same number.
        case .number(let number): self.raw(number.isFinite ? "\(number)" : "null")
        case .bool(let bool): self.raw(bool ? "true" : "false")
        case .null: self.raw("null")
        }
    }

    private mutating func writeList<Element>(
        _ elements: [Element], open: String, close: String, indent: Int,
        each: (inout JSONWriter, Element) -> Void
    ) {
        self.raw(open)
        for (index, element) in elements.enumerated() {
            self.raw(index == 0 ? "\n" : ",\n")
            self.indent(indent + 1)
            each(&self, element)
        }
        if !elements.isEmpty {
            self.raw("\n")
            self.indent(indent)
        }
        self.raw(close)
    }

    private mutating func write(string: String) {
        self.raw("\"")
        for scalar in string.unicodeScalars {
            switch scalar.value {
            case 0x22: self.raw("\\\"")
            case 0x5C: self.raw("\\\\")
            case 0x0A: self.raw("\\n")
            case 0x0D: self.raw("\\r")
            case 0x09: self.raw("\\t")
            case 0x00..<0x20, 0x7F..<0xA0, 0x3C, 0x2028, 0x2029: self.escape(scalar.value)
            default: self.output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        self.raw("\"")
    }

    private mutating func escape(_ value: UInt32) {
        let hex = String(value, radix: 16)
        self.raw("\\u" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex)
    }

    private mutating func indent(_ depth: Int) {
        for _ in 0..<depth { self.raw("  ") }
    }

    private mutating func raw(_ text: String) { self.output.append(contentsOf: text.utf8) }
}
