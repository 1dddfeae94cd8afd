import CLinux

/// An address and port of IPv4 or IPv6, as the kernel takes it.
public struct SocketAddress: Sendable, Equatable, CustomStringConvertible {
    var storage: sockaddr_storage
    var length: socklen_t

    /// AF_INET or AF_INET6.
    public var family: Int32 { Int32(self.storage.ss_family) }

    init(storage: sockaddr_storage, length: socklen_t) {
        self.storage = storage
        self.length = min(length, socklen_t(MemoryLayout<sockaddr_storage>.size))
    }

    /// Copies what the resolver returned.
    init(copying address: UnsafePointer<sockaddr>, length: socklen_t) {
        self.init(storage: sockaddr_storage(), length: length)
        let count = Int(self.length)
        withUnsafeMutableBytes(of: &self.storage) { bytes in
            bytes.copyMemory(from: UnsafeRawBufferPointer(start: address, count: count))
        }
    }

    /// The addresses of a name or literal, in the resolver's order, at most `limit`. Blocking: before a run.
    public static func resolve(
        host: String, port: UInt16, passive: Bool = false, limit: Int = 64
    ) throws(ResolveError) -> [SocketAddress] {
        // C ends the name at a zero byte and would silently drop what is behind it.
        if host.utf8.contains(0) { throw ResolveError(host: host, reason: "it holds a zero byte") }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | (passive ? AI_PASSIVE : 0)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw ResolveError(host: host, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        var found: [SocketAddress] = []
        var next = list
        while let entry = next, found.count < limit {
            if let address = entry.pointee.ai_addr {
                let resolved = SocketAddress(copying: address, length: entry.pointee.ai_addrlen)
                if !found.contains(resolved) { found.append(resolved) }
            }
            next = entry.pointee.ai_next
        }
        if found.isEmpty { throw ResolveError(host: host, reason: "it has no address") }
        return found
    }

    /// Calls `body` with the kernel's form of the address.
    @inline(__always)
    func withKernelAddress<Result>(
        _ body: (UnsafePointer<sockaddr_storage>, socklen_t) -> Result
    ) -> Result {
        withUnsafePointer(to: self.storage) { body($0, self.length) }
    }

    /// Such as `127.0.0.1:8080` or `[::1]:8080`.
    public var description: String {
        var host = [CChar](repeating: 0, count: 256)
        var port = [CChar](repeating: 0, count: 32)
        let status = self.withKernelAddress { address, length in
            linux_name_info(address, length, &host, 256, &port, 32)
        }
        if status != 0 { return "unknown address" }
        let name = SocketAddress.text(host)
        return self.family == AF_INET6
            ? "[\(name)]:\(SocketAddress.text(port))" : "\(name):\(SocketAddress.text(port))"
    }

    /// The port in host order.
    public var port: UInt16 {
        withUnsafeBytes(of: self.storage) { bytes in
            // sin_port and sin6_port both sit at offset 2, in network order.
            UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        }
    }

    /// 127.0.0.0/8 or ::1.
    public var isLoopback: Bool {
        withUnsafeBytes(of: self.storage) { bytes in
            // sin_addr sits at offset 4, sin6_addr at 8.
            if self.family == AF_INET { return bytes[4] == 127 }
            return self.family == AF_INET6 && bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
        }
    }

    /// Byte for byte over the kernel's form.
    public static func == (left: SocketAddress, right: SocketAddress) -> Bool {
        left.length == right.length
            && withUnsafeBytes(of: left.storage) { leftBytes in
                withUnsafeBytes(of: right.storage) { rightBytes in
                    leftBytes.prefix(Int(left.length)).elementsEqual(rightBytes.prefix(Int(right.length)))
                }
            }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A name that could not be resolved: class `dns`.
public struct ResolveError: Error, Sendable {
    public let host: String
    public let reason: String
}
