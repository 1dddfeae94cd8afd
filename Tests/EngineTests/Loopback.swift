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

    /// The caller has closed it.
    func forget(_ descriptor: Int32) { self.descriptors.removeAll { $0 == descriptor } }

    /// Waits with poll(2), ten seconds at most.
    static func wait(_ fd: Int32, for events: Int32) throws {
        var entry = pollfd(fd: fd, events: Int16(events), revents: 0)
        try #require(poll(&entry, 1, 10_000) == 1)
    }
}

/// A port of loopback where nothing listens and nothing can begin to: it is taken, and refuses who connects to it.
final class DeadPort {
    let number: UInt16
    private let descriptor: Int32

    init() throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(self.descriptor >= 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = self.descriptor
        let isBound = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
        }
        try #require(isBound)
        self.number = UInt16(bigEndian: address.sin_port)
    }

    deinit { close(self.descriptor) }
}
