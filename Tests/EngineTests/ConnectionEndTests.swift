import CLinux
import Testing

@testable import Engine
@testable import Kernel

/// Whether an end may have crossed a request, even if this process paused.
@Suite struct ConnectionEndTests {
    private static let millisecond: UInt64 = 1_000_000
    private static let sent: UInt64 = 1_000 * Self.millisecond

    /// Milliseconds from the request to the turn that found the end, and to the last acknowledgement.
    struct Row: Sendable, CustomTestStringConvertible {
        let found: Int64
        let acknowledged: Int64?
        var roundTrip: UInt64 = 0
        let isPrompt: Bool
        var testDescription: String { "found \(found), acknowledged \(String(describing: acknowledged))" }
    }

    @Test(
        "An end is prompt by when it came, not by when it was found",
        arguments: [
            // No pause: both times agree.
            Row(found: 1, acknowledged: 1, isPrompt: true), Row(found: 100, acknowledged: 100, isPrompt: false),
            Row(found: 10, acknowledged: 10, isPrompt: true), Row(found: 11, acknowledged: 11, isPrompt: false),
            // A server that worked for 12 ms, and a clock tick that makes it look like 8.
            Row(found: 12, acknowledged: 8, isPrompt: false),
            // The request was sent in the turn that brought the end.
            Row(found: -1, acknowledged: -3, isPrompt: true),
            // A pause of 200 ms before the loop looks at an end that crossed the request, or came well before it.
            Row(found: 200, acknowledged: 1, isPrompt: true), Row(found: 200, acknowledged: -50, isPrompt: true),
            // The server had the request for 150 ms, and the pause hides that.
            Row(found: 200, acknowledged: 150, isPrompt: false),
            // A pause between the event, which was other bytes, and the read that met the end.
            Row(found: 0, acknowledged: 150, isPrompt: false), Row(found: -1, acknowledged: 13, isPrompt: true),
            // The route is long: 2 x 50 ms + 10 ms.
            Row(found: 300, acknowledged: 100, roundTrip: 50, isPrompt: true),
            Row(found: 300, acknowledged: 120, roundTrip: 50, isPrompt: false),
            // A reset has no time but that of the turn.
            Row(found: 5, acknowledged: nil, isPrompt: true), Row(found: 200, acknowledged: nil, isPrompt: false),
        ])
    func prompt(row: Row) {
        func time(_ offset: Int64) -> UInt64 { UInt64(Int64(Self.sent) + offset * Int64(Self.millisecond)) }
        var end = ConnectionEnd(foundAt: time(row.found))
        end.acknowledgedAt = row.acknowledged.map(time)
        end.roundTrip = row.roundTrip * Self.millisecond
        #expect(end.isPrompt(since: Self.sent) == row.isPrompt)
    }

    @Test("The kernel keeps the time of a FIN, and no time of a reset", arguments: [true, false])
    func kernel(ends: Bool) throws {
        let listener = try Socket.listen(
            on: SocketAddress.resolve(host: "127.0.0.1", port: 0, passive: true)[0], backlog: 4)
        let client = try Socket.connect(to: try Socket.localAddress(listener))
        var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        _ = linux_poll(&entry, 1, 1_000_000_000)
        let peer = ScriptedConnection(try #require(try Socket.accept(listener)))
        defer { for fd in [listener, client, peer.fd] { close(fd) } }
        // The request comes, and the end 60 ms later. The client looks at it 100 ms after that.
        entry = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
        _ = linux_poll(&entry, 1, 1_000_000_000)
        let sent = MonotonicClock.now()
        #expect(ScriptedConnection(client).write("GET / HTTP/1.1\r\n\r\n"))
        #expect(peer.readHead() != nil)
        usleep(60_000)
        let before = MonotonicClock.now()
        if ends { peer.end() } else { peer.abort() }
        let ended = MonotonicClock.now()
        usleep(100_000)
        let now = MonotonicClock.now()
        let end = ConnectionEnd(foundAt: now, now: now, of: client, ends ? nil : Errno(ECONNRESET))
        let looked = MonotonicClock.now() - now
        #expect(end.roundTrip > 0 && !end.isPrompt(since: sent))
        guard ends else { return #expect(end.acknowledgedAt == nil) }
        let acknowledged = try #require(end.acknowledgedAt)
        // A tick is 10 ms at most.
        let tick = 12 * Self.millisecond + looked
        #expect(acknowledged + tick > before && acknowledged < ended + tick)
        // A request that had gone out with that end would have crossed it.
        #expect(end.isPrompt(since: acknowledged - Self.millisecond))
    }
}
