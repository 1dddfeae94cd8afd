/// Bodies: of a fixed length, chunked, or up to the end of the stream (RFC 9112 sections 6.3 and 7.1).
extension HTTP1Message {
    /// Reads on after the head, to the end of the message or of the bytes. Each turn uses bytes, changes the state or
    /// returns.
    mutating func readBody(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, count: Int) -> HTTP1Outcome {
        while true {
            switch state {
            case .complete: return .complete(consumed: index)
            case .failed: return .failed(fault)
            case _ where index >= count: return .more
            case .fixedBody:
                if takeData(&index, count: count) { state = .complete }
            case .untilClose:
                bodyBytes &+= UInt64(truncatingIfNeeded: count &- index)
                index = count
            case .chunkData:
                if takeData(&index, count: count) { state = .chunkDataReturn }
            case .chunkSize, .chunkBlank, .chunkExtension, .chunkSizeLineFeed, .chunkDataReturn,
                .chunkDataLineFeed:
                if readChunkByte(bytes[index]) { index &+= 1 }
            default: readTrailers(bytes, &index, count: count)
            }
        }
    }

    /// Counts data bytes without looking at them. True: the last of them has come.
    @inline(__always)
    private mutating func takeData(_ index: inout Int, count: Int) -> Bool {
        let taken = min(remaining, UInt64(truncatingIfNeeded: count &- index))
        remaining &-= taken
        bodyBytes &+= taken
        index &+= Int(truncatingIfNeeded: taken)
        return remaining == 0
    }

    /// Counts data of a body of fixed length that the kernel dropped (`MSG_TRUNC`).
    mutating func discard(_ count: UInt64) -> HTTP1Outcome {
        if state == .failed { return .failed(fault) }
        guard count > 0 else { return state == .complete ? .complete(consumed: 0) : .more }
        guard state == .fixedBody, count <= remaining else {
            fail(.surplus)
            return .failed(.surplus)
        }
        remaining &-= count
        bodyBytes &+= count
        if remaining > 0 { return .more }
        state = .complete
        // At most `remaining` was taken, and Content-Length is at most Int64.max.
        return .complete(consumed: Int(truncatingIfNeeded: count))
    }

    /// Reads one byte of chunk framing. False: it was wrong.
    private mutating func readChunkByte(_ byte: UInt8) -> Bool {
        switch state {
        case .chunkSize: return readSizeByte(byte)
        case .chunkBlank:
            // BWS is allowed only before a `;`.
            if byte == HTTP1Byte.semicolon { return openExtension() }
            if HTTP1Byte.isBlank(byte) { return countExtensionByte() }
            fail(.chunkSize)
            return false
        case .chunkExtension: return readExtensionByte(byte)
        case .chunkSizeLineFeed:
            guard byte == HTTP1Byte.lineFeed else {
                fail(.lineEnding)
                return false
            }
            endSizeLine()
            return true
        case .chunkDataReturn:
            return expect(HTTP1Byte.carriageReturn, byte, then: .chunkDataLineFeed)
        default:
            match = 0
            return expect(HTTP1Byte.lineFeed, byte, then: .chunkSize)
        }
    }

    /// Reads the end of a chunk's data, byte by byte.
    private mutating func expect(_ wanted: UInt8, _ byte: UInt8, then next: State) -> Bool {
        guard byte == wanted else {
            fail(.chunkEnd)
            return false
        }
        state = next
        return true
    }

    /// Reads a digit of the size, or the byte that ends it.
    private mutating func readSizeByte(_ byte: UInt8) -> Bool {
        if let digit = HTTP1Byte.hexValue(byte) {
            guard Int(match) < HTTP1Limits.chunkSizeDigits, remaining <= (HTTP1Limits.bodyBytes &>> 4) else {
                fail(.chunkSize)
                return false
            }
            match &+= 1
            remaining = remaining &<< 4 | digit
            return true
        }
        switch byte {
        case HTTP1Byte.carriageReturn where match > 0:
            state = .chunkSizeLineFeed
            return true
        case HTTP1Byte.semicolon where match > 0: return openExtension()
        case HTTP1Byte.space where match > 0, HTTP1Byte.tab where match > 0:
            guard countExtensionByte() else { return false }
            state = .chunkBlank
            return true
        case HTTP1Byte.lineFeed: fail(.lineEnding)
        default: fail(.chunkSize)
        }
        return false
    }

    /// Reads the semicolon of a first extension. The content of extensions has no meaning, but it is counted. Where one
    /// ends must not be a guess: another reader could find the end of the line elsewhere.
    private mutating func openExtension() -> Bool {
        state = .chunkExtension
        match = ChunkExtension.start.rawValue
        return countExtensionByte()
    }

    private mutating func readExtensionByte(_ byte: UInt8) -> Bool {
        guard let place = ChunkExtension(rawValue: match) else { return false }
        if byte == HTTP1Byte.carriageReturn, place.mayEnd {
            state = .chunkSizeLineFeed
            return true
        }
        guard let next = place.next(byte) else {
            fail(byte == HTTP1Byte.lineFeed ? .lineEnding : .chunkExtension)
            return false
        }
        match = next.rawValue
        return countExtensionByte()
    }

    private mutating func countExtensionByte() -> Bool {
        guard headerBudget > 0 else {
            fail(.headerLimit)
            return false
        }
        extensionBytes &+= 1
        return true
    }

    /// The size is known: data follows, or the trailers after a size of 0.
    private mutating func endSizeLine() {
        if remaining == 0 {
            flags.insert(.inTrailers)
            lastValue = .startLine
            state = .fieldStart
        } else {
            state = .chunkData
        }
    }

    /// Reads field lines after the last chunk, which share the head's limits.
    private mutating func readTrailers(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, count: Int) {
        let start = index
        let end = min(count, index &+ headerBudget)
        readFields(bytes, &index, end: end)
        headerBytes &+= UInt32(truncatingIfNeeded: index &- start)
        if state.isHeader, index == end, end < count { fail(.headerLimit) }
    }
}

extension HTTP1Message.State {
    /// The next byte belongs to a start line, a field line or a blank line.
    @inline(__always)
    var isHeader: Bool { rawValue <= HTTP1Message.State.blankLineFeed.rawValue }
}
