public import Glibc

/// A seeded generator of 64-bit numbers: SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number
/// Generators", OOPSLA 2014; constants of Vigna's public-domain splitmix64.c). Eight bytes of plain state, so that each
/// user can have its own stream and a run's draws do not depend on the number of threads. Not for secrets.
public struct RandomGenerator: RandomNumberGenerator, Sendable, Equatable {
    @usableFromInline
    var state: UInt64

    /// The sequence of a seed, as splitmix64.c gives it.
    @inlinable
    public init(seed: UInt64) {
        self.state = seed
    }

    /// The stream number `stream` of a seed: neighbouring seeds and streams start at unrelated points of the one cycle
    /// of 2^64.
    @inlinable
    public init(seed: UInt64, stream: UInt64) {
        self.state = Self.mixed(Self.mixed(seed) ^ Self.mixed(stream &+ 0x9E37_79B9_7F4A_7C15))
    }

    /// The next 64 bits.
    @inlinable
    public mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(self.state)
    }

    /// Uniform in [0, 1): the upper 53 bits.
    @inlinable
    public mutating func unit() -> Double {
        Double(self.next() >> 11) * 0x1p-53
    }

    /// Exponential with mean 1, by inversion. The argument of the logarithm is in (0, 1], so the result is finite: at
    /// most 53 ln 2 = 36.7.
    @inlinable
    public mutating func exponential() -> Double { -log(1 - self.unit()) }

    /// Uniform in 0...`bound`. The bias of the multiplication is below `bound` / 2^64.
    @inlinable
    public mutating func upTo(_ bound: UInt64) -> UInt64 {
        let drawn = self.next()
        guard bound < .max else { return drawn }
        return drawn.multipliedFullWidth(by: bound &+ 1).high
    }

    @inlinable
    static func mixed(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
