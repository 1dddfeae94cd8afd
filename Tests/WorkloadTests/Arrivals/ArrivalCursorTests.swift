import Testing

@testable import Workload

@Suite("Due times of arrivals")
struct ArrivalCursorTests {
    @Test("a constant rate starts rate times duration sessions, the last within one interval of the end (T3)")
    func fidelity() throws {
        let plan = try ArrivalPlan.constant(1_000)
        for part in 0..<3 {
            let times = ArrivalPlans.times(plan, part: part, parts: 3, most: 20_001).filter {
                $0 < 60 * second
            }
            #expect(times.count == 20_000)
            #expect(try #require(times.last) >= 60 * second - 3_000_000)
        }
        // Exact to the nanosecond, even after a year: errors do not add up.
        let whole = ArrivalPlans.times(plan, most: 100_000)
        #expect(whole.enumerated().allSatisfy { $0.element == UInt64($0.offset) * 1_000_000 + 500_000 })
        let late = ArrivalPlans.times(plan, part: 2_000_000_000, parts: 2_000_000_001, most: 2)
        #expect(late == [2_000_000_000_500_000, 4_000_000_001_500_000])
    }

    @Test("at the highest rate a due time is still that of its number")
    func highestRate() throws {
        let plan = try ArrivalPlan.constant(ArrivalPlan.rateLimit)
        #expect(ArrivalPlans.times(plan, most: 3) == [50, 150, 250])
        // After 100 days: 8.64e13 sessions.
        let number = 86_400_000_000_000
        let time = try #require(ArrivalPlans.times(plan, part: number, parts: number + 1, most: 1).first)
        #expect((8_640_000_000_000_048...8_640_000_000_000_052).contains(time))
    }

    @Test("the integral of every plan is its number of starts to within one, up to any time")
    func integral() throws {
        for (name, plan) in try ArrivalPlans.all() {
            let length = try #require(plan.length)
            for seed in UInt64(0)..<5 {
                let times = ArrivalPlans.times(plan, seed: seed)
                #expect(abs(Double(times.count) - plan.expected(until: length)) <= 0.5 + 1e-6, "\(name)")
                #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "\(name)")
                #expect(times.allSatisfy { $0 < length }, "\(name)")
                for share in 0...40 {
                    let time = length / 40 * UInt64(share)
                    let started = Double(times.count { $0 < time })
                    #expect(abs(started - plan.expected(until: time)) <= 0.5 + 1e-6, "\(name) at \(time)")
                }
            }
        }
    }

    @Test("the integral up to the due time of number k is k + 1/2: the inverse is exact to a nanosecond")
    func inverse() throws {
        for (name, plan) in try ArrivalPlans.all() {
            for (number, time) in ArrivalPlans.times(plan).enumerated() {
                let wanted = Double(number) + 0.5
                // One nanosecond either way, because a due time is a whole number of them.
                #expect(
                    plan.expected(until: time > 0 ? time - 1 : 0) <= wanted + 1e-9
                        && plan.expected(until: time + 1) >= wanted - 1e-9, "\(name), number \(number)")
            }
        }
    }

    @Test("a day of a sine keeps its due times to a nanosecond, near a rate of 0 too")
    func longSine() throws {
        let day = 86_400 * second
        let plan = try ArrivalPlan.stages([.diurnal(trough: 0, peak: 100, day: day, length: 300 * day)])
        // Number k of the whole sequence, far into it; the rate is 0 at each midnight.
        for number in [0, 1, 4_319_999, 4_320_000, 4_320_001, 863_999_999, 864_000_000, 1_295_999_999] {
            let times = ArrivalPlans.times(plan, part: number, parts: 2_000_000_000, most: 1)
            let time = try #require(times.first)
            let wanted = Double(number) + 0.5
            #expect(
                abs(plan.expected(until: time) - wanted) < 1e-6 * max(1, plan.rate(at: time)), "\(number)")
        }
        #expect(ArrivalPlans.times(plan, part: 1_296_000_000, parts: 2_000_000_000, most: 1) == [])
    }

    @Test("the parts of a sequence make up the whole of it, whatever their number")
    func parts() throws {
        for process in [ArrivalPlan.Process.even, .poisson] {
            for (name, plan) in try ArrivalPlans.all(process) {
                let whole = ArrivalPlans.times(plan, seed: 9)
                for parts in 1...7 {
                    for part in 0..<parts {
                        let own = stride(from: part, to: whole.count, by: parts).map { whole[$0] }
                        #expect(
                            ArrivalPlans.times(plan, seed: 9, part: part, parts: parts) == own,
                            "\(name), \(part) of \(parts)")
                    }
                }
            }
        }
        let recorded = try ArrivalPlan.recorded([0, 0, 5, 7, 7, 7, 9])
        #expect(ArrivalPlans.times(recorded) == [0, 0, 5, 7, 7, 7, 9])
        #expect(ArrivalPlans.times(recorded, part: 1, parts: 3) == [0, 7])
        #expect(ArrivalPlans.times(recorded, part: 6, parts: 7) == [9])
        #expect(recorded.length == 10 && recorded.highestRate == 7 && recorded.expected(until: 7) == 3)
    }

    @Test("an ended plan stays ended, and impossible parts are cut to possible ones")
    func ends() throws {
        for (name, plan) in try ArrivalPlans.all() + ArrivalPlans.all(.poisson) {
            var cursor = ArrivalCursor(plan: plan, seed: 3)
            while cursor.next() != nil {}
            #expect(cursor.next() == nil && cursor.next() == nil, "\(name)")
        }
        let plan = try ArrivalPlan.constant(1)
        #expect(ArrivalPlans.times(plan, part: -5, parts: 0, most: 1) == [500_000_000])
        #expect(ArrivalPlans.times(plan, part: 9, parts: 2, most: 1) == [1_500_000_000])
        // One session in twelve days: past the range of the clock there are no more.
        let slow = try ArrivalPlan.constant(ArrivalPlan.rateLowest)
        #expect(ArrivalPlans.times(slow, most: 100_000).count == 4_612)
    }

    @Test("even arrivals draw nothing: the seed changes Poisson arrivals only")
    func seeds() throws {
        let even = try ArrivalPlan.constant(10)
        #expect(ArrivalPlans.times(even, seed: 1, most: 100) == ArrivalPlans.times(even, seed: 2, most: 100))
        let poisson = try ArrivalPlan.constant(10, process: .poisson)
        let first = ArrivalPlans.times(poisson, seed: 1, most: 100)
        #expect(first == ArrivalPlans.times(poisson, seed: 1, most: 100))
        #expect(first != ArrivalPlans.times(poisson, seed: 2, most: 100))
    }
}
