import Units

/// A fleet for a deployment: what the users ask for, the instances that each limit asks for, what stands before and
/// behind them, and the bill of a day. A pure function of the deployment and the prices.
public struct FleetPlan: Sendable {
    public let deployment: Deployment
    public let demand: Demand
    public let lines: [PlanLine]
    public let limits: [LimitRow]
    public let bill: Bill
    public let prices: PriceBook
    private let planCautions: [PlanCaution]
    private let today: CalendarDate

    /// Plans a deployment. Throws the first of its flaws where it has one. `today` is for the age of prices.
    public init(_ deployment: Deployment, prices: PriceBook, today: CalendarDate) throws(DeploymentFlaw) {
        if let flaw = (deployment.flaws() + deployment.nameFlaws(prices)).first { throw flaw }
        let planned = try PlanFigures(deployment, prices, .planned)
        let outer = [
            try PlanFigures(deployment, prices, .cheapest), try PlanFigures(deployment, prices, .dearest),
        ]
        self.deployment = deployment
        self.prices = prices
        self.demand = planned.demand
        self.limits = planned.limits
        let (low, high) = (outer[0].lines, outer[1].lines)
        self.lines = planned.lines.map { line in
            var line = line
            line.low = low.first { $0.id == line.id }?.value ?? line.value
            line.high = high.first { $0.id == line.id }?.value ?? line.value
            return line
        }
        let (cheap, dear) = (outer[0].bill, outer[1].bill)
        self.bill = Bill(
            lines: planned.bill.map { line in
                var line = line
                let (low, high) = (cheap.first { $0.id == line.id }, dear.first { $0.id == line.id })
                line.fixed?.low = low?.fixed?.value ?? .zero
                line.fixed?.high = high?.fixed?.value ?? .zero
                line.scaled?.low = low?.scaled?.value ?? .zero
                line.scaled?.high = high?.scaled?.value ?? .zero
                return line
            })
        self.planCautions = PlanCaution.all(of: planned, prices)
        self.today = today
    }

    /// What a reader should know before using the plan.
    public var cautions: [PlanCaution] {
        self.planCautions + PlanCaution.dates(of: self.sources, today: self.today)
    }

    /// The limit that asks for most instances.
    public var binding: LimitRow? {
        self.limits.filter { $0.need != nil }.max { ($0.need?.exact ?? 0) < ($1.need?.exact ?? 0) }
    }

    /// What a million sessions cost, of a fleet that stands at its peak, and of one that follows the load; nil where no
    /// price is known.
    public var perMillionSessions: (fixed: Money, scaled: Money)? {
        let sessions = (self.demand.daily.value * self.deployment.session.perDay).rounded()
        guard let count = Int128(exactly: sessions), count > 0, let fixed = self.bill.fixed,
            let scaled = self.bill.scaled
        else { return nil }
        return (fixed.value.times(1_000_000, over: count), scaled.value.times(1_000_000, over: count))
    }

    /// Where the prices and limits were read that the plan rests on, by name.
    public var sources: [PriceBook.Source] {
        var sources = Set(self.bill.lines.compactMap(\.source))
        if let type = self.prices.instances[self.deployment.instance.type] { sources.insert(type.source) }
        if self.deployment.balancer == nil, let internet = self.prices.internet {
            sources.insert(internet.source)
        }
        if let balancer = self.deployment.balancer, balancer.targets == nil,
            let limits = self.prices.balancers[balancer.kind]?.limitsSource
        {
            sources.insert(limits)
        }
        if self.deployment.database != nil, let database = self.prices.database {
            sources.insert(database.source)
        }
        return sources.sorted { ($0.name, $0.text) < ($1.name, $1.text) }
    }
}
