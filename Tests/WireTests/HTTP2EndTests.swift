import Testing
import Wire

/// How requests and connections end: resets, refusals, GOAWAY, floods.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2EndTests {
    typealias F = HTTP2Frames
    private let head: [(String, String)] = [(":status", "200")]

    @Test("REFUSED_STREAM is distinguished from a reset, unless a head had come")
    func resets() throws {
        var client = try HTTP2Client(requests: 4)
        client.feed(
            F.settings() + F.reset(1, 7) + F.headers(3, head) + F.data(3, 10) + F.reset(3, 8)
                + F.headers(5, head)
                + F.reset(5, 7) + F.reset(7, 0xABCD) + F.reset(7, 8))
        let ends = client.events.filter { $0.endsRequest }
        #expect(ends.map(\.kind) == [.refused, .reset, .reset, .reset])
        #expect(ends.map(\.code) == [7, 8, 7, 0xABCD])
        #expect(ends.map(\.bodyBytes) == [0, 10, 0, 0])
        let (isOver, open, _) = client.standing
        #expect(!isOver && open == 0)
    }

    @Test("DATA and HEADERS for a stream that the client gave up are dropped, counted, and keep the table in step")
    func cancelled() throws {
        var client = try HTTP2Client(requests: 2)
        client.feed(F.settings() + F.headers(1, head) + F.frame(0, 0, 1, [1, 2], length: 5))
        #expect(client.session.cancel(1) == true)
        #expect(client.session.cancel(1) == false)
        client.feed([3, 4, 5] + F.data(1, 10, end: true))
        client.feed(F.frame(1, F.endHeaders, 1, [0x40] + F.string("x-new") + F.string("y")))
        client.feed(F.frame(1, F.endHeaders, 3, [0x88, 0xBE]) + F.data(3, 1, end: true))
        let (ends, frames, counts) = (client.events.filter { $0.endsRequest }, client.frames, client.counts)
        #expect(ends.map(\.tag) == [101] && ends.first?.kind == .ended)
        #expect(frames.filter { $0.type == 3 }.map(\.code) == [8])
        #expect(counts.receivedBody == 16)
    }

    @Test("GOAWAY: streams above its last are unprocessed, the others finish, and nothing new starts")
    func goAway() throws {
        for code: UInt32 in [0, 2] {
            var client = try HTTP2Client(requests: 3)
            client.feed(F.settings() + F.goAway(0x7FFF_FFFF, 0))
            #expect(client.submit(tag: 9) == 0)
            client.feed(F.goAway(1, code) + F.answer(1, bytes: 3))
            let events = client.events.dropFirst().filter { $0.kind != .body && $0.kind != .head }
            #expect(events.map(\.kind) == [.goAway, .unprocessed, .unprocessed, .goAway, .ended])
            #expect(events.filter { $0.kind == .unprocessed }.map(\.tag) == [101, 102])
            #expect(events.filter { $0.kind == .unprocessed }.map(\.code) == [code, code])
            #expect(events.last { $0.kind == .goAway }?.stream == 1)
            #expect(events.last { $0.kind == .goAway }?.code == code)
            let isDraining = client.session.isDraining
            #expect(isDraining)
        }
    }

    @Test("a transport that ends loses every open request, and each end has whether any part of it had come")
    func endOfStream() throws {
        var client = try HTTP2Client(requests: 2)
        client.feed(F.settings() + F.goAway(3, 0) + F.headers(3, head) + F.data(3, 5))
        client.session.endOfStream()
        client.takeEvents()
        let lost = client.events(.lost)
        #expect(lost.map(\.tag) == [100, 101])
        #expect(lost.map { $0.headerBytes > 0 } == [false, true])
        client.feed(F.answer(1, bytes: 1))
        #expect(client.events(.ended).isEmpty)
    }

    @Test("close() announces the end with NO_ERROR, and open requests may finish")
    func close() throws {
        var client = try HTTP2Client()
        client.session.close()
        client.session.close()
        client.feed(F.settings() + F.answer(1, bytes: 1))
        let (frames, last) = (client.frames.filter { $0.type == 7 }, client.events.last)
        #expect(frames.map(\.payload) == [F.word(0) + F.word(0)])
        #expect(last?.kind == .ended)
        #expect(client.submit(tag: 1) == 0)
    }

    @Test(
        "over 10,000 frames in 10 s without progress are a flood, ENHANCE_YOUR_CALM",
        arguments: [
            ("SETTINGS", F.settings()), ("PING", F.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0])),
            ("PING ack", F.frame(6, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0])), ("WINDOW_UPDATE", F.windowUpdate(1, 1)),
            ("PRIORITY", F.frame(2, 0, 9, [0, 0, 0, 0, 0])), ("RST_STREAM of no stream", F.reset(3, 8)),
            ("DATA without bytes", F.data(1, 0)), ("DATA of padding", F.frame(0, F.padded, 1, [1, 0])),
            ("an unknown frame", F.frame(0xEE, 0, 0)), ("GOAWAY", F.goAway(0x7FFF_FFFF, 0)),
            ("DATA of a stream that was reset", F.data(3, 1)),
            ("HEADERS of a stream that was reset", F.frame(1, F.endHeaders, 3, [0x88])),
        ])
    func flood(name: String, frame: [UInt8]) throws {
        var client = try HTTP2Client(requests: 2)
        client.feed(F.settings() + F.headers(1, head) + F.reset(3, 8))
        var fed = 0
        let hundred = Array(repeatElement(frame, count: 100).joined())
        // Half of the allowed number at the end of one span, and more than half in the next.
        client.now = 9_000_000_000
        for _ in 0..<60 { client.feed(hundred) }
        client.now = 19_500_000_000
        for _ in 0..<60 { client.feed(hundred) }
        #expect(client.standing.isOver == false, "12,000 in two spans")
        while client.standing.isOver == false, fed < 20_000 {
            client.feed(hundred)
            fed += 100
        }
        let (last, goAway) = (client.events.last, client.frames.last)
        #expect(fed == 4_100)
        #expect(last?.fault == .flood)
        #expect(goAway?.code == 11)
    }

    @Test("a server that sends a PING and window updates with every answer is no flood")
    func chatty() throws {
        var client = try HTTP2Client(requests: 0, streams: 1)
        client.feed(F.settings())
        for turn in 0..<20_000 {
            let id = client.submit(tag: UInt32(turn))
            client.sent = []
            client.feed(
                F.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]) + F.windowUpdate(0, 1) + F.windowUpdate(id, 1)
                    + F.frame(1, F.endHeaders, id, [0x88]) + F.data(id, 1, end: true))
        }
        #expect(client.events(.ended).count == 20_000)
    }

    @Test(
        "a server that does not read its replies ends at the output's limit or at the flood's, not in memory")
    func unreadReplies() throws {
        var client = try HTTP2Client()
        let pings = Array(repeatElement(F.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]), count: 12_000).joined())
        let bytes = F.settings() + pings
        let waiting = bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return 0 }
            _ = client.session.feed(base, count: bytes.count, now: 0)
            return client.session.output().count
        }
        client.takeEvents()
        #expect(waiting > 100_000 && waiting <= HTTP2Limits.replyBytes)
        let last = client.events.last
        #expect(last?.fault == .flood)
    }

    /// Input that must end in `header_limit`, in little time, whatever it would expand to.
    static let bombs: [(String, [UInt8], HTTP2Fault)] = [
        (
            "257 fields", F.headers(1, [(":status", "200")] + (0..<257).map { _ in ("a", "b") }),
            .headerLimit
        ),
        (
            "a 4 KB entry of the table, named by a byte 16,000 times",
            F.frame(
                1, F.endHeaders, 1,
                [0x40] + F.string("a") + F.string(String(repeating: "x", count: 4_000))
                    + [UInt8](repeating: 0xBE, count: 12_000)), .headerLimit
        ),
        (
            "endless CONTINUATION frames of large fields",
            F.frame(1, 0, 1, [0x88])
                + Array(
                    repeatElement(
                        F.frame(9, 0, 1, F.block([("a", String(repeating: "x", count: 16_000))])), count: 70
                    ).joined()), .headerLimit
        ),
        (
            "empty CONTINUATION frames",
            F.frame(1, 0, 1, [0x88]) + Array(repeatElement(F.frame(9, 0, 1), count: 100_000).joined()),
            .continuationFlood
        ),
        (
            "33 settings in one frame", F.settings((0..<33).map { _ in (1, 0) }), .flood
        ),
        (
            "three interim heads with 101 fields each",
            Array(
                repeatElement(
                    F.headers(1, [(":status", "103")] + (0..<100).map { _ in ("a", "b") }), count: 3
                ).joined()), .headerLimit
        ),
    ]

    @Test("header bombs end at the limit", arguments: bombs.indices)
    func bomb(index: Int) throws {
        let (name, bytes, fault) = Self.bombs[index]
        for cuts in [[], Array(stride(from: 1, to: bytes.count, by: 997))] {
            var client = try HTTP2Client(requests: 2)
            client.feed(F.settings())
            client.feed(bytes, cuts: cuts)
            let (last, goAway) = (client.events.last, client.frames.last)
            #expect(last?.fault == fault, "\(name)")
            #expect(goAway?.code == 11, "\(name)")
            #expect(last?.fault?.isHeaderLimit == (fault != .flood))
        }
    }

    @Test("repeated changes of table size and settings by a peer cost little and end as a flood")
    func tableStorm() throws {
        var client = try HTTP2Client()
        client.feed(F.settings())
        let storm = Array(
            repeatElement(F.settings([(1, 0), (1, 4_096), (4, 0), (4, 65_535)]), count: 10_100).joined())
        let clock = ContinuousClock()
        let spent = clock.measure { client.feed(storm) }
        let last = client.events.last
        #expect(last?.fault == .flood)
        #expect(spent < .seconds(5), "\(spent): bounded, with room for a busy machine and a debug build")
    }
}
