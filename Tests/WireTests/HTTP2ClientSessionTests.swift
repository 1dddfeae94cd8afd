import CNghttp2
import Testing
import Wire

/// Requests and their answers from a server that keeps the rules.
@Suite(.timeLimit(.minutes(1)))
struct HTTP2ClientSessionTests {
    typealias F = HTTP2Frames
    private let head: [(String, String)] = [(":status", "200")]

    @Test("the preface is the magic, SETTINGS with push disabled, and a connection window of its own")
    func preface() throws {
        let client = try HTTP2Client(requests: 0)
        let (sent, frames) = (client.sent, client.frames)
        #expect(sent.starts(with: Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)))
        #expect(frames.map(\.type) == [4, 8])
        #expect(frames.first?.payload.count == 30)
        #expect(frames.first?.payload[6..<12] == [0, 2, 0, 0, 0, 0])
        #expect(frames.last?.payload == F.word(67_108_864 - 65_535))
    }

    @Test("an answer is reported once, with its bytes by class, however it is cut")
    func answer() throws {
        let trailers = F.headers(1, [("x-sum", "1")], end: true)
        let padded = F.frame(1, F.padded | F.priority, 1, [3, 0, 0, 0, 0, 9, 0x88, 0, 0, 0])
        let rest = F.frame(9, F.endHeaders, 1, F.block([("content-length", "307")]))
        let bytes =
            F.settings([(3, 7)]) + F.headers(1, [(":status", "103"), ("link", "</a>")]) + padded + rest
            + F.data(1, 300) + F.frame(0, F.padded, 1, [2] + Array(repeating: 7, count: 7) + [0, 0])
            + trailers
        for piece in [bytes.count] + Array(1...17) {
            var client = try HTTP2Client()
            client.feed(bytes, cuts: Array(stride(from: piece, to: bytes.count, by: piece)))
            let (events, counts) = (client.events.filter { $0.kind != .body }, client.counts)
            #expect(events.map(\.kind) == [.settings, .head, .ended])
            let end = try #require(events.last)
            #expect(end.status == 200 && end.interimCount == 1 && end.tag == 100 && end.isWhole)
            #expect(end.bodyBytes == 307 && counts.receivedBody == 307)
            #expect(UInt64(end.headerBytes) == counts.receivedHeader)
            #expect(counts.receivedHeader == UInt64(Self.headerPayload(bytes)))
            #expect(counts.receivedSocket == UInt64(bytes.count))
        }
    }

    /// Payload of all HEADERS and CONTINUATION frames, counted anew.
    private static func headerPayload(_ bytes: [UInt8]) -> Int {
        SentFrame.all(in: bytes).filter { $0.type == 1 || $0.type == 9 }.reduce(0) { $0 + $1.payload.count }
    }

    @Test("answers of several streams may come in any order and interleaved")
    func interleaved() throws {
        var client = try HTTP2Client(requests: 3)
        client.feed(
            F.settings() + F.headers(5, head) + F.headers(1, head) + F.data(1, 10) + F.data(5, 20, end: true)
                + F.headers(3, [(":status", "404")], end: true) + F.data(1, 5, end: true))
        let ends = client.events(.ended)
        #expect(ends.map(\.tag) == [102, 101, 100])
        #expect(ends.map(\.status) == [200, 404, 200])
        #expect(ends.map(\.bodyBytes) == [20, 0, 15])
    }

    @Test("headers from an encoder with a table are read, and a decoder with one reads the client's")
    func dynamicTable() throws {
        var deflater: OpaquePointer?
        var inflater: OpaquePointer?
        nghttp2_hd_deflate_new(&deflater, 4_096)
        nghttp2_hd_inflate_new(&inflater)
        defer {
            nghttp2_hd_deflate_del(deflater)
            nghttp2_hd_inflate_del(inflater)
        }
        var client = try HTTP2Client(requests: 1, streams: 1)
        client.feed(F.settings())
        var sizes: [Int] = []
        for turn in 0..<5 {
            let id = UInt32(turn * 2 + 1)
            let fields = [
                (":status", "200"), ("server", "table"), ("x-turn", "\(turn)"), ("content-length", "1"),
            ]
            let block = try Self.encode(fields, deflater)
            sizes.append(block.count)
            client.feed(F.frame(1, F.endHeaders, id, block) + F.data(id, 1, end: true))
            #expect(client.submit(tag: 7) == id + 2)
            client.drain()
        }
        let (events, frames) = (client.events, client.frames)
        #expect(events.filter { $0.kind == .ended }.count == 5)
        #expect(try #require(sizes.last) < sizes[0], "the table is used")
        let requests = frames.filter { $0.type == 1 }
        #expect(requests.count == 6)
        #expect(try #require(requests.last).payload.count < requests[0].payload.count, "the table is used")
        for request in requests {
            let fields = try Self.decode(request.payload, inflater)
            #expect(fields == [":method: GET", ":scheme: http", ":authority: a", ":path: /"])
            #expect(request.flags == 0x5)
        }
    }

    private static func encode(_ fields: [(String, String)], _ deflater: OpaquePointer?) throws -> [UInt8] {
        var bytes = fields.flatMap { Array($0.0.utf8) + Array($0.1.utf8) }
        var block = [UInt8](repeating: 0, count: 1_024)
        let count = bytes.withUnsafeMutableBufferPointer { buffer in
            var list: [nghttp2_nv] = []
            var next = buffer.baseAddress
            for (name, value) in fields {
                let valueStart = next.map { $0 + name.utf8.count }
                list.append(
                    nghttp2_nv(
                        name: next, value: valueStart, namelen: name.utf8.count, valuelen: value.utf8.count,
                        flags: 0))
                next = valueStart.map { $0 + value.utf8.count }
            }
            return nghttp2_hd_deflate_hd(deflater, &block, block.count, list, list.count)
        }
        try #require(count > 0)
        return Array(block.prefix(count))
    }

    private static func decode(_ block: [UInt8], _ inflater: OpaquePointer?) throws -> [String] {
        var fields: [String] = []
        var block = block[...]
        for _ in 0..<100 {
            var field = nghttp2_nv()
            var flags: Int32 = 0
            let used = nghttp2_hd_inflate_hd2(inflater, &field, &flags, Array(block), block.count, 1)
            try #require(used >= 0)
            block = block.dropFirst(used)
            if flags & 2 != 0 {
                let name = String(
                    decoding: UnsafeBufferPointer(start: field.name, count: field.namelen), as: UTF8.self)
                let value = String(
                    decoding: UnsafeBufferPointer(start: field.value, count: field.valuelen), as: UTF8.self)
                fields.append("\(name): \(value)")
            }
            if flags & 1 != 0 { break }
        }
        #expect(nghttp2_hd_inflate_end_headers(inflater) == 0)
        return fields
    }

    @Test("an event is 32 bytes of plain data")
    func eventLayout() {
        #expect(MemoryLayout<HTTP2Event>.stride == 32)
        #expect(_isPOD(HTTP2Event.self))
    }

    @Test("PING is answered with its bytes, SETTINGS with an acknowledgement; unknown frames are ignored")
    func replies() throws {
        var client = try HTTP2Client()
        client.feed(
            F.settings([(0x99, 5)]) + F.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8])
                + F.frame(0xEE, 0xFF, 77, [1, 2])
                + F.frame(6, 1, 0, [8, 7, 6, 5, 4, 3, 2, 1]) + F.frame(2, 0, 99, [0, 0, 0, 0, 1])
                + F.answer(1, bytes: 3))
        let (frames, last) = (client.frames, client.events.last)
        #expect(
            frames.filter { $0.type == 6 } == [
                SentFrame(type: 6, flags: 1, stream: 0, payload: [1, 2, 3, 4, 5, 6, 7, 8])
            ])
        #expect(frames.filter { $0.type == 4 && $0.flags == 1 }.count == 1)
        #expect(last?.kind == .ended)
    }

    @Test("the windows are opened again in large steps, padding included, and never for a stream that ended")
    func windows() throws {
        var client = try HTTP2Client(requests: 1) {
            $0.streamWindow = 40_000
            $0.connectionWindow = 70_000
        }
        client.feed(F.settings() + F.headers(1, head))
        for _ in 0..<10 { client.feed(F.frame(0, F.padded, 1, [99] + [UInt8](repeating: 0, count: 9_999))) }
        client.feed(F.data(1, 10_000, end: true))
        let updates = client.frames.filter { $0.type == 8 }.dropFirst()
        // 110,000 bytes against windows that open at half: 20,000 of 40,000 and 35,000 of 70,000.
        #expect(
            updates.filter { $0.stream == 1 }.map(\.payload) == Array(repeating: F.word(30_000), count: 3))
        #expect(
            updates.filter { $0.stream == 0 }.map(\.payload) == Array(repeating: F.word(40_000), count: 2))
        let end = client.events.last
        #expect(end?.bodyBytes == 10 * 9_900 + 10_000)
    }

    @Test("a body goes out as the server's windows allow, and its answer may come before its end")
    func upload() throws {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var client = try HTTP2Client(method: "POST", body: body)
        func sentBody(_ frames: [SentFrame]) -> [UInt8] { frames.filter { $0.type == 0 }.flatMap(\.payload) }
        #expect(sentBody(client.frames).count == 65_535)
        client.feed(F.settings([(4, 10)]))
        client.feed(F.windowUpdate(0, 100_000))
        #expect(sentBody(client.frames).count == 65_535, "the stream's window is negative")
        client.feed(F.windowUpdate(1, 65_526))
        #expect(sentBody(client.frames).count == 65_536)
        client.feed(F.windowUpdate(1, 1_000_000))
        let frames = client.frames.filter { $0.type == 0 }
        #expect(sentBody(frames) == body)
        #expect(frames.filter { $0.flags == 1 }.count == 1 && frames.last?.flags == 1)
        #expect(frames.allSatisfy { $0.payload.count <= 16_384 })
        let counts = client.counts
        #expect(counts.sentBody == 100_000)
        client.feed(F.answer(1, bytes: 2))
        let end = client.events.last
        #expect(end?.kind == .ended && end?.isWhole == true)

        var early = try HTTP2Client(method: "POST", body: body)
        early.feed(F.settings() + F.answer(1, bytes: 2) + F.windowUpdate(0, 100_000))
        let (cut, resets) = (early.events(.ended).last, early.frames.filter { $0.type == 3 })
        #expect(cut?.isWhole == false)
        #expect(resets.map(\.code) == [8])
        #expect(sentBody(early.frames).count == 65_535)
    }

    @Test("a window of one byte is granted again after each, and a zero one is one byte", arguments: [1, 0])
    func narrowestWindow(_ bytes: Int) throws {
        var client = try HTTP2Client { $0.streamWindow = bytes }
        client.feed(F.settings() + F.headers(1, [(":status", "200"), ("content-length", "3")]))
        for _ in 0..<2 { client.feed(F.data(1, 1)) }
        #expect(client.frames.filter { $0.type == 8 && $0.stream == 1 }.map(\.payload) == [F.word(1), F.word(1)])
        client.feed(F.data(1, 1, end: true))
        #expect(client.events(.ended).count == 1)
    }

    @Test("with INITIAL_WINDOW_SIZE 0 a body waits, and is sent once the window opens")
    func closedWindow() throws {
        var client = try HTTP2Client(requests: 0, method: "POST", body: [1, 2, 3])
        client.feed(F.settings([(4, 0)]))
        _ = client.submit(tag: 1)
        client.drain()
        #expect(client.frames.filter { $0.type == 0 }.isEmpty)
        client.feed(F.settings([(4, 2)]))
        client.feed(F.windowUpdate(1, 9))
        #expect(client.frames.filter { $0.type == 0 }.map(\.payload) == [[1, 2], [3]])
    }

    @Test("no more streams are opened than the server allows: 0, 1, or fewer than are open")
    func concurrentStreams() throws {
        var client = try HTTP2Client(requests: 0, streams: 3)
        client.feed(F.settings([(3, 0)]))
        let settings = client.events.last
        #expect(settings?.kind == .settings && settings?.code == 0)
        #expect(client.submit(tag: 1) == 0)
        client.feed(F.settings([(3, 2)]))
        #expect(client.submit(tag: 1) == 1)
        #expect(client.submit(tag: 2) == 3)
        #expect(client.submit(tag: 3) == 0)
        client.feed(F.settings([(3, 1)]) + F.answer(1, bytes: 1))
        #expect(client.submit(tag: 3) == 0, "one is still open")
        client.feed(F.answer(3, bytes: 1))
        #expect(client.submit(tag: 3) == 5)
        client.feed(F.settings([]))
        #expect(client.submit(tag: 4) == 0, "SETTINGS without the number leave it as it was")
    }

    @Test("a long header list goes out in HEADERS and CONTINUATION frames")
    func longRequest() throws {
        let value = String((0..<40_000).map { Character(UnicodeScalar(UInt8(33 + $0 % 90))) })
        let template = try HTTP2RequestTemplate(
            method: "GET", scheme: "https", authority: "a", path: "/", fields: [("X-Long", value)])
        var client = try HTTP2Client(requests: 0)
        let id = client.session.submit(template.request, tag: 5)
        client.drain()
        #expect(id == 1)
        let frames = client.frames.filter { $0.type == 1 || $0.type == 9 }
        #expect(frames.map(\.type) == [1, 9, 9])
        #expect(frames.map(\.flags) == [1, 0, 4])
        #expect(frames.allSatisfy { $0.payload.count <= 16_384 && $0.stream == 1 })
        var inflater: OpaquePointer?
        nghttp2_hd_inflate_new(&inflater)
        defer { nghttp2_hd_inflate_del(inflater) }
        let fields = try Self.decode(frames.flatMap(\.payload), inflater)
        #expect(fields.last == "x-long: " + value)
    }
}
