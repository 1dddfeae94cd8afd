import Engine
import Testing

struct DeadlineHeapTests {
    @Test("An empty heap has no deadline")
    func empty() {
        let heap = DeadlineHeap(capacity: 0)
        #expect(heap.earliest == DeadlineHeap.never)
        #expect(heap.earliestID == -1)
    }

    @Test("Deadlines come out in order, and each thing has one at most")
    func order() {
        var heap = DeadlineHeap(capacity: 5)
        for (id, at) in [(0, 50), (1, 10), (2, 30), (3, 20), (4, 40), (1, 35)] as [(Int, UInt64)] {
            heap.set(id, at: at)
        }
        var ids: [Int] = []
        while heap.earliestID >= 0 {
            ids.append(heap.earliestID)
            heap.set(heap.earliestID, at: DeadlineHeap.never)
        }
        #expect(ids == [3, 2, 1, 4, 0])
    }

    @Test("Random changes agree with a plain table", arguments: [1, 2, 5, 16, 333])
    func model(capacity: Int) {
        var heap = DeadlineHeap(capacity: capacity)
        var table = [UInt64](repeating: DeadlineHeap.never, count: capacity)
        var state: UInt64 = 0x1234_5678_9ABC_DEF1
        func random() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
        for step in 0..<20_000 {
            let id = Int(random() % UInt64(capacity))
            let at = random() % 4 == 0 ? DeadlineHeap.never : random() % 1_000
            heap.set(id, at: at)
            table[id] = at
            let earliest = table.min() ?? DeadlineHeap.never
            let found = heap.earliest
            let owner = heap.earliestID
            let own = heap.deadline(of: id)
            let isOwner = owner < 0 ? earliest == DeadlineHeap.never : table[owner] == earliest
            if found != earliest || own != at || !isOwner {
                Issue.record("step \(step): \(found) of \(owner), wanted \(earliest)")
                return
            }
        }
        for id in 0..<capacity {
            let own = heap.deadline(of: id)
            #expect(own == table[id])
        }
    }
}
