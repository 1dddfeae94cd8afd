import Fleet
import Units

/// A plan's figures and cautions in words, for tables and pages.
public enum PlanWords {
    /// A figure with its unit: "12,500 instances", "23.1 Gbps", "$0.384".
    static func text(_ value: PlanValue) -> String {
        switch value {
        case .amount(let amount, let unit):
            if amount >= 0x1p64 { return "more than can be counted" }
            if unit == ByteKind.unit { return Quantity.bytes(Bytes(amount).count) }
            if unit == CapacityUnitKind.unit { return "\(Quantity.rate(amount)) \(unit)" }
            let count = Instances(amount).count
            return
                "\(Quantity.count(count)) \(count == 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit)"
        case .rate(let rate, let unit):
            return unit == BitKind.unit ? Quantity.bitsPerSecond(rate) : "\(Quantity.rate(rate)) \(unit)/s"
        case .money(let money): return money.text
        case .share(let share): return Quantity.percent(share)
        case .ratio(let ratio): return "x \(Quantity.rate(ratio))"
        case .time(let time): return Quantity.clock(UInt64(max(0, time.seconds * 1e9)))
        case .unknown: return "unknown"
        }
    }

    /// The ends of a line's bracket: "12,100 to 13,000 instances"; nil where both are the figure.
    static func bracket(_ line: PlanLine) -> String? {
        guard line.low != line.high else { return nil }
        let (low, high) = (Self.text(line.low), Self.text(line.high))
        return low == high ? nil : "\(low) to \(high)"
    }

    static func name(_ limit: FleetLimit) -> String {
        switch limit {
        case .connections: "connections"
        case .cpu: "CPU"
        case .bandwidthSustained: "bandwidth, sustained"
        case .bandwidthBurst: "bandwidth, burst"
        case .memory: "memory"
        }
    }

    static func title(_ section: PlanLine.Section) -> String {
        switch section {
        case .input: "Given"
        case .demand: "Demand"
        case .instances: "Instances"
        case .regions: "Regions"
        case .balancers: "Load balancers"
        case .transfer: "Transfer"
        case .names: "Names"
        case .database: "Database"
        case .bill: "Bill of a day"
        }
    }

    /// Which reserve a plan has.
    static func reserve(_ zones: Zones) -> String {
        if zones.survive == 0 { return "none: no zone may fail" }
        return "\(zones.survive) of \(zones.count) zones of each region may fail"
    }

    /// A caution as a sentence.
    static func text(_ caution: PlanCaution) -> String {
        switch caution {
        case .untestedCapacity(let users):
            return
                "Untested: no record backs \(Quantity.count(users.count)) users per instance. Measure it: "
                + "headroom capacity URL --assume \(users.count), then plan with --from RECORD."
        case .doubtfulRecord(.unknown(let why)):
            return
                "Doubtful: a record's verdict is UNKNOWN (\(why)). Its figures may be the generator's, not the "
                + "target's."
        case .doubtfulRecord(.unjudged):
            return "Doubtful: a record has no verdict. Its figures may be the generator's, not the target's."
        case .otherPace(let measured, let planned):
            return
                "Another pace: the record's users ask \(Quantity.rate(measured)) times a second each, these "
                + "\(Quantity.rate(planned)). Measure at the pace of the plan."
        case .otherHardware(let measured, let planned):
            return
                "Other hardware: the record is of \(measured ?? "hardware that is not known"), not of \(planned)."
        case .idle(let binding, let requests, let bandwidth, let times, let cpu):
            let many = times.isFinite ? "\(Quantity.count(UInt64(min(times, 1e12)))) times that" : "more"
            let alarm =
                cpu.map { "Its processors are used to \(Quantity.percent($0)): an alarm on CPU never fires." }
                ?? "If its processors idle, too, an alarm on CPU never fires: measure it."
            let bind = "\(Self.name(binding)) \(binding == .connections ? "bind" : "binds")"
            return
                "Idle: \(bind), and each instance answers \(Quantity.rate(requests.perSecond)) requests/s and sends "
                + "\(Quantity.bitsPerSecond(bandwidth.perSecond)) at the peak; its network sustains \(many). \(alarm)"
        case .assumedPeak(let ratio):
            return
                "Assumed: the peak is \(Quantity.rate(ratio)) times the average. An event has 5 to 20. State "
                + "peak_over_average, or the time that a user is there on a day."
        case .regionsPeakApart:
            return
                "The regions peak at different times. Each is planned for its own peak; they never peak together."
        case .connectionsEndBefore(let front):
            return
                "Connections of clients end at the \(front.rawValue), which has its own, pooled ones to the instances. "
                + "So users per instance are not connections per instance."
        case .noReserve: return "No reserve: when a zone fails at the peak, the others are overloaded."
        case .noSlack:
            return "No slack: instances are planned full, and growth during the start of new ones is refused."
        case .noOverhead:
            return
                "Heads, TLS and what is sent again are not counted: 0.5 to 1 KB a request. State session.overhead, or "
                + "take it from a run: --from RECORD."
        case .compressionCPU:
            return "Compression costs CPU of the servers, which no limit here has. Measure with it."
        case .unknownLimits(let limits):
            return
                "Unknown: the instances for \(limits.map(Self.name).joined(separator: "; "))."
        case .separateWriters(let writers):
            return
                "\(Quantity.count(Instances(writers).count)) writers are as many databases: a global Aurora database "
                + "has one writer in one region."
        case .tooManyBalancers(let region, let count, let most):
            return
                "\(region.isEmpty ? "The region" : region) needs \(Quantity.rate(count)) load balancers; the default "
                + "quota is \(Quantity.rate(most))."
        case .tooManyDatabases(let count, let most):
            return
                "\(Quantity.rate(count)) database instances in a region; the default quota is \(Quantity.rate(most))."
        case .tooManyReaders(let readers, let most):
            return "\(Quantity.rate(readers)) readers; a cluster has at most \(Quantity.rate(most))."
        case .oldPrices(let source, let date, let years):
            return
                "Prices of `\(source)` are of \(date), over \(Quantity.plural(UInt64(max(1, years)), "year")) old."
        case .futurePrices(let source, let date):
            return "Prices of `\(source)` are of \(date), which is in the future."
        case .pricesOfOneRegion(let region):
            return
                "Instances, load balancers, transfer without a CDN, and storage have the prices of \(region) in every "
                + "region."
        case .unknownGeographies(let regions):
            return
                "Where the users of \(regions.map { quoted($0) }.joined(separator: ", ")) are is not known, so the "
                + "price of the CDN is not. State `geography`."
        case .compressionOfRecord(let stated):
            return
                "The bytes are as a record had them on the wire: the stated compression of \(Quantity.percent(stated)) "
                + "is not applied to them."
        }
    }

    /// What a day costs at the peak all day, and with the cheapest policy of a simulation, or without one scaled.
    private static func cost(_ plan: FleetPlan, _ comparison: ScalingComparison?) -> String {
        let instances = plan.bill.lines.first { $0.id == "instances" }?.fixed
        guard let instances, let fixed = plan.bill.fixed, let scaled = plan.bill.scaled else {
            return "its price is unknown"
        }
        let least = "\(plan.bill.unknown.isEmpty ? "" : "at least ")\(fixed.value.text) a day"
        guard let comparison else { return "\(least), \(scaled.value.text) scaled" }
        guard let best = comparison.best, let cost = best.summary.costPerDay else {
            return "\(least); no policy holds the objective"
        }
        if best.policy.kind == .fixed { return "\(least) as a static peak" }
        return "\(least), \((fixed.value - instances.value + cost).text) with \(ScalingText.name(best.policy.kind))"
    }

    /// The last line: what is needed, why, and what it costs.
    public static func verdict(_ plan: FleetPlan, _ comparison: ScalingComparison? = nil) -> String {
        let doubt = plan.deployment.doubts.isEmpty ? "" : "; DOUBTFUL: from a record whose verdict is not known"
        return Self.need(plan, comparison) + doubt
    }

    private static func need(_ plan: FleetPlan, _ comparison: ScalingComparison?) -> String {
        let type = plan.deployment.instance.type
        guard let binding = plan.binding, let need = binding.need else {
            return "No limit is known: nothing can be planned."
        }
        let planned = Quantity.count(need.withReserve.count)
        let utilisation = Quantity.percent(plan.deployment.instance.utilisation)
        let zones = plan.deployment.zones
        let reserve = zones.survive == 0 ? "no reserve" : "\(zones.survive) of \(zones.count) zones may fail"
        let bare = Quantity.count(need.bare.count)
        let parts = "\(bare) bare, \(Quantity.count(need.atUtilisation.count)) at \(utilisation)"
        let start = "\(planned) \(type) (\(parts), \(reserve)); \(Self.cost(plan, comparison))"
        // A line that names a policy leaves the binding limit to its table.
        if let best = comparison?.best, best.policy.kind != .fixed { return start }
        return "\(start); \(Self.name(binding.limit)) "
            + (binding.limit == .connections ? "bind" : "binds")
    }
}
