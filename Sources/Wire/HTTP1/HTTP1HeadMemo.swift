#if canImport(Glibc)
import Glibc
#endif

/// The last head of a response that was read in one piece, and what a parser knew after it. A server mostly
/// sends the same head again and again; the same bytes into the same fresh parser give the same state, so a
/// comparison (10 ns) stands for the reading (250 ns). Nothing is guessed: one differing byte, and the head is
/// read. Owns its memory; one thread at a time uses it.
public struct HTTP1HeadMemo: ~Copyable {
    /// Bytes of a head that are kept at most; a longer one is always read.
    public static let lengthLimit = 1_024

    private let bytes: UnsafeMutablePointer<UInt8>
    /// 0: nothing is kept.
    private var length = 0
    /// The parser right behind the head, before any of the body.
    private var parser = HTTP1ResponseParser()

    /// An empty memo. The only place that allocates.
    public init() {
        self.bytes = .allocate(capacity: Self.lengthLimit)
        self.bytes.initialize(repeating: 0, count: Self.lengthLimit)
    }

    deinit { self.bytes.deallocate() }

    /// The parser behind the head that is kept, where these bytes begin with it and a fresh parser for the
    /// same kind of request is to read them.
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
