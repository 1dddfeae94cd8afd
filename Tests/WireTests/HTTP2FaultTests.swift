import Testing
import Wire

/// The rules of RFC 9113 that a server can break on the wire: one row each, with the frame that must answer it. Before
/// each row the server's SETTINGS have come and streams 1 and 3 are open; stream 1 is a GET.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2FaultTests {
    typealias F = HTTP2Frames

    enum Answer: Equatable {
        /// GOAWAY with this code, and the connection is over.
        case connection(UInt32)
        /// RST_STREAM with this code on stream 1, and stream 3 goes on.
        case stream(UInt32)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let rule: String
        let frames: [UInt8]
        let fault: HTTP2Fault
        let answer: Answer
        var testDescription: String { rule }
    }

    private static let head: [(String, String)] = [(":status", "200")]
    private static let ok = F.headers(1, head)

    private static func row(
        _ rule: String, _ fault: HTTP2Fault, _ answer: Answer, _ frames: [UInt8]...
    ) -> Row {
        Row(rule: rule, frames: frames.flatMap { $0 }, fault: fault, answer: answer)
    }

    static let framing: [Row] = [
        row("4.2 a frame over SETTINGS_MAX_FRAME_SIZE", .frameSize, .connection(6), ok, F.data(1, 16_385)),
        row("4.2 a PING of 7 bytes", .frameLength, .connection(6), F.frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0])),
        row("6.7 a PING of 9 bytes", .frameLength, .connection(6), F.frame(6, 0, 0, .init(repeating: 0, count: 9))),
        row("6.7 a PING on a stream", .streamID, .connection(1), F.frame(6, 0, 1, .init(repeating: 0, count: 8))),
        row("6.1 DATA on stream 0", .streamID, .connection(1), F.data(0, 1)),
        row("6.1 DATA padded with its whole payload", .padding, .connection(1), ok, F.frame(0, F.padded, 1, [4, 0, 0, 0])),
        row("6.1 DATA padded and empty", .frameLength, .connection(6), ok, F.frame(0, F.padded, 1)),
        row("6.1 DATA on an idle stream", .idleStream, .connection(1), F.data(5, 1)),
        row("5.1.1 DATA on a stream of the server's", .idleStream, .connection(1), F.data(2, 1)),
        row("6.2 HEADERS on stream 0", .streamID, .connection(1), F.headers(0, head)),
        row("6.2 HEADERS on an idle stream", .idleStream, .connection(1), F.headers(5, head)),
        row("5.1.1 HEADERS on a stream of the server's", .idleStream, .connection(1), F.headers(2, head)),
        row("6.2 HEADERS with more padding than payload", .padding, .connection(1), F.frame(1, F.padded | F.endHeaders, 1, [9, 0x88])),
        row("6.2 HEADERS too short for its priority", .frameLength, .connection(6), F.frame(1, F.priority | F.endHeaders, 1, [0, 0, 0])),
        row("6.3 PRIORITY on stream 0", .streamID, .connection(1), F.frame(2, 0, 0, [0, 0, 0, 0, 0])),
        row("6.3 PRIORITY of 4 bytes", .priorityLength, .stream(6), F.frame(2, 0, 1, [0, 0, 0, 0])),
        row("6.4 RST_STREAM on stream 0", .streamID, .connection(1), F.reset(0, 8)),
        row("6.4 RST_STREAM on an idle stream", .idleStream, .connection(1), F.reset(7, 8)),
        row("6.4 RST_STREAM of 3 bytes", .frameLength, .connection(6), F.frame(3, 0, 1, [0, 0, 0])),
        row("6.6 PUSH_PROMISE though disabled", .pushPromise, .connection(1), F.frame(5, F.endHeaders, 1, [0, 0, 0, 2, 0x88])),
        row("6.8 GOAWAY on a stream", .streamID, .connection(1), F.frame(7, 0, 1, .init(repeating: 0, count: 8))),
        row("6.8 GOAWAY of 7 bytes", .frameLength, .connection(6), F.frame(7, 0, 0, .init(repeating: 0, count: 7))),
        row("6.8 GOAWAY whose last stream grows", .goAway, .connection(1), F.goAway(1, 0), F.goAway(3, 0)),
        row("6.8 GOAWAY whose last stream is the server's", .goAway, .connection(1), F.goAway(2, 0)),
        row("6.10 CONTINUATION without HEADERS", .continuation, .connection(1), F.frame(9, F.endHeaders, 1, [0x88])),
        row("6.10 CONTINUATION after END_HEADERS", .continuation, .connection(1), ok, F.frame(9, F.endHeaders, 1)),
        row("6.10 CONTINUATION of another stream", .continuation, .connection(1), F.frame(1, 0, 1, [0x88]), F.frame(9, F.endHeaders, 3)),
        row("6.10 DATA inside a header block", .continuation, .connection(1), F.frame(1, 0, 1, [0x88]), F.data(1, 1)),
        row("6.10 PING inside a header block", .continuation, .connection(1), F.frame(1, 0, 1, [0x88]), F.frame(6, 0, 0, .init(repeating: 0, count: 8))),
        row("5.5 an unknown frame inside a header block", .continuation, .connection(1), F.frame(1, 0, 1, [0x88]), F.frame(0xEE, 0, 1)),
        row("5.1 DATA after END_STREAM", .afterEnd, .connection(5), F.answer(1, bytes: 1), F.data(1, 1)),
        row("5.1 END_STREAM twice", .afterEnd, .connection(5), F.answer(1, bytes: 1), F.data(1, 0, end: true)),
        row("5.1 HEADERS after END_STREAM", .afterEnd, .connection(5), F.answer(1, bytes: 1), F.headers(1, head)),
    ]

    static let steering: [Row] = [
        row("6.5 SETTINGS on a stream", .streamID, .connection(1), F.frame(4, 0, 1)),
        row("6.5 SETTINGS of 5 bytes", .frameLength, .connection(6), F.frame(4, 0, 0, [0, 1, 0, 0, 0])),
        row("6.5 an acknowledgement with a payload", .frameLength, .connection(6), F.frame(4, F.acknowledgement, 0, [0, 1, 0, 0, 0, 0])),
        row("6.5.3 an acknowledgement of nothing", .settings, .connection(1), F.settingsAcknowledged, F.settingsAcknowledged),
        row("6.5.2 ENABLE_PUSH 1 from a server", .settings, .connection(1), F.settings([(2, 1)])),
        row("6.5.2 ENABLE_PUSH 2", .settings, .connection(1), F.settings([(2, 2)])),
        row("6.5.2 INITIAL_WINDOW_SIZE 2^31", .windowOverflow, .connection(3), F.settings([(4, 0x8000_0000)])),
        row("6.5.2 MAX_FRAME_SIZE 16,383", .settings, .connection(1), F.settings([(5, 16_383)])),
        row("6.5.2 MAX_FRAME_SIZE 2^24", .settings, .connection(1), F.settings([(5, 16_777_216)])),
        row("6.9 WINDOW_UPDATE of 3 bytes", .frameLength, .connection(6), F.frame(8, 0, 0, [0, 0, 1])),
        row("6.9 WINDOW_UPDATE by 0", .windowIncrement, .connection(1), F.windowUpdate(0, 0)),
        row("6.9 WINDOW_UPDATE by 0 on a stream", .streamWindowIncrement, .stream(1), F.windowUpdate(1, 0)),
        row("5.1 WINDOW_UPDATE on an idle stream", .idleStream, .connection(1), F.windowUpdate(9, 1)),
        row("6.9.1 a window over 2^31-1", .windowOverflow, .connection(3), F.windowUpdate(0, 0x7FFF_FFFF)),
        row("6.9.1 a stream's window over 2^31-1", .streamWindowOverflow, .stream(3), F.windowUpdate(1, 0x7FFF_FFFF)),
        row("6.9.2 SETTINGS take a window over 2^31-1", .windowOverflow, .connection(3), F.windowUpdate(1, 1), F.settings([(4, 0x7FFF_FFFF)])),
    ]

    static let compression: [Row] = [
        row("4.3 an index of nothing", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0xFF, 0xFF, 0x03])),
        row("4.3 a block cut inside a field", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0x00, 0x03, 0x61])),
        row("RFC 7541 6.1 the index 0", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0x80])),
        row("RFC 7541 6.3 a table over our size", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0x3F, 0xE2, 0x1F, 0x88])),
        row("RFC 7541 4.2 a table's size after a field", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0x88, 0x20])),
        row("RFC 7541 4.2 three changes of the size", .tableSizeUpdates, .connection(9), F.frame(1, F.endHeaders, 1, [0x20, 0x3F, 0x01, 0x20, 0x88])),
        row("RFC 7541 5.2 Huffman padding of zeros", .compression, .connection(9), F.frame(1, F.endHeaders, 1, [0x88, 0x00, 0x01, 0x61, 0x81, 0x00])),
        row("4.3 a broken block of a stream that is reset", .compression, .connection(9), F.reset(1, 8), F.frame(1, F.endHeaders, 1, [0x80])),
    ]

    static let messages: [Row] = [
        row("8.1 DATA before HEADERS", .dataBeforeHead, .stream(1), F.data(1, 1)),
        row("8.1 DATA after an interim head only", .dataBeforeHead, .stream(1), F.headers(1, [(":status", "103")]), F.data(1, 1)),
        row("8.1 an interim response with END_STREAM", .interimEnd, .stream(1), F.headers(1, [(":status", "100")], end: true)),
        row("8.6 101 Switching Protocols", .unexpectedUpgrade, .stream(1), F.headers(1, [(":status", "101")])),
        row("8.1 trailers without END_STREAM", .trailers, .stream(1), ok, F.headers(1, [("x", "y")])),
        row("8.1 a pseudo field in trailers", .pseudoField, .stream(1), ok, F.headers(1, head, end: true)),
        row("8.1.1 content-length over the body", .contentLength, .stream(1), F.headers(1, head + [("content-length", "5")]), F.data(1, 4, end: true)),
        row("8.1.1 content-length under the body", .contentLength, .stream(1), F.headers(1, head + [("content-length", "5")]), F.data(1, 6)),
        row("8.1.1 content-length and no body", .contentLength, .stream(1), F.headers(1, head + [("content-length", "5")], end: true)),
        row("8.1.1 two content-lengths", .contentLength, .stream(1), F.headers(1, head + [("content-length", "5"), ("content-length", "6")])),
        row("8.1.1 content-length -1", .contentLength, .stream(1), F.headers(1, head + [("content-length", "-1")])),
        row("8.1.1 content-length 2^63", .contentLength, .stream(1), F.headers(1, head + [("content-length", "9223372036854775808")])),
        row("8.1.1 content-length empty", .contentLength, .stream(1), F.headers(1, head + [("content-length", "")])),
        row("RFC 9110 15.3.5 a body with 204", .unexpectedBody, .stream(1), F.headers(1, [(":status", "204")]), F.data(1, 1)),
        row("RFC 9110 15.4.5 a body with 304", .unexpectedBody, .stream(1), F.headers(1, [(":status", "304"), ("content-length", "1")]), F.data(1, 1)),
        row("8.2 a name in upper case", .fieldName, .stream(1), F.headers(1, head + [("Server", "x")])),
        row("8.2.1 a name with a blank", .fieldName, .stream(1), F.headers(1, head + [("a b", "x")])),
        row("8.2.1 a name with a colon", .fieldName, .stream(1), F.headers(1, head + [("a:b", "x")])),
        row("8.2.1 an empty name", .fieldName, .stream(1), F.headers(1, head + [("", "x")])),
        row("8.2.1 a name above ASCII", .fieldName, .stream(1), F.headers(1, head + [("\u{E9}", "x")])),
        row("8.2.1 a value with LF", .fieldValue, .stream(1), F.headers(1, head + [("a", "x\ny")])),
        row("8.2.1 a value with CR", .fieldValue, .stream(1), F.headers(1, head + [("a", "x\ry")])),
        row("8.2.1 a value with NUL", .fieldValue, .stream(1), F.headers(1, head + [("a", "x\0")])),
        row("8.2.1 a value that begins with a blank", .fieldValue, .stream(1), F.headers(1, head + [("a", " x")])),
        row("8.2.1 a value that ends with a tab", .fieldValue, .stream(1), F.headers(1, head + [("a", "x\t")])),
        row("8.2.2 connection", .connectionField, .stream(1), F.headers(1, head + [("connection", "close")])),
        row("8.2.2 keep-alive", .connectionField, .stream(1), F.headers(1, head + [("keep-alive", "1")])),
        row("8.2.2 proxy-connection", .connectionField, .stream(1), F.headers(1, head + [("proxy-connection", "x")])),
        row("8.2.2 transfer-encoding", .connectionField, .stream(1), F.headers(1, head + [("transfer-encoding", "chunked")])),
        row("8.2.2 upgrade", .connectionField, .stream(1), F.headers(1, head + [("upgrade", "h3")])),
        row("8.2.2 te other than trailers", .connectionField, .stream(1), F.headers(1, head + [("te", "gzip")])),
        row("8.2.2 connection in trailers", .connectionField, .stream(1), ok, F.headers(1, [("connection", "x")], end: true)),
        row("8.3 a pseudo field of requests", .pseudoField, .stream(1), F.headers(1, head + [(":path", "/")])),
        row("8.3 an unknown pseudo field", .pseudoField, .stream(1), F.headers(1, [(":statuz", "200")])),
        row("8.3 a pseudo field behind others", .pseudoField, .stream(1), F.headers(1, [("a", "b"), (":status", "200")])),
        row("8.3 :status twice", .pseudoField, .stream(1), F.headers(1, head + head)),
        row("8.3.2 no :status", .status, .stream(1), F.headers(1, [("server", "x")])),
        row("8.3.2 no field at all", .status, .stream(1), F.headers(1, [])),
        row("8.3.2 :status of two digits", .status, .stream(1), F.headers(1, [(":status", "20")])),
        row("8.3.2 :status 099", .status, .stream(1), F.headers(1, [(":status", "099")])),
        row("8.3.2 :status 20x", .status, .stream(1), F.headers(1, [(":status", "20x")])),
        row("8.1 a malformed head in two frames", .fieldName, .stream(1), F.frame(1, 0, 1, [0x88] + F.block([("A", "b")])), F.frame(9, F.endHeaders, 1, F.block([("c", "d")]))),
        row("33 interim responses", .tooManyInterim, .stream(11), Array(repeatElement(F.headers(1, [(":status", "103")]), count: 33).joined())),
    ]

    @Test("rules of framing", arguments: framing) func framingRule(row: Row) throws { try check(row) }
    @Test("rules of steering", arguments: steering) func steeringRule(row: Row) throws { try check(row) }
    @Test("rules of compression", arguments: compression) func compressionRule(row: Row) throws { try check(row) }
    @Test("rules of messages", arguments: messages) func messagesRule(row: Row) throws { try check(row) }

    /// Whole and byte by byte.
    private func check(_ row: Row) throws {
        for cuts in [[], Array(1..<max(2, row.frames.count))] {
            var client = try HTTP2Client(requests: 2)
            client.feed(F.settings())
            client.feed(row.frames, cuts: cuts)
            switch row.answer {
            case .connection(let code): expectConnectionError(client, row.fault, code)
            case .stream(let code): expectStreamError(&client, row.fault, code)
            }
        }
    }

    private func expectConnectionError(_ client: borrowing HTTP2Client, _ fault: HTTP2Fault, _ code: UInt32) {
        let (isOver, open, available) = client.standing
        #expect(isOver)
        #expect(open == 0 && available == 0)
        let events = client.events
        #expect(events.last?.kind == .failed)
        #expect(events.last?.fault == fault)
        // Those of the two requests that had not ended before.
        let before = events.count { $0.endsRequest && !($0.kind == .fault && $0.fault == fault) }
        #expect(events.last?.openRequests == 2 - before)
        let last = client.frames.last
        #expect(last?.type == 7)
        #expect(last?.code == code)
        #expect(events.filter { $0.endsRequest }.map(\.tag).sorted() == [100, 101])
    }

    private func expectStreamError(_ client: inout HTTP2Client, _ fault: HTTP2Fault, _ code: UInt32) {
        let isOver = client.standing.isOver
        #expect(!isOver)
        let ends = client.events.filter { $0.endsRequest }
        #expect(ends.map(\.fault) == [fault])
        #expect(ends.first?.tag == 100 && ends.first?.stream == 1)
        let resets = client.frames.filter { $0.type == 3 }
        #expect(resets.map(\.stream) == [1])
        #expect(resets.map(\.code) == [code])
        // The connection goes on, and its header table is in step.
        client.feed(F.frame(1, F.endHeaders, 3, [0x88]) + F.data(3, 7, end: true))
        let last = client.events.last
        #expect(last?.kind == .ended)
        #expect(last?.tag == 101 && last?.bodyBytes == 7)
    }

    @Test("bytes that are not HTTP/2 are distinguished from a broken preface")
    func preface() throws {
        let first: [(String, [UInt8], HTTP2Fault)] = [
            ("HTTP/1.1", Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), .notHTTP2),
            ("3.4 PING first", F.frame(6, 0, 0, .init(repeating: 0, count: 8)), .preface),
            ("3.4 an acknowledgement first", F.settingsAcknowledged, .preface),
            ("3.4 SETTINGS on a stream first", F.frame(4, 0, 1), .preface),
            ("a TLS alert", [0x15, 3, 3, 0, 2, 2, 40, 0, 0], .preface),
        ]
        for (name, bytes, fault) in first {
            var client = try HTTP2Client()
            client.feed(bytes, cuts: Array(1..<bytes.count))
            let (event, frame) = (client.events.last, client.frames.last)
            #expect(event?.fault == fault, "\(name)")
            #expect(frame?.code == 1, "\(name)")
        }
    }

    @Test("more DATA than a window is FLOW_CONTROL_ERROR, of the stream or of the connection")
    func flowControl() throws {
        var client = try HTTP2Client(requests: 2) { $0.streamWindow = 100 }
        client.feed(F.settings() + F.headers(1, [(":status", "200")]) + F.data(1, 101))
        expectStreamError(&client, .streamFlowControl, 3)
        var narrow = try HTTP2Client(requests: 2) {
            $0.connectionWindow = 65_535
            $0.frameSize = 100_000
        }
        narrow.feed(F.settings() + F.headers(1, [(":status", "200")]) + F.data(1, 65_536))
        expectConnectionError(narrow, .flowControl, 3)
    }

    @Test("a HEAD has no body, whatever its content-length says")
    func head() throws {
        var client = try HTTP2Client(method: "HEAD")
        client.feed(F.settings() + F.headers(1, [(":status", "200"), ("content-length", "50000")], end: true))
        let last = client.events.last
        #expect(last?.kind == .ended && last?.bodyBytes == 0)
        var other = try HTTP2Client(method: "HEAD")
        other.feed(F.settings() + F.headers(1, [(":status", "200")]) + F.data(1, 1))
        let end = other.events.last
        #expect(end?.fault == .unexpectedBody)
    }

    @Test("every fault has a sentence, and a code that RFC 9113 names")
    func sentences() {
        for fault in HTTP2Fault.allCases {
            #expect(fault.sentence.count > 20)
            #expect(!fault.code.name.hasPrefix("error code"))
        }
    }
}
