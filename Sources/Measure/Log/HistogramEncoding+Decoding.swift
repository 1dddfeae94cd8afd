extension HistogramEncoding {
    /// Decodes a histogram from its V2 form, compressed or not. The bytes may be anything. Whatever they claim, it
    /// inflates no more than `inflatedLimit` bytes, and keeps no more counts than the shape has slots.
    ///
    /// Minimum and maximum are those of the outermost slots, and no overflow is known.
    public static func decode(_ bytes: [UInt8]) throws(HistogramEncodingFault) -> Histogram {
        let bytes = bytes[...]
        guard let cookie = bytes.bigEndian(at: 0, as: UInt32.self) else {
            throw .truncated(needed: 4, found: bytes.count)
        }
        switch self.base(ofCookie: cookie) {
        case self.base(ofCookie: self.cookie):
            let header = try self.header(in: bytes)
            let payload = bytes.dropFirst(self.headerBytes)
            guard payload.count >= header.payloadBytes else {
                throw .truncated(needed: self.headerBytes + header.payloadBytes, found: bytes.count)
            }
            guard payload.count == header.payloadBytes else { throw .surplus }
            return try self.histogram(of: header.shape, payload: payload)
        case self.base(ofCookie: self.compressedCookie): return try self.decodeCompressed(bytes)
        default: throw self.fault(ofCookie: cookie)
        }
    }

    /// Decodes a histogram from the base64 of its V2 form.
    public static func decodeBase64(_ text: ArraySlice<UInt8>) throws(HistogramEncodingFault) -> Histogram {
        guard let bytes = Base64.decode(text) else { throw .base64 }
        return try self.decode(bytes)
    }

    /// The form with a zlib stream: its header is inflated first, and bounds what the counts may take.
    private static func decodeCompressed(
        _ bytes: ArraySlice<UInt8>
    ) throws(HistogramEncodingFault) -> Histogram {
        guard let length = bytes.bigEndian(at: 4, as: UInt32.self) else {
            throw .truncated(needed: self.compressedHeaderBytes, found: bytes.count)
        }
        let stream = bytes.dropFirst(self.compressedHeaderBytes)
        guard stream.count >= Int(length) else {
            throw .truncated(needed: self.compressedHeaderBytes + Int(length), found: bytes.count)
        }
        guard stream.count == Int(length) else { throw .surplus }
        var inflater = try Inflater(stream)
        let header = try self.header(in: try inflater.next(self.headerBytes)[...])
        let payload = try inflater.next(header.payloadBytes)
        try inflater.end()
        return try self.histogram(of: header.shape, payload: payload[...])
    }

    /// Reads and checks the 40 bytes before the counts.
    private static func header(
        in bytes: ArraySlice<UInt8>
    ) throws(HistogramEncodingFault) -> (shape: HistogramShape, payloadBytes: Int) {
        guard let cookie = bytes.bigEndian(at: 0, as: UInt32.self),
            let length = bytes.bigEndian(at: 4, as: UInt32.self),
            let offset = bytes.bigEndian(at: 8, as: Int32.self),
            let digits = bytes.bigEndian(at: 12, as: Int32.self),
            let lowest = bytes.bigEndian(at: 16, as: UInt64.self),
            let highest = bytes.bigEndian(at: 24, as: UInt64.self),
            let ratio = bytes.bigEndian(at: 32, as: UInt64.self)
        else { throw .truncated(needed: self.headerBytes, found: bytes.count) }
        guard self.base(ofCookie: cookie) == self.base(ofCookie: self.cookie) else {
            throw self.fault(ofCookie: cookie)
        }
        guard offset == 0 else { throw .unsupported("a normalizing index offset of \(offset)") }
        guard Double(bitPattern: ratio) == 1 else {
            throw .unsupported("a ratio of \(Double(bitPattern: ratio)) to floating-point values")
        }
        guard
            let shape = HistogramShape(
                lowestDiscernible: lowest, highestTrackable: highest, significantDigits: Int(digits))
        else { throw .shape(lowest: lowest, highest: highest, digits: Int(digits)) }
        // Each slot takes at most one word. A longer payload cannot be right, so nothing is allocated for it.
        guard Int(length) <= min(shape.layout.slotCount * ZigZag.longest, self.inflatedLimit) else {
            throw .payloadTooLong(bytes: Int(length), slots: shape.layout.slotCount)
        }
        return (shape, Int(length))
    }

    /// Fills a histogram from its words.
    private static func histogram(
        of shape: HistogramShape, payload: ArraySlice<UInt8>
    ) throws(HistogramEncodingFault) -> Histogram {
        let histogram = Histogram(shape: shape)
        let slots = UInt64(shape.layout.slotCount)
        var slot: UInt64 = 0
        var total: UInt64 = 0
        var at = payload.startIndex
        while at < payload.endIndex {
            guard let word = ZigZag.next(in: payload, at: &at) else { throw .wordCut }
            let run = word < 0 ? word.magnitude : 1
            guard run <= UInt64(Int32.max) else { throw .zeroRun(word.magnitude) }
            guard run <= slots - slot else { throw .slotOutOfRange(slot: slot + run - 1, slots: slots) }
            if word > 0 {
                // Both are below 2^63, so their sum fits.
                total += word.magnitude
                guard total <= Histogram.highestTotal else { throw .tooManyValues }
                histogram.fill(slot: Int(slot), count: word.magnitude)
            }
            slot += run
        }
        return histogram
    }

    /// What is wrong with a cookie that headroom does not read.
    private static func fault(ofCookie cookie: UInt32) -> HistogramEncodingFault {
        switch self.base(ofCookie: cookie) {
        case 0x1C84_9301, 0x1C84_9302: .olderVersion(1)
        case 0x1C84_9308, 0x1C84_9309: .olderVersion(0)
        case 0x0C72_120E, 0x0C72_120F: .unsupported("a histogram of floating-point values (DoubleHistogram)")
        case self.base(ofCookie: self.compressedCookie): .nestedStream
        default: .cookie(cookie)
        }
    }

    /// A cookie without the digit for the word size of older forms; readers compare this.
    private static func base(ofCookie cookie: UInt32) -> UInt32 { cookie & ~0xF0 }
}

extension ArraySlice<UInt8> {
    /// The big-endian integer at an offset from the start; nil where the bytes end before it.
    fileprivate func bigEndian<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value? {
        let size = MemoryLayout<Value>.size
        guard self.count >= offset + size else { return nil }
        return self.withUnsafeBytes {
            Value(bigEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
    }
}
