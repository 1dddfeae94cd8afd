/// The client's side of one HTTP/2 connection (RFC 9113), sans-IO: bytes in, events and bytes out.
///
/// Frames, streams and flow control are read and written here; libnghttp2 compresses and decompresses the
/// header fields. The order of calls, after the connection was made:
///
///     session.output()        the preface; send it, and tell `sent` how much the kernel took
///     session.submit(...)     while `availableStreams` > 0; then `output()` again
///     session.feed(...)       what was read; then `nextEvent()` until nil, then `output()` again
///
/// Time comes in with `feed`. No call after init allocates, except that the output buffer grows (by doubling) where
/// more waits than ever before, and what libnghttp2 does; replies, requests and bodies that wait have a limit each in
/// `HTTP2Limits`. One thread at a time uses it. A broken session stays broken: it ignores what it is fed and refuses
/// requests.
public struct HTTP2ClientSession: ~Copyable {
    /// What the bytes to be read next are.
    enum Stage: UInt8 {
        case frameHeader
        /// `gatherCount` bytes of the payload, taken together.
        case gather
        case headerFragment
        case data
        /// Padding, and payloads that are not looked at.
        case skip
        /// The connection is broken or over.
        case over
    }

    /// Where in a header block the changes of the table's size are looked for.
    enum BlockLead: UInt8 {
        case start, insideUpdate, over
    }

    let configuration: HTTP2Configuration
    var codec: HTTP2FieldCodec
    /// Bytes that passed, by class.
    public internal(set) var counts = HTTP2ByteCounts()

    // Streams.
    let streams: UnsafeMutablePointer<HTTP2Stream>
    /// Requests that are open.
    public internal(set) var openStreams = 0
    var nextStreamID: UInt32 = 1
    /// The slot found last: frames of a stream follow each other.
    var lastSlot = 0
    /// The last streams that the server ended, the oldest overwritten first.
    let endedStreams: UnsafeMutablePointer<UInt32>
    var endedStreamsNext = 0
    /// The server, or we, announced the end: no further request goes over this connection.
    public internal(set) var isDraining = false
    var lastProcessedStream = UInt32(HTTP2Limits.window)

    // Events.
    var events: HTTP2EventQueue

    // Output.
    var outputBuffer: UnsafeMutablePointer<UInt8>
    var outputCapacity: Int
    var outputStart = 0
    var outputEnd = 0
    /// Bytes of replies among what waits, at most.
    var repliesWaiting = 0
    /// Streams whose request body is not framed to its end, and the slot whose turn it is.
    var uploads = 0
    var uploadSlot = 0

    // Reading.
    var stage = Stage.frameHeader
    var frame = HTTP2FrameHeader()
    /// Payload bytes of the frame still to come, and how many of these are padding.
    var left = 0
    var padding = 0
    /// A frame header, or a short payload, that came in pieces.
    let scratch: UnsafeMutablePointer<UInt8>
    var scratchCount = 0
    var gatherCount = 0
    /// The slot that the frame being read belongs to; -1: to none.
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
    /// The Locations of redirects are kept until they are taken.
    public var keepsLocations = false
    /// Those that were not taken yet, by stream: no more than there may be streams.
    var locations: [(stream: UInt32, field: LocationField)] = []

    // The connection.
    /// The server's SETTINGS came, so it speaks HTTP/2.
    public internal(set) var settingsReceived = false
    var settingsAcknowledged = false
    var settingsEntries = 0
    /// Streams that the server allows; `Int.max` where its SETTINGS do not say.
    var peerStreams = HTTP2Limits.streamsBeforeSettings
    var peerStreamWindow = HTTP2Limits.defaultWindow
    var sendWindow = HTTP2Limits.defaultWindow
    var receiveWindow: Int
    var idleFrames = 0
    var idleFramesSince: UInt64 = 0
    var now: UInt64 = 0

    /// A session whose output holds the connection preface, SETTINGS and the connection's window.
    /// Nil where memory is short.
    public init?(_ configuration: HTTP2Configuration = HTTP2Configuration()) {
        guard let codec = HTTP2FieldCodec() else { return nil }
        self.codec = codec
        let configuration = configuration.clamped
        self.configuration = configuration
        receiveWindow = configuration.connectionWindow
        streams = .allocate(capacity: configuration.streams)
        streams.initialize(repeating: HTTP2Stream(), count: configuration.streams)
        // A step ends each stream once at most; room for two such steps, as many reads need not wait for the caller.
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

    /// The longest thing that is gathered is a frame header.
    private static var scratchSize: Int { 16 }
    private static var firstOutputSize: Int { 512 }

    /// Requests that may be submitted now: what the server allows and the configuration wants, less what is
    /// open. 0 once the connection drains, is broken, or has used up its stream ids.
    public var availableStreams: Int {
        if isDraining || stage == .over || nextStreamID >= UInt32(HTTP2Limits.window) { return 0 }
        let streams = min(configuration.streams, peerStreams) &- openStreams
        // One more request is one more end. The second bound is the smaller one only while events wait to be taken.
        return max(0, min(streams, events.room &- openStreams &- HTTP2Limits.eventsOfAStep))
    }

    /// The output takes a further request; if not, it must be sent first.
    public var hasOutputRoom: Bool { outputEnd &- outputStart < HTTP2Limits.requestBytesAhead }

    /// The connection is broken or its transport ended.
    public var isOver: Bool { stage == .over }
    /// The last stream id was used: a connection of its own must follow.
    public var isExhausted: Bool { nextStreamID >= UInt32(HTTP2Limits.window) }

    /// The next event, in order; nil when all were taken.
    @inline(__always)
    public mutating func nextEvent() -> HTTP2Event? {
        events.next()
    }

    /// Room for every event that one step of reading can cause. A step posts the end of each open request once at
    /// most, and fewer than `eventsOfAStep` others; so whenever something is posted outside of `feed`, the end of every
    /// open request and of the connection has room.
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
        // After the stage: a full output must not fail again. Then there is no GOAWAY.
        writeGoAway(fault.code)
        var event = HTTP2Event(kind: .failed)
        event.fault = fault
        event.code = UInt32(clamping: open)
        post(event)
    }

    /// A frame came that brought nothing forward (RFC 9113 section 10.5).
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
