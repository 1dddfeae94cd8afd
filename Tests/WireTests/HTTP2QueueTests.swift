import Numerics
import Testing

@testable import Wire

/// What waits inside a session: events for the caller, and bytes for the socket.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2QueueTests {
    typealias F = HTTP2Frames

    @Test("an event without room ends the connection by name instead of being dropped")
    func overflow() {
        var queue = HTTP2EventQueue(capacity: 3)
        for _ in 0..<5 { queue.post(HTTP2Event(kind: .body)) }
        var kinds: [HTTP2Event.Kind] = []
        var last: HTTP2Fault?
        while let event = queue.next() {
            kinds.append(event.kind)
            last = event.fault
        }
        #expect(kinds == [.body, .body, .body, .failed] && last == .eventLimit)
        let hasOverflowed = queue.hasOverflowed
        #expect(hasOverflowed)
    }

    /// A caller that takes events late, or never before the end, for every way in which connections end.
    @Test("every request ends exactly once however late its caller takes the events", arguments: 1...40)
    func lateCaller(seed: UInt64) throws {
        var generator = RandomGenerator(seed: seed)
        let streams = Int.random(in: 1...24, using: &generator)
        var client = try HTTP2Client(requests: 0, streams: streams)
        client.feed(F.settings())
        var open: [UInt32] = []
        var cancelled: Set<UInt32> = []
        var submitted: [UInt32] = []
        for _ in 0..<200 {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...4:
                // As many as there are, all at once.
                for _ in 0..<Int.random(in: 1...streams, using: &generator) {
                    let id = client.submit(tag: 0)
                    if id == 0 { break }
                    open.append(id)
                    submitted.append(id)
                }
            case 5...8:
                var bytes: [UInt8] = []
                for id in open.shuffled(using: &generator).prefix(Int.random(in: 1...streams, using: &generator)) {
                    bytes += F.headers(id, [(":status", "200")]) + F.data(id, 1)
                    if Bool.random(using: &generator) { continue }
                    bytes += F.data(id, 1, end: true)
                    open.removeAll { $0 == id }
                }
                Self.feedLate(&client, bytes)
            case 9:
                if let id = open.randomElement(using: &generator), client.session.cancel(id) { cancelled.insert(id) }
            case 10: client.takeEvents()
            default:
                let pieces = [F.settings([(4, 70_000)]), F.frame(6, 0, 0, .init(repeating: 0, count: 8))]
                Self.feedLate(&client, pieces.randomElement(using: &generator) ?? [])
            }
            let over = Set(client.events.filter { $0.endsRequest }.map(\.stream))
            open.removeAll { over.contains($0) || cancelled.contains($0) }
        }
        switch seed % 4 {
        case 0: client.session.endOfStream()
        case 1: Self.feedLate(&client, F.frame(6, 0, 0, [1]))
        case 2: Self.feedLate(&client, F.goAway(0, 0))
        default: Self.feedLate(&client, F.frame(9, 0, 1))
        }
        client.takeEvents()
        let ends = client.events.filter { $0.endsRequest }.map(\.stream)
        #expect(Set(ends).count == ends.count)
        #expect(Set(ends).union(cancelled) == Set(submitted))
        #expect(client.events.allSatisfy { $0.fault != .eventLimit })
    }

    /// Feeds until the session asks for its events to be taken, and takes no more than it must.
    private static func feedLate(_ client: inout HTTP2Client, _ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            var start = 0
            // Each turn uses bytes or takes events.
            while start < buffer.count {
                start += client.session.feed(base + start, count: buffer.count - start, now: 0)
                if start < buffer.count { client.takeEvents() }
            }
        }
    }

    /// A request whose header block takes some two kilobytes each time.
    private static func large(_ field: Int = 1_800) throws -> HTTP2RequestTemplate {
        try HTTP2RequestTemplate(
            method: "GET", scheme: "http", authority: "a", path: "/",
            fields: [("authorization", "Bearer " + String(repeating: "x", count: field))])
    }

    @Test("a batch of requests stops where the output is full, and goes on once it is sent")
    func outputRoom() throws {
        let template = try Self.large(5_000)
        var client = try HTTP2Client(requests: 0, streams: 1_024)
        client.feed(F.settings())
        var submitted = 0
        var largest = 0
        // Each turn submits some, or all are submitted.
        while submitted < 1_024 {
            let before = submitted
            while client.session.submit(template.request, tag: 0) != 0 { submitted += 1 }
            let waiting = client.session.output().count
            largest = max(largest, waiting)
            guard submitted > before else { break }
            let hasRoom = client.session.hasOutputRoom
            #expect(!hasRoom || submitted == 1_024)
            client.session.sent(waiting)
        }
        #expect(submitted == 1_024)
        #expect(largest >= HTTP2Limits.requestBytesAhead && largest < HTTP2Limits.requestBytesAhead + 10_000)
        let isOver = client.standing.isOver
        #expect(!isOver)
    }

    @Test("the limit of unread replies counts only replies, however many requests wait")
    func replies() throws {
        for requests in [1, 40] {
            let template = try Self.large(5_000)
            var client = try HTTP2Client(requests: 0, streams: 64)
            client.feed(F.settings())
            for _ in 0..<requests { _ = client.session.submit(template.request, tag: 0) }
            let before = client.session.output().count
            // A server that makes progress, so that its PINGs are no flood, and that never reads.
            var pings = 0
            let ping = F.frame(6, 0, 0, [UInt8](repeating: 0, count: 8))
            Self.feedUnread(&client, F.headers(1, [(":status", "200")]))
            while client.standing.isOver == false, pings < 100_000 {
                Self.feedUnread(&client, ping + F.data(1, 1))
                pings += 1
            }
            let waiting = client.session.output().count
            client.takeEvents()
            let fault = client.events.last?.fault
            #expect(fault == .replyLimit)
            #expect(pings == HTTP2Limits.replyBytes / 17 + 1, "an acknowledgement takes 17 bytes")
            #expect(waiting - before <= HTTP2Limits.replyBytes + 17)
        }
    }

    private static func feedUnread(_ client: inout HTTP2Client, _ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { _ = client.session.feed(base, count: buffer.count, now: 0) }
        }
        client.takeEvents()
    }
}
