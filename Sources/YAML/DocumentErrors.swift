/// One error in a document, and where.
public struct DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file's name as given to the reader.
    public let file: String
    /// Counted from 1; 0 for the file as a whole.
    public let line: Int
    /// Counted from 1, in characters.
    public let column: Int
    /// What is wrong and what to write instead.
    public let message: String

    /// An error at a place.
    public init(file: String, line: Int, column: Int, message: String) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
    }

    /// `file:line:column: message`.
    public var description: String {
        let place = self.line > 0 ? ":\(self.line):\(self.column)" : ""
        return "\(printable(self.file))\(place): \(self.message)"
    }
}

/// All errors of a document, in the order of the file; never empty.
public struct DocumentErrors: Error, Sendable, Equatable, CustomStringConvertible {
    /// Most errors that are shown: people fix a few at a time, and a wrong file must not fill the screen.
    public static let shownLimit = 50

    /// The first `shownLimit` of them.
    public let errors: [DocumentError]
    /// How many more there were.
    public let omitted: Int

    /// Sorts by place and cuts at `shownLimit`.
    public init(_ found: [DocumentError]) {
        let sorted = found.enumerated().sorted { left, right in
            (left.element.line, left.element.column, left.offset) < (
                right.element.line, right.element.column, right.offset
            )
        }
        self.errors = sorted.prefix(Self.shownLimit).map(\.element)
        self.omitted = max(0, found.count - Self.shownLimit)
    }

    /// One line per error.
    public var description: String {
        var lines = self.errors.map(\.description)
        if self.omitted > 0 { lines.append("… and \(self.omitted) more errors") }
        return lines.joined(separator: "\n")
    }
}

extension YAMLReader {
    /// Reads the bytes of one document of a kind (`profile`) into a value. `file` is its name in errors, `advice` what
    /// to begin an empty one with; `read` returns the value of the tree, and the errors that it found. Throws all
    /// errors at once: a value that is returned had none.
    public static func value<Value>(
        of bytes: [UInt8], kind: String, file: String, advice: String,
        read: (YAMLNode) -> (value: Value?, errors: [YAMLError])
    ) throws(DocumentErrors) -> Value {
        let document = Self.read(bytes, kind: kind)
        var errors = document.errors
        var value: Value?
        if let root = document.root {
            let found = read(root)
            value = found.value
            errors += found.errors
        } else if errors.isEmpty {
            errors = [YAMLError(line: 1, column: 1, message: "the \(kind) is empty; \(advice)")]
        }
        if errors.isEmpty, let value { return value }
        throw DocumentErrors(
            errors.map { DocumentError(file: file, line: $0.line, column: $0.column, message: $0.message) })
    }
}

/// A file's name without characters that a terminal would interpret; in full, so that it can be clicked.
private func printable(_ name: String) -> String {
    String(
        String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
}
