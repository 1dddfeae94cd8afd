/// What a client announces to a server, and how many streams it uses.
public struct HTTP2Configuration: Sendable, Equatable {
    /// Streams used at once, 1 to `HTTP2Limits.streams`.
    public var streams = 1
    /// Bytes that a server may send ahead on one stream. Nothing is buffered here, so a window costs no memory; 16 MiB
    /// carry 1.3 Gbit/s over 100 ms.
    public var streamWindow = 16_777_216
    /// The same for all streams of a connection together.
    public var connectionWindow = 67_108_864
    /// The longest frame that the server may send, 16,384 to 16,777,215.
    public var frameSize = 16_384
    /// Bytes of the table for the compression of response headers, up to 65,536.
    public var headerTableSize = 4_096

    /// The defaults.
    public init() {}

    /// The same configuration with every value clamped to its range.
    var clamped: HTTP2Configuration {
        var result = self
        result.streams = min(max(streams, 1), HTTP2Limits.streams)
        result.streamWindow = min(max(streamWindow, 1), HTTP2Limits.window)
        // The connection's window begins at 65,535 and can only grow (RFC 9113 section 6.9.2).
        result.connectionWindow = min(
            max(connectionWindow, HTTP2Limits.defaultWindow), HTTP2Limits.window)
        result.frameSize = min(max(frameSize, HTTP2Limits.defaultFrameSize), HTTP2Limits.frameSize)
        result.headerTableSize = min(max(headerTableSize, 0), 65_536)
        return result
    }
}
