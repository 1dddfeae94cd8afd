import CNghttp2

/// The two header compression states of a connection (RFC 7541) in libnghttp2. Owns them.
struct HTTP2FieldCodec: ~Copyable {
    /// One step of decompression.
    enum Step {
        /// A field; its bytes are valid until the next step.
        case field(nghttp2_nv)
        /// All input is used, and the block continues.
        case more
        /// The block is over.
        case end
        case failed
    }

    private let inflater: OpaquePointer
    private let deflater: OpaquePointer
    private let memory: HTTP2Memory

    /// Nil if memory is short.
    init?() {
        let memory = HTTP2Memory()
        var inflater: OpaquePointer?
        var deflater: OpaquePointer?
        nghttp2_hd_inflate_new2(&inflater, memory.allocator)
        nghttp2_hd_deflate_new2(&deflater, Int(NGHTTP2_DEFAULT_HEADER_TABLE_SIZE), memory.allocator)
        guard let inflater, let deflater else {
            if let inflater { nghttp2_hd_inflate_del(inflater) }
            if let deflater { nghttp2_hd_deflate_del(deflater) }
            return nil
        }
        self.inflater = inflater
        self.deflater = deflater
        self.memory = memory
    }

    deinit {
        nghttp2_hd_inflate_del(inflater)
        nghttp2_hd_deflate_del(deflater)
    }

    /// Decompresses from `bytes` up to the next field, and moves `bytes` and `count` past it.
    @inline(__always)
    func next(_ bytes: inout UnsafePointer<UInt8>, _ count: inout Int, isLast: Bool) -> Step {
        var field = nghttp2_nv()
        var flags: Int32 = 0
        let used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, bytes, count, isLast ? 1 : 0)
        guard used >= 0, used <= count else { return .failed }
        bytes += used
        count &-= used
        if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 { return .field(field) }
        if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 {
            return nghttp2_hd_inflate_end_headers(inflater) == 0 ? .end : .failed
        }
        return count == 0 && !isLast ? .more : .failed
    }

    /// The server acknowledged our table size. False: memory is short.
    func resizeInflater(_ size: Int) -> Bool { nghttp2_hd_inflate_change_table_size(inflater, size) == 0 }

    /// The server's table has another size. False: memory is short.
    func resizeDeflater(_ size: UInt32) -> Bool {
        nghttp2_hd_deflate_change_table_size(deflater, Int(size)) == 0
    }

    /// Compresses a request's fields. Returns the bytes written, or nil if memory or room is short.
    @inline(__always)
    func encode(_ request: HTTP2Request, to bytes: UnsafeMutablePointer<UInt8>) -> Int? {
        let count = nghttp2_hd_deflate_hd(
            deflater, bytes, request.headerBound, request.fields, request.fieldCount)
        return count >= 0 ? count : nil
    }
}
