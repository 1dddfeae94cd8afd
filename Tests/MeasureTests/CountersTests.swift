import Testing

@testable import Measure

@Suite("Counters")
struct CountersTests {
    @Test("counters are words without padding, and each has its place in these tests")
    func noPadding() {
        #expect(MemoryLayout<Counters>.size == MemoryLayout<Counters>.stride)
        // Each word has its counter, except the array places that no case uses yet.
        let free = 2 * (32 - ErrorClass.count) + 8 - ResentCause.count + 8 - RedirectStatus.allCases.count
        #expect(MemoryLayout<Counters>.size == 8 * (Counter.all.count + free))
        #expect(Set(Counter.all.map(\.name)).count == Counter.all.count)
        #expect(RedirectStatus.allCases.map { Int($0.rawValue) } == Array(0..<RedirectStatus.allCases.count))
        #expect(RedirectStatus.allCases.map(\.code) == [301, 302, 303, 307, 308])
        #expect(RedirectStatus(code: 304) == nil && RedirectStatus(code: 308) == .permanent)
        #expect(ResentCause.count <= 8)
        #expect(ResentCause.allCases.map { Int($0.rawValue) } == Array(0..<ResentCause.count))
        #expect(Set(ResentCause.allCases.map(\.name)).count == ResentCause.count)
        #expect(ErrorClass.count < 32, "the last place is that of failures of classes that are not known")
        #expect(ErrorClass.allCases.map { Int($0.rawValue) } == Array(0..<ErrorClass.count))
        #expect(Set(ErrorClass.allCases.map(\.name)).count == ErrorClass.count)
    }

    @Test("each word is added and compared on its own")
    func eachWord() {
        let words = MemoryLayout<Counters>.size / 8
        for word in 0..<words {
            var one = Counters()
            withUnsafeMutableBytes(of: &one) { $0.storeBytes(of: 3, toByteOffset: word * 8, as: UInt64.self) }
            #expect(one != Counters())
            var sum = one
            sum.add(one)
            let found = withUnsafeBytes(of: &sum) { bytes in
                (0..<words).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
            }
            #expect(found == (0..<words).map { $0 == word ? 6 : 0 })
        }
    }

    @Test("a field is the counter that its name promises")
    func namedFields() {
        for (index, counter) in Counter.all.enumerated() {
            var one = Counters()
            one[counter] = 7
            var sum = Counters()
            sum.add(one)
            #expect(sum[counter] == 7, "\(counter.name)")
            #expect(Counter.all.enumerated().allSatisfy { $0 == index || sum[$1] == 0 }, "\(counter.name)")
        }
    }

    @Test("failed requests are the sum of all classes, each counted under its own")
    func failures() {
        var counters = Counters()
        for error in ErrorClass.allCases {
            counters.errors[Int(error.rawValue)] = 1 + UInt64(error.rawValue)
        }
        for error in ErrorClass.allCases { #expect(counters.failed(error) == 1 + UInt64(error.rawValue)) }
        let classes = UInt64(ErrorClass.count)
        #expect(counters.requestsFailed == classes * (classes + 1) / 2)
    }

    @Test("faults of connections are counted by class, and are not failed requests")
    func connectionFaults() {
        var counters = Counters()
        for error in ErrorClass.allCases { counters.connectionFaults[Int(error.rawValue)] = 1 + UInt64(error.rawValue) }
        for error in ErrorClass.allCases { #expect(counters.connectionFaults(error) == 1 + UInt64(error.rawValue)) }
        let classes = UInt64(ErrorClass.count)
        #expect(counters.connectionFaultCount == classes * (classes + 1) / 2 && counters.requestsFailed == 0)
    }

    @Test("resent requests are the sum of all causes, as a share of those that ended, and not failures")
    func resent() {
        var counters = Counters()
        #expect(counters.resentFraction == nil)
        for cause in ResentCause.allCases { counters.resent[Int(cause.rawValue)] = 1 + UInt64(cause.rawValue) }
        for cause in ResentCause.allCases { #expect(counters.resent(cause) == 1 + UInt64(cause.rawValue)) }
        #expect(counters.requestsResent == 10 && counters.requestsFailed == 0)
        counters.requestsOK = 30
        counters.errors[0] = 10
        #expect(counters.resentFraction == 0.25)
    }
}
