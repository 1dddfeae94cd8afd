import Wire

/// Parsers (1.1 KB each) of partial requests. The one shared parser reads whole requests; the few that are split get
/// one of their own until they are complete.
final class ParserPool {
    /// Most parsers kept for later; the others are freed.
    static let keptLimit = 256

    private let kept: UnsafeMutablePointer<UnsafeMutablePointer<HTTP1RequestParser>>
    private var keptCount = 0
    /// The parser for new requests.
    let scratch: UnsafeMutablePointer<HTTP1RequestParser>

    /// An empty pool.
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

    /// A copy of the scratch parser; the caller owns it until `giveBack`.
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
