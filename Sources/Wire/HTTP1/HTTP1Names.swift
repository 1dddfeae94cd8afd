/// The words that the parser recognises, each with the byte that must follow it. One cursor into the list matches a
/// word, so that a name that was cut anywhere continues where it was.
enum HTTP1Names {
    /// The bytes so far can become none of the words.
    static let none: UInt8 = 0xFF

    /// Field names. The first two begin alike: after "con" an "n" moves the cursor on to the second.
    static var fields: StaticString { "content-length:connection:transfer-encoding:" }
    static let afterCon: UInt8 = 3
    static let afterConn: UInt8 = 19
    static let transferEncoding: UInt8 = 26
    static let endOfContentLength: UInt8 = 14
    static let endOfConnection: UInt8 = 25

    /// Connection options.
    static var options: StaticString { "close,keep-alive," }
    static let keepAlive: UInt8 = 6
    static let endOfClose: UInt8 = 5
    static let endOfKeepAlive: UInt8 = 16

    /// The one transfer coding that frames a body.
    static var chunked: StaticString { "chunked" }
    static let endOfChunked: UInt8 = 7
    static let afterChunked: UInt8 = 8

    /// The protocol name and major version of a start line.
    static var version: StaticString { "HTTP/1." }
    static let endOfVersion: UInt8 = 7
}
