import CLinux
import Engine
import Kernel

/// The bytes of all bodies: byte i is the letter `a + i % 26`, so that a reader can check each one. Each loop has its
/// own copy in a memory file: large bodies are sent by sendfile(2), small ones are copied from the map.
///
/// The front of the file holds head and body of the default answer, as sent on the wire. Measured here (Linux 6.18, 50
/// KB, one core each for server and wrk, 64 and 1,000 connections, CPU of the server per answer): one sendfile of head
/// and body 9.8 and 12.6 to 14.2 µs; head with MSG_MORE and sendfile 11.0 to 12.7 and 13.3 to 15.3; writev 11.8 to 12.4
/// and 17; one send of a prebuilt buffer 13.1 to 14.8 and 16.6; two sends 11 and 20 to 28. So the default answer is one
/// sendfile, and other large ones are two calls.
final class BodyPattern {
    /// The pattern's length in bytes: whole pages and whole alphabets, so that it can be repeated.
    static let period = 26 * 40_960
    /// The file begins with room for a head.
    static let headLimit = 512

    private let file: Int32
    private let map: UnsafeMutablePointer<UInt8>
    private static let mapBytes = headLimit + period

    /// Makes the file, about 1 MiB, without a default answer.
    init() throws(TargetError) {
        let file = linux_memory_file("headroom-body")
        if file < 0 { throw .resource(what: "a memory file", reason: .current) }
        guard ftruncate(file, off_t(Self.mapBytes)) == 0 else {
            let reason = Errno.current
            close(file)
            throw .resource(what: "a memory file", reason: reason)
        }
        let memory = mmap(nil, Self.mapBytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        // MAP_FAILED is a macro with a cast: -1.
        guard let memory, memory != UnsafeMutableRawPointer(bitPattern: -1) else {
            let reason = Errno.current
            close(file)
            throw .resource(what: "a memory file", reason: reason)
        }
        self.file = file
        self.map = memory.bindMemory(to: UInt8.self, capacity: Self.mapBytes)
        for index in 0..<Self.period {
            self.map[Self.headLimit + index] = 0x61 &+ UInt8(truncatingIfNeeded: index % 26)
        }
    }

    deinit {
        munmap(self.map, Self.mapBytes)
        close(self.file)
    }

    /// Puts the head of the default answer in front of the body.
    func setHead(_ head: UnsafePointer<UInt8>, count: Int) {
        precondition(count <= Self.headLimit, "a head without fields of the client's has a known size")
        (self.map + (Self.headLimit - count)).update(from: head, count: count)
    }

    /// The default answer as sent on the wire: its head, then the pattern's bytes.
    func defaultAnswer(headBytes: Int) -> UnsafePointer<UInt8> {
        assert(headBytes <= Self.headLimit)
        return UnsafePointer(self.map + (Self.headLimit &- headBytes))
    }

    /// Copies body bytes from body offset `start` on.
    func copy(from start: UInt64, into target: UnsafeMutablePointer<UInt8>, count: Int) {
        var done = 0
        while done < count {
            let offset = Int(truncatingIfNeeded: (start &+ UInt64(done)) % UInt64(Self.period))
            let length = min(count &- done, Self.period &- offset)
            (target + done).update(from: self.map + (Self.headLimit &+ offset), count: length)
            done &+= length
        }
    }

    /// Sends body bytes from body offset `start` on, without copying them; fewer than `count` at the pattern's end.
    func send(_ fd: Int32, from start: UInt64, count: UInt64) -> Socket.Transfer {
        let offset = Int(truncatingIfNeeded: start % UInt64(Self.period))
        let length = min(count, UInt64(Self.period &- offset))
        return self.sendFile(fd, Self.headLimit &+ offset, Int(truncatingIfNeeded: length))
    }

    /// Sends the default answer from its byte `start` on, head and body in one call. `total`: bytes of head and body
    /// together, no more than a head and the pattern.
    func sendDefault(_ fd: Int32, headBytes: Int, from start: Int, total: Int) -> Socket.Transfer {
        assert(headBytes <= Self.headLimit && total <= headBytes + Self.period && start <= total)
        let offset = Self.headLimit &- headBytes &+ start
        if total <= TargetLimits.copiedBodyBytes { return Socket.send(fd, self.map + offset, total &- start) }
        return self.sendFile(fd, offset, total &- start)
    }

    /// sendfile has no MSG_NOSIGNAL. `LoopThread` blocks SIGPIPE, so a peer that is gone is EPIPE here, too.
    private func sendFile(_ fd: Int32, _ offset: Int, _ count: Int) -> Socket.Transfer {
        var position = off_t(offset)
        for _ in 0..<TargetLimits.interruptedCalls {
            let sent = sendfile(fd, self.file, &position, count)
            if sent >= 0 { return .bytes(sent) }
            let reason = Errno.current
            if reason.code == EAGAIN { return .wouldBlock }
            if reason.code != EINTR { return .failed(reason) }
        }
        return .failed(Errno(EINTR))
    }
}
