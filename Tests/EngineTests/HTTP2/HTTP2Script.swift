import CLinux
import Engine
import Workload

/// The server's end of a connection, in clear text or over TLS. Calls wait, for at most ten seconds each.
protocol ScriptedPeer {
    /// What comes next, empty at the end; nil after ten seconds of nothing, or an error.
    func read(atMost limit: Int) -> [UInt8]?
    /// Writes everything; false if the client is gone.
    @discardableResult
    func write(bytes: [UInt8]) -> Bool
    /// Closes in order: what was written arrives, then the end.
    func end()
}

/// A server's side of HTTP/2, written by hand: literal frames, and header blocks of literals.
extension ScriptedPeer {
    static var endStream: UInt8 { 0x1 }
    static var endHeaders: UInt8 { 0x4 }

    static func word(_ value: UInt32) -> [UInt8] {
        [UInt8(value >> 24), UInt8(value >> 16 & 0xFF), UInt8(value >> 8 & 0xFF), UInt8(value & 0xFF)]
    }

    static func frame(_ type: UInt8, _ flags: UInt8 = 0, _ stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
        let count = payload.count
        return [UInt8(count >> 16), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF), type, flags] + self.word(stream)
            + payload
    }

    /// Literals without indexing; names and values are shorter than 127 bytes.
    static func block(_ fields: [(String, String)]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in fields {
            bytes += [0x00, UInt8(name.utf8.count)]
            bytes += Array(name.utf8)
            bytes.append(UInt8(value.utf8.count))
            bytes += Array(value.utf8)
        }
        return bytes
    }

    static func head(_ stream: UInt32, _ fields: [(String, String)], end: Bool = false) -> [UInt8] {
        self.frame(1, self.endHeaders | (end ? self.endStream : 0), stream, self.block(fields))
    }

    static func data(_ stream: UInt32, _ count: Int, end: Bool = false) -> [UInt8] {
        self.frame(0, end ? self.endStream : 0, stream, [UInt8](repeating: 97, count: count))
    }

    /// An answer of five bytes.
    static func answer(_ stream: UInt32) -> [UInt8] {
        self.head(stream, [(":status", "200"), ("content-length", "5")]) + self.data(stream, 5, end: true)
    }

    static func reset(_ stream: UInt32, _ code: UInt32) -> [UInt8] { self.frame(3, 0, stream, self.word(code)) }
    static func goAway(_ last: UInt32, _ code: UInt32 = 0) -> [UInt8] {
        self.frame(7, 0, 0, self.word(last) + self.word(code))
    }
    static func setting(_ name: UInt8, _ value: UInt32) -> [UInt8] { self.frame(4, 0, 0, [0, name] + self.word(value)) }

    /// Reads the client's preface and sends SETTINGS; false if that failed.
    func acceptHTTP2(settings: [UInt8] = Self.frame(4)) -> Bool {
        guard self.readExactly(24)?.starts(with: Array("PRI * HTTP/2.0".utf8)) == true else { return false }
        return self.write(bytes: settings)
    }

    /// The stream of the next request; nil if the client ended. Skips everything else.
    func nextRequest() -> UInt32? { self.nextFrame { $0.type == 1 }?.stream }

    /// The next frame that a test waits for.
    func nextFrame(_ isWanted: ((type: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8])) -> Bool)
        -> (type: UInt8, flags: UInt8, stream: UInt32, payload: [UInt8])?
    {
        // The longest test gets fewer frames.
        for _ in 0..<100_000 {
            guard let header = self.readExactly(9) else { return nil }
            let length = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
            guard let payload = self.readExactly(length) else { return nil }
            let stream = header[5...8].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            let frame = (type: header[3], flags: header[4], stream: stream, payload: payload)
            if isWanted(frame) { return frame }
        }
        return nil
    }

    /// Answers every request until the client ends.
    func answerAll() {
        while let stream = self.nextRequest() { self.write(bytes: Self.answer(stream)) }
    }

    private func readExactly(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard let more = self.read(atMost: count - bytes.count), !more.isEmpty else { return nil }
            bytes += more
        }
        return bytes
    }
}

extension ScriptedConnection: ScriptedPeer {
    @discardableResult
    func write(bytes: [UInt8]) -> Bool {
        var offset = 0
        while offset < bytes.count {
            guard self.wait(for: POLLOUT) else { return false }
            let count = bytes.withUnsafeBytes { buffer in
                buffer.baseAddress.map { send(self.fd, $0 + offset, bytes.count - offset, Int32(MSG_NOSIGNAL)) } ?? -1
            }
            if count <= 0 { return false }
            offset += count
        }
        return true
    }
}
