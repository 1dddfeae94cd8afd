import CZlib

/// zlib streams (RFC 1950), the one place that calls the C library.
enum Zlib {
    /// The level of Java's log writer: the smallest file. A second of a run takes a few kilobytes.
    static let level: Int32 = 9

    /// A zlib stream of some bytes.
    static func compress(_ bytes: [UInt8]) -> [UInt8] {
        var size = compressBound(uLong(bytes.count))
        let stream = [UInt8](unsafeUninitializedCapacity: Int(size)) { buffer, count in
            let status = compress2(buffer.baseAddress, &size, bytes, uLong(bytes.count), self.level)
            // compressBound is enough by contract and the level is valid, so only memory can be missing.
            precondition(status == Z_OK, "zlib ran out of memory while compressing \(bytes.count) bytes")
            count = Int(size)
        }
        return stream
    }
}

/// Inflates one zlib stream step by step, so that a header inside can bound what is allocated for the rest.
/// Owns the C stream and a copy of the input, and frees both.
struct Inflater: ~Copyable {
    private var stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableBufferPointer<UInt8>

    /// Takes a copy of the compressed bytes. Fails where zlib has no memory.
    init(_ compressed: ArraySlice<UInt8>) throws(HistogramEncodingFault) {
        self.input = .allocate(capacity: max(1, compressed.count))
        _ = self.input.update(fromContentsOf: compressed)
        self.stream = .allocate(capacity: 1)
        self.stream.initialize(to: z_stream())
        self.stream.pointee.next_in = self.input.baseAddress
        // Callers bound a log line far below 4 GiB.
        self.stream.pointee.avail_in = uInt(clamping: compressed.count)
        let status = inflateInit_(self.stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw .memory }
    }

    deinit {
        inflateEnd(self.stream)
        self.stream.deallocate()
        self.input.deallocate()
    }

    /// The next `count` bytes; fewer are an error.
    mutating func next(_ count: Int) throws(HistogramEncodingFault) -> [UInt8] {
        // inflate refuses an empty output buffer.
        if count == 0 { return [] }
        var status = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            self.stream.pointee.next_out = buffer.baseAddress
            self.stream.pointee.avail_out = uInt(clamping: count)
            status = inflate(self.stream, Z_SYNC_FLUSH)
            filled = count - Int(self.stream.pointee.avail_out)
        }
        switch status {
        case Z_OK, Z_STREAM_END, Z_BUF_ERROR: break
        case Z_MEM_ERROR: throw .memory
        default: throw .corruptStream
        }
        guard bytes.count == count else { throw .shortStream }
        return bytes
    }

    /// Checks that the stream ends here, with its checksum and nothing behind it.
    mutating func end() throws(HistogramEncodingFault) {
        var spare: UInt8 = 0
        let status = withUnsafeMutablePointer(to: &spare) { spare in
            self.stream.pointee.next_out = spare
            self.stream.pointee.avail_out = 1
            return inflate(self.stream, Z_SYNC_FLUSH)
        }
        guard self.stream.pointee.avail_out == 1 else { throw .surplus }
        switch status {
        case Z_STREAM_END: break
        case Z_OK, Z_BUF_ERROR: throw .shortStream
        case Z_MEM_ERROR: throw .memory
        default: throw .corruptStream
        }
        guard self.stream.pointee.avail_in == 0 else { throw .surplus }
    }
}
