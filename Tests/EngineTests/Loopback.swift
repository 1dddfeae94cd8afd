import CLinux
import Engine
import Testing

/// A listener on loopback and connections to it.
final class Loopback {
    let listener: Int32
    let address: SocketAddress
    private var descriptors: [Int32] = []

    init() throws {
        let any = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
        self.listener = try Socket.listen(on: any, backlog: 16)
        self.address = try Socket.localAddress(self.listener)
    }

    deinit {
        for descriptor in self.descriptors { close(descriptor) }
        close(self.listener)
    }

    /// Both ends of a new connection; closed with the loopback unless `forget` is called.
    func pair() throws -> (client: Int32, server: Int32) {
        let client = try Socket.connect(to: self.address)
        self.descriptors.append(client)
        try Self.wait(client, for: POLLOUT)
        try Self.wait(self.listener, for: POLLIN)
        let server = try #require(try Socket.accept(self.listener))
        self.descriptors.append(server)
        return (client, server)
    }

    /// Call this if the caller has closed it.
    func forget(_ descriptor: Int32) { self.descriptors.removeAll { $0 == descriptor } }

    /// Waits with poll(2), for ten seconds at most.
    static func wait(_ fd: Int32, for events: Int32) throws {
        var entry = pollfd(fd: fd, events: Int16(events), revents: 0)
        try #require(poll(&entry, 1, 10_000) == 1)
    }
}
