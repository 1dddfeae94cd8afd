/// What a path requests. Pure; the path may be anything that a client sends.
enum Route: Equatable {
    /// `/`: the default answer.
    case root
    /// `/bytes/N`
    case bytes(UInt64)
    /// `/delay/MS` and `/delay/MS/bytes/N`; nil bytes: the default answer.
    case delay(milliseconds: UInt64, bytes: UInt64?)
    /// `/status/N`, 100 < N < 600
    case status(UInt16)
    /// `/chunked/N`
    case chunked(UInt64)
    /// `/drip/N` and `/drip`
    case drip(UInt64)
    /// `/close-delimited/N`
    case closeDelimited(UInt64)
    /// `/lose/N`: every N-th request gets no answer, the others the default one
    case lose(UInt64)
    case truncate, close, silent, reset, garbage, health, stats, half500
    /// Anything else, a number out of its range included.
    case unknown

    /// Bytes of `/drip` without a number.
    static let dripBytes: UInt64 = 50

    /// Reads the target of a request line: a path, with or without a query (ignored) and with or without `http://host`
    /// in front (RFC 9112, 3.2.2).
    init(target: UnsafeBufferPointer<UInt8>) {
        var words = PathWords(target)
        guard words.beginsPath else {
            self = .unknown
            return
        }
        let first = words.next()
        let route = Route(first: first, &words)
        self = words.isAtEnd ? route : .unknown
    }

    private init(first: PathWords.Word, _ words: inout PathWords) {
        if let route = Self.bare(first) {
            self = route
            return
        }
        if first.equals("bytes") {
            self = words.next().number(upTo: Self.bytesLimit).map { .bytes($0) } ?? .unknown
        } else if first.equals("chunked") {
            self = words.next().number(upTo: Self.bytesLimit).map { .chunked($0) } ?? .unknown
        } else if first.equals("close-delimited") {
            self = words.next().number(upTo: Self.bytesLimit).map { .closeDelimited($0) } ?? .unknown
        } else if first.equals("drip") {
            let count = words.isAtEnd ? Self.dripBytes : words.next().number(upTo: Self.bytesLimit)
            self = count.map { .drip($0) } ?? .unknown
        } else if first.equals("status") {
            self = words.next().number(upTo: 599).flatMap { Self.status(code: $0) } ?? .unknown
        } else if first.equals("lose") {
            let share = words.next().number(upTo: UInt64(UInt32.max)) ?? 0
            self = share > 0 ? .lose(share) : .unknown
        } else if first.equals("delay") {
            self = Self.delay(&words) ?? .unknown
        } else {
            self = .unknown
        }
    }

    private static let bytesLimit = UInt64(TargetOptions.bodyBytesLimit)

    /// The paths of one word.
    private static func bare(_ word: PathWords.Word) -> Route? {
        if word.equals("") { return .root }
        if word.equals("health") { return .health }
        if word.equals("stats") { return .stats }
        if word.equals("close") { return .close }
        if word.equals("half-500") { return .half500 }
        if word.equals("truncate") { return .truncate }
        if word.equals("silent") { return .silent }
        if word.equals("reset") { return .reset }
        if word.equals("garbage") { return .garbage }
        return nil
    }

    private static func status(code: UInt64) -> Route? {
        code > 100 ? .status(UInt16(truncatingIfNeeded: code)) : nil
    }

    private static func delay(_ words: inout PathWords) -> Route? {
        let limit = TargetOptions.waitNanosecondsLimit / 1_000_000
        guard let milliseconds = words.next().number(upTo: limit) else { return nil }
        if words.isAtEnd { return .delay(milliseconds: milliseconds, bytes: nil) }
        guard words.next().equals("bytes"), let bytes = words.next().number(upTo: self.bytesLimit) else {
            return nil
        }
        return .delay(milliseconds: milliseconds, bytes: bytes)
    }
}
