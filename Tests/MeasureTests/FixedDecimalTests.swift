import Foundation
import Numerics
import Testing

@testable import Measure

@Suite("Fixed decimals")
struct FixedDecimalTests {
    private func text(_ value: Double, _ decimals: Int, width: Int = 0) -> String {
        var out: [UInt8] = []
        out.appendFixed(value, decimals: decimals, width: width)
        return String(decoding: out, as: UTF8.self)
    }

    @Test(
        "numbers are cut to their decimals, half up on the shortest digits, like in Java's formatter",
        arguments: [
            (0, 3, "0.000"), (0, 0, "0"), (1, 2, "1.00"), (0.125, 2, "0.13"), (1.005, 2, "1.01"),
            (2.5, 0, "3"),
            (0.5, 0, "1"), (0.49, 0, "0"), (0.006, 2, "0.01"), (0.004, 2, "0.00"), (0.0004, 2, "0.00"),
            (9.995, 2, "10.00"), (0.999, 2, "1.00"), (99.5, 0, "100"), (-1.25, 1, "-1.3"), (-0.0, 1, "-0.0"),
            (1e16, 1, "10000000000000000.0"), (1.5e20, 0, "150000000000000000000"), (1e-5, 6, "0.000010"),
            (.leastNonzeroMagnitude, 3, "0.000"), (123.456, 3, "123.456"), (0.05, 2, "0.05"),
            (1000, 3, "1000.000"),
            (.infinity, 2, "Infinity"), (-.infinity, 2, "-Infinity"), (.nan, 2, "NaN"),
        ] as [(Double, Int, String)])
    func halfUp(value: Double, decimals: Int, expected: String) {
        #expect(self.text(value, decimals) == expected)
    }

    @Test("numbers are right-aligned and never cut by their width")
    func alignment() {
        #expect(self.text(1.5, 3, width: 12) == "       1.500")
        #expect(self.text(.infinity, 2, width: 14) == "      Infinity")
        #expect(self.text(123_456, 3, width: 7) == "123456.000")
    }

    @Test("away from ties the text is that of printf", arguments: [0, 1, 3, 6, 12])
    func agreesWithPrintf(decimals: Int) {
        var random = RandomGenerator(seed: UInt64(decimals))
        var wrong: [String] = []
        for _ in 0..<5000 {
            // At most 11 digits are requested: the shortest digits and the binary fraction then agree.
            let value = pow(10, random.unit() * 13 - Double(decimals) - 2)
            let expected = String(format: "%.\(decimals)f", value)
            if self.text(value, decimals) != expected { wrong.append("\(value): \(expected)") }
        }
        #expect(wrong.prefix(3) == [])
    }
}
