/// Where a figure comes from.
public enum Basis: String, Sendable, CaseIterable {
    /// The fleet file or the command line states it.
    case given
    /// A record has it.
    case measured
    /// It follows from others.
    case derived
    /// Nobody stated it: a default, which the plan names.
    case assumed
    /// Nobody knows it.
    case unknown
}

/// A figure with the interval in which the truth lies, as far as it was measured.
public struct Bracket<Value: Comparable & Sendable>: Sendable {
    /// What is planned with.
    public var value: Value
    public var low: Value
    public var high: Value
    public var basis: Basis

    /// A figure without an interval.
    public init(_ value: Value, _ basis: Basis) {
        self.init(value, from: value, to: value, basis)
    }

    /// A figure between two ends, in either order.
    public init(_ value: Value, from one: Value, to other: Value, _ basis: Basis) {
        self.value = value
        self.low = min(one, other, value)
        self.high = max(one, other, value)
        self.basis = basis
    }

    /// The figure that a case of the plan takes. `largerCosts`: a larger one needs a larger fleet.
    func at(_ scenario: Scenario, largerCosts: Bool) -> Value {
        switch scenario {
        case .planned: self.value
        case .cheapest: largerCosts ? self.low : self.high
        case .dearest: largerCosts ? self.high : self.low
        }
    }
}

/// Which ends of its measured figures a plan takes. Every line grows or shrinks with each of them, so the two outer
/// scenarios bound it.
enum Scenario {
    case planned, cheapest, dearest
}
