import Numerics
import Testing

@Suite("Random numbers")
struct RandomGeneratorTests {
    @Test("the sequence of a seed is that of splitmix64.c")
    func reference() {
        var generator = RandomGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        for value in expected { #expect(generator.next() == value) }
        #expect(MemoryLayout<RandomGenerator>.size == 8)
    }

    @Test("streams of neighbouring seeds and numbers have nothing in common")
    func streams() {
        var seen: Set<UInt64> = []
        for seed in UInt64(0)..<30 {
            for stream in UInt64(0)..<30 {
                var generator = RandomGenerator(seed: seed, stream: stream)
                for _ in 0..<10 { seen.insert(generator.next()) }
            }
        }
        #expect(seen.count == 9_000)
    }

    @Test("bounds are kept, even the widest")
    func bounds() {
        var generator = RandomGenerator(seed: 3)
        #expect(generator.upTo(0) == 0)
        var hits = [0, 0, 0]
        for _ in 0..<30_000 { hits[Int(generator.upTo(2))] += 1 }
        for count in hits { #expect((9_500...10_500).contains(count)) }
        #expect(generator.upTo(.max) != generator.upTo(.max))
        for _ in 0..<1_000 { #expect((0..<1).contains(generator.unit())) }
    }

    @Test("exponential draws have mean and deviation 1, are finite, and the seed repeats them")
    func exponential() {
        var generator = RandomGenerator(seed: 9)
        var again = RandomGenerator(seed: 9)
        var sum = 0.0
        var squares = 0.0
        for _ in 0..<200_000 {
            let value = generator.exponential()
            #expect(again.exponential() == value)
            #expect((0...37).contains(value))
            sum += value
            squares += value * value
        }
        let mean = sum / 200_000
        #expect(abs(mean - 1) < 0.01)
        #expect(abs((squares / 200_000 - mean * mean).squareRoot() - 1) < 0.02)
    }
}
