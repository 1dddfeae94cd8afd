import Fleet
import Record
import Units

/// A plan for people: the demand, the instances that each limit asks for, the bill, and as the last line what is
/// needed.
public enum PlanText {
    private static let indent = 2
    private static let columns = 100

    /// The page. `scaling`: the simulation of a day, between the bill and the cautions.
    public static func page(_ plan: FleetPlan, scaling: ScalingComparison? = nil) -> String {
        var lines: [String] = [Self.title(plan)]
        for section in PlanLine.Section.allCases {
            let body =
                switch section {
                case .instances: Self.instances(plan)
                case .bill: Self.bill(plan)
                default: Self.section(plan, section)
                }
            if body.isEmpty { continue }
            lines += ["", PlanWords.title(section)] + body
        }
        if let scaling {
            lines += ["", "Scaling"] + ScalingText.lines(scaling).map { $0.isEmpty ? "" : "  \($0)" }
        }
        lines += ["", "Prices and limits"] + Self.sourceTable(plan).lines(indent: Self.indent)
        if !plan.cautions.isEmpty {
            lines += ["", "Cautions"]
            for caution in plan.cautions {
                let wrapped = TerminalText.wrapped(PlanWords.text(caution), columns: Self.columns - 4)
                for (index, line) in wrapped.enumerated() {
                    lines.append((index == 0 ? "  - " : "    ") + line)
                }
            }
        }
        lines += ["", PlanWords.verdict(plan, scaling)]
        return lines.map { TerminalText.sanitised($0) }.joined(separator: "\n") + "\n"
    }

    private static func title(_ plan: FleetPlan) -> String {
        let name = plan.deployment.name.isEmpty ? "" : "\(plan.deployment.name): "
        return "\(name)\(Quantity.count(plan.demand.daily.count)) daily users, "
            + "\(Quantity.count(plan.demand.peak.count)) of them at once at the peak"
    }

    private static func section(_ plan: FleetPlan, _ section: PlanLine.Section) -> [String] {
        var table = TextTable(right: [1])
        for line in plan.lines where line.section == section {
            table.add([line.label, PlanWords.text(line.value), Self.remark(line)])
        }
        return table.lines(indent: Self.indent)
    }

    /// What stands beside a figure: its bracket, where it comes from, and its note.
    static func remark(_ line: PlanLine) -> String {
        var parts: [String] = []
        if let bracket = PlanWords.bracket(line) { parts.append(bracket) }
        if line.basis == .given || line.basis == .measured || line.basis == .assumed {
            parts.append(line.basis.rawValue)
        }
        if case .unknown(let because) = line.value { parts.append(because) }
        if let note = line.note { parts.append(note) }
        return parts.joined(separator: "; ")
    }

    static func instanceTable(_ plan: FleetPlan) -> TextTable {
        var table = TextTable(right: [1, 2, 3, 4])
        let utilisation = "at \(Quantity.percent(plan.deployment.instance.utilisation))"
        table.add([plan.deployment.instance.type, "one holds", "bare", utilisation, "reserve", ""])
        for row in plan.limits {
            guard let need = row.need else {
                table.add([PlanWords.name(row.limit), "unknown", "", "", "", row.because ?? ""])
                continue
            }
            table.add([
                PlanWords.name(row.limit), row.each.map(PlanWords.text) ?? "",
                Quantity.count(need.bare.count),
                Quantity.count(need.atUtilisation.count), Quantity.count(need.withReserve.count),
                row.limit == plan.binding?.limit ? "<- binds" : "",
            ])
        }
        if let row = Self.targetRow(plan) { table.add(row) }
        return table
    }

    /// The targets behind the load balancers of a region; nil without any.
    private static func targetRow(_ plan: FleetPlan) -> [String]? {
        func line(_ id: String) -> PlanLine? { plan.lines.first { $0.id == "instances.balancer_targets.\(id)" } }
        guard let largest = line("region"), let most = line("most"), case .amount(let needed, _) = largest.value else {
            return nil
        }
        let count = Quantity.count(Instances(needed).count)
        guard case .amount(let room, _) = most.value else {
            return ["load balancer targets", "unknown", "", "", "", "no quota is known"]
        }
        let fits = needed <= room ? "fits a region" : "too many for a region"
        return ["load balancer targets", Quantity.count(Instances(room).count), "", "", count, fits]
    }

    private static func instances(_ plan: FleetPlan) -> [String] {
        var lines = Self.instanceTable(plan).lines(indent: Self.indent)
        lines.append("  reserve: \(PlanWords.reserve(plan.deployment.zones))")
        if let line = plan.lines.first(where: { $0.id == "instances.planned" }),
            let bracket = PlanWords.bracket(line)
        {
            lines.append("  the measured bracket gives \(bracket)")
        }
        return lines
    }

    static func billTable(_ plan: FleetPlan) -> TextTable {
        var table = TextTable(right: [1, 3, 4])
        table.add(["", "quantity", "price", "fixed", "scaled"])
        for line in plan.bill.lines {
            table.add([
                line.label, PlanWords.text(line.quantity), line.price,
                line.fixed?.value.text ?? "unknown",
                line.scaled?.value.text ?? "unknown",
            ])
        }
        let isWhole = plan.bill.unknown.isEmpty
        func sum(_ label: String, _ fixed: Money?, _ scaled: Money?) {
            table.add([
                label + (isWhole ? "" : ", at least"), "", "", fixed?.text ?? "unknown",
                scaled?.text ?? "unknown",
            ])
        }
        sum("total", plan.bill.fixed?.value, plan.bill.scaled?.value)
        sum("a million sessions", plan.perMillionSessions?.fixed, plan.perMillionSessions?.scaled)
        return table
    }

    /// What `scaled` in a bill is.
    static func scaled(_ zones: Zones) -> String {
        "scaled: follows the load without delay, the least that is possible "
            + (zones.survive > 0 ? "with this reserve" : "at this utilisation")
    }

    static func sourceTable(_ plan: FleetPlan) -> TextTable {
        var table = TextTable()
        for source in plan.sources {
            let text = TerminalText.clipped(source.text, columns: Self.columns - 34)
            table.add([source.name, source.date.description, text])
        }
        return table
    }

    private static func bill(_ plan: FleetPlan) -> [String] {
        var lines = Self.billTable(plan).lines(indent: Self.indent)
        lines.append("  fixed: at its peak all day")
        lines.append("  \(Self.scaled(plan.deployment.zones))")
        if let fixed = plan.bill.fixed, let scaled = plan.bill.scaled, fixed.low != fixed.high {
            lines.append(
                "  the measured bracket gives \(fixed.low.text) to \(fixed.high.text), "
                    + "scaled \(scaled.low.text) to \(scaled.high.text)")
        }
        return lines
    }
}

/// The same as Markdown, for a design review.
public enum PlanMarkdown {
    /// The page, with the simulation of a day where there is one.
    public static func page(_ plan: FleetPlan, scaling: ScalingComparison? = nil) -> String {
        let name = plan.deployment.name.isEmpty ? "Fleet" : plan.deployment.name
        var lines = ["# \(TerminalText.sanitised(name))", "", "**\(PlanWords.verdict(plan, scaling))**"]
        for section in PlanLine.Section.allCases {
            let table: TextTable
            switch section {
            case .instances: table = PlanText.instanceTable(plan)
            case .bill: table = PlanText.billTable(plan)
            default:
                var rows = TextTable(right: [1])
                rows.add(["", "figure", "remark"])
                let own = plan.lines.filter { $0.section == section }
                if own.isEmpty { continue }
                for line in own { rows.add([line.label, PlanWords.text(line.value), PlanText.remark(line)]) }
                table = rows
            }
            lines += ["", "## \(PlanWords.title(section))", ""] + table.markdown()
            if section == .instances {
                lines += ["", "Reserve: \(PlanWords.reserve(plan.deployment.zones))."]
            }
            if section == .bill {
                lines += ["", "Fixed: at its peak all day; \(PlanText.scaled(plan.deployment.zones))."]
            }
        }
        lines += ["", "## Prices and limits", ""]
        lines += plan.sources.map { "- \($0.name), \($0.date): \($0.text)" }
        if let scaling { lines += ["", "## Scaling", "", "```"] + ScalingText.lines(scaling) + ["```"] }
        if !plan.cautions.isEmpty {
            lines += ["", "## Cautions", ""] + plan.cautions.map { "- \(PlanWords.text($0))" }
        }
        return lines.map { TerminalText.sanitised($0) }.joined(separator: "\n") + "\n"
    }
}
