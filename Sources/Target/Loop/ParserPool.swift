import Wire

/// Parsers (1.1 KB each) of requests that came in part. Whole requests are read by the one parser that is
/// always there; the few that are cut get one of their own until they are complete.
final class ParserPool {
    /// Parsers kept for later at most; more are given back to the allocator.
    static let keptLimit = 256

    private let kept: UnsafeMutablePointer<UnsafeMutablePointer<HTTP1RequestParser>>
    private var keptCount = 0
    /// The parser of requests that begin.
    let scratch: UnsafeMutablePointer<HTTP1RequestParser>

    /// A pool that keeps none yet.
    init() {
        self.kept = .allocate(capacity: Self.keptLimit)
        self.scratch = .allocate(capacity: 1)
        self.scratch.initialize(to: HTTP1RequestParser())
    }

    deinit {
        for index in 0..<self.keptCount { self.kept[index].deallocate() }
        self.kept.deallocate()
        self.scratch.deallocate()
    }

    /// A copy of the scratch parser, the caller's until `giveBack`.
    func park() -> UnsafeMutablePointer<HTTP1RequestParser> {
        let parser: UnsafeMutablePointer<HTTP1RequestParser>
        if self.keptCount > 0 {
            self.keptCount &-= 1
            parser = self.kept[self.keptCount]
        } else {
            parser = .allocate(capacity: 1)
        }
        parser.initialize(to: self.scratch.pointee)
        return parser
    }

    /// Takes a parked parser back.
    func giveBack(_ parser: UnsafeMutablePointer<HTTP1RequestParser>) {
        if self.keptCount == Self.keptLimit {
            parser.deallocate()
            return
        }
        self.kept[self.keptCount] = parser
        self.keptCount &+= 1
    }
}
