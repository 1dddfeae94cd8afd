/// The answer that a server sends before it closes a silent connection: 408, without a request (RFC 9110 15.5.9).
public enum HTTP1RequestTimeout {
    private static let code: [UInt8] = Array(" 408".utf8)
    private static let version: [UInt8] = Array("HTTP/1.".utf8)

    /// Whether bytes begin with its status line.
    public static func begins(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // HTTP/1.x, a space, the code.
        let start = Self.version.count + 1
        return bytes.count >= start + Self.code.count && bytes.prefix(Self.version.count).elementsEqual(Self.version)
            && bytes[start..<(start + Self.code.count)].elementsEqual(Self.code)
    }
}
