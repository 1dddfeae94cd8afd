import CLinux

/// Deadlines of a fixed number of items, earliest first: a 4-ary heap that knows the position of each item. So an item
/// has at most one deadline, and it can be moved. O(log4 n) per change, nothing allocated after init.
///
/// Times are nanoseconds; `DeadlineHeap.never` takes an item out.
public struct DeadlineHeap: ~Copyable {
    /// No deadline.
    public static let never = UInt64.max

    struct Entry {
        var at: UInt64
        var id: Int32
    }
    private let entries: UnsafeMutablePointer<Entry>
    /// Position in `entries` by id, counted from 1; 0 when not in the heap.
    private let positions: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private var count = 0

    /// A heap for ids 0 ..< capacity.
    public init(capacity: Int) {
        precondition(capacity >= 0 && capacity < Int(Int32.max), "ids are 32-bit")
        self.capacity = capacity
        self.entries = .allocate(capacity: max(1, capacity))
        // The kernel zeroes a large block lazily: a page is taken when an id on it is used.
        guard let zeroed = calloc(max(1, capacity), MemoryLayout<Int32>.stride) else {
            preconditionFailure("no memory for \(capacity) deadlines")
        }
        self.positions = zeroed.bindMemory(to: Int32.self, capacity: max(1, capacity))
    }

    deinit {
        self.entries.deallocate()
        free(self.positions)
    }

    /// The earliest deadline; `never` when there is none.
    @inline(__always)
    public var earliest: UInt64 { self.count == 0 ? Self.never : self.entries[0].at }

    /// The item with the earliest deadline; -1 when there is none.
    @inline(__always)
    public var earliestID: Int { self.count == 0 ? -1 : Int(self.entries[0].id) }

    /// Sets, moves or (with `never`) removes the deadline of an item.
    public mutating func set(_ id: Int, at: UInt64) {
        assert(id >= 0 && id < self.capacity)
        let position = Int(self.positions[id]) &- 1
        if position < 0 {
            if at == Self.never { return }
            self.count &+= 1
            self.siftUp(self.count &- 1, Entry(at: at, id: Int32(truncatingIfNeeded: id)))
        } else if at == Self.never {
            self.remove(position)
        } else {
            let entry = Entry(at: at, id: Int32(truncatingIfNeeded: id))
            if at < self.entries[position].at {
                self.siftUp(position, entry)
            } else {
                self.siftDown(position, entry)
            }
        }
    }

    private mutating func remove(_ position: Int) {
        self.positions[Int(self.entries[position].id)] = 0
        self.count &-= 1
        if position == self.count { return }
        let last = self.entries[self.count]
        if last.at < self.entries[position].at {
            self.siftUp(position, last)
        } else {
            self.siftDown(position, last)
        }
    }

    private func place(_ position: Int, _ entry: Entry) {
        self.entries[position] = entry
        self.positions[Int(entry.id)] = Int32(truncatingIfNeeded: position &+ 1)
    }

    private func siftUp(_ start: Int, _ entry: Entry) {
        var position = start
        while position > 0 {
            let parent = (position &- 1) >> 2
            if self.entries[parent].at <= entry.at { break }
            self.place(position, self.entries[parent])
            position = parent
        }
        self.place(position, entry)
    }

    private func siftDown(_ start: Int, _ entry: Entry) {
        var position = start
        while true {
            let first = (position &<< 2) &+ 1
            if first >= self.count { break }
            var least = first
            for child in (first &+ 1)..<max(first &+ 1, min(first &+ 4, self.count))
            where self.entries[child].at < self.entries[least].at {
                least = child
            }
            if entry.at <= self.entries[least].at { break }
            self.place(position, self.entries[least])
            position = least
        }
        self.place(position, entry)
    }
}
