import CNghttp2
import Glibc

/// The memory of libnghttp2's header compression for one connection. It takes a block or two for every header and frees
/// them with the next. Here freed blocks wait in lists by size, so that malloc is not called again. Owns all of it.
struct HTTP2Memory: ~Copyable {
    /// Blocks of list k have room for `smallest` << k bytes; larger ones come from malloc directly.
    private static let smallest = 64
    private static let lists = 6
    /// In front of a block: the number of its list, and padding that keeps the block aligned like malloc's.
    private static let header = 16

    /// The allocator for libnghttp2, which keeps its address.
    let allocator: UnsafeMutablePointer<nghttp2_mem>
    /// The first free block of each list.
    private let free: UnsafeMutablePointer<UnsafeMutableRawPointer?>

    init() {
        self.free = .allocate(capacity: Self.lists)
        self.free.initialize(repeating: nil, count: Self.lists)
        self.allocator = .allocate(capacity: 1)
        self.allocator.initialize(
            to: nghttp2_mem(
                mem_user_data: UnsafeMutableRawPointer(self.free),
                malloc: { HTTP2Memory.take($0, $1) },
                free: { HTTP2Memory.give($1, $0) },
                calloc: { count, size, lists in
                    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
                    guard !overflow, let block = HTTP2Memory.take(bytes, lists) else { return nil }
                    memset(block, 0, bytes)
                    return block
                },
                realloc: { HTTP2Memory.resize($0, $1, $2) }))
    }

    /// By now the compression states are freed, and every block is in its list.
    deinit {
        for list in 0..<Self.lists {
            var next = self.free[list]
            while let block = next {
                next = block.load(as: UnsafeMutableRawPointer?.self)
                Glibc.free(block - Self.header)
            }
        }
        self.free.deallocate()
        self.allocator.deallocate()
    }

    private static func room(_ list: Int) -> Int { self.smallest << list }

    /// Nil if memory is short.
    private static func take(_ bytes: Int, _ lists: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let free = lists?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self), bytes >= 0 else { return nil }
        var list = 0
        while list < self.lists, self.room(list) < bytes { list += 1 }
        if list < self.lists, let block = free[list] {
            free[list] = block.load(as: UnsafeMutableRawPointer?.self)
            return block
        }
        let (size, overflow) = (list < self.lists ? self.room(list) : bytes).addingReportingOverflow(self.header)
        guard !overflow, let start = malloc(size) else { return nil }
        start.storeBytes(of: list, as: Int.self)
        return start + self.header
    }

    private static func give(_ lists: UnsafeMutableRawPointer?, _ block: UnsafeMutableRawPointer?) {
        guard let block, let free = lists?.assumingMemoryBound(to: UnsafeMutableRawPointer?.self) else { return }
        let list = (block - self.header).load(as: Int.self)
        if list >= self.lists { return Glibc.free(block - self.header) }
        block.storeBytes(of: free[list], as: UnsafeMutableRawPointer?.self)
        free[list] = block
    }

    private static func resize(
        _ block: UnsafeMutableRawPointer?, _ bytes: Int, _ lists: UnsafeMutableRawPointer?
    ) -> UnsafeMutableRawPointer? {
        guard let block else { return self.take(bytes, lists) }
        let list = (block - self.header).load(as: Int.self)
        if list < self.lists && bytes <= self.room(list) { return block }
        if list >= self.lists {
            let (size, overflow) = bytes.addingReportingOverflow(self.header)
            guard !overflow, let start = realloc(block - self.header, size) else { return nil }
            return start + self.header
        }
        guard let larger = self.take(bytes, lists) else { return nil }
        memcpy(larger, block, self.room(list))
        self.give(lists, block)
        return larger
    }
}
