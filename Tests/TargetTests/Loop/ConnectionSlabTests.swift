import Testing

@testable import Target

struct ConnectionSlabTests {
    @Test("A tag names its connection until the slot is freed, and never again")
    func generations() {
        let slab = ConnectionSlab(capacity: 2)
        let first = slab.take(fd: 7)
        #expect(first == 0)
        let tag = slab.tag(0)
        let found = slab.index(tag: tag)
        #expect(found == 0)
        slab.release(0)
        let freed = slab.index(tag: tag)
        #expect(freed == nil)
        let second = slab.take(fd: 8)
        #expect(second == 0)
        let stale = slab.index(tag: tag)
        #expect(stale == nil)
        let current = slab.index(tag: slab.tag(0))
        #expect(current == 0)
    }

    @Test("A full slab gives nothing, and an unused tag has no connection")
    func full() {
        let slab = ConnectionSlab(capacity: 2)
        let taken = [slab.take(fd: 1), slab.take(fd: 2), slab.take(fd: 3)]
        #expect(taken == [0, 1, nil])
        slab.release(0)
        let again = slab.take(fd: 4)
        #expect(again == 0)
        let nobody = slab.index(tag: 0xFFFF_FFFF)
        #expect(nobody == nil)
    }

    @Test("An idle connection costs far less than a kilobyte")
    func size() {
        // Beside its slot it has an entry in the free list (4) and in the deadlines (20).
        #expect(MemoryLayout<Connection>.stride + 24 <= 288)
    }
}
