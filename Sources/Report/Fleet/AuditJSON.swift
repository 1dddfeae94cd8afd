import Fleet
import Measure
import Record

/// audit.json, schema `headroom.audit/1`: every claim and contradiction with its figures. Figures are in `unit`, which
/// has no prefix: bytes, not petabytes. What is not known is null, never 0.
public enum AuditJSON {
    static let schema = "headroom.audit/1"

    /// The file.
    public static func encode(_ audit: Audit) -> [UInt8] {
        let verdict = audit.verdict
        return JSONWriter.encode(
            .object([
                ("schema", .string(Self.schema)),
                ("mode", .string(audit.mode.rawValue)),
                (
                    "document",
                    .object([
                        ("title", .string(audit.document.title)), ("source", .stringOrNull(audit.document.source)),
                    ])
                ),
                (
                    "verdict",
                    .object([
                        ("word", .string(verdict.word.rawValue)), ("sentence", .string(verdict.sentence)),
                        ("exit", Self.count(Int(verdict.exit.rawValue))),
                    ])
                ),
                ("counts", Self.counts(verdict)),
                ("records", Self.records(audit.records)),
                ("audit", .array(audit.lines.map(Self.line))),
                ("inputs", .array(audit.inputs.map(Self.input))),
                ("facts", .array(audit.facts.map(Self.fact))),
            ]))
    }

    private static func records(_ records: AuditRecords?) -> JSON {
        guard let records else { return .null }
        func names(_ names: [String]) -> JSON { .array(names.map { .string($0) }) }
        return .object([
            ("folder", .string(records.folder)), ("asked", names(records.asked)), ("found", names(records.found)),
            ("unused", names(records.unused)),
        ])
    }

    private static func input(_ input: AuditInput) -> JSON {
        .object([
            ("name", .string(input.name)), ("says", .string(input.says)), ("text", .stringOrNull(input.text)),
        ])
    }

    private static func fact(_ fact: AuditFact) -> JSON {
        .object([
            ("name", .string(fact.name)), ("says", .string(fact.says)), ("source", .string(fact.source)),
            ("date", .string("\(fact.date)")), ("years", fact.years.map(Self.count) ?? .null),
        ])
    }

    private static func counts(_ verdict: AuditVerdict) -> JSON {
        let (claims, contradictions) = (verdict.claims, verdict.contradictions)
        return .object([
            ("right", Self.count(claims.right)), ("right_from", Self.count(claims.rightFrom)),
            ("wrong", Self.count(claims.wrong)), ("inconsistent", Self.count(claims.inconsistent)),
            ("refuted", Self.count(claims.refuted)), ("undecided", Self.count(claims.undecided)),
            ("untested", Self.count(claims.untested)), ("not_measurable", Self.count(claims.unmeasurable)),
            ("unsupported", Self.count(claims.unsupported)), ("given", Self.count(claims.given)),
            (
                "contradictions",
                .object([
                    ("real", Self.count(contradictions.real)), ("none", Self.count(contradictions.none)),
                    ("undecided", Self.count(contradictions.undecided)),
                ])
            ),
        ])
    }

    private static func line(_ line: AuditLine) -> JSON {
        .object([
            ("id", .string(line.id)),
            ("kind", .string(line.kind.rawValue)),
            ("text", .string(line.text)),
            ("says", .stringOrNull(line.says)),
            ("stated", Self.middle(line.stated, line.format)),
            ("recomputed", Self.middle(line.recomputed, line.format)),
            ("recomputed_range", Self.range(line.recomputed, line.format)),
            ("against", Self.middle(line.against, line.format)),
            ("unit", line.says == nil ? .null : .string(line.format.baseUnit)),
            ("factor", line.factor.map { Self.number($0.least.double) } ?? .null),
            ("verdict", .string(line.verdict.rawValue)),
            ("from", .array(line.inherited.map { .string($0) })),
            ("outcome", .string(line.outcome.rawValue)),
            ("between", .array(line.between.map { .string($0) })),
            ("facts", .array(line.facts.map { .string($0) })),
            ("evidence", Self.evidence(line)),
            ("sentence", .string(line.sentence)),
        ])
    }

    private static func evidence(_ line: AuditLine) -> JSON {
        guard let measurement = line.measurement, let standing = line.standing else { return .null }
        return .object([
            ("verdict", .string(standing.rawValue)), ("command", .string(measurement.command)),
            ("record", .string(measurement.record)), ("missing", .stringOrNull(measurement.missing)),
        ])
    }

    /// One number, null for a range.
    private static func middle(_ figure: Figure?, _ format: FigureFormat) -> JSON {
        guard let figure, figure.isExact else { return .null }
        return Self.number(format.base(figure.low))
    }

    /// Both ends of a range, null for one number; an end that is not known is null, too.
    private static func range(_ figure: Figure?, _ format: FigureFormat) -> JSON {
        guard let figure, !figure.isExact else { return .null }
        let ends = [figure.isAboveZero ? nil : figure.low, figure.isOpen ? nil : figure.high]
        return .array(ends.map { end in end.map { Self.number(format.base($0)) } ?? .null })
    }

    /// Whole numbers without a point.
    private static func number(_ value: Double) -> JSON {
        UInt64(exactly: value).map { .integer($0) } ?? .number(value)
    }

    private static func count(_ value: Int) -> JSON { .integer(UInt64(max(0, value))) }
}
