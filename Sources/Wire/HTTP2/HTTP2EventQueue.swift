/// Events in order, in memory of a fixed size. The caller makes sure of room first (see
/// `HTTP2ClientSession.hasEventRoom`). An event without room is not dropped silently: it becomes `.failed` with
/// `.eventLimit`, for which a place is kept. Owns its memory.
struct HTTP2EventQueue: ~Copyable {
    private let events: UnsafeMutablePointer<HTTP2Event>
    private let capacity: Int
    private var count = 0
    private var read = 0
    /// An event found no room, so the queue is incomplete.
    private(set) var hasOverflowed = false

    init(capacity: Int) {
        self.capacity = max(1, capacity)
        // One more, for the end of a queue that overflows.
        self.events = .allocate(capacity: self.capacity + 1)
        self.events.initialize(repeating: HTTP2Event(kind: .failed), count: self.capacity + 1)
    }

    deinit { self.events.deallocate() }

    /// Events that may still be posted. Those that were taken count until all are.
    @inline(__always)
    var room: Int { self.capacity &- self.count }

    @inline(__always)
    mutating func post(_ event: HTTP2Event) {
        guard self.count < self.capacity else { return self.overflow() }
        self.events[self.count] = event
        self.count &+= 1
    }

    @inline(never)
    private mutating func overflow() {
        if self.hasOverflowed { return }
        self.hasOverflowed = true
        var event = HTTP2Event(kind: .failed)
        event.fault = .eventLimit
        self.events[self.count] = event
        self.count &+= 1
    }

    /// The next event; nil when all were taken.
    @inline(__always)
    mutating func next() -> HTTP2Event? {
        if self.read == self.count {
            self.read = 0
            self.count = 0
            return nil
        }
        let event = self.events[self.read]
        self.read &+= 1
        return event
    }
}
