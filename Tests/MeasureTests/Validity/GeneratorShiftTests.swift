import Glibc
import Measure
import Numerics
import Testing

/// How far the generator's delays moved a percentile, against samples with a known truth.
@Suite struct GeneratorShiftTests {
    /// The histograms of a run: the true times, the reported times, and the generator's delays at both ends.
    private struct Told {
        let truth = Histogram()
        let response = Histogram()
        let starts = Histogram()
        let answers = Histogram()

        var shifts: [GeneratorShift]? {
            GeneratorShift.all(response: self.response, starts: self.starts, answers: self.answers)
        }

        /// The share by which a percentile is really off.
        func error(_ percentile: Double) -> Double {
            Double(self.response.value(atPercentile: percentile))
                / Double(self.truth.value(atPercentile: percentile)) - 1
        }
    }

    /// 20,000 requests of an exponential time with a mean of 10 ms (or always 10 ms). A part of them waits up to
    /// `longest` at the start, and as many wait before their answer is read.
    private func told(part: Double, longest: Double, isConstant: Bool = false) -> Told {
        let told = Told()
        var random = RandomGenerator(seed: 11)
        for _ in 0..<20_000 {
            func delay() -> UInt64 {
                random.unit() < part ? UInt64(random.unit() * longest) : 40_000
            }
            let time = isConstant ? 10_000_000 : UInt64(-log(1 - random.unit()) * 1e7)
            let (start, answer) = (delay(), delay())
            told.truth.record(time)
            told.starts.record(start)
            told.answers.record(answer)
            told.response.record(time + start + answer)
        }
        return told
    }

    @Test("A percentile moved by the generator's delays by over a tenth is over the line, and one hardly moved is not")
    func verdicts() throws {
        let lines = ValidityThresholds()
        for (part, longest) in [
            (0.003, 3e8), (0.01, 3e8), (0.01, 5e6), (0.05, 5e7), (0.1, 5e6), (0.2, 2e7), (0.4, 2e6), (0, 0),
        ] {
            for isConstant in [false, true] {
                let told = self.told(part: part, longest: longest, isConstant: isConstant)
                let shifts = try #require(told.shifts)
                #expect(shifts.map(\.key) == ["p50", "p90", "p95", "p99", "p999"])
                for (shift, percentile) in zip(shifts, [50.0, 90, 95, 99]) {
                    let error = told.error(percentile)
                    let words = "\(part) \(longest) \(isConstant) \(shift) instead of \(error)"
                    if error > 0.1 { #expect(shift.share > lines.shiftInvalid, "\(words)") }
                    if error < 0.03 { #expect(shift.share < lines.shiftSuspect, "\(words)") }
                }
            }
        }
    }

    @Test("For rare delays the shift is their effect, to within a few hundredths")
    func seldom() throws {
        for isConstant in [false, true] {
            let told = self.told(part: 0.003, longest: 3e8, isConstant: isConstant)
            for (shift, percentile) in zip(try #require(told.shifts), [50.0, 90, 95, 99]) {
                #expect(abs(shift.share - told.error(percentile)) < 0.03, "\(shift)")
            }
        }
    }

    @Test("If few answers have a known delay, answers count as late as starts; if nothing is known, there is no shift")
    func unknown() throws {
        let told = self.told(part: 0.1, longest: 5e7)
        let known = try #require(told.shifts)
        let few = Histogram()
        few.record(0)
        let alike = GeneratorShift.all(response: told.response, starts: told.starts, answers: few)
        for (shift, other) in zip(known.prefix(4), try #require(alike)) {
            #expect(abs(shift.share - other.share) < 0.05 * (1 + shift.share))
        }
        #expect(GeneratorShift.all(response: told.response, starts: Histogram(), answers: few) == nil)
        let backToBack = GeneratorShift.all(response: told.response, starts: Histogram(), answers: told.answers)
        #expect(try #require(backToBack?.first).share < known[0].share)
    }

    @Test("Histograms without a value, or with the largest ones, are judged without a trap")
    func extremes() {
        let one = Histogram()
        one.record(.max)
        #expect(GeneratorShift.all(response: Histogram(), starts: one, answers: one) == [])
        for _ in 0..<2_000 { one.record(.max) }
        let shifts = GeneratorShift.all(response: one, starts: one, answers: one)
        #expect(shifts?.first?.key == "p50")
    }
}
