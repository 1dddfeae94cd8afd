/// The bytes of an answer.
extension Answer {
    /// The longest head, in bytes.
    static let headLimit = BodyPattern.headLimit

    /// Writes the head (or all of the garbage). No Date: RFC 9110, 6.6.1 requires it only of servers with a clock for
    /// the time of day, and this one has none.
    func writeHead(into writer: inout TextWriter) {
        if self.framing == .garbage {
            writer.write("This is not HTTP.\r\n")
            return
        }
        writer.write("HTTP/1.1 ")
        writer.write(decimal: UInt64(self.status))
        writer.write(" ")
        writer.write(Self.reason(self.status))
        writer.write("\r\nServer: headroom\r\n")
        if self.framing != .none {
            switch self.content {
            case .pattern: writer.write("Content-Type: application/octet-stream\r\n")
            case .status, .health: writer.write("Content-Type: text/plain\r\n")
            case .stats: writer.write("Content-Type: application/json\r\n")
            }
        }
        if self.framing == .length {
            writer.write("Content-Length: ")
            writer.write(decimal: self.announcedBytes)
            writer.write("\r\n")
        } else if self.framing == .chunked {
            writer.write("Transfer-Encoding: chunked\r\n")
        }
        if self.closes {
            writer.write("Connection: close\r\n")
        } else if self.saysKeepAlive {
            writer.write("Connection: keep-alive\r\n")
        }
        writer.write("\r\n")
    }

    /// Writes a body whose content is text.
    func writeText(_ counts: TargetCounts, into writer: inout TextWriter) {
        switch self.content {
        case .pattern: break
        case .health: writer.write("ok")
        case .stats: counts.writeJSON(into: &writer)
        case .status:
            if self.bodyBytes == 0 { return }
            writer.write(decimal: UInt64(self.status))
            writer.write(" ")
            writer.write(Self.reason(self.status))
            writer.write("\n")
        }
    }

    /// Fills memory with the body as sent on the wire, from its byte `start` on; pattern content only. Returns how many
    /// bytes were written: less than `capacity` only at the body's end.
    func fillBody(
        from start: UInt64, into memory: UnsafeMutablePointer<UInt8>, capacity: Int, pattern: BodyPattern
    ) -> Int {
        if self.isHeadOnly { return 0 }
        var written = 0
        let total = self.wireBodyBytes
        while written < capacity {
            let offset = start &+ UInt64(written)
            if offset >= total { break }
            let room = capacity &- written
            written &+=
                self.framing == .chunked
                ? self.fillChunkPart(at: offset, memory + written, room, pattern)
                : self.fillPlain(at: offset, until: total, memory + written, room, pattern)
        }
        return written
    }

    private func fillPlain(
        at offset: UInt64, until total: UInt64, _ memory: UnsafeMutablePointer<UInt8>, _ room: Int,
        _ pattern: BodyPattern
    ) -> Int {
        let count = Int(truncatingIfNeeded: min(UInt64(room), total &- offset))
        pattern.copy(from: offset, into: memory, count: count)
        return count
    }

    /// Writes from `offset` to the end of its part (size line, bytes, end of chunk, last chunk), or as much as there is
    /// room for: at least one byte.
    private func fillChunkPart(
        at offset: UInt64, _ memory: UnsafeMutablePointer<UInt8>, _ room: Int, _ pattern: BodyPattern
    ) -> Int {
        let frames = min(offset / Self.chunkFrameBytes, self.bodyBytes / Self.chunkBytes)
        let first = frames &* Self.chunkBytes
        let chunk = min(Self.chunkBytes, self.bodyBytes &- first)
        let inside = offset &- frames &* Self.chunkFrameBytes
        let head = Self.hexadecimalDigits(chunk) &+ 2
        if chunk > 0 && inside >= head && inside < head &+ chunk {
            let count = Int(truncatingIfNeeded: min(UInt64(room), head &+ chunk &- inside))
            pattern.copy(from: first &+ inside &- head, into: memory, count: count)
            return count
        }
        // Size lines, chunk ends and the last chunk are short: written whole, then cut.
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { part in
            guard let base = part.baseAddress else { return 0 }
            var writer = TextWriter(base, capacity: part.count)
            var skip = inside
            if chunk > 0 && inside < head {
                writer.write(hexadecimal: chunk)
                writer.write("\r\n")
            } else if chunk > 0 && inside < head &+ chunk &+ 2 {
                skip = inside &- head &- chunk
                writer.write("\r\n")
            } else {
                skip = chunk > 0 ? inside &- head &- chunk &- 2 : inside
                writer.write("0\r\n\r\n")
            }
            let from = min(Int(truncatingIfNeeded: skip), writer.count)
            let count = min(room, writer.count &- from)
            memory.update(from: base + from, count: count)
            return count
        }
    }

    /// The reason phrases of RFC 9110, 15, for the statuses that tests use.
    static func reason(_ status: UInt16) -> StaticString {
        switch status {
        case 101: "Switching Protocols"
        case 103: "Early Hints"
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        default: "Status"
        }
    }
}
