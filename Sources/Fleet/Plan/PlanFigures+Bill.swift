import Units

/// The bill of a day.
extension PlanFigures {
    var bill: [BillLine] {
        self.instanceBill + self.balancerBill + self.transferBill + self.nameBill + self.databaseBill
    }

    private var instanceBill: [BillLine] {
        let hours = self.planned * .day
        let name = self.deployment.instance.type
        let price = self.type?.hour
        let scaled = self.planned / self.demand.peakOverAverage * .day
        var line = BillLine(
            id: "instances", label: "\(name) instances", quantity: PlanValue(hours),
            price: Self.text(price, "an hour"),
            source: self.type?.source)
        line.fixed = price.map { BillLine.Cost($0.cost(of: hours)) }
        line.scaled = price.map { BillLine.Cost($0.cost(of: scaled)) }
        return [line]
    }

    private var balancerBill: [BillLine] {
        guard let balancer = self.deployment.balancer else { return [] }
        let prices = self.prices.balancers[balancer.kind]
        let hours = self.balancers.map { Amount<BalancerHourKind>($0.value * (Duration.day / .hour)) }
        let units = self.capacityUnits(at: 1)?.max { $0.units < $1.units }
        let unitHours = Amount<CapacityUnitHourKind>((units?.units.value ?? 0) * (Duration.day / .hour))
        let alone = Self.line(
            "balancers", "load balancers",
            hours.map { PlanValue($0) } ?? .unknown("the number of load balancers is not known"),
            Self.text(prices?.hour, "an hour"), prices?.source,
            hours.flatMap { hours in prices?.hour.cost(of: hours) })
        let used = Self.line(
            "balancer_units", "load balancer units", PlanValue(unitHours),
            Self.text(prices?.unitHour, "an hour"),
            prices?.source, prices?.unitHour.cost(of: unitHours))
        return [alone, used]
    }

    private var transferBill: [BillLine] {
        guard self.deployment.cdn != nil else {
            let month = self.bytes * daysPerMonth
            let cost = self.prices.transfer?.cost(ofMonth: month).perDayOfMonth
            return [
                Self.line(
                    "transfer", "transfer to clients", PlanValue(self.bytes),
                    cost == nil ? "unknown" : "tiered",
                    self.prices.transfer?.source, cost)
            ]
        }
        var transfer: Money? = .zero
        var requests: Money? = .zero
        var source: PriceBook.Source?
        for (geography, weight) in self.geographies {
            let prices = geography.flatMap { self.prices.cdn[$0] }
            source = prices?.transfer.source ?? source
            let cost = prices?.transfer.cost(ofMonth: self.bytes * (weight * daysPerMonth)).perDayOfMonth
            transfer = transfer.flatMap { sum in cost.map { sum + $0 } }
            let asked = prices?.requests?.cost(of: Requests(self.requests.perSecond * weight * 86_400))
            requests = requests.flatMap { sum in asked.map { sum + $0 } }
        }
        let daily = self.requests * .day
        return [
            Self.line(
                "cdn_transfer", "CDN, transfer to clients", PlanValue(self.bytes),
                transfer == nil ? "unknown" : "tiered", source, transfer),
            Self.line(
                "cdn_requests", "CDN, requests over HTTPS", PlanValue(daily),
                requests == nil ? "unknown" : "by 10,000",
                source, requests),
        ]
    }

    /// Where the users of a region are, as the prices of the CDN name it; nil where that is not known. A region
    /// without a name is that of the prices.
    func geography(of region: Region) -> String? {
        region.geography ?? self.prices.geography(of: region.name.isEmpty ? self.prices.region : region.name)
    }

    /// The shares of the users by geography of the CDN's prices; nil for one that is not known.
    private var geographies: [(geography: String?, weight: Double)] {
        var weights: [String: Double] = [:]
        var unknown = 0.0
        for (region, _) in self.regions {
            if let geography = self.geography(of: region) {
                weights[geography, default: 0] += region.weight
            } else {
                unknown += region.weight
            }
        }
        let known = weights.sorted { $0.key < $1.key }.map {
            (geography: String?.some($0.key), weight: $0.value)
        }
        return known + (unknown > 0 ? [(nil, unknown)] : [])
    }

    private var nameBill: [BillLine] {
        guard let dns = self.deployment.dns, let queries else { return [] }
        let tiers = self.prices.dns?.kinds[dns.kind]
        let month = queries * daysPerMonth
        let cost = tiers.map { tiers in
            (tiers.below.cost(of: min(month, tiers.threshold))
                + tiers.above.cost(of: max(.zero, month - tiers.threshold))).perDayOfMonth
        }
        let zone = self.prices.dns?.zoneMonth.perDayOfMonth
        return [
            Self.line(
                "names", "queries of names", PlanValue(queries), cost == nil ? "unknown" : "tiered",
                self.prices.dns?.source, cost.flatMap { cost in zone.map { cost + $0 } })
        ]
    }

    private var databaseBill: [BillLine] {
        guard let database = self.deployment.database, let databases else { return [] }
        let hours = databases * .day
        let price = self.prices.database?.instances[database.type]
        var lines = [
            Self.line(
                "database_instances",
                database.type.isEmpty ? "database instances" : "\(database.type) instances",
                PlanValue(hours), Self.text(price, "an hour"),
                price == nil ? nil : self.prices.database?.source,
                price?.cost(of: hours))
        ]
        if let stored {
            let month = self.prices.database?.storageMonth
            let cost = month?.cost(of: stored).perDayOfMonth
            let line = Self.line(
                "database_storage", "database storage, without I/O", PlanValue(stored),
                month.map { "\($0.money.text) a GiB and month" } ?? "unknown",
                self.prices.database?.source, cost)
            lines.append(line)
        }
        return lines
    }

    /// A line that costs the same, however the fleet is scaled.
    private static func line(
        _ id: String, _ label: String, _ quantity: PlanValue, _ price: String, _ source: PriceBook.Source?,
        _ cost: Money?
    ) -> BillLine {
        var line = BillLine(
            id: id, label: label, quantity: quantity, price: price, source: cost == nil ? nil : source)
        line.fixed = cost.map { BillLine.Cost($0) }
        line.scaled = line.fixed
        return line
    }

    private static func text<Kind>(_ price: Price<Kind>?, _ unit: String) -> String {
        price.map { "\($0.money.text) \(unit)" } ?? "unknown"
    }
}

extension Money {
    /// A day's part of a month.
    fileprivate var perDayOfMonth: Money { self.times(1, over: Int128(daysPerMonth)) }
}
