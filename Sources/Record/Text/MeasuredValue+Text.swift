import Measure
import Units

extension MeasuredValue {
    /// The value as it is printed, with its unit.
    public var text: String {
        switch self {
        case .nanoseconds(let nanoseconds): Quantity.duration(nanoseconds)
        case .fraction(let share): Quantity.percent(share)
        case .count(let count): Quantity.count(count)
        case .rate(let rate): "\(Quantity.rate(rate))/s"
        case .bitsPerSecond(let bits): Quantity.bitsPerSecond(bits)
        }
    }
}
