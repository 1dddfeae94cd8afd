/// Requests and their streams (RFC 9113 sections 5.1 and 8.1).
extension HTTP2ClientSession {
    /// Sends a request. Its HEADERS frame is in the output after the call, and its body follows as the windows allow.
    /// `tag` comes back in the request's events. Returns the stream's id, or 0: there is no available stream, the
    /// output has no room (`hasOutputRoom`), or the connection broke on it.
    public mutating func submit(_ request: HTTP2Request, tag: UInt32) -> UInt32 {
        guard availableStreams > 0, hasOutputRoom else { return 0 }
        let slot = find(0)
        guard slot >= 0 else { return 0 }
        let id = nextStreamID
        guard writeHeaders(request, stream: id) else { return 0 }
        nextStreamID &+= 2
        var stream = HTTP2Stream()
        stream.id = id
        stream.tag = tag
        stream.isHead = request.isHead
        stream.receiveWindow = configuration.streamWindow
        stream.sendWindow = peerStreamWindow
        if request.bodyCount > 0 {
            stream.upload = request.body
            stream.uploadLeft = request.bodyCount
            uploads &+= 1
        }
        streams[slot] = stream
        openStreams &+= 1
        return id
    }

    /// Gives a request up (a timeout, the end of the run): RST_STREAM with CANCEL, and no event. False: no such request
    /// is open; its last event may still be waiting.
    @discardableResult
    public mutating func cancel(_ stream: UInt32) -> Bool {
        guard stream != 0, stage != .over else { return false }
        let slot = find(stream)
        guard slot >= 0 else { return false }
        release(slot)
        writeReset(stream, .cancel, isReply: false)
        return true
    }

    /// What is known of an open request so far, as an event of kind `.body`; nil: no such request is open.
    public mutating func progress(of stream: UInt32) -> HTTP2Event? {
        guard stream != 0, stage != .over else { return nil }
        let slot = find(stream)
        return slot < 0 ? nil : event(.body, of: slot)
    }

    /// The slot of a stream; for id 0 a free slot; -1 if there is none.
    @inline(__always)
    mutating func find(_ id: UInt32) -> Int {
        if streams[lastSlot].id == id { return lastSlot }
        for slot in 0..<configuration.streams where streams[slot].id == id {
            lastSlot = slot
            return slot
        }
        return -1
    }

    /// The stream was never opened: we open the odd ones in order, and a server may open none.
    @inline(__always)
    func isIdle(_ id: UInt32) -> Bool { id & 1 == 0 || id >= nextStreamID }

    /// The server ended the stream recently.
    func wasEnded(_ id: UInt32) -> Bool {
        for index in 0..<HTTP2Limits.endedStreamsKept where endedStreams[index] == id { return true }
        return false
    }

    /// An event about a stream, with all that is known of it.
    @inline(__always)
    func event(_ kind: HTTP2Event.Kind, of slot: Int) -> HTTP2Event {
        let stream = streams + slot
        var event = HTTP2Event(kind: kind)
        event.stream = stream.pointee.id
        event.tag = stream.pointee.tag
        event.status = stream.pointee.headComplete ? stream.pointee.status : 0
        event.interimCount = stream.pointee.interimCount
        event.isWhole = stream.pointee.uploadLeft == 0
        event.headerBytes = stream.pointee.headerBytes
        event.bodyBytes = stream.pointee.bodyBytes
        return event
    }

    /// Frees the slot.
    @inline(__always)
    mutating func release(_ slot: Int) {
        if streams[slot].uploadLeft > 0 { uploads &-= 1 }
        streams[slot].id = 0
        streams[slot].uploadLeft = 0
        openStreams &-= 1
        if frameSlot == slot { frameSlot = -1 }
        if blockSlot == slot { blockSlot = -1 }
    }

    /// Ends a stream: the response is complete, or contradicts its head.
    @inline(__always)
    mutating func endStream(_ slot: Int) {
        let stream = streams + slot
        let id = stream.pointee.id
        endedStreams[endedStreamsNext] = id
        endedStreamsNext = (endedStreamsNext &+ 1) % HTTP2Limits.endedStreamsKept
        if !stream.pointee.isBodyless, stream.pointee.expectedBytes >= 0,
            UInt64(bitPattern: stream.pointee.expectedBytes) != stream.pointee.bodyBytes
        {
            return failStream(slot, .contentLength)
        }
        let isWhole = stream.pointee.uploadLeft == 0
        post(event(.ended, of: slot))
        release(slot)
        if !isWhole { writeReset(id, .cancel) }
    }

    /// Ends a stream with a stream error (RFC 9113 section 5.4.2).
    @inline(never)
    mutating func failStream(_ slot: Int, _ fault: HTTP2Fault) {
        let id = streams[slot].id
        var event = event(.fault, of: slot)
        event.fault = fault
        post(event)
        release(slot)
        writeReset(id, fault.code)
    }

    /// Ends every open request above a stream. `code`: that of the GOAWAY that caused it.
    @inline(never)
    mutating func endAll(
        _ kind: HTTP2Event.Kind, _ fault: HTTP2Fault?, above last: UInt32 = 0, code: UInt32 = 0
    ) {
        for slot in 0..<configuration.streams where streams[slot].id > last {
            var event = event(kind, of: slot)
            event.fault = fault
            event.code = code
            post(event)
            release(slot)
        }
    }
}
