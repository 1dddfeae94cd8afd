/// A non-negative decimal number exactly as written: `digits` / 10^`decimals`. Sizes and times are computed from it in
/// integers, so that 43.2s is exactly 43,200,000,000 ns.
public struct DecimalNumber: Equatable {
    /// The digits as one whole number.
    public var digits: UInt64
    /// Decimals after the point, trailing zeros dropped.
    public var decimals: Int

    /// Most decimals that are kept; more would not fit into 128 bits with a unit.
    public static let decimalsLimit = 18

    /// Reads digits with at most one point from the front of `text` and removes them; nil if there is no such number or
    /// if it does not fit.
    public static func take(from text: inout Substring.UTF8View) -> DecimalNumber? {
        var digits: UInt64 = 0
        var decimals = 0
        var pendingZeros = 0
        var wholeDigits = 0
        var seenPoint = false
        var fractionDigits = 0
        while let byte = text.first {
            if byte == UInt8(ascii: "."), !seenPoint {
                seenPoint = true
            } else if let digit = decimalDigit(byte) {
                if seenPoint {
                    fractionDigits += 1
                    // A zero counts only once another digit follows it.
                    if digit == 0 {
                        pendingZeros += 1
                    } else {
                        for _ in 0..<pendingZeros + 1 {
                            guard decimals < decimalsLimit, let shifted = appending(0, to: digits) else {
                                return nil
                            }
                            digits = shifted
                            decimals += 1
                        }
                        pendingZeros = 0
                        guard let sum = adding(UInt64(digit), to: digits) else { return nil }
                        digits = sum
                    }
                } else {
                    wholeDigits += 1
                    guard let next = appending(digit, to: digits) else { return nil }
                    digits = next
                }
            } else {
                break
            }
            text.removeFirst()
        }
        guard wholeDigits > 0, !seenPoint || fractionDigits > 0 else { return nil }
        return DecimalNumber(digits: digits, decimals: decimals)
    }

    /// The number times `unit` as an integer.
    public func times(_ unit: UInt64) -> Product {
        let product = UInt128(self.digits) * UInt128(unit)
        let (quotient, rest) = product.quotientAndRemainder(dividingBy: UInt128(powerOfTen(self.decimals)))
        guard let value = UInt64(exactly: quotient) else { return .overflow }
        return rest == 0 ? .exact(value) : .tooFine
    }

    /// The result of a multiplication.
    public enum Product: Equatable {
        /// A whole number of the smallest unit.
        case exact(UInt64)
        /// Not a whole number of the smallest unit.
        case tooFine
        /// More than 64 bits.
        case overflow
    }

    /// The number divided by `divisor`, as the nearest Double if each fits a Double exactly.
    public func fraction(of divisor: UInt64) -> Double {
        Double(self.digits) / (Double(powerOfTen(self.decimals)) * Double(divisor))
    }
}

/// 10^`exponent` for exponents up to `DecimalNumber.decimalsLimit`.
public func powerOfTen(_ exponent: Int) -> UInt64 {
    var power: UInt64 = 1
    for _ in 0..<min(max(exponent, 0), DecimalNumber.decimalsLimit) { power &*= 10 }
    return power
}

/// The value of an ASCII digit.
public func decimalDigit(_ byte: UInt8) -> UInt8? {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : nil
}

private func adding(_ summand: UInt64, to value: UInt64) -> UInt64? {
    let (sum, overflow) = value.addingReportingOverflow(summand)
    return overflow ? nil : sum
}

private func appending(_ digit: UInt8, to value: UInt64) -> UInt64? {
    let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
    return overflow ? nil : adding(UInt64(digit), to: shifted)
}

/// `value` / `unit` as text, exact, with as many decimals as needed; `unit` is a power of ten.
public func decimalText(_ value: UInt64, unit: UInt64) -> String {
    let (whole, rest) = value.quotientAndRemainder(dividingBy: max(unit, 1))
    guard rest > 0 else { return String(whole) }
    let width = String(unit).utf8.count - 1
    var decimals = String(rest)
    decimals = String(repeating: "0", count: max(0, width - decimals.utf8.count)) + decimals
    while decimals.hasSuffix("0") { decimals.removeLast() }
    return "\(whole).\(decimals)"
}

extension DecimalNumber {
    /// The number of a whole text such as `2.5`. Throws for anything else, a sign or an exponent included.
    public static func parse(_ text: String) throws(ParseError) -> Double {
        var rest = Substring(text).utf8
        guard text.utf8.count <= TimeSpan.lengthLimit, let number = Self.take(from: &rest), rest.isEmpty else {
            throw ParseError("\(quoted(text)) is not a number; write one such as 2.5")
        }
        return number.fraction(of: 1)
    }
}
