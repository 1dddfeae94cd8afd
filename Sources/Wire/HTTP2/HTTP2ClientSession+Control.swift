/// Frames that control the connection (RFC 9113 sections 6.3 to 6.9).
extension HTTP2ClientSession {
    /// Begins a frame that is neither DATA nor part of a header block: checks its length and its place.
    mutating func beginControl(_ type: HTTP2FrameType?) {
        let length = frame.length
        let isOnConnection = frame.stream == 0
        switch type {
        case .settings:
            guard isOnConnection else { return fail(.streamID) }
            beginSettings()
        case .ping:
            guard isOnConnection else { return fail(.streamID) }
            awaitExactly(8)
        case .goAway:
            guard isOnConnection else { return fail(.streamID) }
            guard length >= 8 else { return fail(.frameLength) }
            awaitPayload(8)
        case .windowUpdate:
            if !isOnConnection, isIdle(frame.stream) { return fail(.idleStream) }
            awaitExactly(4)
        case .resetStream:
            guard !isOnConnection else { return fail(.streamID) }
            guard !isIdle(frame.stream) else { return fail(.idleStream) }
            awaitExactly(4)
        case .priority:
            guard !isOnConnection else { return fail(.streamID) }
            beginPriority()
        default:
            // Unknown types are ignored (section 5.5).
            countIdleFrame()
            skipRest()
        }
    }

    private mutating func awaitExactly(_ count: Int) {
        guard frame.length == count else { return fail(.frameLength) }
        awaitPayload(count)
    }

    /// PRIORITY may come for any stream and has no meaning any more; a wrong length is an error of its stream.
    private mutating func beginPriority() {
        countIdleFrame()
        if stage == .over { return }
        let slot = find(frame.stream)
        if frame.length != 5, slot >= 0 { failStream(slot, .priorityLength) }
        skipRest()
    }

    private mutating func beginSettings() {
        settingsEntries = 0
        if frame.has(HTTP2FrameHeader.acknowledgement) {
            guard frame.length == 0 else { return fail(.frameLength) }
            guard !settingsAcknowledged else { return fail(.settings) }
            settingsAcknowledged = true
            guard codec.resizeInflater(configuration.headerTableSize) else { return fail(.compression) }
            return frameEnded()
        }
        guard frame.length % 6 == 0 else { return fail(.frameLength) }
        // The first frame limits the number of streams; if it has no such entry, there is no limit.
        if settingsReceived { countIdleFrame() } else { peerStreams = Int.max }
        if stage == .over { return }
        frame.length == 0 ? settingsEnded() : awaitPayload(6)
    }

    /// Takes a payload, or the next part of one, of the length that its type awaits.
    mutating func control(_ bytes: UnsafePointer<UInt8>) {
        let first = HTTP2FrameHeader.load32(bytes)
        switch HTTP2FrameType(rawValue: frame.type) {
        case .settings: return setting(bytes)
        case .ping:
            countIdleFrame()
            if stage != .over, !frame.has(HTTP2FrameHeader.acknowledgement) {
                writePingAcknowledgement(first, HTTP2FrameHeader.load32(bytes + 4))
            }
        case .goAway: goAway(first & 0x7FFF_FFFF, HTTP2FrameHeader.load32(bytes + 4))
        case .windowUpdate: windowUpdate(Int(first & 0x7FFF_FFFF))
        case .resetStream: resetStream(first)
        default: break
        }
        skipRest()
    }

    /// One entry of SETTINGS (section 6.5.2); unknown ones are ignored.
    private mutating func setting(_ bytes: UnsafePointer<UInt8>) {
        settingsEntries &+= 1
        guard settingsEntries <= HTTP2Limits.settingsEntries else { return fail(.flood) }
        let value = HTTP2FrameHeader.load32(bytes + 2)
        switch UInt16(bytes[0]) &<< 8 | UInt16(bytes[1]) {
        case HTTP2Setting.headerTableSize:
            guard codec.resizeDeflater(value) else { return fail(.encoder) }
        case HTTP2Setting.enablePush:
            guard value == 0 else { return fail(.settings) }
        case HTTP2Setting.concurrentStreams: peerStreams = Int(value)
        case HTTP2Setting.initialWindowSize: initialWindow(Int(value))
        case HTTP2Setting.frameSize:
            guard value >= HTTP2Limits.defaultFrameSize, value <= HTTP2Limits.frameSize else {
                return fail(.settings)
            }
        default: break
        }
        if stage == .over { return }
        left == 0 ? settingsEnded() : awaitPayload(6)
    }

    private mutating func settingsEnded() {
        settingsReceived = true
        writeSettingsAcknowledgement()
        if stage == .over { return }
        var event = HTTP2Event(kind: .settings)
        event.code = UInt32(clamping: peerStreams)
        post(event)
        frameEnded()
    }

    /// The windows of open streams change by the difference, and may become negative (section 6.9.2).
    private mutating func initialWindow(_ size: Int) {
        guard size <= HTTP2Limits.window else { return fail(.windowOverflow) }
        let difference = size &- peerStreamWindow
        peerStreamWindow = size
        for slot in 0..<configuration.streams where streams[slot].id != 0 {
            streams[slot].sendWindow &+= difference
            if streams[slot].sendWindow > HTTP2Limits.window { return fail(.windowOverflow) }
        }
    }

    private mutating func windowUpdate(_ increment: Int) {
        countIdleFrame()
        if stage == .over { return }
        if frame.stream == 0 {
            guard increment > 0 else { return fail(.windowIncrement) }
            guard increment <= HTTP2Limits.window &- sendWindow else { return fail(.windowOverflow) }
            sendWindow &+= increment
            return
        }
        let slot = find(frame.stream)
        if slot < 0 { return }
        guard increment > 0 else { return failStream(slot, .streamWindowIncrement) }
        guard increment <= HTTP2Limits.window &- streams[slot].sendWindow else {
            return failStream(slot, .streamWindowOverflow)
        }
        streams[slot].sendWindow &+= increment
    }

    /// A reset of a stream that has ended is late, but not wrong.
    private mutating func resetStream(_ code: UInt32) {
        let slot = find(frame.stream)
        if slot < 0 { return countIdleFrame() }
        // A refusal counts only if nothing of a response came: then the request may be sent again.
        let isRefused = code == HTTP2ErrorCode.refusedStream.rawValue && streams[slot].headerBytes == 0
        var event = event(isRefused ? .refused : .reset, of: slot)
        event.code = code
        post(event)
        release(slot)
    }

    /// Streams above the last one were not processed; the others complete (section 6.8).
    private mutating func goAway(_ last: UInt32, _ code: UInt32) {
        guard last <= lastProcessedStream, last == 0 || last & 1 == 1 else { return fail(.goAway) }
        countIdleFrame()
        if stage == .over { return }
        lastProcessedStream = last
        isDraining = true
        endAll(.unprocessed, nil, above: last, code: code)
        var event = HTTP2Event(kind: .goAway)
        event.stream = last
        event.code = code
        post(event)
    }
}
