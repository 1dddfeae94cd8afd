import Testing

@testable import Target

struct StallScheduleTests {
    private let schedule = StallSchedule(start: 1_000, stall: Stall(duration: 100, period: 1_000))

    @Test("The first stall begins a period less its duration after the start, and each ends with its period")
    func bounds() {
        #expect(self.schedule.end(at: 0) == nil)
        #expect(self.schedule.end(at: 1_000) == nil)
        #expect(self.schedule.end(at: 1_899) == nil)
        #expect(self.schedule.end(at: 1_900) == 2_000)
        #expect(self.schedule.end(at: 1_999) == 2_000)
        #expect(self.schedule.end(at: 2_000) == nil)
        #expect(self.schedule.end(at: 2_900) == 3_000)
        #expect(self.schedule.end(at: 1_000_950) == 1_001_000)
    }

    @Test("A stall without duration or period never comes")
    func none() {
        let never = StallSchedule(start: 0, stall: Stall(duration: 0, period: 10))
        #expect((0..<30).allSatisfy { never.end(at: $0) == nil })
        #expect(StallSchedule(start: 0, stall: Stall(duration: 0, period: 0)).end(at: 5) == nil)
    }
}
