/// Output: our own frames, in one buffer.
extension HTTP2ClientSession {
    /// All bytes that can be sent now; empty if there are none. The memory belongs to the session and is valid until
    /// the next call. Request bodies are framed as far as the windows and `HTTP2Limits.uploadBytesAhead` allow, so call
    /// it again after `sent` until it is empty.
    public mutating func output() -> UnsafeRawBufferPointer {
        if uploads > 0 { frameUploads() }
        return UnsafeRawBufferPointer(start: outputBuffer + outputStart, count: outputEnd &- outputStart)
    }

    /// The kernel took this many of the bytes of `output`.
    public mutating func sent(_ count: Int) {
        outputStart = min(outputEnd, outputStart &+ max(0, count))
        if outputStart == outputEnd {
            outputStart = 0
            outputEnd = 0
        }
        repliesWaiting = min(repliesWaiting, outputEnd &- outputStart)
    }

    /// Makes room for so many bytes at `outputEnd`.
    @inline(__always)
    private mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if outputCapacity &- outputEnd < count { makeRoom(count) }
        return outputBuffer + outputEnd
    }

    /// The sources limit the waiting bytes: replies, requests and bodies each have a limit.
    @inline(never)
    private mutating func makeRoom(_ count: Int) {
        let waiting = outputEnd &- outputStart
        if outputCapacity &- waiting >= count {
            outputBuffer.update(from: outputBuffer + outputStart, count: waiting)
        } else {
            var capacity = outputCapacity
            // Doubles up to twice the waiting bytes, which are limited.
            while capacity &- waiting < count { capacity &*= 2 }
            let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
            larger.initialize(from: outputBuffer + outputStart, count: waiting)
            outputBuffer.deallocate()
            outputBuffer = larger
            outputCapacity = capacity
        }
        outputStart = 0
        outputEnd = waiting
    }

    /// Writes a frame with a payload of at most two words. `isReply`: the server can cause as many of these as it
    /// likes.
    @inline(never)
    private mutating func writeShort(
        _ type: HTTP2FrameType, flags: UInt8 = 0, stream: UInt32, count: Int, _ first: UInt32,
        _ second: UInt32 = 0, isReply: Bool = true
    ) {
        if isReply {
            let bytes = HTTP2FrameHeader.byteCount &+ count
            guard repliesWaiting &+ bytes <= HTTP2Limits.replyBytes else { return fail(.replyLimit) }
            repliesWaiting &+= bytes
        }
        let frame = reserve(HTTP2FrameHeader.byteCount &+ 8)
        HTTP2FrameHeader.write(length: count, type: type, flags: flags, stream: stream, to: frame)
        HTTP2FrameHeader.store32(first, to: frame + 9)
        HTTP2FrameHeader.store32(second, to: frame + 13)
        outputEnd &+= HTTP2FrameHeader.byteCount &+ count
    }

    /// Writes the connection preface (RFC 9113 section 3.4), SETTINGS, and the connection's window.
    mutating func writePreface() {
        let magic: StaticString = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        let settings: [(UInt16, Int)] = [
            (HTTP2Setting.headerTableSize, configuration.headerTableSize),
            (HTTP2Setting.enablePush, 0),
            (HTTP2Setting.initialWindowSize, configuration.streamWindow),
            (HTTP2Setting.frameSize, configuration.frameSize),
            (HTTP2Setting.headerListSize, HTTP2Limits.headerBytes),
        ]
        let length = settings.count * 6
        let start = reserve(magic.utf8CodeUnitCount + HTTP2FrameHeader.byteCount + length)
        start.update(from: magic.utf8Start, count: magic.utf8CodeUnitCount)
        var next = start + magic.utf8CodeUnitCount
        HTTP2FrameHeader.write(length: length, type: .settings, flags: 0, stream: 0, to: next)
        next += HTTP2FrameHeader.byteCount
        for (identifier, value) in settings {
            next[0] = UInt8(truncatingIfNeeded: identifier >> 8)
            next[1] = UInt8(truncatingIfNeeded: identifier)
            HTTP2FrameHeader.store32(UInt32(truncatingIfNeeded: value), to: next + 2)
            next += 6
        }
        outputEnd += next - start
        let more = configuration.connectionWindow - HTTP2Limits.defaultWindow
        if more > 0 { writeWindowUpdate(0, more) }
    }

    mutating func writeSettingsAcknowledgement() {
        writeShort(.settings, flags: HTTP2FrameHeader.acknowledgement, stream: 0, count: 0, 0)
    }

    mutating func writePingAcknowledgement(_ first: UInt32, _ second: UInt32) {
        writeShort(.ping, flags: HTTP2FrameHeader.acknowledgement, stream: 0, count: 8, first, second)
    }

    mutating func writeWindowUpdate(_ stream: UInt32, _ increment: Int) {
        writeShort(.windowUpdate, stream: stream, count: 4, UInt32(truncatingIfNeeded: increment))
    }

    /// Resets a stream, because of what the server sent or because its request is given up.
    mutating func writeReset(_ stream: UInt32, _ code: HTTP2ErrorCode, isReply: Bool = true) {
        writeShort(.resetStream, stream: stream, count: 4, code.rawValue, isReply: isReply)
    }

    /// Writes a GOAWAY. A server cannot open streams here, so the last one processed is 0.
    mutating func writeGoAway(_ code: HTTP2ErrorCode) {
        writeShort(.goAway, stream: 0, count: 8, 0, code.rawValue, isReply: false)
    }

    /// Writes HEADERS, and CONTINUATION if the block does not fit. False: the connection broke.
    mutating func writeHeaders(_ request: HTTP2Request, stream: UInt32) -> Bool {
        let header = HTTP2FrameHeader.byteCount
        let frames = request.headerBound / HTTP2Limits.defaultFrameSize &+ 1
        let start = reserve(request.headerBound &+ header &* frames)
        guard let length = codec.encode(request, to: start + header) else {
            fail(.encoder)
            return false
        }
        let ends: UInt8 = request.bodyCount == 0 ? HTTP2FrameHeader.endStream : 0
        let size = HTTP2Limits.defaultFrameSize  // What every server must take.
        let more = max(0, length &- 1) / size
        // From the last frame on, each further one moves back to make room for its header and those before it.
        for index in stride(from: more, to: 0, by: -1) {
            let count = min(size, length &- index &* size)
            let frame = start + (index &* (size &+ header))
            (frame + header).update(from: start + (header &+ index &* size), count: count)
            HTTP2FrameHeader.write(
                length: count, type: .continuation, flags: index == more ? HTTP2FrameHeader.endHeaders : 0,
                stream: stream, to: frame)
        }
        HTTP2FrameHeader.write(
            length: min(size, length), type: .headers,
            flags: more == 0 ? ends | HTTP2FrameHeader.endHeaders : ends, stream: stream, to: start)
        outputEnd &+= length &+ header &* (more &+ 1)
        counts.sentHeader &+= UInt64(truncatingIfNeeded: length)
        return true
    }

    /// Frames request bodies: one frame of each stream in turn, until nothing fits.
    @inline(never)
    private mutating func frameUploads() {
        var idleTurns = 0
        // A turn without a frame counts. As many of them as there are slots end the loop, and so do the bytes ahead.
        while idleTurns < configuration.streams, uploads > 0, stage != .over,
            outputEnd &- outputStart < HTTP2Limits.uploadBytesAhead
        {
            if frameUpload(uploadSlot) { idleTurns = 0 } else { idleTurns &+= 1 }
            uploadSlot = (uploadSlot &+ 1) % configuration.streams
        }
    }

    /// Frames the next bytes of one stream's body. False: it has none, or a window is full.
    private mutating func frameUpload(_ slot: Int) -> Bool {
        let stream = streams + slot
        guard stream.pointee.id != 0, let body = stream.pointee.upload, stream.pointee.uploadLeft > 0 else {
            return false
        }
        // In pairs: with more arguments `min` makes an array in a build without optimisation.
        let window = min(stream.pointee.sendWindow, sendWindow)
        let count = min(window, min(stream.pointee.uploadLeft, HTTP2Limits.defaultFrameSize))
        guard count > 0 else { return false }
        let frame = reserve(HTTP2FrameHeader.byteCount &+ count)
        stream.pointee.uploadLeft &-= count
        stream.pointee.upload = body + count
        stream.pointee.sendWindow &-= count
        sendWindow &-= count
        let isLast = stream.pointee.uploadLeft == 0
        if isLast { uploads &-= 1 }
        HTTP2FrameHeader.write(
            length: count, type: .data, flags: isLast ? HTTP2FrameHeader.endStream : 0,
            stream: stream.pointee.id, to: frame)
        (frame + HTTP2FrameHeader.byteCount).update(from: body, count: count)
        outputEnd &+= HTTP2FrameHeader.byteCount &+ count
        counts.sentBody &+= UInt64(truncatingIfNeeded: count)
        // The server's WINDOW_UPDATEs for it do not count as idle frames.
        countProgress()
        return true
    }
}
