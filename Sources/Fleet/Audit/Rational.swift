import Units

/// An exact fraction of 128-bit integers: sums of money and shares of an audit have no rounding of their own. An
/// operation whose result does not fit returns nil; nothing traps, and nothing is rounded silently.
public struct Rational: Sendable, Hashable {
    /// In lowest terms; carries the sign.
    public let numerator: Int128
    /// Above 0.
    public let denominator: Int128

    /// A fraction in lowest terms; nil for a denominator of 0, and for what does not fit.
    public init?(_ numerator: Int128, over denominator: Int128) {
        guard denominator != 0, numerator != .min, denominator != .min else { return nil }
        let divisor = Int128(Self.greatestDivisor(numerator.magnitude, denominator.magnitude))
        let sign: Int128 = denominator < 0 ? -1 : 1
        self.init(reduced: sign * (numerator / divisor), over: sign * (denominator / divisor))
    }

    /// A whole number.
    public init(_ value: Int) {
        self.init(reduced: Int128(value), over: 1)
    }

    /// A measured number to 9 digits, which is finer than any measurement: more would fill 128 bits before the end of
    /// the bill. Nil for what is not finite, and beyond 10^±30.
    public init?(measured value: Double) {
        guard value.isFinite else { return nil }
        let decimal = DecimalDigits(value.magnitude)
        var digits: Int128 = 0
        let kept = decimal.digits.prefix(Self.measuredDigits)
        for digit in kept { digits = digits * 10 + Int128(digit) }
        if let next = decimal.digits.dropFirst(kept.count).first, next >= 5 { digits += 1 }
        let exponent = decimal.point - kept.count
        guard abs(exponent) <= Self.exponentLimit, let power = Self.powerOfTen(abs(exponent)) else { return nil }
        let whole = Rational(value < 0 ? -digits : digits, over: 1)
        guard let scaled = exponent < 0 ? whole?.divided(by: power) : whole?.times(power) else { return nil }
        self = scaled
    }

    private init(reduced numerator: Int128, over denominator: Int128) {
        self.numerator = numerator
        self.denominator = denominator
    }

    static let zero = Rational(0)
    static let one = Rational(1)

    /// Digits of a measured number.
    private static let measuredDigits = 9
    /// Powers of ten beyond this are refused: no figure of a design document needs them.
    private static let exponentLimit = 30

    /// 10^`exponent`; nil where it does not fit.
    static func powerOfTen(_ exponent: Int) -> Rational? {
        guard (0...37).contains(exponent) else { return nil }
        var power: Int128 = 1
        for _ in 0..<exponent { power *= 10 }
        return Rational(reduced: power, over: 1)
    }

    /// The nearest floating point number, for files that other programs read.
    public var double: Double { Double(self.numerator) / Double(self.denominator) }

    /// It has no part behind the point.
    public var isWhole: Bool { self.denominator == 1 }

    var isNegative: Bool { self.numerator < 0 }

    var magnitude: Rational {
        Rational(reduced: self.isNegative ? -self.numerator : self.numerator, over: self.denominator)
    }

    func plus(_ other: Rational) -> Rational? {
        let shared = Int128(Self.greatestDivisor(self.denominator.magnitude, other.denominator.magnitude))
        let (own, others) = (self.denominator / shared, other.denominator / shared)
        guard let left = Self.product(self.numerator, others), let right = Self.product(other.numerator, own),
            let denominator = Self.product(own, other.denominator)
        else { return nil }
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : Rational(sum, over: denominator)
    }

    var negated: Rational { Rational(reduced: -self.numerator, over: self.denominator) }

    func minus(_ other: Rational) -> Rational? { self.plus(other.negated) }

    func times(_ other: Rational) -> Rational? {
        let first = Int128(Self.greatestDivisor(self.numerator.magnitude, other.denominator.magnitude))
        let second = Int128(Self.greatestDivisor(other.numerator.magnitude, self.denominator.magnitude))
        guard let numerator = Self.product(self.numerator / first, other.numerator / second),
            let denominator = Self.product(self.denominator / second, other.denominator / first)
        else { return nil }
        return Rational(numerator, over: denominator)
    }

    /// Nil for a divisor of 0, too.
    func divided(by other: Rational) -> Rational? {
        Rational(other.denominator, over: other.numerator).flatMap { self.times($0) }
    }

    /// The nearest whole number in a direction.
    func rounded(_ rule: FloatingPointRoundingRule) -> Rational {
        let (quotient, rest) = self.numerator.quotientAndRemainder(dividingBy: self.denominator)
        if rest == 0 { return self }
        let isUp =
            switch rule {
            case .up: rest > 0
            case .down: false
            // Halves are rounded away from 0.
            default: rest > 0 && rest >= self.denominator - rest
            }
        let isDown =
            switch rule {
            case .down: rest < 0
            case .up: false
            default: rest < 0 && -rest >= self.denominator + rest
            }
        return Rational(reduced: isUp ? quotient + 1 : isDown ? quotient - 1 : quotient, over: 1)
    }

    /// A number above 0 to a whole power, by squares; shortened in one direction. Nil where it does not fit.
    func power(_ exponent: Int, _ rule: FloatingPointRoundingRule) -> Rational? {
        var (result, square, rest) = (Rational.one, self, exponent)
        // Each turn halves the rest.
        while rest > 0 {
            if !rest.isMultiple(of: 2) {
                guard let next = result.times(square)?.shortened(rule) else { return nil }
                result = next
            }
            rest /= 2
            if rest > 0 {
                guard let next = square.times(square)?.shortened(rule) else { return nil }
                square = next
            }
        }
        return result
    }

    /// The same, or a decimal of 15 digits behind the point beside it where its fraction is longer than that. Nil where
    /// that does not fit.
    private func shortened(_ rule: FloatingPointRoundingRule) -> Rational? {
        guard let scale = Self.powerOfTen(15) else { return nil }
        if self.denominator <= scale.numerator { return self }
        return self.times(scale)?.rounded(rule).divided(by: scale)
    }

    private static func product(_ left: Int128, _ right: Int128) -> Int128? {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow || product == .min ? nil : product
    }

    /// By Euclid; 1 where both are 0. Two turns halve a number: at most 256 turns.
    private static func greatestDivisor(_ left: UInt128, _ right: UInt128) -> UInt128 {
        var (a, b) = (left, right)
        while b > UInt128(UInt64.max) { (a, b) = (b, a % b) }
        guard b != 0 else { return max(a, 1) }
        // Most figures fit into 64 bits, whose division is far faster.
        var (c, d) = (UInt64(truncatingIfNeeded: b), UInt64(truncatingIfNeeded: a % b))
        while d != 0 { (c, d) = (d, c % d) }
        return UInt128(c)
    }
}

extension Rational: Comparable {
    public static func < (left: Rational, right: Rational) -> Bool {
        if left.denominator == right.denominator { return left.numerator < right.numerator }
        if left.isNegative != right.isNegative { return left.isNegative }
        if let first = Self.product(left.numerator, right.denominator),
            let second = Self.product(right.numerator, left.denominator)
        {
            return first < second
        }
        let first = left.numerator.magnitude.multipliedFullWidth(by: right.denominator.magnitude)
        let second = right.numerator.magnitude.multipliedFullWidth(by: left.denominator.magnitude)
        let isSmaller = (first.high, first.low) < (second.high, second.low)
        let isEqual = first.high == second.high && first.low == second.low
        return left.isNegative ? !isSmaller && !isEqual : isSmaller
    }
}

extension Rational {
    /// The number for people, with commas, rounded half up to so many significant digits, whole from a thousand on;
    /// zeros at its end are dropped. `decimals`: at least and at most so many digits behind the point, or none.
    func text(significant count: Int = Rational.shownDigits, decimals fixed: Int? = nil) -> String {
        let divisor = self.denominator.magnitude
        var (whole, rest) = self.numerator.magnitude.quotientAndRemainder(dividingBy: divisor)
        var digits: [UInt8] = []
        var significant = whole == 0 ? 0 : String(whole).utf8.count
        while rest > 0, digits.count < Self.decimalsLimit, fixed.map({ digits.count < $0 }) ?? (significant < count) {
            let (digit, next) = divisor.dividingFullWidth(rest.multipliedFullWidth(by: 10))
            digits.append(UInt8(truncatingIfNeeded: digit))
            rest = next
            if significant > 0 || digit > 0 { significant += 1 }
        }
        if rest >= divisor - rest {
            while digits.last == 9 { digits.removeLast() }
            if let last = digits.last { digits[digits.count - 1] = last + 1 } else { whole += 1 }
        }
        while digits.last == 0 { digits.removeLast() }
        if let fixed, !digits.isEmpty { digits += Array(repeating: 0, count: max(0, fixed - digits.count)) }
        let sign = self.isNegative && (whole > 0 || !digits.isEmpty) ? "-" : ""
        let fraction = digits.map { String($0) }.joined()
        return sign + Self.grouped(String(whole)) + (fraction.isEmpty ? "" : ".\(fraction)")
    }

    /// Digits of a figure that was computed.
    static let shownDigits = 4
    /// Digits behind the point that are looked at; a smaller number is 0 for people.
    private static let decimalsLimit = 24

    /// Digits with commas between thousands.
    private static func grouped(_ digits: String) -> String {
        var text = ""
        let count = digits.count
        for (index, digit) in digits.enumerated() {
            if index > 0, (count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
