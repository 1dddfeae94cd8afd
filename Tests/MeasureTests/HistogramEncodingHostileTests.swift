import Numerics
import Testing

@testable import Measure

@Suite("Hostile histogram encodings")
struct HistogramEncodingHostileTests {
    /// A header with chosen fields, and its payload.
    private func encoding(
        cookie: UInt32 = HistogramEncoding.cookie, length: UInt32? = nil, offset: UInt32 = 0,
        digits: UInt32 = 3,
        lowest: UInt64 = 1, highest: UInt64 = 3_600_000_000, ratio: Double = 1, payload: [UInt8] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        append(cookie)
        append(length ?? UInt32(payload.count))
        append(offset)
        append(digits)
        append(lowest)
        append(highest)
        append(ratio.bitPattern)
        return bytes + payload
    }

    /// The compressed form of any bytes.
    private func compressed(_ inner: [UInt8]) -> [UInt8] {
        let stream = Zlib.compress(inner)
        return withUnsafeBytes(of: HistogramEncoding.compressedCookie.bigEndian, Array.init)
            + withUnsafeBytes(of: UInt32(stream.count).bigEndian, Array.init) + stream
    }

    private func words(_ words: Int64...) -> [UInt8] {
        var bytes: [UInt8] = []
        for word in words { ZigZag.append(word, to: &bytes) }
        return bytes
    }

    /// Expects that both forms of an encoding are refused with the same fault.
    private func expect(
        _ bytes: [UInt8], throws fault: HistogramEncodingFault,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: fault, sourceLocation: sourceLocation) { try HistogramEncoding.decode(bytes) }
        #expect(throws: fault, sourceLocation: sourceLocation) {
            try HistogramEncoding.decode(self.compressed(bytes))
        }
    }

    @Test("impossible digits, ranges and units are named")
    func shapes() {
        self.expect(self.encoding(digits: 6), throws: .shape(lowest: 1, highest: 3_600_000_000, digits: 6))
        self.expect(
            self.encoding(digits: 0xFFFF_FFFF), throws: .shape(lowest: 1, highest: 3_600_000_000, digits: -1))
        self.expect(self.encoding(lowest: 0), throws: .shape(lowest: 0, highest: 3_600_000_000, digits: 3))
        self.expect(self.encoding(highest: 1), throws: .shape(lowest: 1, highest: 1, digits: 3))
        self.expect(self.encoding(highest: .max), throws: .shape(lowest: 1, highest: .max, digits: 3))
        self.expect(
            self.encoding(lowest: 1 << 60, highest: 1 << 62),
            throws: .shape(lowest: 1 << 60, highest: 1 << 62, digits: 3))
    }

    @Test("runs of zeros and counts beyond the slots are named")
    func runs() {
        let slots: UInt64 = 23_552
        self.expect(
            self.encoding(payload: self.words(-Int64(slots), 1)),
            throws: .slotOutOfRange(slot: slots, slots: slots))
        self.expect(
            self.encoding(payload: self.words(-Int64(slots) - 1)),
            throws: .slotOutOfRange(slot: slots, slots: slots))
        self.expect(self.encoding(payload: self.words(1, .min)), throws: .zeroRun(1 << 63))
        self.expect(self.encoding(payload: self.words(-(1 << 31))), throws: .zeroRun(1 << 31))
        self.expect(
            self.encoding(payload: self.words(1, -Int64(Int32.max))),
            throws: .slotOutOfRange(slot: UInt64(Int32.max), slots: slots))
        self.expect(self.encoding(payload: self.words(.max, 1)), throws: .tooManyValues)
        self.expect(self.encoding(payload: [0x80, 0x80]), throws: .wordCut)
    }

    @Test("a run of one zero, which no writer makes, and zeros to the last slot are read")
    func oddButTrue() throws {
        let read = try HistogramEncoding.decode(self.encoding(payload: self.words(-1, 4, -23_550)))
        #expect(read.count(atSlot: 1) == 4)
        #expect(read.totalCount == 4)
        let full = try HistogramEncoding.decode(self.encoding(payload: self.words(.max)))
        #expect(full.totalCount == UInt64(Int64.max))
        #expect(full.value(atPercentile: 99.9) == 0)
        #expect(full.supportedValue(atPercentile: 50) == 0)
    }

    @Test("other kinds of histograms are named, older ones by their version")
    func cookies() {
        for older: UInt32 in [0x1C84_9301, 0x1C84_9371] {
            self.expect(self.encoding(cookie: older), throws: .olderVersion(1))
        }
        self.expect(self.encoding(cookie: 0x1C84_9308), throws: .olderVersion(0))
        self.expect(self.encoding(cookie: 0xDEAD_BEEF), throws: .cookie(0xDEAD_BEEF))
        let double = "a histogram of floating-point values (DoubleHistogram)"
        self.expect(self.encoding(cookie: 0x0C72_124E), throws: .unsupported(double))
        self.expect(self.encoding(offset: 8), throws: .unsupported("a normalizing index offset of 8"))
        self.expect(self.encoding(ratio: 2), throws: .unsupported("a ratio of 2.0 to floating-point values"))
        let nested = self.compressed(
            self.compressed(self.encoding(payload: [2] + Array(repeating: 0, count: 99))))
        #expect(throws: HistogramEncodingFault.nestedStream) { try HistogramEncoding.decode(nested) }
    }

    @Test("a false length is named, and allocates nothing")
    func lengths() {
        let whole = self.encoding(payload: self.words(1, 2, 3))
        #expect(throws: HistogramEncodingFault.truncated(needed: 43, found: 42)) {
            try HistogramEncoding.decode(whole.dropLast())
        }
        #expect(throws: HistogramEncodingFault.surplus) { try HistogramEncoding.decode(whole + [0]) }
        self.expect(self.encoding(length: .max), throws: .payloadTooLong(bytes: 4_294_967_295, slots: 23_552))
        self.expect(
            self.encoding(length: 23_552 * 9 + 1),
            throws: .payloadTooLong(bytes: 23_552 * 9 + 1, slots: 23_552))
        #expect(throws: HistogramEncodingFault.shortStream) {
            try HistogramEncoding.decode(self.compressed(Array(whole.dropLast())))
        }
        #expect(throws: HistogramEncodingFault.surplus) {
            try HistogramEncoding.decode(self.compressed(whole + [0]))
        }
        for length in 0..<4 {
            #expect(throws: HistogramEncodingFault.truncated(needed: 4, found: length)) {
                try HistogramEncoding.decode(Array(whole.prefix(length)))
            }
        }
    }

    @Test("a stream that inflates to a thousand times its size stops at the counts that a shape can have")
    func zipBomb() {
        let bomb = self.compressed(
            self.encoding(payload: self.words(1)) + Array(repeating: 0, count: 80 << 20))
        #expect(bomb.count < 100_000)
        #expect(throws: HistogramEncodingFault.surplus) { try HistogramEncoding.decode(bomb) }
        let honestLength = self.encoding(length: 80 << 20, digits: 5, highest: UInt64(Int64.max))
        self.expect(
            honestLength + Array(repeating: 0, count: 80 << 20),
            throws: .payloadTooLong(bytes: 80 << 20, slots: (64 - 18 + 1) << 17))
        #expect(((64 - 18 + 1) << 17) * ZigZag.longest < HistogramEncoding.inflatedLimit)
    }

    @Test("every cut and every flipped bit of the compressed form is a named fault or the same histogram")
    func corruption() throws {
        let histogram = Histogram(of: [100, 100, 5000, 1_000_000], highestTrackable: 3_600_000_000)
        let whole = HistogramEncoding.encodeCompressed(histogram)
        for length in 0..<whole.count {
            #expect(throws: HistogramEncodingFault.self) {
                try HistogramEncoding.decode(Array(whole.prefix(length)))
            }
        }
        var survived = 0
        for bit in 0..<(whole.count * 8) {
            var damaged = whole
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            guard let read = try? HistogramEncoding.decode(damaged) else { continue }
            survived += 1
            #expect(HistogramEncoding.encode(read) == HistogramEncoding.encode(histogram))
        }
        // Bits of the cookie's word size, and some of zlib's header, change nothing.
        #expect(survived < 16)
    }

    @Test("ten thousand seeded corruptions of the uncompressed form result in a fault or a histogram")
    func seededCorruption() {
        var random = RandomGenerator(seed: 41)
        var histogram = Histogram(significantDigits: 1, highestTrackable: 1_000_000)
        for _ in 0..<300 { histogram.record(random.nextLogUniform(upTo: 1e6)) }
        let whole = HistogramEncoding.encode(histogram)
        var read = 0
        for _ in 0..<10_000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 12..<damaged.count, using: &random)
                // The highest value's upper bytes stay, so that no test allocates gigabytes of zeros.
                damaged[place] = UInt8(truncatingIfNeeded: random.next())
            }
            guard let decoded = try? HistogramEncoding.decode(damaged) else { continue }
            read += 1
            histogram = decoded
            let sum = decoded.usedSlots.reduce(UInt64(0)) { $0 + decoded.count(atSlot: $1) }
            #expect(sum == decoded.totalCount)
            _ = decoded.value(atPercentile: 99)
        }
        #expect(read > 100)
    }
}
