import Wire

/// What a server writes, built by hand: frames, and header blocks of literals that no encoder would choose.
enum HTTP2Frames {
    static let endStream: UInt8 = 0x1
    static let acknowledgement: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4
    static let padded: UInt8 = 0x8
    static let priority: UInt8 = 0x20

    static func frame(
        _ type: UInt8, _ flags: UInt8 = 0, _ stream: UInt32 = 0, _ payload: [UInt8] = [], length: Int? = nil
    ) -> [UInt8] {
        let length = length ?? payload.count
        return [UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF), type, flags]
            + word(stream) + payload
    }

    static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }

    static func settings(_ entries: [(UInt16, UInt32)] = []) -> [UInt8] {
        frame(4, 0, 0, entries.flatMap { [UInt8($0.0 >> 8), UInt8($0.0 & 0xFF)] + word($0.1) })
    }

    static let settingsAcknowledged = frame(4, acknowledgement)

    static func headers(
        _ stream: UInt32, _ fields: [(String, String)], end: Bool = false, flags: UInt8 = endHeaders
    ) -> [UInt8] {
        frame(1, flags | (end ? endStream : 0), stream, block(fields))
    }

    static func data(_ stream: UInt32, _ count: Int, end: Bool = false) -> [UInt8] {
        frame(0, end ? endStream : 0, stream, [UInt8](repeating: 0x61, count: count))
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> [UInt8] { frame(3, 0, stream, word(code)) }
    static func goAway(_ last: UInt32, _ code: UInt32) -> [UInt8] { frame(7, 0, 0, word(last) + word(code)) }
    static func windowUpdate(_ stream: UInt32, _ by: UInt32) -> [UInt8] { frame(8, 0, stream, word(by)) }

    /// Literals without indexing, nothing Huffman-coded (RFC 7541 section 6.2.2).
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { [0x00] + string($0.0) + string($0.1) }
    }

    static func string(_ text: String) -> [UInt8] { integer(text.utf8.count, prefix: 7) + Array(text.utf8) }

    /// An integer after the bits of its prefix (RFC 7541 section 5.1), which are zero here.
    static func integer(_ value: Int, prefix: Int) -> [UInt8] {
        let most = (1 << prefix) - 1
        if value < most { return [UInt8(value)] }
        var bytes = [UInt8(most)]
        var rest = value - most
        while rest >= 128 {
            bytes.append(UInt8(rest & 0x7F | 0x80))
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// A complete answer with a body.
    static func answer(_ stream: UInt32, bytes: Int, status: String = "200") -> [UInt8] {
        headers(stream, [(":status", status), ("content-length", String(bytes))])
            + data(stream, bytes, end: true)
    }
}

/// A frame as the client sent it.
struct SentFrame: Equatable {
    let type: UInt8
    let flags: UInt8
    let stream: UInt32
    let payload: [UInt8]

    /// The code of RST_STREAM, or of GOAWAY.
    var code: UInt32 {
        let bytes = type == 7 ? payload.dropFirst(4) : payload[...]
        return bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Parses what was sent; stops before an incomplete frame.
    static func all(in bytes: [UInt8]) -> [SentFrame] {
        var bytes = bytes[...]
        if bytes.starts(with: Array("PRI".utf8)) { bytes = bytes.dropFirst(24) }
        var frames: [SentFrame] = []
        while bytes.count >= 9 {
            let head = Array(bytes.prefix(9))
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard bytes.count >= 9 + length else { break }
            frames.append(
                SentFrame(
                    type: head[3], flags: head[4], stream: head[5...].reduce(0) { $0 << 8 | UInt32($1) },
                    payload: Array(bytes.dropFirst(9).prefix(length))))
            bytes = bytes.dropFirst(9 + length)
        }
        return frames
    }
}

/// A session with requests on it, fed as a test prescribes; it keeps the results.
struct HTTP2Client: ~Copyable {
    var session: HTTP2ClientSession
    let template: HTTP2RequestTemplate
    var events: [HTTP2Event] = []
    var sent: [UInt8] = []
    /// A clock that the test sets.
    var now: UInt64 = 0

    /// A client that has submitted this many GETs, with tags from 100 on.
    init(
        requests: Int = 1, streams: Int = 4, method: String = "GET", body: [UInt8] = [],
        configure: (inout HTTP2Configuration) -> Void = { _ in }
    ) throws {
        var configuration = HTTP2Configuration()
        configuration.streams = streams
        configure(&configuration)
        let template = try HTTP2RequestTemplate(
            method: method, scheme: "http", authority: "a", path: "/", fields: [], body: body)
        self.init(template: template, session: try Self.session(configuration))
        for index in 0..<requests { _ = submit(tag: UInt32(100 + index)) }
        drain()
    }

    private init(template: HTTP2RequestTemplate, session: consuming HTTP2ClientSession) {
        self.template = template
        self.session = session
    }

    private static func session(_ configuration: HTTP2Configuration) throws -> HTTP2ClientSession {
        if let session = HTTP2ClientSession(configuration) { return session }
        throw OutOfMemory()
    }

    struct OutOfMemory: Error {}

    mutating func submit(tag: UInt32) -> UInt32 { session.submit(template.request, tag: tag) }

    /// Feeds the bytes in pieces that end at the cuts, and takes all events and output after each.
    mutating func feed(_ bytes: [UInt8], cuts: [Int] = []) {
        var start = 0
        for end in cuts + [bytes.count] where end > start {
            bytes.withUnsafeBufferPointer { buffer in
                // Each turn uses bytes or takes events.
                while start < end, let base = buffer.baseAddress {
                    start += session.feed(base + start, count: end - start, now: now)
                    takeEvents()
                }
            }
            drain()
        }
    }

    mutating func takeEvents() {
        while let event = session.nextEvent() { events.append(event) }
    }

    mutating func drain() {
        // This ends: each turn sends what waits, and bodies are finite.
        while true {
            let output = session.output()
            if output.isEmpty { break }
            sent += Array(output)
            session.sent(output.count)
        }
        takeEvents()
    }

    /// The state of the session, copied, because `#expect` takes no value that cannot be copied.
    var standing: (isOver: Bool, open: Int, available: Int) {
        (session.isOver, session.openStreams, session.availableStreams)
    }
    var counts: HTTP2ByteCounts { session.counts }
    var frames: [SentFrame] { SentFrame.all(in: sent) }
    func events(_ kind: HTTP2Event.Kind) -> [HTTP2Event] { events.filter { $0.kind == kind } }
}
