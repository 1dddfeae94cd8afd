/// A non-negative number as decimal digits, so that rounding for people is exact: 0.d₁d₂d₃… × 10^point.
///
/// A `Double` enters as the shortest decimal that names it, which is the number that a person would write for it.
/// Rounding is half up on those digits, without floating point multiplication.
public struct DecimalDigits: Equatable {
    /// Values 0 to 9, without leading or trailing zeros; empty for zero.
    public private(set) var digits: [UInt8]
    /// Where the decimal point is: digits before it (negative: zeros after it).
    public private(set) var point: Int

    /// A whole number.
    public init(_ value: UInt64) {
        self.init(digits: Array(String(value).utf8), point: nil, exponent: 0)
    }

    /// NaN, infinities and negative numbers count as zero.
    public init(_ value: Double) {
        guard value.isFinite, value > 0 else {
            self.init(UInt64(0))
            return
        }
        // "123.45", "1e-07" or "1.5e+20": the formats of Double.description.
        var mantissa: [UInt8] = []
        var point: Int?
        var exponent = 0
        let bytes = Array("\(value)".utf8)
        for (index, byte) in bytes.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = mantissa.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: bytes[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                mantissa.append(byte)
            }
        }
        self.init(digits: mantissa, point: point, exponent: exponent)
    }

    private init(digits ascii: [UInt8], point: Int?, exponent: Int) {
        let values = ascii.map { $0 &- UInt8(ascii: "0") }
        let leading = values.prefix { $0 == 0 }.count
        self.digits = Array(values.dropFirst(leading))
        self.point = (point ?? values.count) - leading + exponent
        self.trim()
    }

    /// True for zero.
    public var isZero: Bool { self.digits.isEmpty }

    /// Rounded half up to so many significant digits.
    public func rounded(significant count: Int) -> DecimalDigits { self.rounded(keeping: count) }

    /// Rounded half up to so many digits after the decimal point.
    public func rounded(fraction count: Int) -> DecimalDigits { self.rounded(keeping: self.point + count) }

    /// Divided by a power of ten.
    public func scaled(down power: Int) -> DecimalDigits {
        var result = self
        if !result.isZero { result.point -= power }
        return result
    }

    /// The number with exactly so many digits after the point, which must be enough for all digits (round first), and
    /// with commas between thousands.
    public func text(fraction count: Int) -> String { self.text(fraction: count, separator: UInt8(ascii: ",")) }

    /// The same without commas, for machines.
    public func plainText(fraction count: Int) -> String { self.text(fraction: count, separator: nil) }

    private func text(fraction count: Int, separator: UInt8?) -> String {
        var whole: [UInt8] = []
        for position in 0..<max(self.point, 1) {
            whole.append(self.ascii(at: position - max(0, 1 - self.point)))
        }
        var text: [UInt8] = []
        for (index, digit) in whole.enumerated() {
            if let separator, index > 0, (whole.count - index) % 3 == 0 { text.append(separator) }
            text.append(digit)
        }
        if count > 0 {
            text.append(UInt8(ascii: "."))
            for offset in 0..<count { text.append(self.ascii(at: self.point + offset)) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Digits after the point, without zeros at the end.
    public var fractionDigits: Int { max(0, self.digits.count - self.point) }

    private func ascii(at position: Int) -> UInt8 {
        UInt8(ascii: "0") + (self.digits.indices.contains(position) ? self.digits[position] : 0)
    }

    private func rounded(keeping count: Int) -> DecimalDigits {
        var result = self
        guard count < result.digits.count else { return result }
        guard count >= 0 else { return DecimalDigits(UInt64(0)) }
        let up = result.digits[count] >= 5
        result.digits.removeSubrange(count...)
        if up {
            while let last = result.digits.last, last == 9 { result.digits.removeLast() }
            if result.digits.isEmpty {
                result.digits = [1]
                result.point += 1
            } else {
                result.digits[result.digits.count - 1] += 1
            }
        }
        result.trim()
        return result
    }

    private mutating func trim() {
        while self.digits.last == 0 { self.digits.removeLast() }
        if self.digits.isEmpty { self.point = 0 }
    }
}
