import CLinux
import Engine
import Synchronization

/// A server that does to each connection what a test prescribes: one connection after the other or all at once, with
/// blocking calls of at most ten seconds each.
final class ScriptedServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let acceptor: Mutex<LoopThread?>
    private let accepted = Atomic<Int>(0)

    /// Connections accepted so far.
    var connections: Int { self.accepted.load(ordering: .relaxed) }

    /// Calls `script` with each connection and its number from 0, each on a thread of its own.
    init(_ script: @escaping @Sendable (ScriptedConnection, Int) -> Void) throws {
        let addresses = try SocketAddress.resolve(host: "127.0.0.1", port: 0, passive: true)
        let listener = try Socket.listen(on: addresses[0], backlog: 64)
        self.listener = listener
        self.port = try Socket.localAddress(listener).port
        self.acceptor = Mutex(nil)
        let thread = try LoopThread(name: "script") { [self] in self.serve(listener, script) }
        self.acceptor.withLock { $0 = thread }
    }

    /// Ends the listener, and every connection with its script.
    func stop() {
        self.acceptor.withLock { thread in
            shutdown(self.listener, Int32(SHUT_RDWR))
            thread?.join()
            thread = nil
        }
    }

    /// Accepts no more connections and ends the open ones; a script may call it.
    func endListener() { shutdown(self.listener, Int32(SHUT_RDWR)) }

    private func serve(_ listener: Int32, _ script: @escaping @Sendable (ScriptedConnection, Int) -> Void) {
        var threads: [LoopThread] = []
        var open: [Int32] = []
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            _ = linux_poll(&entry, 1, -1)
            guard Int32(entry.revents) & POLLHUP == 0, let found = try? Socket.accept(listener) else {
                if Int32(entry.revents) & POLLHUP != 0 { break }
                continue
            }
            let number = self.accepted.wrappingAdd(1, ordering: .relaxed).oldValue
            let connection = ScriptedConnection(found)
            if let thread = try? LoopThread(name: "script-\(number)", { script(connection, number) }) {
                threads.append(thread)
                open.append(found)
            }
        }
        for fd in open { shutdown(fd, Int32(SHUT_RDWR)) }
        for thread in threads { thread.join() }
        for fd in open { close(fd) }
        close(listener)
    }
}

/// The server's end of one connection. Its descriptor lives as long as the server.
struct ScriptedConnection: Sendable {
    let fd: Int32

    init(_ fd: Int32) { self.fd = fd }

    /// Waits for the end of a request's head; nil if the client ended first.
    func readHead() -> String? {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard let bytes = self.read(atMost: 1), !bytes.isEmpty, head.count < 8192 else { return nil }
            head += bytes
        }
        return String(decoding: head, as: UTF8.self)
    }

    /// What comes next, empty at the end; nil after ten seconds of nothing, or an error.
    func read(atMost limit: Int) -> [UInt8]? {
        guard self.wait(for: POLLIN) else { return nil }
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(self.fd, &buffer, limit, 0)
        return count < 0 ? nil : Array(buffer.prefix(count))
    }

    /// Writes everything; false if the client is gone.
    @discardableResult
    func write(_ text: String) -> Bool {
        self.write(bytes: Array(text.utf8))
    }

    /// An answer with a length.
    @discardableResult
    func answer(_ body: String = "hello", fields: String = "") -> Bool {
        self.write("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    }

    /// Closes in order: what was written arrives, then the end.
    func end() { shutdown(self.fd, Int32(SHUT_RDWR)) }

    /// Ends the connection with a reset, at once (connect(2), AF_UNSPEC).
    func abort() {
        var nobody = sockaddr()
        nobody.sa_family = sa_family_t(AF_UNSPEC)
        connect(self.fd, &nobody, socklen_t(MemoryLayout<sockaddr>.size))
    }

    func wait(for event: Int32) -> Bool {
        var entry = pollfd(fd: self.fd, events: Int16(event), revents: 0)
        return linux_poll(&entry, 1, 10_000_000_000) > 0
    }
}
