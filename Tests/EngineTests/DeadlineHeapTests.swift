import Engine
import Numerics
import Testing
import Workload

@Suite struct DeadlineHeapTests {
    @Test("An empty heap has no deadline")
    func empty() {
        let heap = DeadlineHeap(capacity: 0)
        #expect(heap.earliest == DeadlineHeap.never)
        #expect(heap.earliestID == -1)
    }

    @Test("A deadline is set, moved both ways and taken out")
    func moves() {
        var heap = DeadlineHeap(capacity: 3)
        heap.set(0, at: 30)
        heap.set(1, at: 20)
        #expect(heap.earliestID == 1 && heap.earliest == 20)
        heap.set(0, at: 10)
        #expect(heap.earliestID == 0)
        heap.set(0, at: 40)
        #expect(heap.earliestID == 1)
        heap.set(1, at: DeadlineHeap.never)
        #expect(heap.earliestID == 0 && heap.earliest == 40)
        heap.set(2, at: DeadlineHeap.never)
        heap.set(0, at: DeadlineHeap.never)
        #expect(heap.earliestID == -1)
    }

    @Test("Any sequence of changes has the same result as in a list", arguments: 1...20)
    func againstAList(seed: UInt64) {
        var random = RandomGenerator(seed: seed)
        let capacity = Int(random.upTo(60)) + 1
        var heap = DeadlineHeap(capacity: capacity)
        var list = [UInt64](repeating: DeadlineHeap.never, count: capacity)
        for _ in 0..<2_000 {
            let id = Int(random.upTo(UInt64(capacity - 1)))
            // Few values, so that equal deadlines are common.
            let at = random.upTo(4) == 0 ? DeadlineHeap.never : random.upTo(50)
            heap.set(id, at: at)
            list[id] = at
            #expect(heap.earliest == list.min())
            if heap.earliestID >= 0 { #expect(list[heap.earliestID] == heap.earliest) }
        }
        // Taken out one by one, they come in order, and each comes once.
        var taken: [UInt64] = []
        while heap.earliestID >= 0, taken.count <= capacity {
            taken.append(heap.earliest)
            heap.set(heap.earliestID, at: DeadlineHeap.never)
        }
        #expect(taken == list.filter { $0 != DeadlineHeap.never }.sorted())
    }
}
