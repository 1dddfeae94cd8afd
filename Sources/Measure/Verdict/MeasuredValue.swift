/// A value that an objective compares, with its unit.
public enum MeasuredValue: Sendable, Equatable {
    case nanoseconds(UInt64)
    /// A share, 0...1.
    case fraction(Double)
    case count(UInt64)
    /// Requests per second.
    case rate(Double)
    case bitsPerSecond(Double)
}
