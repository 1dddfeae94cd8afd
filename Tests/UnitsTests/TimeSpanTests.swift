import Numerics
import Testing

@testable import Units

@Suite("Times as words")
struct TimeSpanTests {
    @Test(
        "a time is read to the nanosecond",
        arguments: [
            ("0", 0), ("0s", 0), ("43.2s", 43_200_000_000), ("500ms", 500_000_000), ("1m30s", 90_000_000_000),
            ("10us", 10_000), ("10µs", 10_000), ("1h", 3_600_000_000_000), ("1d", 86_400_000_000_000),
            ("0.1s", 100_000_000), ("1.10s", 1_100_000_000), ("1m30.5s", 90_500_000_000), ("7ns", 7),
            ("0.000000001s", 1), ("1.000000000000000000000000000000s", 1_000_000_000),
            ("18446744073709551615ns", UInt64.max), ("432s", 432_000_000_000),
            ("1h2m3s4ms5us6ns", 3_723_004_005_006),
        ] as [(String, UInt64)])
    func reads(_ text: String, _ nanoseconds: UInt64) throws {
        #expect(try TimeSpan.parse(text) == nanoseconds)
    }

    @Test(
        "a text that is no time is an error with the reason",
        arguments: [
            ("", "missing"), ("5", "no unit; write `5s`"), ("s", "not a time"), ("-5s", "not a time"),
            ("5 s", "no unit of time"), ("1e3s", "no unit of time"), ("1min", "no unit of time"),
            ("nan", "not a time"),
            (".5s", "not a time"), ("5.s", "not a time"), ("1.2.3s", "not a time"), ("30s1m", "not in order"),
            ("1s1s", "not in order"), ("1.5h30m", "not in order"), ("0.5ns", "finer than a nanosecond"),
            ("1.0000000001s", "finer than a nanosecond"), ("18446744073709551616ns", "not a time"),
            ("99999999999d", "longer than can be counted"), ("213503d213503d", "not in order"),
            ("5124095h5124095m18446744073s", "longer than can be counted"),
            ("1m30", "no unit; write `1m30s`"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try TimeSpan.parse(text) } throws: {
            ($0 as? ParseError)?.message.contains(fragment) == true
        }
    }

    @Test("a message neither repeats a long word nor passes control characters to the terminal")
    func messages() {
        let long = String(repeating: "9", count: 63) + "s"
        for word in [long, long + long, "1\u{1B}[2Js", "1\u{202E}s", "\r\n"] {
            #expect { try TimeSpan.parse(word) } throws: { error in
                let message = "\(error)"
                return message.utf8.count < 200
                    && !message.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E }
            }
        }
    }

    @Test(
        "a time is printed in its natural unit",
        arguments: [
            (0, "0s"), (43_200_000_000, "43.2s"), (90_000_000_000, "1m30s"), (500_000_000, "500ms"),
            (10_000, "10us"),
            (3_600_000_000_000, "1h"), (432_000_000_000, "432s"), (60_000_000_000, "1m"), (1, "1ns"),
            (1_234_567, "1.234567ms"), (5_000_500_000_000, "1h23m20.5s"),
        ] as [(UInt64, String)])
    func prints(_ nanoseconds: UInt64, _ text: String) {
        #expect(TimeSpan.text(nanoseconds) == text)
    }

    @Test("a printed time is read back the same")
    func roundTrip() throws {
        var generator = RandomGenerator(seed: 1)
        for _ in 0..<20_000 {
            let value = generator.next() >> (generator.next() % 64)
            #expect(try TimeSpan.parse(TimeSpan.text(value)) == value)
            #expect(try ByteSize.parse(ByteSize.text(value)) == value)
        }
        #expect(try TimeSpan.parse(TimeSpan.text(.max)) == .max)
    }
}
