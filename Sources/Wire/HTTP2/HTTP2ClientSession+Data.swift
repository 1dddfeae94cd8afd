/// DATA: counted, never kept (RFC 9113 section 6.1).
extension HTTP2ClientSession {
    /// The whole payload with its padding counts against the windows (section 6.9.1), even for closed streams.
    mutating func beginData() {
        guard frame.stream != 0 else { return fail(.streamID) }
        guard !isIdle(frame.stream) else { return fail(.idleStream) }
        guard frame.length <= receiveWindow else { return fail(.flowControl) }
        receiveWindow &-= frame.length
        if receiveWindow < configuration.connectionWindow / 2 {
            writeWindowUpdate(0, configuration.connectionWindow &- receiveWindow)
            receiveWindow = configuration.connectionWindow
        }
        if frame.has(HTTP2FrameHeader.padded) {
            guard frame.length > 0 else { return fail(.frameLength) }
            return awaitPayload(1)
        }
        beginContent()
    }

    /// The length of the content is known: checks whether the stream accepts it.
    mutating func beginContent() {
        if stage == .over { return }
        frameSlot = find(frame.stream)
        let content = left &- padding
        if frameSlot >= 0 {
            if let fault = contentFault(frameSlot, content) { failStream(frameSlot, fault) }
        } else if wasEnded(frame.stream) {
            return fail(.afterEnd)
        }
        let isEmpty = content == 0 && !frame.has(HTTP2FrameHeader.endStream)
        if frameSlot < 0 || isEmpty { countIdleFrame() } else { countProgress() }
        if stage == .over { return }
        stage = .data
        if content == 0 { contentEnded() }
    }

    @inline(__always)
    private mutating func contentFault(_ slot: Int, _ content: Int) -> HTTP2Fault? {
        let stream = streams + slot
        guard frame.length <= stream.pointee.receiveWindow else { return .streamFlowControl }
        stream.pointee.receiveWindow &-= frame.length
        guard stream.pointee.headComplete else { return .dataBeforeHead }
        if content == 0 { return nil }
        if stream.pointee.isBodyless { return .unexpectedBody }
        let expected = stream.pointee.expectedBytes
        if expected >= 0, Int64(content) > expected &- Int64(truncatingIfNeeded: stream.pointee.bodyBytes) {
            return .contentLength
        }
        return nil
    }

    /// Counts so many bytes of content.
    @inline(__always)
    mutating func readData(_ count: Int) {
        left &-= count
        counts.receivedBody &+= UInt64(truncatingIfNeeded: count)
        if frameSlot >= 0 {
            let stream = streams + frameSlot
            stream.pointee.bodyBytes &+= UInt64(truncatingIfNeeded: count)
            if stream.pointee.toldInFeed != feedNumber {
                stream.pointee.toldInFeed = feedNumber
                post(event(.body, of: frameSlot))
            }
        }
        if left == padding { contentEnded() }
    }

    /// The content is complete; padding may follow.
    @inline(__always)
    private mutating func contentEnded() {
        if frameSlot >= 0 {
            if frame.has(HTTP2FrameHeader.endStream) {
                endStream(frameSlot)
            } else if streams[frameSlot].receiveWindow < max(1, configuration.streamWindow / 2) {
                writeWindowUpdate(
                    frame.stream, configuration.streamWindow &- streams[frameSlot].receiveWindow)
                if frameSlot >= 0 { streams[frameSlot].receiveWindow = configuration.streamWindow }
            }
        }
        skipRest()
    }
}
