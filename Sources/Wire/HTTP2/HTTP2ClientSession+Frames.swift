/// Reading: the frame layer (RFC 9113 section 4).
extension HTTP2ClientSession {
    /// Reads received bytes; `now` is in nanoseconds of any clock that does not go back. Returns how many bytes were
    /// used. That is all of them, unless the events must be taken first (`nextEvent`); then feed the rest again. Bytes
    /// after the end of the connection are counted and dropped.
    public mutating func feed(_ bytes: UnsafePointer<UInt8>, count: Int, now: UInt64) -> Int {
        self.now = now
        feedNumber &+= 1
        var index = 0
        // Each turn uses bytes: an empty payload ends in the turn that reads its frame header.
        while index < count, hasEventRoom {
            switch stage {
            case .frameHeader:
                guard let start = gather(HTTP2FrameHeader.byteCount, bytes, &index, count) else { break }
                beginFrame(HTTP2FrameHeader(start), start)
            case .gather:
                guard let start = gather(gatherCount, bytes, &index, count) else { break }
                left &-= gatherCount
                gathered(start)
            case .headerFragment: readFragment(bytes, &index, count)
            case .data:
                let part = min(left &- padding, count &- index)
                index &+= part
                readData(part)
            case .skip:
                let part = min(left, count &- index)
                index &+= part
                left &-= part
                if left == 0 { frameEnded() }
            case .over: index = count
            }
        }
        counts.receivedSocket &+= UInt64(truncatingIfNeeded: index)
        return index
    }

    /// `wanted` bytes in one piece: in place, or in the scratch if they came in several pieces. Nil: more must come.
    @inline(__always)
    private mutating func gather(
        _ wanted: Int, _ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int
    ) -> UnsafePointer<UInt8>? {
        if scratchCount == 0, count &- index >= wanted {
            let start = bytes + index
            index &+= wanted
            return start
        }
        let part = min(wanted &- scratchCount, count &- index)
        (scratch + scratchCount).update(from: bytes + index, count: part)
        scratchCount &+= part
        index &+= part
        if scratchCount < wanted { return nil }
        scratchCount = 0
        return UnsafePointer(scratch)
    }

    /// The next bytes of the payload are gathered into one piece.
    @inline(__always)
    mutating func awaitPayload(_ count: Int) {
        if stage == .over { return }
        stage = .gather
        gatherCount = count
    }

    /// The rest of the payload belongs to no request.
    @inline(__always)
    mutating func skipRest() {
        if stage == .over { return }
        stage = .skip
        if left == 0 { frameEnded() }
    }

    /// The payload is complete.
    @inline(__always)
    mutating func frameEnded() {
        if stage == .over { return }
        stage = .frameHeader
        frameSlot = -1
    }

    /// Begins a frame: checks whether its type is allowed here.
    private mutating func beginFrame(_ header: HTTP2FrameHeader, _ bytes: UnsafePointer<UInt8>) {
        frame = header
        left = header.length
        padding = 0
        if !settingsReceived, !isFirstFrameValid(bytes) { return }
        guard header.length <= configuration.frameSize else { return fail(.frameSize) }
        let type = HTTP2FrameType(rawValue: header.type)
        if (blockStream != 0) != (type == .continuation)
            || (type == .continuation && header.stream != blockStream)
        {
            return fail(.continuation)
        }
        switch type {
        case .data: beginData()
        case .headers: beginHeaders()
        case .continuation: beginContinuation()
        case .pushPromise: fail(.pushPromise)
        default: beginControl(type)
        }
    }

    /// The server's preface is SETTINGS (section 3.4).
    @inline(never)
    private mutating func isFirstFrameValid(_ bytes: UnsafePointer<UInt8>) -> Bool {
        if frame.type == HTTP2FrameType.settings.rawValue, frame.stream == 0,
            !frame.has(HTTP2FrameHeader.acknowledgement), frame.length <= configuration.frameSize
        {
            return true
        }
        let isHTTP1 = bytes[0] == 0x48 && bytes[1] == 0x54 && bytes[2] == 0x54 && bytes[3] == 0x50
        fail(isHTTP1 && bytes[4] == 0x2F ? .notHTTP2 : .preface)
        return false
    }

    /// Takes a short payload, or a part of a longer one.
    private mutating func gathered(_ bytes: UnsafePointer<UInt8>) {
        switch HTTP2FrameType(rawValue: frame.type) {
        case .data:
            padding = Int(bytes[0])
            padding > left ? fail(.padding) : beginContent()
        case .headers: headersPrefix(bytes)
        default: control(bytes)
        }
    }
}
