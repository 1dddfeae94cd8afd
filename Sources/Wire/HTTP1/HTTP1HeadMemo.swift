#if canImport(Glibc)
import Glibc
#endif

/// The last head of a response that came in one piece, and the parser's state after it. A server mostly repeats the
/// same head. The same bytes in the same fresh parser give the same state, so a comparison (10 ns) replaces the reading
/// (250 ns). It is exact: if one byte differs, the head is read. Owns its memory; one thread at a time uses it.
public struct HTTP1HeadMemo: ~Copyable {
    /// Most bytes of a head that are kept; a longer one is always read.
    public static let lengthLimit = 1_024

    private let bytes: UnsafeMutablePointer<UInt8>
    /// 0: it holds no head.
    private var length = 0
    /// The parser right after the head, before any of the body.
    private var parser = HTTP1ResponseParser()

    /// An empty memo. Only this allocates.
    public init() {
        self.bytes = .allocate(capacity: Self.lengthLimit)
        self.bytes.initialize(repeating: 0, count: Self.lengthLimit)
    }

    deinit { self.bytes.deallocate() }

    /// The parser after the kept head, if these bytes begin with that head and are for a fresh parser for the same kind
    /// of request.
    @inline(__always)
    borrowing func recall(
        _ input: UnsafePointer<UInt8>, count: Int, isForHead: Bool
    ) -> HTTP1ResponseParser? {
        guard length > 0, count >= length, isForHead == parser.message.flags.contains(.isHead),
            memcmp(input, bytes, length) == 0
        else { return nil }
        return parser
    }

    /// Keeps a head and the parser that has just read it, and nothing else.
    @inline(__always)
    mutating func keep(_ input: UnsafePointer<UInt8>, length: Int, behind parser: HTTP1ResponseParser) {
        guard length > 0, length <= Self.lengthLimit else { return }
        memcpy(bytes, input, length)
        self.length = length
        self.parser = parser
    }
}
