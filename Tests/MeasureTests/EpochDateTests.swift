import Foundation
import Numerics
import Testing

@testable import Measure

@Suite("Dates")
struct EpochDateTests {
    @Test(
        "dates read as Java writes them",
        arguments: [
            (0, "Thu Jan 01 00:00:00 UTC 1970"), (1_441_812_279, "Wed Sep 09 15:24:39 UTC 2015"),
            (-1, "Wed Dec 31 23:59:59 UTC 1969"), (951_782_400, "Tue Feb 29 00:00:00 UTC 2000"),
            (4_107_542_399, "Sun Feb 28 23:59:59 UTC 2100"), (4_107_542_400, "Mon Mar 01 00:00:00 UTC 2100"),
        ] as [(Int64, String)])
    func known(seconds: Int64, text: String) throws {
        #expect(try #require(EpochDate(seconds: seconds)).text == text)
    }

    @Test("dates of four centuries are those of the C library")
    func agreesWithLibrary() throws {
        var random = RandomGenerator(seed: 1)
        for _ in 0..<2000 {
            var seconds = Int(random.next() % 12_622_780_800) - 3_000_000_000
            var parts = tm()
            gmtime_r(&seconds, &parts)
            let date = try #require(EpochDate(seconds: Int64(seconds)))
            #expect(date.year == Int64(parts.tm_year) + 1900)
            #expect(date.month == Int(parts.tm_mon) + 1)
            #expect(date.day == Int(parts.tm_mday))
            #expect(date.weekday == Int(parts.tm_wday))
            #expect(
                date.hour * 3600 + date.minute * 60 + date.second
                    == Int(parts.tm_hour) * 3600 + Int(parts.tm_min) * 60 + Int(parts.tm_sec))
        }
    }

    @Test("the end of time has no date")
    func endOfTime() {
        #expect(EpochDate(seconds: .max) == nil)
        #expect(EpochDate(seconds: .min) == nil)
        #expect(EpochDate(seconds: EpochDate.secondsLimit) != nil)
        #expect(EpochDate(seconds: -EpochDate.secondsLimit) != nil)
    }
}
