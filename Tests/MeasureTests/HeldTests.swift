import Measure
import Testing

@Suite("Held")
struct HeldTests {
    @Test("an empty window is all zero when printed")
    func empty() {
        #expect(Held().lowestSeen == 0)
        #expect(Held().mean == 0)
        #expect(Held().highest == 0)
    }

    @Test("successive windows: the lowest, the highest and the mean over both")
    func append() {
        var held = Held(lowest: 10, highest: 20, area: 15 * 100, duration: 100)
        held.append(Held(lowest: 5, highest: 12, area: 6 * 300, duration: 300))
        #expect(held == Held(lowest: 5, highest: 20, area: 3300, duration: 400))
        #expect(held.mean == 8.25)
        held.append(Held())
        #expect(held.lowestSeen == 5)
        var fresh = Held()
        fresh.append(held)
        #expect(fresh == held)
    }

    @Test("parallel workers add their levels over the same time")
    func addWorker() {
        var held = Held()
        held.addWorker(Held(lowest: 10, highest: 20, area: 1500, duration: 100))
        // Closed a moment earlier: its mean of 1.5 counts for the whole interval, not a shorter area.
        held.addWorker(Held(lowest: 1, highest: 2, area: 75, duration: 50))
        #expect(held == Held(lowest: 11, highest: 22, area: 1650, duration: 100))
        held.addWorker(Held())
        #expect(held == Held(lowest: 11, highest: 22, area: 1650, duration: 100))
    }
}
