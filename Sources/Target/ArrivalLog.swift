/// One request as the target saw it: a measurement of latency that is independent of the client. Times are nanoseconds
/// of CLOCK_MONOTONIC, which all processes of a machine share.
public struct Arrival: Sendable, Equatable {
    /// Number of the connection, from 0; unique over all threads.
    public var connection: UInt64
    /// Number of the request on its connection, from 0.
    public var number: UInt32
    /// Right after the read that brought its first byte.
    public var firstByteIn: UInt64
    /// When its last byte had come, and it was answered or queued.
    public var requestIn: UInt64
    /// Right before the call that handed the answer's last byte to the kernel, so that no client can have it earlier;
    /// nil for a request without an answer.
    public var lastByteOut: UInt64?
}

/// The arrivals of one loop. Its memory is reserved once and touched as it fills; arrivals after `entryLimit` are
/// counted and dropped.
///
/// Only the loop's thread uses it until that thread has ended; then the server does.
final class ArrivalLog: @unchecked Sendable {
    /// Most requests that one loop keeps: 200 MB, or 14 minutes at 5,000/s.
    static let entryLimit = 1 << 22

    private let entries: UnsafeMutablePointer<Arrival>
    private let capacity: Int
    private(set) var count = 0
    /// Requests that came when the log was full.
    private(set) var dropped: UInt64 = 0

    /// An empty log.
    init(capacity: Int = ArrivalLog.entryLimit) {
        self.capacity = capacity
        self.entries = .allocate(capacity: capacity)
    }

    deinit { self.entries.deallocate() }

    /// Keeps one request.
    func append(_ arrival: Arrival) {
        guard self.count < self.capacity else {
            self.dropped &+= 1
            return
        }
        self.entries.advanced(by: self.count).initialize(to: arrival)
        self.count &+= 1
    }

    /// The requests in the order in which they ended.
    subscript(index: Int) -> Arrival {
        precondition(index >= 0 && index < self.count)
        return self.entries[index]
    }
}
