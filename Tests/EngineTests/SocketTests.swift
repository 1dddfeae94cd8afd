import CLinux
import Testing

@testable import Engine
@testable import Kernel

@Suite(.timeLimit(.minutes(1)))
struct SocketTests {
    private func bytes(_ transfer: Socket.Transfer) -> Int? {
        if case .bytes(let count) = transfer { count } else { nil }
    }
    private func error(_ transfer: Socket.Transfer) -> Errno? {
        if case .failed(let error) = transfer { error } else { nil }
    }
    private func isBlocked(_ transfer: Socket.Transfer) -> Bool {
        if case .wouldBlock = transfer { true } else { false }
    }

    @Test("Bytes pass, a read of an empty socket would block, and the end is zero bytes")
    func transfer() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        #expect(Socket.connectError(client) == nil)
        var received = [UInt8](repeating: 0, count: 8)
        #expect(self.isBlocked(Socket.receive(server, &received, 8)))
        #expect(self.bytes(Socket.send(client, [1, 2, 3], 3)) == 3)
        try Loopback.wait(server, for: POLLIN)
        #expect(self.bytes(Socket.receive(server, &received, 8)) == 3)
        #expect(received == [1, 2, 3, 0, 0, 0, 0, 0])
        shutdown(client, Int32(SHUT_WR))
        try Loopback.wait(server, for: POLLIN)
        #expect(self.bytes(Socket.receive(server, &received, 8)) == 0)
    }

    @Test("Discarding takes bytes off the socket without storing them")
    func discard() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        #expect(self.bytes(Socket.send(client, [1, 2, 3, 4, 5], 5)) == 5)
        try Loopback.wait(server, for: POLLIN)
        #expect(self.bytes(Socket.discard(server, 4)) == 4)
        var received: [UInt8] = [0, 0]
        #expect(self.bytes(Socket.receive(server, &received, 2)) == 1)
        #expect(received == [5, 0])
        #expect(self.isBlocked(Socket.discard(server, 4)))
    }

    @Test("Bytes held back with `more` come with the next")
    func more() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        #expect(self.bytes(Socket.send(client, [1], 1, more: true)) == 1)
        #expect(self.bytes(Socket.send(client, [2], 1)) == 1)
        try Loopback.wait(server, for: POLLIN)
        var received: [UInt8] = [0, 0, 0]
        #expect(self.bytes(Socket.receive(server, &received, 3)) == 2)
        #expect(received == [1, 2, 0])
    }

    @Test("A reset is an error of the reader, and writing to a closed peer is one without a signal")
    func reset() throws {
        let loopback = try Loopback()
        let (client, server) = try loopback.pair()
        loopback.forget(client)
        Socket.reset(client)
        try Loopback.wait(server, for: POLLIN)
        var byte: UInt8 = 0
        #expect(self.error(Socket.receive(server, &byte, 1)) == Errno(ECONNRESET))
        #expect(self.error(Socket.send(server, &byte, 1)) == Errno(EPIPE))
    }

    @Test("A port without a listener refuses")
    func refused() throws {
        let address = try Loopback().address
        var found: Errno?
        do throws(Errno) {
            let client = try Socket.connect(to: address)
            defer { close(client) }
            var entry = pollfd(fd: client, events: Int16(POLLOUT), revents: 0)
            _ = poll(&entry, 1, 10_000)
            found = Socket.connectError(client)
        } catch {
            found = error
        }
        #expect(found == Errno(ECONNREFUSED))
    }

    @Test("Connections take local ports window by window, and fail only when all ports are taken")
    func localPorts() throws {
        let loopback = try Loopback()
        let top = Preflight.portRange().upperBound
        let range = (top - LocalPorts.windowLength - 40)..<top
        var ports = LocalPorts(range: range, offset: 1)
        #expect(ports.start == range.lowerBound + LocalPorts.windowLength, "the second window")
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        var found: Errno?
        for _ in 0...range.count {
            do throws(Errno) {
                descriptors.append(try ports.connect(to: loopback.address))
            } catch {
                found = error
                break
            }
            // Before Linux 6.3 the kernel searches in its own order.
            if !ports.isSupported { return }
        }
        #expect(found == Errno(EADDRNOTAVAIL))
        let taken = try descriptors.map { Int(try Socket.localAddress($0).port) }
        #expect(taken.allSatisfy(range.contains) && Set(taken).count == taken.count)
        // Other tests hold some ports.
        #expect(taken.count > range.count / 2, "\(taken.count) of \(range.count)")
        #expect(taken.contains { $0 < range.lowerBound + LocalPorts.windowLength }, "and then the first")
    }

    @Test("Loops that share the ports begin in different places")
    func portShares() {
        let starts = (0..<4).map { LocalPorts(range: 32_768..<61_000, share: $0, of: 4, offset: 110).start }
        #expect(Set(starts).count == 4)
        #expect(starts.allSatisfy { (32_768..<61_000).contains($0) })
        #expect(LocalPorts(range: 5..<6, share: 3, of: 4, offset: 9).start == 5)
    }

    @Test("A port in use cannot be listened on, unless both share it")
    func inUse() throws {
        let loopback = try Loopback()
        var found: Errno?
        do throws(Errno) {
            close(try Socket.listen(on: loopback.address, backlog: 1, sharesPort: true))
        } catch { found = error }
        #expect(found == Errno(EADDRINUSE))

        let any = try #require(try SocketAddress.resolve(host: "127.0.0.1", port: 0).first)
        let first = try Socket.listen(on: any, backlog: 1, sharesPort: true)
        defer { close(first) }
        let address = try Socket.localAddress(first)
        let second = try Socket.listen(on: address, backlog: 1, sharesPort: true)
        defer { close(second) }
        #expect(try Socket.localAddress(second) == address)
    }

    @Test("A listener without clients has none to accept")
    func noneToAccept() throws {
        let loopback = try Loopback()
        #expect(try Socket.accept(loopback.listener) == nil)
    }

    @Test("Addresses are printed in the usual form, and impossible names are errors")
    func addresses() throws {
        let four = try SocketAddress.resolve(host: "127.0.0.1", port: 8_080)
        #expect(four.map(\.description) == ["127.0.0.1:8080"])
        #expect(four.first?.port == 8_080)
        #expect(four.first?.family == AF_INET)
        let six = try SocketAddress.resolve(host: "::1", port: 65_535)
        #expect(six.map(\.description) == ["[::1]:65535"])
        #expect(six.first?.port == 65_535)
        for host in ["", "no such host", "127.0.0.1\u{0}.example", "256.1.1.1 "] {
            #expect(throws: ResolveError.self) { _ = try SocketAddress.resolve(host: host, port: 1) }
        }
    }
}
