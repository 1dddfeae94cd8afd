/// Words in lines of a limited width.
enum WordWrap {
    /// The words of a text in lines of at most `width` characters, each with its line end and no blank before it. The
    /// first line begins with `prefix`, the others with `indent`. A word that is longer has a line of its own.
    static func lines(_ text: String, width: Int, prefix: String = "", indent: String = "") -> String {
        var lines = ""
        var line = prefix
        var separator = ""
        for word in text.split(separator: " ") {
            let isBlank = line.allSatisfy { $0 == " " }
            if !isBlank, line.count + separator.count + word.count > width {
                lines += Self.trimmed(line) + "\n"
                line = indent
                separator = ""
            }
            line += separator + word
            separator = " "
        }
        return lines + Self.trimmed(line) + "\n"
    }

    /// A line without the blanks at its end.
    static func trimmed(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}
