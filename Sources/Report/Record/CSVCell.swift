/// One cell of a CSV file (RFC 4180) that no spreadsheet takes for a formula.
public enum CSVCell {
    /// A cell that begins with = + - @ TAB or CR gets a `'` in front (FAULTS.md B.3.7); one that holds a comma,
    /// a quote or a line break is quoted. Numbers we write ourselves need not pass through here.
    public static func escaped(_ text: String) -> String {
        var cell = text
        if let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) {
            cell = "'" + cell
        }
        guard cell.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return cell }
        var quoted = "\""
        for scalar in cell.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
