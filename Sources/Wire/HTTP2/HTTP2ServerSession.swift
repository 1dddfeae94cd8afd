import CNghttp2

/// The server's side of one HTTP/2 connection, sans-IO: libnghttp2's own session, which is good enough where a response
/// need not be cheap. Bytes in, requests out; answers in, bytes out. One thread at a time uses it.
///
/// It calls `fill` for a body when a window has room: for the bytes of a stream's body from an offset on.
public final class HTTP2ServerSession {
    /// A complete request.
    public struct Request {
        public let stream: Int32
        public fileprivate(set) var isHead = false
        /// As received, at most `pathLimit` bytes.
        public fileprivate(set) var path: [UInt8] = []
        public fileprivate(set) var bodyBytes: UInt64 = 0
    }

    /// The response to a request.
    public struct Response {
        public var status: UInt16
        public var contentType: StaticString?
        /// The value of content-length; nil: no such field.
        public var contentLength: UInt64?
        /// Body bytes; 0: the head ends the stream.
        public var bodyBytes: UInt64
        /// Bytes of the body that may be sent by now.
        public var releasedBytes: UInt64
        /// The stream is reset after the body instead of ended.
        public var isCut: Bool

        /// A response whose body may be sent at once.
        public init(
            status: UInt16, contentType: StaticString? = nil, contentLength: UInt64? = nil, bodyBytes: UInt64 = 0,
            releasedBytes: UInt64 = .max, isCut: Bool = false
        ) {
            self.status = status
            self.contentType = contentType
            self.contentLength = contentLength
            self.bodyBytes = bodyBytes
            self.releasedBytes = releasedBytes
            self.isCut = isCut
        }
    }

    private struct Body {
        var total: UInt64
        var released: UInt64
        var offset: UInt64 = 0
        var isCut: Bool
    }

    /// Fills memory with a stream's body from an offset on.
    public typealias Fill = (
        _ stream: Int32, _ offset: UInt64, _ memory: UnsafeMutablePointer<UInt8>, _ count: Int
    ) -> Void

    /// Most streams that a client may have open at once.
    public static let streamsLimit = 1_024
    /// Most bytes of a path that are kept.
    public static let pathLimit = 8_192

    private var session: OpaquePointer?
    private let fill: Fill
    private var heads: [Int32: Request] = [:]
    private var requests: [Request] = []
    private var requestsRead = 0
    private var bodies: [Int32: Body] = [:]
    /// The chunk of libnghttp2's output that was partly handed out.
    private var chunk: UnsafePointer<UInt8>?
    private var chunkCount = 0
    /// Streams to be reset once their framed bytes are sent.
    private var cuts: [Int32] = []
    /// Answers that are completely framed, and the body bytes framed.
    public private(set) var responses: UInt64 = 0
    public private(set) var bodyBytes: UInt64 = 0
    /// The input is not HTTP/2, or memory is short: nothing more can be read.
    public private(set) var isBroken = false

    /// Nil if memory is short.
    public init?(fill: @escaping Fill) {
        self.fill = fill
        var callbacks: OpaquePointer?
        guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks else { return nil }
        defer { nghttp2_session_callbacks_del(callbacks) }
        Self.set(callbacks)
        let this = Unmanaged.passUnretained(self).toOpaque()
        guard nghttp2_session_server_new(&self.session, callbacks, this) == 0 else { return nil }
        var setting = nghttp2_settings_entry(
            settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue), value: UInt32(Self.streamsLimit))
        guard nghttp2_submit_settings(self.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &setting, 1) == 0 else {
            return nil
        }
    }

    deinit { if let session { nghttp2_session_del(session) } }

    /// Reads received bytes.
    public func feed(_ bytes: UnsafePointer<UInt8>, count: Int) {
        if self.isBroken { return }
        if nghttp2_session_mem_recv(self.session, bytes, count) < 0 { self.isBroken = true }
    }

    /// The next complete request; nil when all were taken.
    public func nextRequest() -> Request? {
        guard self.requestsRead < self.requests.count else {
            self.requests.removeAll(keepingCapacity: true)
            self.requestsRead = 0
            return nil
        }
        self.requestsRead += 1
        return self.requests[self.requestsRead - 1]
    }

    /// Answers a request. Ignored if the stream is gone by now.
    public func respond(_ stream: Int32, _ response: Response) {
        var lines: [(name: StaticString, value: [UInt8])] = [
            (":status", Array(String(response.status).utf8)), ("server", Array("headroom".utf8)),
        ]
        if let type = response.contentType {
            let text = UnsafeBufferPointer(start: type.utf8Start, count: type.utf8CodeUnitCount)
            lines.append(("content-type", Array(text)))
        }
        if let length = response.contentLength { lines.append(("content-length", Array(String(length).utf8))) }
        if response.bodyBytes > 0 {
            self.bodies[stream] = Body(
                total: response.bodyBytes, released: response.releasedBytes, isCut: response.isCut)
        } else {
            self.responses &+= 1
        }
        self.submit(stream, lines, hasBody: response.bodyBytes > 0)
    }

    /// Allows more of a body to be sent.
    public func release(_ stream: Int32, upTo bytes: UInt64) {
        guard self.bodies[stream] != nil else { return }
        self.bodies[stream]?.released = bytes
        nghttp2_session_resume_data(self.session, stream)
    }

    /// Resets a stream.
    public func reset(_ stream: Int32) {
        nghttp2_submit_rst_stream(
            self.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream, UInt32(NGHTTP2_INTERNAL_ERROR.rawValue))
    }

    /// Announces the end: requests until now are answered, later ones are not.
    public func goAway() {
        nghttp2_submit_goaway(
            self.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(self.session),
            UInt32(NGHTTP2_NO_ERROR.rawValue), nil, 0)
    }

    /// Both sides have finished with the connection.
    public var isOver: Bool {
        self.chunkCount == 0 && nghttp2_session_want_read(self.session) == 0
            && nghttp2_session_want_write(self.session) == 0
    }

    /// Writes the bytes to be sent into memory; returns how many, 0 if there are none.
    public func write(into memory: UnsafeMutablePointer<UInt8>, capacity: Int) -> Int {
        var count = 0
        while count < capacity {
            if self.chunkCount == 0 {
                let length = nghttp2_session_mem_send(self.session, &self.chunk)
                if length <= 0 {
                    if length < 0 { self.isBroken = true }
                    if self.cuts.isEmpty { break }
                    for stream in self.cuts { self.reset(stream) }
                    self.cuts.removeAll()
                    continue
                }
                self.chunkCount = length
            }
            guard let chunk = self.chunk else { break }
            let part = min(self.chunkCount, capacity - count)
            (memory + count).update(from: chunk, count: part)
            count += part
            self.chunk = chunk + part
            self.chunkCount -= part
        }
        return count
    }

    private func submit(_ stream: Int32, _ lines: [(name: StaticString, value: [UInt8])], hasBody: Bool) {
        let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: lines.reduce(1) { $0 + $1.value.count })
        defer { memory.deallocate() }
        var next = memory
        let fields = lines.map { line in
            next.update(from: line.value, count: line.value.count)
            let field = nghttp2_nv(
                name: UnsafeMutablePointer(mutating: line.name.utf8Start), value: next,
                namelen: line.name.utf8CodeUnitCount, valuelen: line.value.count,
                flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue))
            next += line.value.count
            return field
        }
        var provider = nghttp2_data_provider()
        provider.read_callback = { _, stream, memory, length, flags, _, user in
            guard let user, let memory, let flags else { return Int(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue) }
            return Unmanaged<HTTP2ServerSession>.fromOpaque(user).takeUnretainedValue()
                .read(stream, memory, length, &flags.pointee)
        }
        // libnghttp2 copies the fields. An error for a stream that is gone can be ignored.
        _ = fields.withUnsafeBufferPointer { fields in
            withUnsafePointer(to: provider) { provider in
                nghttp2_submit_response(
                    self.session, stream, fields.baseAddress, fields.count, hasBody ? provider : nil)
            }
        }
    }

    /// The next bytes of a stream's body.
    private func read(
        _ stream: Int32, _ memory: UnsafeMutablePointer<UInt8>, _ length: Int, _ flags: inout UInt32
    ) -> Int {
        guard var body = self.bodies[stream] else { return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue) }
        let limit = min(body.total, body.released)
        let count = Int(clamping: min(UInt64(length), limit - min(limit, body.offset)))
        if count == 0 { return Int(NGHTTP2_ERR_DEFERRED.rawValue) }
        self.fill(stream, body.offset, memory, count)
        body.offset += UInt64(count)
        self.bodyBytes &+= UInt64(count)
        self.bodies[stream] = body
        if body.offset == body.total {
            self.responses &+= 1
            flags |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
            if body.isCut {
                flags |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue)
                self.cuts.append(stream)
            }
        }
        return count
    }
}

/// libnghttp2's callbacks.
extension HTTP2ServerSession {
    private static func of(_ user: UnsafeMutableRawPointer?) -> HTTP2ServerSession? {
        user.map { Unmanaged<HTTP2ServerSession>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func set(_ callbacks: OpaquePointer) {
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks) { _, frame, user in
            if let frame, let this = HTTP2ServerSession.of(user) {
                let stream = frame.pointee.hd.stream_id
                this.heads[stream] = Request(stream: stream)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_header_callback(callbacks) {
            _, frame, name, nameCount, value, count, _, user in
            if let frame, let name, let value, let this = HTTP2ServerSession.of(user) {
                this.take(
                    frame.pointee.hd.stream_id, UnsafeBufferPointer(start: name, count: nameCount),
                    UnsafeBufferPointer(start: value, count: count))
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks) { _, _, stream, _, count, user in
            HTTP2ServerSession.of(user)?.heads[stream]?.bodyBytes &+= UInt64(count)
            return 0
        }
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks) { _, frame, user in
            guard let frame, let this = HTTP2ServerSession.of(user) else { return 0 }
            let header = frame.pointee.hd
            let isRequest =
                header.type == UInt8(NGHTTP2_HEADERS.rawValue) || header.type == UInt8(NGHTTP2_DATA.rawValue)
            if isRequest && header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
                let request = this.heads.removeValue(forKey: header.stream_id)
            {
                this.requests.append(request)
            }
            return 0
        }
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks) { _, stream, _, user in
            if let this = HTTP2ServerSession.of(user) {
                this.heads[stream] = nil
                this.bodies[stream] = nil
            }
            return 0
        }
    }

    private func take(_ stream: Int32, _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>) {
        if name.elementsEqual(":method".utf8) { self.heads[stream]?.isHead = value.elementsEqual("HEAD".utf8) }
        if name.elementsEqual(":path".utf8) { self.heads[stream]?.path = Array(value.prefix(Self.pathLimit)) }
    }
}
