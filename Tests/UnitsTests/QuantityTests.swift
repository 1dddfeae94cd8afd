import Testing

@testable import Units

@Suite struct QuantityTests {
    @Test(
        "A duration has three significant digits, half up, and its unit is chosen after rounding",
        arguments: [
            (0, "0 ns"), (1, "1 ns"), (999, "999 ns"), (1_000, "1.00 µs"), (1_004, "1.00 µs"),
            (1_005, "1.01 µs"), (9_994, "9.99 µs"), (9_995, "10.0 µs"), (213_000, "213 µs"),
            (999_499, "999 µs"), (999_500, "1.00 ms"), (1_240_000, "1.24 ms"), (12_000_000_000, "12.0 s"),
            (999_499_999_999, "999 s"), (999_500_000_000, "1,000 s"), (1_234_500_000_000, "1,235 s"),
            (UInt64.max, "18,446,744,074 s"),
        ] as [(UInt64, String)])
    func duration(nanoseconds: UInt64, text: String) { #expect(Quantity.duration(nanoseconds) == text) }

    @Test(
        "A planned length is printed exactly",
        arguments: [
            (0, "0 s"), (43_200_000_000, "43.2 s"), (500_000_000, "500 ms"), (60_000_000_000, "60 s"),
            (1_234_567, "1.234567 ms"), (3_600_000_000_000, "3,600 s"), (1, "1 ns"),
        ] as [(UInt64, String)])
    func planned(nanoseconds: UInt64, text: String) { #expect(Quantity.planned(nanoseconds) == text) }

    @Test(
        "Time on a wall is rounded to seconds",
        arguments: [
            (0, "0 s"), (499_999_999, "0 s"), (500_000_000, "1 s"), (119_499_999_999, "119 s"),
            (119_500_000_000, "2 min 00 s"), (3_599_000_000_000, "59 min 59 s"),
            (3_600_000_000_000, "1 h 00 min"), (UInt64.max, "5,124,095 h 34 min"),
        ] as [(UInt64, String)])
    func clock(nanoseconds: UInt64, text: String) { #expect(Quantity.clock(nanoseconds) == text) }

    @Test(
        "Integers have commas between thousands",
        arguments: [
            (0, "0"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"), (1_000_000, "1,000,000"),
            (UInt64.max, "18,446,744,073,709,551,615"),
        ] as [(UInt64, String)])
    func count(value: UInt64, text: String) { #expect(Quantity.count(value) == text) }

    @Test(
        "Rates have three significant digits below a thousand and are whole above",
        arguments: [
            (0, "0"), (0.0231481, "0.0231"), (0.00012345, "0.000123"), (1, "1.00"), (4.625, "4.63"),
            (4.6249, "4.62"), (46.25, "46.3"), (462.5, "463"), (999.4, "999"), (999.5, "1,000"),
            (12_345.4, "12,345"), (12_345.5, "12,346"), (1e20, "100,000,000,000,000,000,000"),
            (1.005, "1.01"), (2.675, "2.68"), (.nan, "0"), (.infinity, "0"), (-1, "0"),
            (1e-300, "0.000000000000"),
        ] as [(Double, String)])
    func rate(value: Double, text: String) { #expect(Quantity.rate(value) == text) }

    @Test(
        "Bits per second take the unit that fits",
        arguments: [
            (0, "0 bps"), (812e6, "812 Mbps"), (1.24e9, "1.24 Gbps"), (999.6e6, "1.00 Gbps"),
            (30_123, "30.1 kbps"), (250, "250 bps"), (2.5e15, "2,500 Tbps"),
        ] as [(Double, String)])
    func bits(value: Double, text: String) { #expect(Quantity.bitsPerSecond(value) == text) }

    @Test(
        "Gbps if asked for, with two decimals or two digits",
        arguments: [
            (820e6, "0.82 Gbps"), (12.345e9, "12.35 Gbps"), (0, "0.00 Gbps"), (18.5e6, "0.019 Gbps"),
            (30_400, "0.000030 Gbps"), (99.6e6, "0.10 Gbps"),
        ] as [(Double, String)])
    func gigabits(value: Double, text: String) { #expect(Quantity.gigabitsPerSecond(value) == text) }

    @Test(
        "Bytes are decimal: KB = 1,000",
        arguments: [
            (0, "0 B"), (999, "999 B"), (1_000, "1.00 KB"), (50_000, "50.0 KB"), (1_250_000_000, "1.25 GB"),
            (999_500, "1.00 MB"), (UInt64.max, "18.4 EB"),
        ] as [(UInt64, String)])
    func bytes(value: UInt64, text: String) { #expect(Quantity.bytes(value) == text) }

    @Test(
        "Shares are printed in percent",
        arguments: [
            (0, "0 %"), (0.0065, "0.65 %"), (0.001, "0.1 %"), (0.125, "12.5 %"), (1, "100 %"),
            (0.72291, "72.3 %"), (1e-9, "0.0000001 %"),
        ] as [(Double, String)])
    func percent(value: Double, text: String) { #expect(Quantity.percent(value) == text) }

    @Test("A rate over no time is none")
    func noTime() {
        #expect(Quantity.perSecond(5, over: 0) == nil)
        #expect(Quantity.perSecond(5, over: 2_000_000_000) == 2.5)
    }

    @Test("Rounding of integers agrees with integer arithmetic")
    func roundingAgreesWithIntegers() {
        var state: UInt64 = 9
        for _ in 0..<5_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = state >> (state % 40 + 1)
            var scale: UInt64 = 1
            while value / scale >= 1_000 { scale *= 10 }
            let whole = value / scale + (value % scale * 2 >= scale && scale > 1 ? 1 : 0)
            let expected = DecimalDigits(whole).scaled(down: -Self.zeros(scale))
            #expect(DecimalDigits(value).rounded(significant: 3) == expected, "\(value)")
        }
    }

    private static func zeros(_ powerOfTen: UInt64) -> Int { String(powerOfTen).utf8.count - 1 }
}
