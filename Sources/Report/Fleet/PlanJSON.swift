import Fleet
import Record
import Units

/// plan.json, schema `headroom.plan/1`: every line with its unit and its bracket, the bill and the cautions.
/// Money is a text with all decimals: it has no floating point.
public enum PlanJSON {
    static let schema = "headroom.plan/1"

    /// The file, with the simulation of a day where there is one.
    public static func encode(_ plan: FleetPlan, scaling: ScalingComparison? = nil) -> [UInt8] {
        let binding = plan.binding
        let members: [(key: String, value: JSON)] = [
            ("schema", .string(Self.schema)),
            ("mode", .string("recomputed")),
            ("name", .string(plan.deployment.name)),
            ("verdict", .string(PlanWords.verdict(plan, scaling))),
            ("instance_type", .string(plan.deployment.instance.type)),
            ("binding", .stringOrNull(binding?.limit.rawValue)),
            ("lines", .array(plan.lines.map(Self.line))),
            ("bill", Self.bill(plan)),
            (
                "prices",
                .object([
                    ("region", .string(plan.prices.region)),
                    ("sources", .array(plan.sources.map(Self.source))),
                ])
            ),
            ("cautions", .array(plan.cautions.map { .string(PlanWords.text($0)) })),
        ]
        return JSONWriter.encode(.object(members + (scaling.map { [("scaling", ScalingJSON.value($0))] } ?? [])))
    }

    private static func line(_ line: PlanLine) -> JSON {
        .object([
            ("id", .string(line.id)),
            ("value", Self.value(line.value)),
            ("low", Self.value(line.low)),
            ("high", Self.value(line.high)),
            ("unit", .string(Self.unit(line.value))),
            ("basis", .string(line.basis.rawValue)),
            ("note", .stringOrNull(Self.note(line))),
        ])
    }

    /// Why a line is unknown, or what its note says.
    static func note(_ line: PlanLine) -> String? {
        if case .unknown(let because) = line.value { return because }
        return line.note
    }

    private static func value(_ value: PlanValue) -> JSON {
        switch value {
        case .amount(let number, _), .rate(let number, _), .share(let number), .ratio(let number):
            return UInt64(exactly: number).map { .integer($0) } ?? .number(number)
        case .money(let money): return .string(money.exactText)
        case .time(let time): return .number(time.seconds)
        case .unknown: return .null
        }
    }

    /// A value as a cell of CSV; empty where it is unknown.
    static func cell(_ value: PlanValue) -> String {
        switch value {
        case .amount(let number, _), .rate(let number, _), .share(let number), .ratio(let number):
            return UInt64(exactly: number).map { String($0) } ?? "\(number)"
        case .money(let money): return money.exactText
        case .time(let time): return "\(time.seconds)"
        case .unknown: return ""
        }
    }

    static func unit(_ value: PlanValue) -> String {
        switch value {
        case .amount(_, let unit): unit
        case .rate(_, let unit): "\(unit)/s"
        case .money: "USD"
        case .share, .ratio: "1"
        case .time: "s"
        case .unknown: ""
        }
    }

    private static func bill(_ plan: FleetPlan) -> JSON {
        let each = plan.perMillionSessions
        return .object([
            ("currency", .string("USD")),
            ("per", .string("day")),
            (
                "lines",
                .array(
                    plan.bill.lines.map { line in
                        .object([
                            ("id", .string(line.id)),
                            ("quantity", Self.value(line.quantity)),
                            ("unit", .string(Self.unit(line.quantity))),
                            ("price", .string(line.price)),
                            ("source", .stringOrNull(line.source?.name)),
                            ("fixed", Self.cost(line.fixed)),
                            ("scaled", Self.cost(line.scaled)),
                        ])
                    })
            ),
            ("fixed", Self.cost(plan.bill.fixed)),
            ("scaled", Self.cost(plan.bill.scaled)),
            ("unknown", .array(plan.bill.unknown.map { .string($0.id) })),
            (
                "million_sessions",
                .object([
                    ("fixed", .stringOrNull(each?.fixed.exactText)),
                    ("scaled", .stringOrNull(each?.scaled.exactText)),
                ])
            ),
        ])
    }

    private static func cost(_ cost: BillLine.Cost?) -> JSON {
        guard let cost else { return .null }
        return .object([
            ("value", .string(cost.value.exactText)), ("low", .string(cost.low.exactText)),
            ("high", .string(cost.high.exactText)),
        ])
    }

    private static func source(_ source: PriceBook.Source) -> JSON {
        .object([
            ("name", .string(source.name)), ("date", .string(source.date.description)),
            ("text", .string(source.text)),
        ])
    }
}

/// A plan as CSV: a row per line and per line of the bill.
public enum PlanCSV {
    /// The whole file.
    public static func encode(_ plan: FleetPlan) -> [UInt8] {
        var rows = [["id", "value", "low", "high", "unit", "basis", "note"]]
        for line in plan.lines {
            rows.append([
                line.id, PlanJSON.cell(line.value), PlanJSON.cell(line.low), PlanJSON.cell(line.high),
                PlanJSON.unit(line.value), line.basis.rawValue, PlanJSON.note(line) ?? "",
            ])
        }
        for line in plan.bill.lines {
            rows.append([
                "bill.\(line.id).quantity", PlanJSON.cell(line.quantity), PlanJSON.cell(line.quantity),
                PlanJSON.cell(line.quantity), PlanJSON.unit(line.quantity), Basis.derived.rawValue, "a day",
            ])
            rows.append(Self.row("bill.\(line.id).fixed", line.fixed, line.price))
            rows.append(Self.row("bill.\(line.id).scaled", line.scaled, line.price))
        }
        let rest =
            plan.bill.unknown.isEmpty
            ? "" : "without \(plan.bill.unknown.map(\.id).joined(separator: " and "))"
        rows.append(Self.row("bill.total.fixed", plan.bill.fixed, rest))
        rows.append(Self.row("bill.total.scaled", plan.bill.scaled, rest))
        return Array(
            (rows.map { $0.map(CSVCell.escaped).joined(separator: ",") }.joined(separator: "\n") + "\n").utf8)
    }

    private static func row(_ id: String, _ cost: BillLine.Cost?, _ note: String) -> [String] {
        [
            id, cost?.value.exactText ?? "", cost?.low.exactText ?? "", cost?.high.exactText ?? "", "USD/day",
            cost == nil ? Basis.unknown.rawValue : Basis.derived.rawValue, note,
        ]
    }
}
