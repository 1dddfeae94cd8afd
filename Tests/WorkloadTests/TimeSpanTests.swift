import Testing

@testable import Workload

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
        "what is no time is an error that says why",
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
            (String(repeating: "9", count: 100) + "s", "too long"), ("1\u{1B}[2Js", "\\u{1b}"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try TimeSpan.parse(text) } throws: {
            ($0 as? WordError)?.message.contains(fragment) == true
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

    @Test("what is printed is read back the same")
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

@Suite("Sizes and percentages as words")
struct ByteSizeTests {
    @Test(
        "a size is read to the byte",
        arguments: [
            ("50KB", 50_000), ("50kB", 50_000), ("50KiB", 51_200), ("1.5MB", 1_500_000),
            ("1.5MiB", 1_572_864),
            ("512", 512), ("512B", 512), ("0", 0), ("2GB", 2_000_000_000), ("1GiB", 1 << 30),
            ("1TB", 1_000_000_000_000),
            ("1TiB", 1 << 40), ("18446744073709551615", UInt64.max),
        ] as [(String, UInt64)])
    func reads(_ text: String, _ bytes: UInt64) throws {
        #expect(try ByteSize.parse(text) == bytes)
    }

    @Test(
        "what is no size is an error that says why",
        arguments: [
            ("", "not a size"), ("KB", "not a size"), ("-1", "not a size"), ("50kb", "no unit of size"),
            ("50K", "no unit of size"), ("1e9", "no unit of size"), ("0.5B", "whole number of bytes"),
            ("1.0001KB", "whole number of bytes"), ("18446744073709552KB", "larger than 64 bits"),
            ("99999999999999999999", "not a size"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try ByteSize.parse(text) } throws: {
            ($0 as? WordError)?.message.contains(fragment) == true
        }
    }

    @Test(
        "a size is printed in its natural unit",
        arguments: [
            (0, "0B"), (999, "999B"), (50_000, "50KB"), (1_024, "1KiB"), (1_500_000, "1.5MB"),
            (16 << 20, "16MiB"),
            (50_123, "50.123KB"), (1_000_000_000, "1GB"),
        ] as [(UInt64, String)])
    func prints(_ bytes: UInt64, _ text: String) {
        #expect(ByteSize.text(bytes) == text)
    }

    @Test("a percentage is the nearest Double of its share")
    func percentages() throws {
        #expect(try Percentage.parse("0.1%") == 0.001)
        #expect(try Percentage.parse("100%") == 1)
        #expect(try Percentage.parse("0%") == 0)
        #expect(try Percentage.parse("99.99%") == 0.9999)
        for text in ["", "%", "1", "0.1 %", "-1%", "101%", "1e1%", "nan%", "1%%"] {
            #expect(throws: WordError.self) { try Percentage.parse(text) }
        }
    }
}

@Suite("The nearest known word")
struct NearestTests {
    @Test(
        "a slip of the finger finds its word, something else finds none",
        arguments: [
            ("usres", "users"), ("user", "users"), ("Users", "users"), ("max-users", "max_users"),
            ("warm", "warmup"),
            ("hodl", "hold"), ("betwen", "between"), ("xyzzy", nil), ("", nil), ("q", nil),
            (String(repeating: "u", count: 10_000), nil),
        ] as [(String, String?)])
    func finds(_ word: String, _ expected: String?) {
        #expect(nearest(word, in: ["users", "max_users", "warmup", "hold", "between"]) == expected)
    }

    @Test("flags are compared like any other word")
    func flags() {
        #expect(nearest("--usres", in: ["--users", "--hold"]) == "--users")
        #expect(nearest("x", in: []) == nil)
    }
}
