/// Writes text into memory of a fixed size; text that does not fit is dropped, and sets `isFull`.
struct TextWriter {
    private let start: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    /// Bytes written.
    private(set) var count = 0
    /// Some text did not fit: a defect, as all texts have a known size.
    private(set) var isFull = false

    /// Takes the caller's memory, which outlives the writer.
    init(_ start: UnsafeMutablePointer<UInt8>, capacity: Int) {
        self.start = start
        self.capacity = capacity
    }

    /// A text known to the compiler; nothing is allocated.
    mutating func write(_ text: StaticString) {
        guard text.hasPointerRepresentation, text.utf8CodeUnitCount <= self.capacity &- self.count else {
            self.isFull = true
            return
        }
        (self.start + self.count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
        self.count &+= text.utf8CodeUnitCount
    }

    /// A number in decimal.
    mutating func write(decimal value: UInt64) { self.write(value, base: 10) }

    /// A number in hexadecimal, small letters.
    mutating func write(hexadecimal value: UInt64) { self.write(value, base: 16) }

    private mutating func write(_ value: UInt64, base: UInt64) {
        var digits = 1
        var rest = value / base
        while rest > 0 {
            digits &+= 1
            rest /= base
        }
        guard digits <= self.capacity &- self.count else {
            self.isFull = true
            return
        }
        rest = value
        for position in stride(from: self.count &+ digits &- 1, through: self.count, by: -1) {
            let digit = UInt8(truncatingIfNeeded: rest % base)
            self.start[position] = digit < 10 ? 0x30 &+ digit : 0x57 &+ digit
            rest /= base
        }
        self.count &+= digits
    }
}
