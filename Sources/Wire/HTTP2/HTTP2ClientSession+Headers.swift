import CNghttp2

/// HEADERS and CONTINUATION (RFC 9113 sections 4.3, 6.2, 6.10, 8.1). A block is decompressed as it comes, and nothing
/// of it is kept. That is also done for closed streams, because the table must stay in step.
extension HTTP2ClientSession {
    mutating func beginHeaders() {
        guard frame.stream != 0 else { return fail(.streamID) }
        guard !isIdle(frame.stream) else { return fail(.idleStream) }
        let slot = find(frame.stream)
        if slot < 0 {
            if wasEnded(frame.stream) { return fail(.afterEnd) }
            countIdleFrame()
        } else {
            countProgress()
        }
        if stage == .over { return }
        openBlock(slot)
        let prefix =
            (frame.has(HTTP2FrameHeader.padded) ? 1 : 0) &+ (frame.has(HTTP2FrameHeader.priority) ? 5 : 0)
        guard frame.length >= prefix else { return fail(.frameLength) }
        prefix > 0 ? awaitPayload(prefix) : beginFragment()
    }

    private mutating func openBlock(_ slot: Int) {
        blockStream = frame.stream
        blockSlot = slot
        blockEndsStream = frame.has(HTTP2FrameHeader.endStream)
        blockContinuations = 0
        blockBytes = 0
        blockSizeUpdates = 0
        blockLead = .start
        blockFields = slot >= 0 ? Int(streams[slot].fields) : 0
        blockListBytes = slot >= 0 ? Int(streams[slot].listBytes) : 0
        block = HTTP2FieldCheck(isTrailer: slot >= 0 && streams[slot].headComplete)
        if keepsLocations { blockLocation = .none }
    }

    /// Reads the bytes before the fragment: the length of the padding, and a priority, which RFC 9113 ignores.
    mutating func headersPrefix(_ bytes: UnsafePointer<UInt8>) {
        countHeader(gatherCount)
        if frame.has(HTTP2FrameHeader.padded) {
            padding = Int(bytes[0])
            guard padding <= left else { return fail(.padding) }
            countHeader(padding)
        }
        beginFragment()
    }

    mutating func beginContinuation() {
        blockContinuations &+= 1
        guard blockContinuations <= HTTP2Limits.continuationFrames else { return fail(.continuationFlood) }
        beginFragment()
    }

    private mutating func beginFragment() {
        stage = .headerFragment
        if left > padding { return }
        // An empty fragment, which may still be the last of its block.
        var none = UnsafePointer<UInt8>(scratch)
        var count = 0
        decompress(&none, &count)
    }

    /// Reads bytes of the fragment.
    mutating func readFragment(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, _ count: Int) {
        var next = bytes + index
        var part = min(left &- padding, count &- index)
        index &+= part
        left &-= part
        countHeader(part)
        blockBytes &+= part
        guard blockBytes <= HTTP2Limits.headerBytes else { return fail(.headerLimit) }
        decompress(&next, &part)
    }

    /// Counts the payload of a header frame, for the connection and for the response.
    @inline(__always)
    private mutating func countHeader(_ count: Int) {
        counts.receivedHeader &+= UInt64(truncatingIfNeeded: count)
        if blockSlot >= 0 { streams[blockSlot].headerBytes &+= UInt32(truncatingIfNeeded: count) }
    }

    private mutating func decompress(_ bytes: inout UnsafePointer<UInt8>, _ count: inout Int) {
        guard blockLead == .over || countSizeUpdates(bytes, count) else { return fail(.tableSizeUpdates) }
        let isFragmentOver = left == padding
        let isLast = isFragmentOver && frame.has(HTTP2FrameHeader.endHeaders)
        // Each turn gives a field, and their number is limited, or is the last turn.
        while true {
            switch codec.next(&bytes, &count, isLast: isLast) {
            case .field(let field):
                guard take(field) else { return fail(.headerLimit) }
            case .more:
                if isFragmentOver { skipRest() }
                return
            case .end:
                blockEnded()
                skipRest()
                return
            case .failed: return fail(.compression)
            }
        }
    }

    /// Takes a decompressed field. False: it is one too many.
    @inline(__always)
    private mutating func take(_ field: nghttp2_nv) -> Bool {
        blockFields &+= 1
        blockListBytes &+= field.namelen &+ field.valuelen
        guard blockFields <= HTTP2Limits.fields, blockListBytes <= HTTP2Limits.headerBytes else {
            return false
        }
        if blockSlot >= 0, let name = field.name, let value = field.value {
            block.take(name, field.namelen, value, field.valuelen)
            if keepsLocations, field.namelen == 8 { takeLocation(name, value, field.valuelen) }
        }
        return true
    }

    /// Counts the table size updates before the fields (001xxxxx and, if all five bits are set, bytes up to one below
    /// 128), as nghttp2 accepts any number of them. False: there are too many.
    @inline(never)
    private mutating func countSizeUpdates(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count {
            let byte = bytes[index]
            if blockLead == .insideUpdate {
                if byte < 0x80 { blockLead = .start }
                continue
            }
            guard byte & 0xE0 == 0x20 else {
                blockLead = .over
                return true
            }
            blockSizeUpdates &+= 1
            if blockSizeUpdates > HTTP2Limits.tableSizeUpdates { return false }
            if byte & 0x1F == 0x1F { blockLead = .insideUpdate }
        }
        return true
    }

    /// A whole block was read.
    private mutating func blockEnded() {
        blockStream = 0
        let slot = blockSlot
        blockSlot = -1
        if slot < 0 { return }
        streams[slot].fields = UInt16(clamping: blockFields)
        streams[slot].listBytes = UInt32(clamping: blockListBytes)
        block.finish()
        if let fault = block.fault ?? takeHead(slot) { return failStream(slot, fault) }
        if blockEndsStream { endStream(slot) }
    }

    /// Takes a head without a fault: an interim one, the final one, or trailers.
    @inline(__always)
    private mutating func takeHead(_ slot: Int) -> HTTP2Fault? {
        let stream = streams + slot
        if block.isTrailer { return blockEndsStream ? nil : .trailers }
        let status = block.status
        if status < 200 {
            if blockEndsStream { return .interimEnd }
            guard stream.pointee.interimCount < HTTP2Limits.interimResponses else { return .tooManyInterim }
            stream.pointee.interimCount &+= 1
            return nil
        }
        stream.pointee.status = status
        stream.pointee.headComplete = true
        stream.pointee.isBodyless = stream.pointee.isHead || status == 204 || status == 304
        stream.pointee.expectedBytes = block.contentLength
        if keepsLocations, status / 100 == 3 { keepLocation(of: stream.pointee.id) }
        post(event(.head, of: slot))
        return nil
    }

    /// Takes a field whose name is as long as Location's.
    @inline(never)
    private mutating func takeLocation(
        _ name: UnsafePointer<UInt8>, _ value: UnsafePointer<UInt8>, _ count: Int
    ) {
        // Upper case is a fault already.
        guard UnsafeBufferPointer(start: name, count: 8).elementsEqual("location".utf8) else { return }
        blockLocation.take(UnsafeBufferPointer(start: value, count: count))
    }

    @inline(never)
    private mutating func keepLocation(of stream: UInt32) {
        if locations.count >= configuration.streams { locations.removeFirst() }
        locations.append((stream, blockLocation))
        blockLocation = .none
    }

    /// The Location of a stream's response, once, after its `.head`; none if it was no redirect.
    public mutating func takeLocation(of stream: UInt32) -> LocationField {
        guard let index = locations.firstIndex(where: { $0.stream == stream }) else { return .none }
        return locations.remove(at: index).field
    }
}
