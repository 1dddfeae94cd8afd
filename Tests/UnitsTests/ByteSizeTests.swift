import Testing

@testable import Units

@Suite("Sizes as words")
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
        "a text that is no size is an error with the reason",
        arguments: [
            ("", "not a size"), ("KB", "not a size"), ("-1", "not a size"), ("50kb", "no unit of size"),
            ("50K", "no unit of size"), ("1e9", "no unit of size"), ("0.5B", "whole number of bytes"),
            ("1.0001KB", "whole number of bytes"), ("18446744073709552KB", "larger than 64 bits"),
            ("99999999999999999999", "not a size"),
        ])
    func refuses(_ text: String, _ fragment: String) {
        #expect { try ByteSize.parse(text) } throws: {
            ($0 as? ParseError)?.message.contains(fragment) == true
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
}
