import CLinux
import Wire
import Workload

/// One GET on a connection of its own that blocks until it is answered: for requests beside a load, never for the load.
public enum BlockingGet {
    /// The answer, decoded from its framing.
    public struct Answer: Sendable {
        public var status: UInt16
        /// Status line and fields as they came.
        public var head: [UInt8]
        public var body: [UInt8]
    }

    /// Why there is no answer.
    public struct Failure: Error, Sendable {
        public let reason: String
    }

    /// Most bytes of an answer, framing included.
    public static let answerLimit = 4_194_304
    private static let chunk = 65_536

    /// Gets a URL's path from an address; throws after `limit` nanoseconds. With `headOnly` it stops at the body.
    public static func get(
        _ url: TargetURL, at address: SocketAddress, limit: UInt64, headOnly: Bool = false
    ) throws(Failure) -> Answer {
        let request: [UInt8]
        do {
            request = try HTTP1RequestEncoder.encode(
                method: "GET", target: url.path,
                fields: [("Host", url.authority), ("Accept", "*/*"), ("Connection", "close")]
            ).bytes
        } catch {
            throw Failure(reason: "this request cannot be sent: \(error)")
        }
        let until = MonotonicClock.now() &+ limit
        let fd: Int32
        do {
            fd = try Socket.connect(to: address)
        } catch {
            throw Failure(reason: "\(error)")
        }
        defer { close(fd) }
        try Self.wait(fd, POLLOUT, until)
        if let error = Socket.connectError(fd) { throw Failure(reason: "\(error)") }
        try Self.send(request, fd, until)
        return try Self.read(fd, until, headOnly: headOnly)
    }

    private static func wait(_ fd: Int32, _ events: Int32, _ until: UInt64) throws(Failure) {
        while true {
            let now = MonotonicClock.now()
            if now >= until { throw Failure(reason: "no answer in time") }
            var entry = pollfd(fd: fd, events: Int16(events), revents: 0)
            if linux_poll(&entry, 1, Int64(clamping: until - now)) > 0 { return }
        }
    }

    private static func send(_ bytes: [UInt8], _ fd: Int32, _ until: UInt64) throws(Failure) {
        var sent = 0
        while sent < bytes.count {
            let transfer = bytes.withUnsafeBufferPointer { buffer -> Socket.Transfer in
                guard let base = buffer.baseAddress else { return .bytes(0) }
                return Socket.send(fd, base + sent, buffer.count - sent)
            }
            switch transfer {
            case .bytes(let count): sent += count
            case .wouldBlock: try Self.wait(fd, POLLOUT, until)
            case .failed(let error): throw Failure(reason: "\(error)")
            }
        }
    }

    private static func read(_ fd: Int32, _ until: UInt64, headOnly: Bool) throws(Failure) -> Answer {
        var reader = AnswerReader()
        var buffer = [UInt8](repeating: 0, count: Self.chunk)
        var total = 0
        while total <= Self.answerLimit {
            let transfer = buffer.withUnsafeMutableBufferPointer { space -> Socket.Transfer in
                guard let base = space.baseAddress else { return .bytes(0) }
                return Socket.receive(fd, base, space.count)
            }
            switch transfer {
            case .bytes(let count):
                total += count
                let isOver = try count == 0 ? reader.end() : reader.take(buffer[..<count])
                if isOver || (headOnly && reader.isHeadComplete) { return reader.answer }
            case .wouldBlock: try Self.wait(fd, POLLIN, until)
            case .failed(let error): throw Failure(reason: "\(error)")
            }
        }
        throw Failure(reason: "the answer is larger than \(Self.answerLimit) bytes")
    }
}

/// Gathers an answer from the parser, which keeps no bytes. Fed byte by byte, a byte that the parser counts as body is
/// body.
private struct AnswerReader {
    private var parser = HTTP1ResponseParser()
    private(set) var answer = BlockingGet.Answer(status: 0, head: [], body: [])

    var isHeadComplete: Bool { self.parser.isHeadComplete }

    init() { self.parser.begin(isHead: false) }

    /// Takes bytes as they came; returns whether the answer is complete.
    mutating func take(_ bytes: ArraySlice<UInt8>) throws(BlockingGet.Failure) -> Bool {
        for byte in bytes {
            let (before, wasHead) = (self.parser.bodyBytes, !self.parser.isHeadComplete)
            var byte = byte
            let outcome = self.parser.feed(&byte, count: 1)
            if wasHead { self.answer.head.append(byte) }
            if self.parser.bodyBytes > before { self.answer.body.append(byte) }
            self.answer.status = self.parser.status
            switch outcome {
            case .more: break
            case .complete: return true
            case .failed(let fault): throw BlockingGet.Failure(reason: "the answer is no HTTP/1.1: \(fault)")
            }
        }
        return false
    }

    /// The server closed; returns whether the answer is complete.
    mutating func end() throws(BlockingGet.Failure) -> Bool {
        if case .complete = self.parser.endOfStream() { return true }
        throw BlockingGet.Failure(reason: "the connection ended inside the answer")
    }
}
