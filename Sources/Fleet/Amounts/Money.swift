import Units

/// US dollars, exact: whole nanodollars, never a floating point number. The finest price in a price list is $0.0075
/// for 10,000 requests, which is 750 nanodollars for one.
public struct Money: Sendable, Comparable, AdditiveArithmetic {
    /// 10^-9 dollars.
    public let nanodollars: Int128

    /// So many billionths of a dollar.
    public init(nanodollars: Int128) {
        self.nanodollars = nanodollars
    }

    /// So many dollars.
    public static func dollars(_ dollars: Int64) -> Self {
        Self(nanodollars: Int128(dollars) * Int128(Self.nanodollarsPerDollar))
    }

    public static var zero: Self { Self(nanodollars: 0) }

    /// Nanodollars of a dollar.
    static let nanodollarsPerDollar: UInt64 = 1_000_000_000

    /// Dollars as written: `0.384`, `$0.384` or `1,050,000`. Throws for anything else, for a negative amount, and for
    /// parts of a nanodollar.
    public static func parse(_ text: String) throws(ParseError) -> Self {
        let digits = (text.hasPrefix("$") ? text.dropFirst() : text[...]).filter { $0 != "," }
        var rest = Substring(digits).utf8
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = DecimalNumber.take(from: &rest),
            rest.isEmpty
        else {
            throw ParseError("\(quoted(text)) is not an amount of dollars; write one such as $0.384")
        }
        switch number.times(Self.nanodollarsPerDollar) {
        case .exact(let nanodollars): return Self(nanodollars: Int128(nanodollars))
        case .tooFine:
            throw ParseError("\(quoted(text)) is finer than a billionth of a dollar; use fewer decimals")
        case .overflow:
            throw ParseError("\(quoted(text)) is more money than can be counted; at most $18 billion")
        }
    }

    public static func < (left: Self, right: Self) -> Bool { left.nanodollars < right.nanodollars }

    public static func + (left: Self, right: Self) -> Self {
        Self(nanodollars: left.nanodollars + right.nanodollars)
    }

    public static func - (left: Self, right: Self) -> Self {
        Self(nanodollars: left.nanodollars - right.nanodollars)
    }

    /// Money times `numerator` / `denominator`, rounded to the nearest nanodollar, halves to even. The product has 256
    /// bits; a result that does not fit is the largest or the smallest amount.
    public func times(_ numerator: Int128, over denominator: Int128 = 1) -> Self {
        let isNegative = ((self.nanodollars < 0) != (numerator < 0)) != (denominator < 0)
        let divisor = max(denominator.magnitude, 1)
        let product = self.nanodollars.magnitude.multipliedFullWidth(by: numerator.magnitude)
        guard product.high < divisor else { return Self(nanodollars: isNegative ? .min : .max) }
        let (quotient, rest) = divisor.dividingFullWidth(product)
        // Twice the rest may need a bit more than there is.
        let half = divisor / 2
        let isUp = rest > half || (rest == half && divisor.isMultiple(of: 2) && !quotient.isMultiple(of: 2))
        guard let rounded = Int128(exactly: isUp ? quotient &+ 1 : quotient) else {
            return Self(nanodollars: isNegative ? .min : .max)
        }
        return Self(nanodollars: isNegative ? -rounded : rounded)
    }

    /// "$115,200", "$10.80", "$0.384": whole dollars from $1,000 on, cents from $1 on, below that all decimals of the
    /// price.
    public var text: String {
        let sign = self.nanodollars < 0 ? "-" : ""
        let magnitude = self.nanodollars.magnitude
        let unit = UInt128(Self.nanodollarsPerDollar)
        if magnitude == 0 { return "$0" }
        if magnitude < unit {
            return "\(sign)$" + decimalText(UInt64(clamping: magnitude), unit: UInt64(clamping: unit))
        }
        let isWhole = magnitude >= 1_000 * unit
        let rounding = isWhole ? unit : unit / 100
        let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: rounding)
        let rounded = quotient + (rest * 2 >= rounding ? 1 : 0)
        if isWhole { return "\(sign)$" + Quantity.count(UInt64(clamping: rounded)) }
        let cents = rounded % 100
        let whole = Quantity.count(UInt64(clamping: rounded / 100))
        return "\(sign)$\(whole)" + (cents == 0 ? "" : cents < 10 ? ".0\(cents)" : ".\(cents)")
    }

    /// All of it, in dollars, for files: "1050000", "10.8", "0.384".
    public var exactText: String {
        let sign = self.nanodollars < 0 ? "-" : ""
        let (whole, rest) = self.nanodollars.magnitude.quotientAndRemainder(
            dividingBy: UInt128(Self.nanodollarsPerDollar))
        guard rest > 0 else { return "\(sign)\(whole)" }
        let part = decimalText(UInt64(clamping: rest), unit: Self.nanodollarsPerDollar)
        return "\(sign)\(whole)\(part.dropFirst())"
    }
}

/// What a number of things of a kind costs, such as $0.0100 for 10,000 requests.
public struct Price<Kind: Countable>: Sendable, Equatable {
    /// The money for `count` of them.
    public let money: Money
    /// How many of them that is.
    public let count: Int64

    /// So much for so many.
    public init(_ money: Money, per count: Int64 = 1) {
        self.money = money
        self.count = max(1, count)
    }

    /// What an amount costs, to the nearest nanodollar; the amount counts in millionths of its unit.
    public func cost(of amount: Amount<Kind>) -> Money {
        let limited = min(max(amount.value, -AmountLimit.most), AmountLimit.most)
        guard let parts = Int128(exactly: (limited * Self.partsPerUnit).rounded()) else {
            return Money(nanodollars: .max)
        }
        return self.money.times(parts, over: Int128(self.count) * Int128(Self.partsPerUnit))
    }

    /// What `parts` of `perUnit` parts of a unit cost, to the nearest nanodollar: without a floating point number.
    func cost(ofParts parts: Int, perUnit: Int) -> Money {
        self.money.times(Int128(parts), over: Int128(self.count) * Int128(perUnit))
    }

    private static var partsPerUnit: Double { 1e6 }
}

/// Limits of what a plan takes: far above any deployment, and far below where a sum of money would overflow.
public enum AmountLimit {
    /// Things of any kind, bytes and requests of a year included.
    public static let most = 1e21
    /// The highest price of anything.
    public static let price = Money.dollars(1_000_000)
}
