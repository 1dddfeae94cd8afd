/// The words between the slashes of a request target, one by one, without the query.
struct PathWords {
    /// The bytes between two slashes.
    struct Word {
        let bytes: Slice<UnsafeBufferPointer<UInt8>>

        /// Compares bytes; nothing is decoded.
        func equals(_ text: StaticString) -> Bool {
            text.hasPointerRepresentation
                && self.bytes.elementsEqual(
                    UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }

        /// A decimal number of digits only, at most `limit`; nil otherwise.
        func number(upTo limit: UInt64) -> UInt64? {
            if self.bytes.isEmpty || self.bytes.count > 20 { return nil }
            var value: UInt64 = 0
            for byte in self.bytes {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                let (product, productOverflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, sumOverflow) = product.addingReportingOverflow(UInt64(byte &- 0x30))
                if productOverflow || sumOverflow { return nil }
                value = sum
            }
            return value <= limit ? value : nil
        }
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private let end: Int
    /// The target has a path that begins with a slash.
    let beginsPath: Bool

    /// Takes a request target that outlives the words.
    init(_ target: UnsafeBufferPointer<UInt8>) {
        self.bytes = target
        self.end = target.firstIndex(of: 0x3F) ?? target.count
        // Absolute form: the path begins at the third slash; without one it is `/`.
        let scheme: StaticString = "http://"
        let prefix = UnsafeBufferPointer(start: scheme.utf8Start, count: scheme.utf8CodeUnitCount)
        if target.starts(with: prefix) {
            self.position = target[prefix.count...].firstIndex(of: 0x2F) ?? self.end
            self.position = min(self.position, self.end)
            self.beginsPath = self.position > prefix.count
        } else {
            self.beginsPath = target.first == 0x2F
        }
    }

    /// No word is left.
    var isAtEnd: Bool { self.position >= self.end }

    /// The next word; empty if there is none, or between two slashes.
    mutating func next() -> Word {
        let start = min(self.position &+ 1, self.end)
        let stop = self.bytes[start..<self.end].firstIndex(of: 0x2F) ?? self.end
        self.position = stop
        return Word(bytes: self.bytes[start..<stop])
    }
}
