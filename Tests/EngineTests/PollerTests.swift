import CLinux
import Engine
import Kernel
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PollerTests {
    private static let second: Int64 = 1_000_000_000

    @Test("A wait without events ends after its nanoseconds, not up to a millisecond tick later")
    func timeout() throws {
        let poller = try Poller()
        var fastest = UInt64.max
        for _ in 0..<20 {
            let start = MonotonicClock.now()
            let count = try poller.wait(timeout: 200_000)
            let time = MonotonicClock.now() - start
            #expect(count == 0)
            #expect(time >= 200_000)
            fastest = min(fastest, time)
        }
        #expect(fastest < 900_000)
    }

    @Test("A wake-up from another thread ends the wait, and stays until it is drained")
    func wake() throws {
        let poller = try Poller()
        let waker = poller.waker
        let thread = try LoopThread(name: "waker") { Poller.wakeUp(waker) }
        for _ in 0..<2 {
            let count = try poller.wait(timeout: 10 * Self.second)
            let tag = poller.event(0).tag
            #expect(count == 1)
            #expect(tag == Poller.wakeTag)
        }
        thread.join()
        poller.drainWake()
        let count = try poller.wait(timeout: 0)
        #expect(count == 0)
    }

    @Test("Edges come once, and again if asked for")
    func edges() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        let poller = try Poller()
        try poller.add(server, tag: 0xABCD_0000_0001)
        var byte: UInt8 = 1
        _ = Socket.send(client, &byte, 1)
        try Loopback.wait(server, for: POLLIN)
        let first = try poller.wait(timeout: 10 * Self.second)
        let event = poller.event(0)
        #expect(first == 1)
        #expect(event.tag == 0xABCD_0000_0001)
        #expect(event.isReadable && event.isWritable && !event.isEnded)
        let second = try poller.wait(timeout: 0)
        #expect(second == 0)
        try poller.rearm(server, tag: 5)
        let third = try poller.wait(timeout: 0)
        let tag = poller.event(0).tag
        #expect(third == 1)
        #expect(tag == 5)
        poller.remove(server)
        _ = Socket.send(client, &byte, 1)
        let fourth = try poller.wait(timeout: 0)
        #expect(fourth == 0)
    }

    @Test("The peer's end is reported together with what is left to read")
    func end() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        let poller = try Poller()
        try poller.add(server, tag: 1)
        shutdown(client, Int32(SHUT_WR))
        try Loopback.wait(server, for: POLLIN)
        let count = try poller.wait(timeout: 10 * Self.second)
        let event = poller.event(0)
        #expect(count == 1)
        #expect(event.isReadable && event.isEnded)
    }

    @Test("A listener is reported until all clients have been accepted")
    func listener() throws {
        let loopback = try Loopback()
        let poller = try Poller()
        try poller.addListener(loopback.listener, tag: 9)
        let client = try Socket.connect(to: loopback.address)
        defer { close(client) }
        for _ in 0..<2 {
            let count = try poller.wait(timeout: 10 * Self.second)
            #expect(count == 1)
        }
        let server = try #require(try Socket.accept(loopback.listener))
        close(server)
        let count = try poller.wait(timeout: 0)
        #expect(count == 0)
    }

    @Test("An invalid descriptor is an error by its number")
    func badDescriptor() throws {
        let poller = try Poller()
        var found: Errno?
        do throws(Errno) { try poller.add(-1, tag: 0) } catch { found = error }
        #expect(found == Errno(EBADF))
        #expect("\(Errno(EBADF))" == "Bad file descriptor")
    }
}
