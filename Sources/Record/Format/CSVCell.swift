/// One cell of a CSV file (RFC 4180) that no spreadsheet reads as a formula.
public enum CSVCell {
    /// A cell that begins with = + - @ TAB or CR gets a `'` in front. A cell with a comma, a quote or a line break is
    /// quoted. Numbers that we write ourselves need not pass through here.
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
