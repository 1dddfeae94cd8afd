import CLinux
import Engine
import Kernel

/// Bytes to and from a connection, in clear text or through TLS, and their counts.
extension TargetLoop {
    /// Reads into a buffer; 0 bytes mean the client's end. A TLS connection gives one record at a time: only
    /// `wouldBlock` shows that there is no more.
    func receive(
        _ connection: UnsafeMutablePointer<Connection>, _ buffer: UnsafeMutablePointer<UInt8>, _ capacity: Int
    ) -> Socket.Transfer {
        guard let tls = connection.pointee.tls else {
            let result = Socket.receive(connection.pointee.fd, buffer, capacity)
            if case .bytes(let count) = result { self.counters.bytesReceived.add(UInt64(count)) }
            return result
        }
        return self.counted { Self.transfer(tls.read(into: buffer, capacity: capacity)) }
    }

    /// Drops up to `count` bytes. Those of a TLS connection have to be decrypted, into memory that is free between two
    /// answers.
    func discard(_ connection: UnsafeMutablePointer<Connection>, _ count: Int) -> Socket.Transfer {
        if connection.pointee.tls != nil {
            return self.receive(connection, self.scratch, min(count, TargetLimits.scratchBytes))
        }
        let result = Socket.discard(connection.pointee.fd, count)
        if case .bytes(let count) = result { self.counters.bytesReceived.add(UInt64(count)) }
        return result
    }

    /// Sends bytes; `account` counts the bytes taken in clear text, and this function those of TLS.
    func transmit(
        _ connection: UnsafeMutablePointer<Connection>, _ bytes: UnsafePointer<UInt8>, _ count: Int,
        more: Bool = false
    ) -> Socket.Transfer {
        guard let tls = connection.pointee.tls else {
            return Socket.send(connection.pointee.fd, bytes, count, more: more)
        }
        return self.counted { Self.transfer(tls.write(bytes, count: count)) }
    }

    /// Goes on with a handshake, and then with the first request.
    func shakeHands(_ index: Int) {
        let connection = self.slab.pointer(index)
        guard let tls = connection.pointee.tls else { return self.closeConnection(index) }
        switch self.counted({ tls.handshake() }) {
        case .wantsRead, .wantsWrite: return
        case .done:
            self.counters.tlsHandshakes.add(1)
            if tls.wasResumed { self.counters.tlsResumptions.add(1) }
            self.deadlines.set(index, at: DeadlineHeap.never)
            if tls.negotiatedProtocol == .http2 { return self.beginHTTP2(index, nil, count: 0) }
            connection.pointee.phase = .reading
            connection.pointee.mustRead = true
            self.readRequests(index)
        case .failed(let fault):
            self.counters.tlsFailures.add(1)
            tls.free()
            connection.pointee.tls = nil
            if fault.kind == .clearText { self.answerClearText(connection.pointee.fd) }
            // The client should read the reason before a reset reaches it.
            self.linger(index)
        }
    }

    /// As in nginx: a client that uses HTTP on a TLS port gets an HTTP answer that explains it.
    private func answerClearText(_ fd: Int32) {
        self.counters.malformedRequests.add(1)
        var writer = TextWriter(self.scratch, capacity: TargetLimits.scratchBytes)
        writer.write(
            "HTTP/1.1 400 Bad Request\r\nServer: headroom\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        if case .bytes(let count) = Socket.send(fd, self.scratch, writer.count) {
            self.counters.bytesSent.add(UInt64(count))
        }
    }

    /// Counts the bytes that a TLS operation moved on the socket.
    func counted<Result>(_ operation: () -> Result) -> Result {
        guard let transport = self.transport else { return operation() }
        let received = transport.received
        let sent = transport.sent
        let result = operation()
        self.counters.bytesReceived.add(transport.received &- received)
        self.counters.bytesSent.add(transport.sent &- sent)
        return result
    }

    private static func transfer(_ result: TLSTransfer) -> Socket.Transfer {
        switch result {
        case .bytes(let count): .bytes(count)
        case .wantsRead, .wantsWrite: .wouldBlock
        case .ended: .bytes(0)
        case .failed: .failed(Errno(EPROTO))
        }
    }
}
