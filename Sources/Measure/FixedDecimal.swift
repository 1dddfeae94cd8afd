/// Numbers as text, without a locale and without Foundation.
extension [UInt8] {
    /// Appends a number with a fixed count of decimals, right-aligned in `width`, as Java's `%w.df` does: the
    /// shortest decimal that reads back as the number, rounded half up. So 0.125 is "0.13" and 1.005 is
    /// "1.01", where C rounds the binary fraction and prints 0.12 and 1.00. One rule for every table we write,
    /// because some of them must equal Java's to the letter. Infinity is "Infinity", a NaN "NaN".
    mutating func appendFixed(_ value: Double, decimals: Int, width: Int = 0) {
        precondition((0...17).contains(decimals), "a Double has no more digits")
        let text = FixedDecimal(value).rounded(decimals: decimals)
        self.appendAligned(text, width: width)
    }

    /// Appends an integer, right-aligned in `width`.
    mutating func appendInteger(_ value: UInt64, width: Int = 0) {
        self.appendAligned(Array(String(value).utf8), width: width)
    }

    /// Appends text as UTF-8.
    mutating func append(text: String) { self.append(contentsOf: text.utf8) }

    /// Appends text right-aligned in `width`, as `%ws` does.
    mutating func appendAligned(_ text: [UInt8], width: Int) {
        for _ in 0..<Swift.max(0, width - text.count) { self.append(UInt8(ascii: " ")) }
        self.append(contentsOf: text)
    }
}

/// A Double as decimal digits: `0.d1d2d3… × 10^exponent`.
struct FixedDecimal {
    private var digits: [UInt8] = []
    private var exponent = 0
    private var isNegative = false
    /// Set for a value without digits.
    private var word: String?

    /// Takes the shortest digits that read back as the number: what `description` prints.
    init(_ value: Double) {
        if value.isNaN { self.word = "NaN" }
        if value.isInfinite { self.word = value < 0 ? "-Infinity" : "Infinity" }
        if self.word != nil { return }
        self.isNegative = value.sign == .minus
        var pointAt: Int?
        var power = 0
        var powerIsNegative = false
        var inPower = false
        for byte in value.magnitude.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): pointAt = self.digits.count
            case UInt8(ascii: "e"): inPower = true
            case UInt8(ascii: "-"): powerIsNegative = true
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                let digit = byte - UInt8(ascii: "0")
                if inPower { power = power * 10 + Int(digit) } else { self.digits.append(digit) }
            default: break  // "+" of a power
            }
        }
        self.exponent = (pointAt ?? self.digits.count) + (powerIsNegative ? -power : power)
        let leadingZeros = self.digits.prefix { $0 == 0 }.count
        self.digits.removeFirst(leadingZeros)
        self.exponent -= leadingZeros
        while self.digits.last == 0 { self.digits.removeLast() }
    }

    /// The number with so many decimals, half up.
    consuming func rounded(decimals: Int) -> [UInt8] {
        if let word = self.word { return Array(word.utf8) }
        self.cut(to: self.exponent + decimals)
        var text: [UInt8] = self.isNegative ? [UInt8(ascii: "-")] : []
        if self.exponent <= 0 { text.append(UInt8(ascii: "0")) }
        for place in 0..<max(0, self.exponent) { text.append(self.digit(at: place)) }
        if decimals == 0 { return text }
        text.append(UInt8(ascii: "."))
        for place in self.exponent..<(self.exponent + decimals) { text.append(self.digit(at: place)) }
        return text
    }

    /// The digit at a place as ASCII; 0 before the first and after the last.
    private func digit(at place: Int) -> UInt8 {
        let digit = place >= 0 && place < self.digits.count ? self.digits[place] : 0
        return UInt8(ascii: "0") + digit
    }

    /// Keeps `count` digits, rounding half up; a carry out of the first makes the number ten times longer.
    private mutating func cut(to count: Int) {
        guard count < self.digits.count else { return }
        if count < 0 {
            self.digits = []
            self.exponent = 0
            return
        }
        let roundsUp = self.digits[count] >= 5
        self.digits.removeSubrange(count...)
        guard roundsUp else {
            if count == 0 { self.exponent = 0 }
            return
        }
        var place = count - 1
        while place >= 0, self.digits[place] == 9 {
            self.digits[place] = 0
            place -= 1
        }
        if place >= 0 {
            self.digits[place] += 1
        } else {
            self.digits.insert(1, at: 0)
            self.exponent += 1
        }
    }
}
