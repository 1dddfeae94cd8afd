/// The client's side of one HTTP/2 connection (RFC 9113), sans-IO: bytes in, events and bytes out.
///
/// It reads and writes frames, streams and flow control itself; libnghttp2 compresses and decompresses the header
/// fields. The order of calls, after the connection was made:
///
///     session.output()        the preface; send it, and pass to `sent` how much the kernel took
///     session.submit(...)     while `availableStreams` > 0; then `output()` again
///     session.feed(...)       what was read; then `nextEvent()` until nil, then `output()` again
///
/// `feed` brings the time. No call after init allocates, with two exceptions: the output buffer grows (by doubling) if
/// more bytes wait than ever before, and libnghttp2 allocates. Waiting replies, requests and bodies have a limit each
/// in `HTTP2Limits`. One thread at a time uses a session. A broken session stays broken: it ignores further bytes and
/// refuses requests.
public struct HTTP2ClientSession: ~Copyable {
    /// What the next bytes are.
    enum Stage: UInt8 {
        case frameHeader
        /// `gatherCount` bytes of the payload, gathered into one piece.
        case gather
        case headerFragment
        case data
        /// Padding, and payloads without meaning here.
        case skip
        /// The connection is broken or over.
        case over
    }

    /// The part of a header block where table size updates may be.
    enum BlockLead: UInt8 {
        case start, insideUpdate, over
    }

    let configuration: HTTP2Configuration
    var codec: HTTP2FieldCodec
    /// Bytes transferred, by class.
    public internal(set) var counts = HTTP2ByteCounts()

    // Streams.
    let streams: UnsafeMutablePointer<HTTP2Stream>
    /// Number of open requests.
    public internal(set) var openStreams = 0
    var nextStreamID: UInt32 = 1
    /// The slot that was found last: frames of a stream often follow each other.
    var lastSlot = 0
    /// The last streams that the server ended; the oldest is overwritten first.
    let endedStreams: UnsafeMutablePointer<UInt32>
    var endedStreamsNext = 0
    /// The server or we announced the end: this connection takes no further request.
    public internal(set) var isDraining = false
    var lastProcessedStream = UInt32(HTTP2Limits.window)

    // Events.
    var events: HTTP2EventQueue

    // Output.
    var outputBuffer: UnsafeMutablePointer<UInt8>
    var outputCapacity: Int
    var outputStart = 0
    var outputEnd = 0
    /// Upper bound for bytes of replies among the waiting output.
    var repliesWaiting = 0
    /// Streams whose request body is not completely framed, and the slot that is next.
    var uploads = 0
    var uploadSlot = 0

    // Reading.
    var stage = Stage.frameHeader
    var frame = HTTP2FrameHeader()
    /// Payload bytes of the frame still to come, and how many of them are padding.
    var left = 0
    var padding = 0
    /// A frame header, or a short payload, that came in pieces.
    let scratch: UnsafeMutablePointer<UInt8>
    var scratchCount = 0
    var gatherCount = 0
    /// The slot of the frame that is being read; -1: none.
    var frameSlot = -1
    var feedNumber: UInt32 = 0

    // The header block being read.
    /// 0: none is open.
    var blockStream: UInt32 = 0
    var blockSlot = -1
    var blockEndsStream = false
    var blockContinuations = 0
    var blockBytes = 0
    var blockFields = 0
    var blockListBytes = 0
    var blockSizeUpdates = 0
    var blockLead = BlockLead.start
    var block = HTTP2FieldCheck(isTrailer: false)
    /// The Location of the block; kept where `keepsLocations`.
    var blockLocation = LocationField.none
    /// Keeps the Locations of redirects until they are taken.
    public var keepsLocations = false
    /// Locations that were not taken yet, by stream: no more than the number of streams.
    var locations: [(stream: UInt32, field: LocationField)] = []

    // The connection.
    /// The server's SETTINGS came, so it speaks HTTP/2.
    public internal(set) var settingsReceived = false
    var settingsAcknowledged = false
    var settingsEntries = 0
    /// Streams that the server allows; `Int.max` if its SETTINGS set no limit.
    var peerStreams = HTTP2Limits.streamsBeforeSettings
    var peerStreamWindow = HTTP2Limits.defaultWindow
    var sendWindow = HTTP2Limits.defaultWindow
    var receiveWindow: Int
    var idleFrames = 0
    var idleFramesSince: UInt64 = 0
    var now: UInt64 = 0

    /// A session whose output holds the connection preface, SETTINGS and the connection's window. Nil if memory is
    /// short.
    public init?(_ configuration: HTTP2Configuration = HTTP2Configuration()) {
        guard let codec = HTTP2FieldCodec() else { return nil }
        self.codec = codec
        let configuration = configuration.clamped
        self.configuration = configuration
        receiveWindow = configuration.connectionWindow
        streams = .allocate(capacity: configuration.streams)
        streams.initialize(repeating: HTTP2Stream(), count: configuration.streams)
        // A step ends each stream at most once. There is room for two such steps, so that many reads need not wait for
        // the caller.
        events = HTTP2EventQueue(capacity: 2 * (configuration.streams + HTTP2Limits.eventsOfAStep))
        endedStreams = .allocate(capacity: HTTP2Limits.endedStreamsKept)
        endedStreams.initialize(repeating: 0, count: HTTP2Limits.endedStreamsKept)
        scratch = .allocate(capacity: Self.scratchSize)
        scratch.initialize(repeating: 0, count: Self.scratchSize)
        outputCapacity = Self.firstOutputSize
        outputBuffer = .allocate(capacity: Self.firstOutputSize)
        writePreface()
    }

    deinit {
        streams.deallocate()
        endedStreams.deallocate()
        scratch.deallocate()
        outputBuffer.deallocate()
    }

    /// The longest piece that is gathered is a frame header.
    private static var scratchSize: Int { 16 }
    private static var firstOutputSize: Int { 512 }

    /// Requests that may be submitted now: what the server and the configuration allow, less the open ones. 0 once the
    /// connection drains, is broken, or has used up its stream ids.
    public var availableStreams: Int {
        if isDraining || stage == .over || nextStreamID >= UInt32(HTTP2Limits.window) { return 0 }
        let streams = min(configuration.streams, peerStreams) &- openStreams
        // One more request means one more end. The second bound is smaller only while events wait to be taken.
        return max(0, min(streams, events.room &- openStreams &- HTTP2Limits.eventsOfAStep))
    }

    /// The output has room for a further request; if not, send it first.
    public var hasOutputRoom: Bool { outputEnd &- outputStart < HTTP2Limits.requestBytesAhead }

    /// The connection is broken or its transport ended.
    public var isOver: Bool { stage == .over }
    /// The last stream id was used: a new connection must follow.
    public var isExhausted: Bool { nextStreamID >= UInt32(HTTP2Limits.window) }

    /// The next event, in order; nil when all were taken.
    @inline(__always)
    public mutating func nextEvent() -> HTTP2Event? {
        events.next()
    }

    /// There is room for every event that one step of reading can cause. A step posts the end of each open request at
    /// most once, and fewer than `eventsOfAStep` other events. So an event that is posted outside of `feed` always has
    /// room: the end of every open request, and that of the connection.
    @inline(__always)
    var hasEventRoom: Bool { events.room >= openStreams &+ HTTP2Limits.eventsOfAStep }

    @inline(__always)
    mutating func post(_ event: HTTP2Event) {
        events.post(event)
        assert(!events.hasOverflowed, "a step caused more events than HTTP2Limits.eventsOfAStep allows")
        if events.hasOverflowed { stage = .over }
    }

    /// Ends the connection from our side: GOAWAY with NO_ERROR waits in the output, and nothing new starts.
    public mutating func close() {
        if stage == .over || isDraining { return }
        isDraining = true
        writeGoAway(.noError)
    }

    /// The transport ended: each open request ends as `.lost`.
    public mutating func endOfStream() {
        if stage == .over { return }
        endAll(.lost, nil)
        stage = .over
    }

    /// The connection is broken: each open request ends with the fault, and so does the connection.
    @inline(never)
    mutating func fail(_ fault: HTTP2Fault) {
        if stage == .over { return }
        let open = openStreams
        endAll(.fault, fault)
        stage = .over
        // After the stage is set, so that a full output does not fail again. In that case there is no GOAWAY.
        writeGoAway(fault.code)
        var event = HTTP2Event(kind: .failed)
        event.fault = fault
        event.code = UInt32(clamping: open)
        post(event)
    }

    /// Counts a frame that brought no progress (RFC 9113 section 10.5).
    @inline(never)
    mutating func countIdleFrame() {
        if now &- idleFramesSince >= HTTP2Limits.idleFrameSpanNanoseconds {
            idleFramesSince = now
            idleFrames = 0
        }
        idleFrames &+= 1
        if idleFrames > HTTP2Limits.idleFrames { fail(.flood) }
    }

    @inline(__always)
    mutating func countProgress() {
        idleFrames = max(0, idleFrames &- HTTP2Limits.idleFramesForgiven)
    }
}
