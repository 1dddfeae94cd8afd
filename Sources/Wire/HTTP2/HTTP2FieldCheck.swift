#if canImport(Glibc)
import Glibc
#endif

/// Checks the fields of one header block of a response as they are decompressed (RFC 9113 sections 8.2, 8.3),
/// and keeps the two that matter.
struct HTTP2FieldCheck {
    /// A trailer section: it may contain no pseudo field.
    var isTrailer = false
    /// 0: not seen.
    var status: UInt16 = 0
    /// -1: not seen.
    var contentLength: Int64 = -1
    /// The first fault. The block must still be decompressed to its end.
    var fault: HTTP2Fault?
    private var seenRegular = false

    init(isTrailer: Bool) { self.isTrailer = isTrailer }

    /// Checks the next field.
    @inline(__always)
    mutating func take(
        _ name: UnsafePointer<UInt8>, _ nameCount: Int, _ value: UnsafePointer<UInt8>, _ valueCount: Int
    ) {
        if fault != nil { return }
        if nameCount > 0, name[0] == HTTP1Byte.colon {
            takePseudo(name, nameCount, value, valueCount)
            return
        }
        seenRegular = true
        guard Self.isName(name, nameCount) else { return fault = .fieldName }
        guard Self.isValue(value, valueCount) else { return fault = .fieldValue }
        if Self.isOfConnection(name, nameCount, value, valueCount) { return fault = .connectionField }
        if !isTrailer, nameCount == 14, Self.equal(name, "content-length") {
            takeLength(value, valueCount)
        }
    }

    /// Ends the block.
    mutating func finish() {
        if fault == nil, !isTrailer, status == 0 { fault = .status }
        if fault == nil, status == 101 { fault = .unexpectedUpgrade }
    }

    private mutating func takePseudo(
        _ name: UnsafePointer<UInt8>, _ nameCount: Int, _ value: UnsafePointer<UInt8>, _ valueCount: Int
    ) {
        guard !isTrailer, !seenRegular, status == 0, nameCount == 7, Self.equal(name, ":status") else {
            return fault = .pseudoField
        }
        // 600 to 999 are no error of the stream: a client treats them as 5xx (RFC 9110 section 15).
        guard valueCount == 3, value[0] &- 0x31 < 9, value[1] &- 0x30 < 10, value[2] &- 0x30 < 10 else {
            return fault = .status
        }
        status = UInt16(value[0] &- 0x30) &* 100 &+ UInt16(value[1] &- 0x30) &* 10 &+ UInt16(value[2] &- 0x30)
    }

    /// 1*DIGIT, up to `Int64.max`; after a comma, or in a second field, the same number again (RFC 9110 section 8.6).
    private mutating func takeLength(_ value: UnsafePointer<UInt8>, _ count: Int) {
        var index = 0
        // Each turn uses a number, and the comma after it.
        while true {
            while index < count, HTTP1Byte.isBlank(value[index]) { index &+= 1 }
            let start = index
            var length: Int64 = 0
            while index < count, value[index] &- HTTP1Byte.zero < 10 {
                let digit = Int64(value[index] &- HTTP1Byte.zero)
                guard length <= (Int64.max &- digit) / 10 else { return fault = .contentLength }
                length = length &* 10 &+ digit
                index &+= 1
            }
            guard index > start, contentLength < 0 || contentLength == length else { return fault = .contentLength }
            contentLength = length
            while index < count, HTTP1Byte.isBlank(value[index]) { index &+= 1 }
            if index == count { return }
            guard value[index] == HTTP1Byte.comma else { return fault = .contentLength }
            index &+= 1
        }
    }

    /// A token without upper case.
    @inline(__always)
    private static func isName(_ name: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count == 0 { return false }
        for index in 0..<count {
            let byte = name[index]
            if !HTTP1Byte.isToken(byte) || byte &- 0x41 < 26 { return false }
        }
        return true
    }

    /// No control byte except HTAB, no blank at either end (section 8.2.1; RFC 9110 section 5.5).
    @inline(__always)
    private static func isValue(_ value: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        if count == 0 { return true }
        if HTTP1Byte.isBlank(value[0]) || HTTP1Byte.isBlank(value[count &- 1]) { return false }
        var index = 0
        while true {
            index = HTTP1Byte.endOfText(value, from: index, to: count)
            if index == count { return true }
            if value[index] != HTTP1Byte.tab { return false }
            index &+= 1
        }
    }

    /// A field of an HTTP/1.1 connection (section 8.2.2).
    @inline(__always)
    private static func isOfConnection(
        _ name: UnsafePointer<UInt8>, _ count: Int, _ value: UnsafePointer<UInt8>, _ valueCount: Int
    ) -> Bool {
        switch count {
        case 2: equal(name, "te") && !(valueCount == 8 && equal(value, "trailers"))
        case 7: equal(name, "upgrade")
        case 10: equal(name, "connection") || equal(name, "keep-alive")
        case 16: equal(name, "proxy-connection")
        case 17: equal(name, "transfer-encoding")
        default: false
        }
    }

    /// Whether the bytes, of which there are as many, equal the word.
    @inline(__always)
    private static func equal(_ bytes: UnsafePointer<UInt8>, _ word: StaticString) -> Bool {
        memcmp(bytes, word.utf8Start, word.utf8CodeUnitCount) == 0
    }
}
