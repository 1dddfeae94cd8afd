import CLinux
import Kernel

/// epoll: which connections are ready. One thread owns it. Events carry a 64-bit tag of the caller. Edge triggered, so
/// a reader drains a socket (a short read proves that it is drained, epoll(7)).
public struct Poller: ~Copyable {
    /// Most events in one call.
    public static let batchLimit = 256
    /// The tag of the poller's own wake-up.
    public static let wakeTag = UInt64.max
    /// The tag of a timer's events.
    public static let timerTag = UInt64.max - 1

    let epoll: Int32
    let wake: Int32
    let events: UnsafeMutablePointer<epoll_event>

    /// Opens an epoll instance with an eventfd for `wakeUp` in it.
    public init() throws(Errno) {
        let descriptors = try Self.open()
        self.epoll = descriptors.epoll
        self.wake = descriptors.wake
        self.events = .allocate(capacity: Poller.batchLimit)
        self.events.initialize(repeating: epoll_event(), count: Poller.batchLimit)
    }

    private static func open() throws(Errno) -> (epoll: Int32, wake: Int32) {
        let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        if epoll < 0 { throw Errno.current }
        let wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        if wake < 0 {
            let error = Errno.current
            close(epoll)
            throw error
        }
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = Poller.wakeTag
        if epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) != 0 {
            let error = Errno.current
            close(epoll)
            close(wake)
            throw error
        }
        return (epoll, wake)
    }

    deinit {
        self.events.deallocate()
        close(self.wake)
        close(self.epoll)
    }

    /// The eventfd that wakes the waiting thread: `Poller.wakeUp(_:)` may be called from any thread while the
    /// poller lives.
    public var waker: Int32 { self.wake }

    /// Wakes the thread that waits on this waker's poller. A lost wake-up could leave it waiting for ever, so an
    /// interrupted call is made again. Any other failure means that a wake-up is pending already.
    public static func wakeUp(_ waker: Int32) {
        var one: UInt64 = 1
        for _ in 0..<interruptedRetryLimit {
            if write(waker, &one, 8) >= 0 || Errno.current.code != EINTR { return }
        }
    }

    /// Watches a socket for all events, edge triggered: readable, writable, and the peer's end.
    @inline(__always)
    public func add(_ fd: Int32, tag: UInt64) throws(Errno) {
        try self.control(EPOLL_CTL_ADD, fd, tag, EPOLLIN.rawValue | EPOLLOUT.rawValue | Poller.edges)
    }

    /// Watches a listening socket, level triggered. If several pollers watch it, an event wakes one of them.
    public func addListener(_ fd: Int32, tag: UInt64) throws(Errno) {
        try self.control(EPOLL_CTL_ADD, fd, tag, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue)
    }

    /// Watches a timer: one event each time it expires. Nothing has to be read from it.
    public func addTimer(_ fd: Int32) throws(Errno) {
        try self.control(EPOLL_CTL_ADD, fd, Self.timerTag, EPOLLIN.rawValue | EPOLLET.rawValue)
    }

    /// Requests a fresh edge: if the socket is ready now, the next `wait` reports it again.
    public func rearm(_ fd: Int32, tag: UInt64) throws(Errno) {
        try self.control(EPOLL_CTL_MOD, fd, tag, EPOLLIN.rawValue | EPOLLOUT.rawValue | Poller.edges)
    }

    /// Stops watching. Closing a socket has the same effect.
    public func remove(_ fd: Int32) { _ = epoll_ctl(self.epoll, EPOLL_CTL_DEL, fd, nil) }

    private static var edges: UInt32 { EPOLLRDHUP.rawValue | EPOLLET.rawValue }

    private func control(_ operation: Int32, _ fd: Int32, _ tag: UInt64, _ mask: UInt32) throws(Errno) {
        var event = epoll_event()
        event.events = mask
        event.data.u64 = tag
        if epoll_ctl(self.epoll, operation, fd, &event) != 0 { throw Errno.current }
    }

    /// Waits for events, at most `timeout` nanoseconds (negative: without limit). Returns the number of events, also 0
    /// when a signal interrupted; read them with `event(_:)`. The poller's own wake-up is an event with `wakeTag`,
    /// which repeats until `drainWake`.
    @inline(__always)
    public func wait(timeout: Int64) throws(Errno) -> Int {
        let count = linux_epoll_wait_nanoseconds(self.epoll, self.events, Int32(Poller.batchLimit), timeout)
        if count >= 0 { return Int(count) }
        let error = Errno.current
        if error.code == EINTR { return 0 }
        throw error
    }

    /// The event at an index below the count of the last `wait`.
    @inline(__always)
    public func event(_ index: Int) -> PollEvent {
        assert(index >= 0 && index < Poller.batchLimit)
        let event = self.events[index]
        return PollEvent(tag: event.data.u64, mask: event.events)
    }

    /// Resets the wake-up's counter; call it on an event with `wakeTag`.
    public func drainWake() {
        var count: UInt64 = 0
        _ = read(self.wake, &count, 8)
    }
}

/// One event: the caller's tag and what is ready.
public struct PollEvent {
    public let tag: UInt64
    let mask: UInt32

    /// Bytes, an end or an error can be read.
    @inline(__always)
    public var isReadable: Bool {
        self.mask & (EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    }
    /// The socket takes bytes again, or a connect ended.
    @inline(__always)
    public var isWritable: Bool {
        self.mask & (EPOLLOUT.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    }
    /// The peer ended its side: the end follows the bytes that are left.
    @inline(__always)
    public var isEnded: Bool {
        self.mask & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    }
}
