/// What an amount counts: users and requests, bytes and bits are types of their own, so that they cannot be added.
public protocol Countable {
    /// What one of them is called in plan.json and in tables: `users`.
    static var unit: String { get }
}

/// A number of things of one kind, such as users or bytes.
public struct Amount<Kind: Countable>: Sendable, Comparable, AdditiveArithmetic {
    /// How many.
    public var value: Double

    /// So many of them.
    public init(_ value: Double) {
        self.value = value
    }

    public static var zero: Self { Self(0) }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }

    public static func + (left: Self, right: Self) -> Self { Self(left.value + right.value) }

    public static func - (left: Self, right: Self) -> Self { Self(left.value - right.value) }

    /// A number without a unit scales an amount.
    public static func * (amount: Self, factor: Double) -> Self { Self(amount.value * factor) }

    public static func / (amount: Self, divisor: Double) -> Self { Self(amount.value / divisor) }

    /// How often the right amount is in the left one: a number without a unit.
    public static func / (left: Self, right: Self) -> Double { left.value / right.value }

    /// An amount over a time is a rate.
    public static func / (amount: Self, time: Duration) -> Rate<Kind> { Rate(amount.value / time.seconds) }

    /// The nearest whole number of them, for people; 0 for a negative amount, at most 2^64 - 1.
    public var count: UInt64 {
        let whole = self.value.rounded()
        if whole >= 0x1p64 { return .max }
        return UInt64(exactly: whole) ?? 0
    }

    /// The smallest whole number that is not below the amount. An amount that misses a whole number by less than the
    /// error of its own arithmetic is that number: 25,000,000 users at 2,000 are 12,500 instances, not 12,501.
    public var roundedUp: Self {
        let nearest = self.value.rounded()
        let error = abs(nearest) * wholeTolerance
        return Self(abs(self.value - nearest) <= error ? nearest : self.value.rounded(.up))
    }
}

/// Relative error of a few operations on doubles, with room; far below one thing in a billion.
let wholeTolerance = 1e-12

/// A number of things a second.
public struct Rate<Kind: Countable>: Sendable, Comparable, AdditiveArithmetic {
    /// How many a second.
    public var perSecond: Double

    /// So many a second.
    public init(_ perSecond: Double) {
        self.perSecond = perSecond
    }

    public static var zero: Self { Self(0) }

    public static func < (left: Self, right: Self) -> Bool { left.perSecond < right.perSecond }

    public static func + (left: Self, right: Self) -> Self { Self(left.perSecond + right.perSecond) }

    public static func - (left: Self, right: Self) -> Self { Self(left.perSecond - right.perSecond) }

    public static func * (rate: Self, factor: Double) -> Self { Self(rate.perSecond * factor) }

    public static func / (rate: Self, divisor: Double) -> Self { Self(rate.perSecond / divisor) }

    /// How often the right rate is in the left one: a number without a unit.
    public static func / (left: Self, right: Self) -> Double { left.perSecond / right.perSecond }

    /// A rate for a time is an amount.
    public static func * (rate: Self, time: Duration) -> Amount<Kind> {
        Amount(rate.perSecond * time.seconds)
    }
}

extension Duration {
    /// Seconds as a number.
    public var seconds: Double {
        let parts = self.components
        return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    }

    public static let hour = Duration.seconds(3_600)
    public static let day = Duration.seconds(86_400)
}

/// People that use the service at the same time.
public enum UserKind: Countable { public static let unit = "users" }
/// Sessions of users.
public enum SessionKind: Countable { public static let unit = "sessions" }
/// Requests of clients.
public enum RequestKind: Countable { public static let unit = "requests" }
/// Connections of clients.
public enum ConnectionKind: Countable { public static let unit = "connections" }
/// Bytes of bodies, or of what is stored.
public enum ByteKind: Countable { public static let unit = "B" }
/// Bits on a wire.
public enum BitKind: Countable { public static let unit = "bit" }
/// Machines that serve.
public enum InstanceKind: Countable { public static let unit = "instances" }
/// Instances times the hours that they run.
public enum InstanceHourKind: Countable { public static let unit = "instance-hours" }
/// A load balancer's capacity units.
public enum CapacityUnitKind: Countable { public static let unit = "LCU" }
/// Capacity units times the hours that they are used.
public enum CapacityUnitHourKind: Countable { public static let unit = "LCU-hours" }

public typealias Users = Amount<UserKind>
public typealias Sessions = Amount<SessionKind>
public typealias Requests = Amount<RequestKind>
public typealias Connections = Amount<ConnectionKind>
public typealias Bytes = Amount<ByteKind>
public typealias Bits = Amount<BitKind>
public typealias Instances = Amount<InstanceKind>
public typealias InstanceHours = Amount<InstanceHourKind>
public typealias CapacityUnits = Amount<CapacityUnitKind>
public typealias RequestRate = Rate<RequestKind>
public typealias BitRate = Rate<BitKind>

extension Amount<ByteKind> {
    /// As bits.
    public var bits: Bits { Bits(self.value * 8) }
}

extension Amount<InstanceKind> {
    /// The instances for a time.
    public static func * (instances: Self, time: Duration) -> InstanceHours {
        InstanceHours(instances.value * (time / .hour))
    }
}
