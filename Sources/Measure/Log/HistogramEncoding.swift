/// The V2 binary form of a histogram, as HdrHistogram interchanges it (verified against Java's writer and reader).
/// All numbers are big-endian.
///
/// `cookie: Int32 | payloadLength: Int32 | normalizingIndexOffset: Int32 = 0 | significantDigits: Int32 |
/// lowestDiscernible: Int64 | highestTrackable: Int64 | integerToDoubleRatio: Float64 = 1`, then the counts up
/// to the last one that is not zero, as ZigZag words: a count, or minus the length of a run of zeros.
public enum HistogramEncoding {
    static let headerBytes = 40
    static let cookie: UInt32 = 0x1C84_9313
    static let compressedCookie: UInt32 = 0x1C84_9314
    /// Cookie and length before the zlib stream.
    static let compressedHeaderBytes = 8
    /// The most that one histogram may inflate to: the widest shape with 5 digits fits.
    public static let inflatedLimit = 64 << 20

    /// The uncompressed form. Equal histograms give equal bytes. Cost: the used slots.
    public static func encode(_ histogram: Histogram) -> [UInt8] {
        let payload = self.payload(of: histogram)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.headerBytes + payload.count)
        bytes.appendBigEndian(self.cookie)
        bytes.appendBigEndian(UInt32(payload.count))
        bytes.appendBigEndian(UInt32(0))
        bytes.appendBigEndian(UInt32(histogram.significantDigits))
        bytes.appendBigEndian(histogram.lowestDiscernible)
        bytes.appendBigEndian(histogram.highestTrackable)
        bytes.appendBigEndian(1.0.bitPattern)
        bytes.append(contentsOf: payload)
        return bytes
    }

    /// The compressed form: its own cookie, a length, and a zlib stream of the uncompressed form.
    public static func encodeCompressed(_ histogram: Histogram) -> [UInt8] {
        let stream = Zlib.compress(self.encode(histogram))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.compressedHeaderBytes + stream.count)
        bytes.appendBigEndian(self.compressedCookie)
        bytes.appendBigEndian(UInt32(stream.count))
        bytes.append(contentsOf: stream)
        return bytes
    }

    /// The compressed form as base64, as in a line of a log.
    public static func encodeBase64(_ histogram: Histogram) -> [UInt8] {
        var text: [UInt8] = []
        Base64.append(self.encodeCompressed(histogram), to: &text)
        return text
    }

    /// The counts as words. An empty histogram is the single count 0, as in Java.
    private static func payload(of histogram: Histogram) -> [UInt8] {
        var bytes: [UInt8] = []
        let used = histogram.usedSlots
        // Slots before the used ones are zeros like those between them.
        var zeros = Int64(used.lowerBound)
        for slot in used {
            let count = histogram.count(atSlot: slot)
            if count == 0 {
                zeros += 1
                continue
            }
            if zeros > 0 { ZigZag.append(zeros > 1 ? -zeros : 0, to: &bytes) }
            zeros = 0
            ZigZag.append(Int64(clamping: count), to: &bytes)
        }
        if bytes.isEmpty { ZigZag.append(0, to: &bytes) }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func appendBigEndian(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.bigEndian) { self.append(contentsOf: $0) }
    }
}
