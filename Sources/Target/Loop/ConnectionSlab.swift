/// The connections of one loop, by index. A slot's generation rises when it is freed, so the tag shows an event of its
/// former connection. Memory is touched only as far as there ever were connections.
///
/// A class, one per loop, so that the loop reaches slots through constants alone: no exclusivity checks.
final class ConnectionSlab {
    private let slots: UnsafeMutablePointer<Connection>
    private let free: UnsafeMutablePointer<Int32>
    private var freeCount = 0
    private var used = 0
    let capacity: Int

    /// A slab of free slots.
    init(capacity: Int) {
        precondition(capacity > 0 && capacity < Int(Int32.max), "indices are 32-bit")
        self.capacity = capacity
        self.slots = .allocate(capacity: capacity)
        self.free = .allocate(capacity: capacity)
    }

    deinit {
        self.slots.deinitialize(count: self.used)
        self.slots.deallocate()
        self.free.deallocate()
    }

    /// Slots that were ever taken: indices below this are valid.
    var usedCount: Int { self.used }

    /// Takes a free slot for a socket; nil when all are taken.
    func take(fd: Int32) -> Int? {
        let index: Int
        if self.freeCount > 0 {
            self.freeCount &-= 1
            index = Int(self.free[self.freeCount])
        } else if self.used < self.capacity {
            index = self.used
            self.slots.advanced(by: index).initialize(to: Connection())
            self.used &+= 1
        } else {
            return nil
        }
        self.slots[index].fd = fd
        self.slots[index].phase = .reading
        return index
    }

    /// Gives a slot back.
    func release(_ index: Int) {
        assert(index >= 0 && index < self.used && self.slots[index].phase != .closed)
        let generation = self.slots[index].generation
        self.slots[index] = Connection()
        self.slots[index].generation = generation &+ 1
        self.free[self.freeCount] = Int32(truncatingIfNeeded: index)
        self.freeCount &+= 1
    }

    /// The slot at an index below `usedCount`. The pointer is valid as long as the slab.
    @inline(__always)
    func pointer(_ index: Int) -> UnsafeMutablePointer<Connection> {
        assert(index >= 0 && index < self.used)
        return self.slots + index
    }

    /// The tag of a slot's events: generation and index.
    @inline(__always)
    func tag(_ index: Int) -> UInt64 {
        UInt64(self.pointer(index).pointee.generation) << 32 | UInt64(index)
    }

    /// The index of the event's connection; nil if that connection is gone.
    @inline(__always)
    func index(tag: UInt64) -> Int? {
        let index = Int(tag & 0xFFFF_FFFF)
        guard index < self.used else { return nil }
        let slot = self.slots + index
        let isCurrent = slot.pointee.generation == UInt32(tag >> 32) && slot.pointee.phase != .closed
        return isCurrent ? index : nil
    }
}
