/// The limits of the HTTP/2 engine. Each run of bytes, frames or fields that a server can make long ends at one of
/// them.
public enum HTTP2Limits {
    /// Header bytes of one response, counted before and after decompression, with interim heads and trailers. As
    /// `HTTP1Limits.headerBytes`. Decoding stops at the field that exceeds it, so a bomb of one byte indexes costs no
    /// more than this.
    public static let headerBytes = 262_144
    /// Fields of one response, with interim heads and trailers.
    public static let fields = 256
    /// Interim (1xx) responses before the final one.
    public static let interimResponses = 32
    /// CONTINUATION frames of one header block: 256 KiB in frames of 16 KiB are 16.
    public static let continuationFrames = 64
    /// Table size updates at the start of one block: RFC 7541 section 4.2 needs two.
    public static let tableSizeUpdates = 2
    /// Entries of one SETTINGS frame, as in nghttp2; ten are registered.
    public static let settingsEntries = 32
    /// Frames without progress for any response, within `idleFrameSpanNanoseconds`.
    public static let idleFrames = 10_000
    /// The span over which `idleFrames` are counted: 10 s.
    public static let idleFrameSpanNanoseconds: UInt64 = 10_000_000_000
    /// Idle frames that one frame of progress cancels: a server may send a PING and a WINDOW_UPDATE or two with every
    /// response for as long as it likes.
    public static let idleFramesForgiven = 4
    /// Streams that one connection carries at once.
    public static let streams = 1_024
    /// Streams assumed to be allowed until the server's SETTINGS come: the smallest number that RFC 9113 section 6.5.2
    /// recommends.
    public static let streamsBeforeSettings = 100
    /// Ids of ended streams that are kept, to distinguish a second end from a late frame.
    public static let endedStreamsKept = 16
    /// Bytes of replies (acknowledgements, resets, window updates) that wait to be sent: a server that causes them and
    /// does not read them ends here.
    public static let replyBytes = 1_048_576
    /// From this many waiting bytes on, no further request is taken: the waiting ones are sent first. So a batch of
    /// requests needs this much memory and one more request, however many streams there are.
    public static let requestBytesAhead = 262_144
    /// Events of one step of reading, besides the end of each request: a head, a part of a body, and events of the
    /// connection.
    static let eventsOfAStep = 4
    /// Bytes of request bodies that are framed ahead of the socket.
    public static let uploadBytesAhead = 65_536
    /// The largest window, SETTINGS_MAX_FRAME_SIZE and stream id (RFC 9113 sections 6.9.1, 4.2 and 5.1.1).
    public static let window = 2_147_483_647
    static let frameSize = 16_777_215
    static let defaultFrameSize = 16_384
    static let defaultWindow = 65_535
}
