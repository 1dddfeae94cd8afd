import CLinux
import Measure
import Numerics
import Workload

/// What is measured closely for a share of the users: how long an answer waited to be read, and what the kernel counted
/// for their connections. Owned by the worker.
struct Sampling: ~Copyable {
    var watch = RealtimeWatch()
    /// How long the bytes read last had waited; `none` where that is not known.
    var delay = Sampling.none
    /// When the bytes read last arrived, or a little earlier; 0 where that is not known.
    var arrivedAt: UInt64 = 0
    /// Delays that were dropped, because the clock was set or the thread was interrupted during the comparison.
    var dropped: UInt64 = 0
    var transport = TransportCounts()
    /// The kernel's counts of connections, by descriptor, at the time when this worker took them over.
    private var taken: [Int32: linux_transport_info] = [:]
    /// Of the users, or shared connections, below `end`, one of each block of `stride` is sampled.
    private let end: Int
    private let stride: Int
    /// Visitors of an open load are looked at, one of each `stride` that arrive, and no users: see `covers(arrival:)`.
    let takesArrivals: Bool
    /// Users for which there is one place below, of which at most one is looked at.
    private let placeStride: Int
    /// Bytes read from the connection of each sampled user.
    private let bytesRead: UnsafeMutablePointer<UInt64>
    /// What is known of each sampled user's request.
    private let starts: UnsafeMutablePointer<LowerTime.Start>

    static let none = UInt64.max
    /// One user in this many is sampled, starting with a worker's first: a stamped read costs some tenths of a
    /// microsecond more than a plain one.
    static let usualStride = 16
    /// Sampled users of all workers together; each worker has at least one.
    static let userLimit = 256
    /// Below this many requests a second, limited by plan or pauses, a worker can afford to sample every answer.
    static let denseRate = 2_000.0
    /// Sampled users of a worker in that case.
    static let denseUserLimit = 16_384

    /// How often a connection's counts are read from the kernel until they add up.
    static let transportReadLimit = 4

    /// `rate`: requests per second at most; nil where the server decides. `users`: over HTTP/2 the groups of
    /// users that share a connection. `visitors`: each session of an open load has connections of its own.
    init(users: Int, threads: Int, rate: Double? = nil, visitors: Bool = false) {
        let isDense = rate.map { $0 <= Self.denseRate } ?? false
        self.stride = isDense ? 1 : Self.usualStride
        self.takesArrivals = visitors && !isDense
        self.placeStride = self.takesArrivals ? 1 : self.stride
        let limit = isDense ? Self.denseUserLimit : Self.usualStride * max(1, Self.userLimit / max(1, threads))
        self.end = self.takesArrivals ? 0 : min(users, limit)
        // Any slot may serve a visitor that is looked at; each has its place made with it (`make`).
        let count = self.takesArrivals ? users + 1 : self.end / self.stride + 1
        self.bytesRead = .allocate(capacity: count)
        self.starts = .allocate(capacity: count)
        if self.takesArrivals { return }
        self.bytesRead.initialize(repeating: 0, count: count)
        self.starts.initialize(repeating: LowerTime.Start(), count: count)
    }

    /// Makes the place of a slot for visitors, which takes no memory before.
    func make(_ local: Int) {
        if !self.takesArrivals { return }
        (self.bytesRead + local).initialize(to: 0)
        (self.starts + local).initialize(to: LowerTime.Start())
    }

    deinit {
        self.bytesRead.deallocate()
        self.starts.deallocate()
    }

    /// What is known of a sampled user's request.
    func start(of local: Int) -> UnsafeMutablePointer<LowerTime.Start> { self.starts + local / self.placeStride }

    /// Every user is sampled, except those beyond `denseUserLimit`.
    var isWhole: Bool { self.stride == 1 }

    /// Whether a user of the worker, or a group of users, is sampled.
    func covers(_ local: Int) -> Bool {
        local < self.end && self.draws(local)
    }

    /// Whether the visitor with this number among the worker's arrivals is looked at. A share of the slots would be no
    /// sample of the visitors: the slot that was used last is used next (`takeUser`), so few serve most of them, and
    /// those below serve only while many are in session, which is when answers are slow. A slot that is looked at would
    /// see the quiet times alone or the slow ones alone, for long, and bound no percentile of all requests.
    ///
    /// In an open load with a connection for each user (`per_user`), and over HTTP/2, what is looked at is of the
    /// connection, and a share of the slots or groups it stays; nor does a slow plan need a draw: all are looked at.
    func covers(arrival: UInt64) -> Bool { self.draws(Int(truncatingIfNeeded: arrival & UInt64(Int.max))) }

    /// One number of each block is drawn.
    @inline(__always)
    private func draws(_ number: Int) -> Bool {
        let (block, place) = number.quotientAndRemainder(dividingBy: self.stride)
        if block == 0 { return place == 0 }
        // Users go to a target's servers in turn, so the same place in each block could always mean the same server.
        var drawn = RandomGenerator(seed: UInt64(truncatingIfNeeded: block))
        return place == Int(truncatingIfNeeded: drawn.next() % UInt64(self.stride))
    }

    /// Bytes were read from a sampled user's connection.
    mutating func read(_ local: Int, _ count: Int) {
        self.bytesRead[local / self.placeStride] &+= UInt64(truncatingIfNeeded: count)
    }

    /// Takes a stamp: the delay is the time from it until now, by the clock of the stamp.
    mutating func take(stamp: UInt64, reading: ClockReading) {
        switch self.watch.judge(reading) {
        case .steady where reading.realtime >= stamp:
            self.delay = reading.realtime &- stamp
            // The monotonic clock was read first.
            self.arrivedAt = reading.before &- min(reading.before, self.delay)
        default: self.dropped &+= 1
        }
    }

    /// The connection of a sampled user is gone, and what was read from it.
    mutating func forget(_ local: Int) { self.bytesRead[local / self.placeStride] = 0 }

    /// A connection from an earlier load is sampled from here on.
    mutating func begin(_ fd: Int32, at info: linux_transport_info) { self.taken[fd] = info }

    /// A sampled user's connection ends; `info` is nil where the kernel gave no counts.
    mutating func close(_ local: Int, _ fd: Int32, _ info: linux_transport_info?) {
        self.close(read: self.bytesRead[local / self.placeStride], fd, info)
    }

    /// A connection ends after so many bytes were read from it.
    mutating func close(read: UInt64, _ fd: Int32, _ info: linux_transport_info?) {
        let before = self.taken.removeValue(forKey: fd) ?? linux_transport_info()
        // Only for a connection that is established, or that the peer ended, does the kernel still know its queue.
        guard let info, info.state == 1 || info.state == 8 else {
            self.transport.unsettled &+= 1
            return
        }
        var counts = TransportCounts()
        counts.connections = 1
        counts.segmentsSent = info.segments_sent &- before.segments_sent
        counts.segmentsRetransmitted = info.segments_retransmitted &- before.segments_retransmitted
        // What was unread when this worker took the connection over was read here.
        counts.bytesReceived = info.bytes_received &- before.bytes_received &+ before.unread
        counts.bytesAcknowledged = info.bytes_acknowledged &- before.bytes_acknowledged
        counts.bytesSent = info.bytes_sent &- before.bytes_sent
        counts.bytesRead = read
        counts.bytesUnread = info.unread
        counts.ends = info.state == 8 ? 1 : 0
        self.transport.add(counts)
    }
}

extension Worker {
    /// Whether a user is sampled. Where users share connections, groups of them are sampled instead.
    func samples(_ local: Int) -> Bool { !self.multiplex.isOn && self.sampling.covers(local) }

    /// Whether a user shares a connection that is sampled.
    mutating func samplesGroup(of local: Int) -> Bool {
        self.multiplex.isOn && self.sampling.covers(self.multiplex.group(ofUser: local))
    }

    /// Reads a sampled connection, with the kernel's stamp. Without `buffer` it takes bytes off and does not copy them.
    @inline(never)
    mutating func receiveStamped(
        _ local: Int, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int
    ) -> Transport.Transfer {
        let transfer = self.receiveStamped(self.users[local].transport, buffer, capacity, .last)
        if self.tlsState == nil, case .bytes(let count) = transfer { self.sampling.read(local, count) }
        return transfer
    }

    /// The same for a shared connection. A read of it may end several answers, and hold frames behind the last of them.
    /// So the stamp is that of the read's first byte: it belongs to the first answer that waited, or to the packet that
    /// the kernel appended to it last.
    @inline(never)
    mutating func receiveSharedStamped(_ slot: Int, _ capacity: Int) -> Transport.Transfer {
        let connection = self.multiplex.connections + slot
        let transfer = self.receiveStamped(connection.pointee.transport, self.scratch, capacity, .first)
        if self.tlsState == nil, case .bytes(let count) = transfer {
            connection.pointee.bytesRead &+= UInt64(truncatingIfNeeded: count)
        }
        return transfer
    }

    /// Reads, and takes the stamp. The transport counts the ciphertext; the caller's caller takes that count.
    @inline(__always)
    private mutating func receiveStamped(
        _ transport: Transport, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int, _ which: Socket.Stamped
    ) -> Transport.Transfer {
        self.sampling.delay = Sampling.none
        self.sampling.arrivedAt = 0
        if let state = self.tlsState {
            return self.receiveStamped(
                transport, state, buffer ?? self.scratch, min(capacity, Worker.bodyReadSize), which)
        }
        var stamp: UInt64 = 0
        let transfer = Socket.receiveStamped(transport.fd, buffer, capacity, which, stamp: &stamp)
        if stamp != 0, case .bytes = transfer { self.sampling.take(stamp: stamp, reading: .now()) }
        return Transport.transfer(transfer)
    }

    /// The same over TLS. One receive of ciphertext serves several reads, and its stamp counts for each of them.
    private mutating func receiveStamped(
        _ transport: Transport, _ state: Transport.TLSState, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int,
        _ which: Socket.Stamped
    ) -> Transport.Transfer {
        state.pointee.stamps = which
        let transfer = transport.receive(state, into: buffer, capacity: capacity)
        state.pointee.stamps = nil
        if state.pointee.stamp != 0 {
            self.sampling.take(stamp: state.pointee.stamp, reading: state.pointee.reading)
            state.pointee.delay = self.sampling.delay
            state.pointee.arrivedAt = self.sampling.arrivedAt
            state.pointee.stamp = 0
        }
        self.sampling.delay = state.pointee.delay
        self.sampling.arrivedAt = state.pointee.delay == Sampling.none ? 0 : state.pointee.arrivedAt
        return transfer
    }

    /// An answer of a sampled connection is complete: records how long its last bytes had waited, and its time without
    /// that.
    @inline(never)
    mutating func recordClientDelay(_ local: Int, at end: UInt64) {
        let delay = self.sampling.delay
        if delay == Sampling.none { return }
        self.sampling.delay = Sampling.none
        self.notePause(delay)
        let recorders = self.window(of: local).pointee.succeeded
        recorders.clientDelay.record(delay)
        let service = end &- min(end, self.users[local].sentAt)
        recorders.kernelService.record(service &- min(service, delay))
    }

    /// An answer ended in the last read of a sampled shared connection. How long this answer itself waited is not
    /// known, and so neither is its time without the wait.
    @inline(never)
    mutating func recordSharedDelay(_ local: Int) {
        let delay = self.sampling.delay
        if delay != Sampling.none { self.window(of: local).pointee.succeeded.clientDelay.record(delay) }
        if !self.isUnwelcome(local) { self.recordSharedLower(local) }
    }

    /// Adds the kernel's counts of a sampled connection that is about to be closed.
    @inline(never)
    mutating func countTransport(_ local: Int) {
        let fd = self.users[local].transport.fd
        self.sampling.close(local, fd, Self.transportInfo(fd))
    }

    /// The same for a shared connection.
    @inline(never)
    mutating func countSharedTransport(_ slot: Int) {
        let connection = self.multiplex.connections + slot
        let fd = connection.pointee.transport.fd
        self.sampling.close(read: connection.pointee.bytesRead, fd, Self.transportInfo(fd))
    }

    static func transportInfo(_ fd: Int32) -> linux_transport_info? {
        var info = linux_transport_info()
        // The peer's end may come between the kernel's answers. Then the counts do not add up, and they are read again.
        for _ in 0..<Sampling.transportReadLimit where linux_transport_info(fd, &info) == 0 { return info }
        return nil
    }
}
