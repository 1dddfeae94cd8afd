import Engine

/// From answers to bytes.
extension TargetLoop {
    /// The answer is due; `send` follows.
    func beginSending(_ index: Int) {
        let connection = self.slab.pointer(index)
        let answer = connection.pointee.answer
        // A client that reads the announced end may reconnect before this loop sees its end: so it makes room first.
        if answer.closes || answer.isCut { self.leave(connection) }
        connection.pointee.sent = 0
        connection.pointee.releasedBytes = .max
        connection.pointee.phase = .sending
        connection.pointee.isDefault =
            answer == self.defaultAnswer && answer.bodyBytes <= UInt64(BodyPattern.period)
        if connection.pointee.isDefault {
            connection.pointee.headBytes = UInt16(truncatingIfNeeded: self.defaultHeadBytes)
        } else {
            var writer = TextWriter(self.scratch, capacity: Answer.headLimit)
            answer.writeHead(into: &writer)
            connection.pointee.headBytes = UInt16(truncatingIfNeeded: writer.count)
        }
        if answer.isDripped && answer.wireBodyBytes > 0 {
            connection.pointee.phase = .dripping
            connection.pointee.releasedBytes = 0
            connection.pointee.dripDue = self.now &+ TargetLimits.dripNanoseconds
            self.deadlines.set(index, at: connection.pointee.dripDue)
        }
    }

    /// The next byte is due.
    func drip(_ index: Int) {
        let connection = self.slab.pointer(index)
        connection.pointee.releasedBytes &+= 1
        if connection.pointee.releasedBytes < connection.pointee.answer.wireBodyBytes {
            connection.pointee.dripDue &+= TargetLimits.dripNanoseconds
            self.deadlines.set(index, at: connection.pointee.dripDue)
        } else {
            // From now on only the socket can delay it.
            connection.pointee.phase = .sending
        }
        self.advance(index)
    }

    /// Continues to send; after the answer it handles the requests that came in the meantime.
    func advance(_ index: Int) {
        guard self.send(index) else { return }
        let connection = self.slab.pointer(index)
        guard connection.pointee.phase == .reading else { return }
        if connection.pointee.pipelinedCount > 0 || connection.pointee.mustRead { self.readRequests(index) }
    }

    /// Sends the part of the current answer that may be sent. True: it is complete, and the connection may go on.
    func send(_ index: Int) -> Bool {
        let connection = self.slab.pointer(index)
        let released = connection.pointee.releasedTotal
        var budget = TargetLimits.sentBytesPerTurn
        while connection.pointee.sent < released {
            if budget == 0 {
                self.yield(index)
                return false
            }
            self.noteSend()
            switch self.sendPart(connection, until: released) {
            case .bytes(let count) where count > 0:
                self.account(connection, UInt64(count))
                budget &-= min(budget, UInt64(count))
            case .wouldBlock: return false
            case .bytes, .failed:
                self.closeConnection(index)
                return false
            }
        }
        if released < connection.pointee.total { return false }
        self.counters.responses.add(1)
        self.noteEnd(connection, lastByteOut: self.sendAt)
        if connection.pointee.answer.closes || connection.pointee.answer.isCut {
            self.linger(index)
            return false
        }
        connection.pointee.phase = .reading
        return true
    }

    private func account(_ connection: UnsafeMutablePointer<Connection>, _ count: UInt64) {
        let head = UInt64(connection.pointee.headBytes)
        let before = connection.pointee.sent
        let after = before &+ count
        connection.pointee.sent = after
        if connection.pointee.tls == nil { self.counters.bytesSent.add(count) }
        if after <= head { return }
        let answer = connection.pointee.answer
        let payload =
            answer.payloadBytes(inFirst: after &- head)
            &- (before > head ? answer.payloadBytes(inFirst: before &- head) : 0)
        self.counters.bodyBytesSent.add(payload)
    }

    /// One call to the kernel with bytes of the answer from `sent` on.
    private func sendPart(
        _ connection: UnsafeMutablePointer<Connection>, until released: UInt64
    ) -> Socket.Transfer {
        let fd = connection.pointee.fd
        let sent = connection.pointee.sent
        let head = UInt64(connection.pointee.headBytes)
        let answer = connection.pointee.answer
        let isClear = connection.pointee.tls == nil
        if connection.pointee.isDefault {
            if !isClear {
                let start = self.pattern.defaultAnswer(headBytes: Int(head))
                return self.transmit(
                    connection, start + Int(truncatingIfNeeded: sent), Int(truncatingIfNeeded: released &- sent))
            }
            return self.pattern.sendDefault(
                fd, headBytes: Int(head), from: Int(truncatingIfNeeded: sent),
                total: Int(truncatingIfNeeded: released))
        }
        let isByFile =
            isClear && answer.content == .pattern && answer.framing != .chunked
            && released &- max(sent, head) > TargetLimits.copiedBodyBytes
        if isByFile && sent >= head {
            return self.pattern.send(fd, from: sent &- head, count: released &- sent)
        }

        var count = 0
        var skip = 0
        if sent < head || answer.content != .pattern {
            var writer = TextWriter(self.scratch, capacity: TargetLimits.scratchBytes)
            answer.writeHead(into: &writer)
            if answer.wireBodyBytes > 0 { answer.writeText(connection.pointee.counts, into: &writer) }
            count = writer.count
            skip = Int(truncatingIfNeeded: sent)
        }
        if answer.content == .pattern && !isByFile {
            let bodyStart = sent > head ? sent &- head : 0
            let wanted = released &- head &- bodyStart
            let room = min(UInt64(TargetLimits.scratchBytes &- count), wanted)
            count &+= answer.fillBody(
                from: bodyStart, into: self.scratch + count, capacity: Int(truncatingIfNeeded: room),
                pattern: self.pattern)
        }
        // A wrong size of an answer would be an endless loop, so it ends the connection instead.
        if skip >= count { return .bytes(0) }
        return self.transmit(connection, self.scratch + skip, count &- skip, more: isByFile)
    }
}
