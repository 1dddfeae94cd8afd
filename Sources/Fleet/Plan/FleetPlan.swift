import Units

/// A fleet for a deployment: what the users ask for, the instances that each limit asks for, what stands before and
/// behind them, and the bill of a day. A pure function of the deployment and the prices.
public struct FleetPlan: Sendable {
    public let deployment: Deployment
    public let demand: Demand
    public let lines: [PlanLine]
    public let limits: [LimitRow]
    public let bill: Bill
    public let cautions: [PlanCaution]
    public let prices: PriceBook

    /// Plans a deployment. Throws the first of its flaws where it has one. `today` is for the age of prices.
    public init(_ deployment: Deployment, prices: PriceBook, today: CalendarDate) throws(DeploymentFlaw) {
        if let flaw = deployment.flaws().first { throw flaw }
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
        self.cautions = PlanCaution.all(of: planned, prices, today: today)
    }

    /// The limit that asks for most instances.
    public var binding: LimitRow? {
        self.limits.filter { $0.need != nil }.max { ($0.need?.exact ?? 0) < ($1.need?.exact ?? 0) }
    }

    /// What a million sessions cost, of a fleet that stands at its peak, and of one that follows the load.
    public var perMillionSessions: (fixed: Money, scaled: Money) {
        let sessions = Int128((self.demand.daily.value * self.deployment.session.perDay).rounded())
        guard sessions > 0 else { return (.zero, .zero) }
        return (
            self.bill.fixed.value.times(1_000_000, over: sessions),
            self.bill.scaled.value.times(1_000_000, over: sessions)
        )
    }
}
