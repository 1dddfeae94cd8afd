import Glibc

/// A blocking client of one connection to 127.0.0.1. Each call ends within `patienceSeconds` or throws.
final class TestClient {
    static let patienceSeconds = 10
    /// The largest answer that it reads.
    private static let answerLimit = 8 << 20

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// A parsed answer.
    struct Response {
        var status = 0
        var head = ""
        var body: [UInt8] = []
        /// Bytes on the wire.
        var wireBytes = 0

        func field(_ name: String) -> String? {
            for line in self.head.split(separator: "\r\n").dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                if line[..<colon].lowercased() == name.lowercased() {
                    return String(line[line.index(after: colon)...].drop { $0 == " " })
                }
            }
            return nil
        }
        var text: String { String(decoding: self.body, as: UTF8.self) }
    }

    let fd: Int32
    private var buffer: [UInt8] = []
    private(set) var bytesReceived = 0
    private(set) var bytesSent = 0

    /// The server, which must live as long as its client.
    private let keeper: AnyObject?

    init(port: UInt16, keeper: AnyObject? = nil) throws {
        self.keeper = keeper
        self.fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard self.fd >= 0 else { throw Failure(description: "socket: \(errno)") }
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(self.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(self.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var one: Int32 = 1
        setsockopt(self.fd, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let status = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(self.fd, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        // Everything is set now: an error runs deinit, which closes.
        if status != 0 { throw Failure(description: "connect: \(errno)") }
    }

    deinit { close(self.fd) }

    func send(_ text: String) throws { try self.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var done = 0
        while done < bytes.count {
            let sent = bytes[done...].withUnsafeBytes {
                Glibc.send(self.fd, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw Failure(description: "send: \(errno)") }
            done += sent
            self.bytesSent += sent
        }
    }

    /// Sends an HTTP/1.1 GET and reads the answer.
    func get(_ path: String, fields: String = "") throws -> Response {
        try self.send("GET \(path) HTTP/1.1\r\nHost: test\r\n\(fields)\r\n")
        return try self.response()
    }

    /// Ends the client's side.
    func finish() { shutdown(self.fd, Int32(SHUT_WR)) }

    /// The connection will end with a reset.
    func resetOnClose() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(self.fd, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    /// Everything until the server ends the connection.
    func readToEnd() throws -> [UInt8] {
        while try self.receive() { try self.checkSize() }
        defer { self.buffer.removeAll() }
        return self.buffer
    }

    /// One answer, framed as in RFC 9112, 6.3.
    func response(toHead: Bool = false) throws -> Response {
        var response = Response()
        let end = try self.find([13, 10, 13, 10])
        response.head = String(decoding: self.buffer[..<end], as: UTF8.self)
        let words = response.head.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else {
            throw Failure(description: "no status line: \(response.head)")
        }
        response.status = status
        response.wireBytes = end + 4
        self.buffer.removeFirst(end + 4)
        if toHead || status == 204 || status == 304 || status < 200 { return response }
        if response.field("Transfer-Encoding") == "chunked" {
            try self.readChunks(&response)
        } else if let length = response.field("Content-Length").flatMap({ Int($0) }) {
            response.body = try self.take(length)
            response.wireBytes += length
        } else {
            response.body = try self.readToEnd()
            response.wireBytes += response.body.count
        }
        return response
    }

    private func readChunks(_ response: inout Response) throws {
        while true {
            let end = try self.find([13, 10])
            let line = String(decoding: self.buffer[..<end], as: UTF8.self)
            guard let size = Int(line, radix: 16) else { throw Failure(description: "chunk size \(line)") }
            _ = try self.take(end + 2)
            response.body += try self.take(size)
            let tail = try self.take(2)
            guard tail == [13, 10] else { throw Failure(description: "chunk end \(tail)") }
            response.wireBytes += end + 2 + size + 2
            if size == 0 { return }
        }
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while self.buffer.count < count {
            guard try self.receive() else {
                throw Failure(description: "ended after \(self.buffer.count) of \(count) bytes")
            }
        }
        let taken = Array(self.buffer[..<count])
        self.buffer.removeFirst(count)
        return taken
    }

    private func find(_ mark: [UInt8]) throws -> Int {
        var searched = 0
        while true {
            if self.buffer.count >= mark.count {
                for index in searched...(self.buffer.count - mark.count)
                where self.buffer[index..<(index + mark.count)].elementsEqual(mark) { return index }
                searched = self.buffer.count - mark.count + 1
            }
            guard try self.receive() else { throw Failure(description: "ended before the mark \(mark)") }
            try self.checkSize()
        }
    }

    private func checkSize() throws {
        if self.buffer.count > Self.answerLimit { throw Failure(description: "an answer without end") }
    }

    /// More bytes; false at the end.
    func receive() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(self.fd, &bytes, bytes.count, 0)
        guard count >= 0 else { throw Failure(description: "receive: \(errno)") }
        self.buffer += bytes[..<count]
        self.bytesReceived += count
        return count > 0
    }
}

/// The bytes of every body.
func pattern(_ count: Int, from start: Int = 0) -> [UInt8] {
    (start..<(start + count)).map { UInt8(97 + $0 % 26) }
}
