import Engine
import Wire

/// From bytes to requests.
extension TargetLoop {
    /// The result of reading one request.
    private enum Progress {
        /// The request was answered after so many bytes: the next one may begin.
        case answered(consumed: Int)
        /// All bytes are used, and the request continues.
        case more
        /// An answer is in progress, or the connection is gone; bytes after `consumed` are for later.
        case busy(consumed: Int)
    }

    /// Reads and answers requests until the socket is empty, an answer has to wait, or the others have their turn.
    func readRequests(_ index: Int) {
        let connection = self.slab.pointer(index)
        var budget = TargetLimits.requestsPerTurn
        // It terminates: each turn of the loop costs at least one of the budget.
        while budget > 0 {
            guard let (bytes, count) = self.nextInput(index) else { return }
            // A read also costs one: a long body has no answers in between.
            budget &-= 1
            if connection.pointee.answers == 0 && connection.pointee.parser == nil
                && Self.isPreface(bytes, count: count)
            {
                return self.beginHTTP2(index, bytes, count: count)
            }
            var position = 0
            while position < count && budget > 0 {
                switch self.readRequest(index, bytes + position, count: count &- position) {
                case .answered(let consumed):
                    position &+= consumed
                    budget &-= 1
                case .more: position = count
                case .busy(let consumed):
                    self.keep(index, bytes + position + consumed, count: count &- position &- consumed)
                    return
                }
            }
            self.keep(index, bytes + position, count: count &- position)
            if connection.pointee.pipelinedCount == 0 && !connection.pointee.mustRead { return }
        }
        self.yield(index)
    }

    /// Kept bytes, or else new ones; nil if there are none now or the connection is gone.
    private func nextInput(_ index: Int) -> (UnsafeMutablePointer<UInt8>, Int)? {
        let connection = self.slab.pointer(index)
        if let kept = connection.pointee.pipelined, connection.pointee.pipelinedCount > 0 {
            let count = Int(connection.pointee.pipelinedCount)
            // Copied, so that the rest can be kept again.
            self.input.update(from: kept + Int(connection.pointee.pipelinedStart), count: count)
            connection.pointee.pipelinedCount = 0
            return (self.input, count)
        }
        switch self.receive(connection, self.input, TargetLimits.readBytes) {
        case .bytes(let count) where count > 0:
            self.noteRead()
            // A short read has emptied the socket; the end, or another record, may still follow.
            connection.pointee.mustRead =
                count == TargetLimits.readBytes || connection.pointee.isEnded || connection.pointee.tls != nil
            return (self.input, count)
        case .wouldBlock:
            connection.pointee.mustRead = false
            return nil
        case .bytes, .failed:
            self.closeConnection(index)
            return nil
        }
    }

    /// Keeps bytes of further requests until the current answer is sent. At most those of one read: while some are
    /// kept, nothing is read.
    private func keep(_ index: Int, _ bytes: UnsafeMutablePointer<UInt8>, count: Int) {
        let connection = self.slab.pointer(index)
        guard count > 0, connection.pointee.phase != .closed else { return self.dropKept(connection) }
        assert(count <= TargetLimits.readBytes)
        switch connection.pointee.phase {
        case .silent, .lingering: return self.dropKept(connection)
        default: break
        }
        let kept = connection.pointee.pipelined ?? .allocate(capacity: TargetLimits.readBytes)
        kept.update(from: bytes, count: count)
        connection.pointee.pipelined = kept
        connection.pointee.pipelinedStart = 0
        connection.pointee.pipelinedCount = Int32(truncatingIfNeeded: count)
    }

    private func dropKept(_ connection: UnsafeMutablePointer<Connection>) {
        guard let kept = connection.pointee.pipelined else { return }
        kept.deallocate()
        connection.pointee.pipelined = nil
        connection.pointee.pipelinedCount = 0
    }

    /// Feeds the bytes of one request to its parser; answers it if it is complete.
    private func readRequest(_ index: Int, _ bytes: UnsafeMutablePointer<UInt8>, count: Int) -> Progress {
        let connection = self.slab.pointer(index)
        let parser = connection.pointee.parser ?? self.parsers.scratch
        if connection.pointee.parser == nil {
            parser.pointee.begin()
            self.noteFirstByte(connection)
        }
        switch parser.pointee.feed(bytes, count: count) {
        case .complete(let consumed):
            return self.complete(index, parser, consumed: consumed)
        case .failed:
            self.answerMalformed(index)
            return .busy(consumed: count)
        case .more:
            let isHeadTooLong = parser.pointee.headerBytes > TargetLimits.requestHeadBytes
            if isHeadTooLong || self.isBodyTooLong(parser) {
                self.answerMalformed(index)
                return .busy(consumed: count)
            }
            if connection.pointee.parser == nil { connection.pointee.parser = self.parsers.park() }
            return self.discardBody(index, fed: count)
        }
    }

    private func isBodyTooLong(_ parser: UnsafeMutablePointer<HTTP1RequestParser>) -> Bool {
        let (bytes, overflow) = parser.pointee.bodyBytes.addingReportingOverflow(parser.pointee.discardable)
        return overflow || bytes > TargetLimits.requestBodyBytes
    }

    private func complete(
        _ index: Int, _ parser: UnsafeMutablePointer<HTTP1RequestParser>, consumed: Int
    ) -> Progress {
        let connection = self.slab.pointer(index)
        let generation = connection.pointee.generation
        if parser.pointee.headerBytes > TargetLimits.requestHeadBytes || self.isBodyTooLong(parser) {
            self.answerMalformed(index)
            return .busy(consumed: consumed)
        }
        self.answer(index, parser)
        // The slot may be free, but no other connection has it: accepting is another event.
        guard connection.pointee.generation == generation else { return .busy(consumed: consumed) }
        if connection.pointee.parser != nil {
            self.parsers.giveBack(parser)
            connection.pointee.parser = nil
        }
        return connection.pointee.phase == .reading
            ? .answered(consumed: consumed) : .busy(consumed: consumed)
    }

    /// Drops the rest of a request's body unread, as far as it has come. `fed`: bytes of it read before.
    private func discardBody(_ index: Int, fed: Int) -> Progress {
        let connection = self.slab.pointer(index)
        guard let parser = connection.pointee.parser else { return .more }
        var dropped = 0
        while parser.pointee.discardable > 0, dropped < TargetLimits.discardedBytesPerTurn {
            let wanted = min(parser.pointee.discardable, UInt64(TargetLimits.discardedBytesPerTurn))
            switch self.discard(connection, Int(truncatingIfNeeded: wanted)) {
            case .bytes(let count) where count > 0:
                dropped &+= count
                // The bytes after the body are still in the socket, and their edge is past.
                connection.pointee.mustRead = true
                if case .complete = parser.pointee.discarded(UInt64(count)) {
                    return self.complete(index, parser, consumed: fed)
                }
            case .wouldBlock:
                connection.pointee.mustRead = false
                return .more
            case .bytes, .failed:
                self.closeConnection(index)
                return .busy(consumed: fed)
            }
        }
        return .more
    }
}
