/// A figure of a plan with its unit.
public enum PlanValue: Sendable, Equatable {
    /// So many of a unit: `users`, `instances`, `B`.
    case amount(Double, unit: String)
    /// So many of a unit a second.
    case rate(Double, unit: String)
    case money(Money)
    /// A share of 1.
    case share(Double)
    /// A number without a unit: a ratio.
    case ratio(Double)
    case time(Duration)
    /// Why nobody knows it.
    case unknown(String)

    init<Kind>(_ amount: Amount<Kind>) { self = .amount(amount.value, unit: Kind.unit) }
    init<Kind>(_ rate: Rate<Kind>) { self = .rate(rate.perSecond, unit: Kind.unit) }
}

/// One line of a plan.
public struct PlanLine: Sendable, Equatable {
    /// Stable, for programs: `instances.connections.reserve`.
    public var id: String
    public var section: Section
    public var label: String
    public var value: PlanValue
    /// The ends that the brackets of the measured figures give it; both are `value` where nothing has a bracket.
    public var low: PlanValue
    public var high: PlanValue
    public var basis: Basis
    /// What a reader should know beside it; nil for nothing.
    public var note: String?

    /// Parts of a plan, in their order.
    public enum Section: String, Sendable, CaseIterable {
        case input, demand, instances, regions, balancers, transfer, names, database, bill
    }

    init(
        _ section: Section, _ id: String, _ label: String, _ value: PlanValue, _ basis: Basis = .derived,
        note: String? = nil
    ) {
        self.id = id
        self.section = section
        self.label = label
        self.value = value
        self.low = value
        self.high = value
        self.basis = basis
        self.note = note
    }
}

/// What an instance runs out of.
public enum FleetLimit: String, Sendable, CaseIterable {
    case connections
    case cpu
    case bandwidthSustained = "bandwidth_sustained"
    case bandwidthBurst = "bandwidth_burst"
    case memory
}

/// The instances that one limit asks for at the peak, summed over the regions.
public struct LimitRow: Sendable {
    public var limit: FleetLimit
    /// What one instance holds of it, and what the peak asks for; nil where that is not known.
    public var each: PlanValue?
    public var peak: PlanValue?
    /// Nil where the limit is not known; then `because` says why.
    public var need: Need?
    public var because: String?

    /// Instances at the peak.
    public struct Need: Sendable, Equatable {
        /// Each filled to the brim.
        public var bare: Instances
        /// Each used up to the target utilisation.
        public var atUtilisation: Instances
        /// With the zones that may fail as a reserve on top.
        public var withReserve: Instances
        /// Before rounding, to see which limit binds.
        public var exact: Double
    }
}

/// One line of the day's bill.
public struct BillLine: Sendable {
    public var id: String
    public var label: String
    /// What is paid for on a day, and at which price.
    public var quantity: PlanValue
    public var price: String
    /// Where the price was read; nil where it is not known.
    public var source: PriceBook.Source?
    /// A fleet that stands at its peak all day, and one that follows the load without delay; nil where a price is not
    /// known.
    public var fixed: Cost?
    public var scaled: Cost?

    /// Money with the ends that brackets give it.
    public struct Cost: Sendable, Equatable {
        public var value: Money
        public var low: Money
        public var high: Money

        init(_ value: Money) {
            self.value = value
            self.low = value
            self.high = value
        }

        static func + (left: Self, right: Self) -> Self {
            var sum = Self(left.value + right.value)
            sum.low = left.low + right.low
            sum.high = left.high + right.high
            return sum
        }
    }
}

/// The day's bill. A total is the sum of the lines whose price is known, and says how many are not.
public struct Bill: Sendable {
    public var lines: [BillLine]

    /// Lines without a price.
    public var unknown: [BillLine] { self.lines.filter { $0.fixed == nil } }
    /// Nil where no price is known.
    public var fixed: BillLine.Cost? { self.sum(\.fixed) }
    /// Nil where no price is known.
    public var scaled: BillLine.Cost? { self.sum(\.scaled) }

    private func sum(_ path: KeyPath<BillLine, BillLine.Cost?>) -> BillLine.Cost? {
        let known = self.lines.compactMap { $0[keyPath: path] }
        return known.dropFirst().reduce(known.first) { sum, cost in sum.map { $0 + cost } }
    }
}
