import Glibc
import Testing

/// Memory that ends where the process may not read: reading one byte too far ends the test run.
final class GuardedPage {
    private let base: UnsafeMutableRawPointer
    private let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

    init() throws {
        let mapped = mmap(nil, pageSize * 2, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        base = try #require(mapped != MAP_FAILED ? mapped : nil)
        try #require(mprotect(base + pageSize, pageSize, PROT_NONE) == 0)
    }

    deinit { munmap(base, pageSize * 2) }

    /// The bytes, the last of them right before the forbidden page.
    func placeAtEnd(_ bytes: [UInt8]) -> UnsafePointer<UInt8> {
        precondition(bytes.count <= pageSize)
        let start = base + (pageSize - bytes.count)
        start.copyMemory(from: bytes, byteCount: bytes.count)
        return UnsafePointer(start.assumingMemoryBound(to: UInt8.self))
    }
}
