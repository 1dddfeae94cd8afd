/// Types of frames (RFC 9113 section 6).
enum HTTP2FrameType: UInt8 {
    case data = 0
    case headers = 1
    case priority = 2
    case resetStream = 3
    case settings = 4
    case pushPromise = 5
    case ping = 6
    case goAway = 7
    case windowUpdate = 8
    case continuation = 9
}

/// The nine bytes before every frame (RFC 9113 section 4.1).
struct HTTP2FrameHeader: Equatable {
    static let byteCount = 9
    static let endStream: UInt8 = 0x1
    static let acknowledgement: UInt8 = 0x1
    static let endHeaders: UInt8 = 0x4
    static let padded: UInt8 = 0x8
    static let priority: UInt8 = 0x20

    var length = 0
    var type: UInt8 = 0
    var flags: UInt8 = 0
    var stream: UInt32 = 0

    init() {}

    /// Reads nine bytes. The reserved bit is ignored, as section 4.1 requires.
    @inline(__always)
    init(_ bytes: UnsafePointer<UInt8>) {
        length = Int(bytes[0]) &<< 16 | Int(bytes[1]) &<< 8 | Int(bytes[2])
        type = bytes[3]
        flags = bytes[4]
        stream = HTTP2FrameHeader.load32(bytes + 5) & 0x7FFF_FFFF
    }

    @inline(__always)
    func has(_ flag: UInt8) -> Bool { flags & flag != 0 }

    @inline(__always)
    static func load32(_ bytes: UnsafePointer<UInt8>) -> UInt32 {
        UInt32(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self))
    }

    @inline(__always)
    static func store32(_ value: UInt32, to bytes: UnsafeMutablePointer<UInt8>) {
        UnsafeMutableRawPointer(bytes).storeBytes(of: value.bigEndian, as: UInt32.self)
    }

    /// Writes nine bytes.
    @inline(__always)
    static func write(
        length: Int, type: HTTP2FrameType, flags: UInt8, stream: UInt32, to bytes: UnsafeMutablePointer<UInt8>
    ) {
        bytes[0] = UInt8(truncatingIfNeeded: length &>> 16)
        bytes[1] = UInt8(truncatingIfNeeded: length &>> 8)
        bytes[2] = UInt8(truncatingIfNeeded: length)
        bytes[3] = type.rawValue
        bytes[4] = flags
        store32(stream, to: bytes + 5)
    }
}

/// Identifiers of SETTINGS that matter here (RFC 9113 section 6.5.2).
enum HTTP2Setting {
    static let headerTableSize: UInt16 = 1
    static let enablePush: UInt16 = 2
    static let concurrentStreams: UInt16 = 3
    static let initialWindowSize: UInt16 = 4
    static let frameSize: UInt16 = 5
    static let headerListSize: UInt16 = 6
}
