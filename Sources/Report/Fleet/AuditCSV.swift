import Fleet
import Record

/// An audit as CSV: a row per claim and contradiction, in order. Figures as in audit.json.
public enum AuditCSV {
    static let columns = [
        "id", "kind", "verdict", "from", "outcome", "evidence", "says", "stated", "recomputed_low", "recomputed_high",
        "unit",
        "factor", "sentence", "command",
    ]

    /// The whole file.
    public static func encode(_ audit: Audit) -> [UInt8] {
        CapacityCSV.line(Self.columns) + audit.lines.flatMap(Self.row)
    }

    private static func row(_ line: AuditLine) -> [UInt8] {
        let format = line.format
        return CapacityCSV.line([
            line.id, line.kind.rawValue, line.verdict.rawValue, line.inherited.joined(separator: " "),
            line.outcome.rawValue,
            line.standing?.rawValue ?? "", CSVCell.escaped(line.says ?? ""),
            CapacityCSV.cell(line.stated.map { format.base($0.low) }),
            CapacityCSV.cell(line.recomputed.flatMap { $0.isAboveZero ? nil : format.base($0.low) }),
            CapacityCSV.cell(line.recomputed.flatMap { $0.isOpen ? nil : format.base($0.high) }),
            CSVCell.escaped(line.says == nil ? "" : format.baseUnit),
            CapacityCSV.cell(line.factor?.least.double), CSVCell.escaped(line.sentence),
            CSVCell.escaped(line.measurement?.command ?? ""),
        ])
    }
}
