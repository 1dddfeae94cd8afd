/// `HTTP/1.0` and `HTTP/1.1`, which begin a status line and end a request line.
extension HTTP1Message {
    /// Reads a byte of the version at `position` 0...7: the name is 0 to 6. Advances `match`. False: it was wrong.
    @inline(__always)
    mutating func readVersionByte(_ byte: UInt8, at position: UInt8) -> Bool {
        if position < HTTP1Names.endOfVersion {
            guard byte == HTTP1Names.version.utf8Start[Int(position)] else {
                // Before the slash it is another protocol, after it another version.
                fail(position < 5 ? .startLine : .version)
                return false
            }
        } else {
            switch byte {
            case UInt8(ascii: "0"): flags.insert(.version10)
            case UInt8(ascii: "1"): break
            default:
                fail(.version)
                return false
            }
        }
        match &+= 1
        return true
    }
}
