import Target
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TargetServerRequestTests {
    @Test("A request split at every byte is one request")
    func everySplit() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let request = Array("POST /bytes/30 HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\nabc".utf8)
        for split in 1..<request.count {
            try client.send(Array(request[..<split]))
            // The first part is read on its own: the second goes out only after the server has counted the first.
            let received = UInt64(client.bytesSent)
            _ = target.counts { $0.bytesReceived == received }
            try client.send(Array(request[split...]))
            #expect(try client.response().body == pattern(30))
        }
        let counts = target.counts { $0.responses == UInt64(request.count - 1) }
        #expect(counts.requests == UInt64(request.count - 1))
        #expect(counts.bytesReceived == UInt64(client.bytesSent))
        #expect(counts.malformedRequests == 0)
    }

    @Test("Pipelined requests are answered in order, however slow the first is")
    func pipelined() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let paths = ["/delay/20/bytes/10", "/bytes/100000", "/chunked/40000", "/delay/5/bytes/3", "/bytes/7"]
        try client.send(paths.map { "GET \($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined())
        for size in [10, 100_000, 40_000, 3, 7] { #expect(try client.response().body == pattern(size)) }
        #expect(target.counts { $0.responses == 5 }.requests == 5)
    }

    @Test("A thousand pipelined requests all get their answer")
    func manyPipelined() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let requests = (0..<1_000).map { "GET /bytes/\($0) HTTP/1.1\r\nHost: test\r\n\r\n" }.joined()
        try client.send(requests)
        client.finish()
        for size in 0..<1_000 { #expect(try client.response().body.count == size) }
        #expect(try client.readToEnd().isEmpty)
        let counts = target.counts { $0.connectionsOpen == 0 }
        #expect(counts.requests == 1_000 && counts.responses == 1_000)
        #expect(counts.bytesSent == UInt64(client.bytesReceived))
    }

    @Test("Bodies of requests are read and counted", arguments: [0, 1, 16_384, 100_000, 5_000_000])
    func bodies(count: Int) throws {
        let target = try RunningTarget()
        let client = try target.client()
        for _ in 0..<2 {
            try client.send("POST /bytes/5 HTTP/1.1\r\nHost: test\r\nContent-Length: \(count)\r\n\r\n")
            try client.send([UInt8](repeating: 120, count: count))
            #expect(try client.response().body == pattern(5))
        }
        #expect(try client.get("/health").text == "ok")
        let counts = target.counts { $0.responses == 3 }
        #expect(counts.bytesReceived == UInt64(client.bytesSent))
    }

    @Test("Chunked bodies of requests are read, and the next request is found after them")
    func chunkedBody() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let chunks = "5\r\nhello\r\n1;x=y\r\n!\r\n0\r\nTrailer: a\r\n\r\n"
        try client.send(
            "PUT /bytes/5 HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)"
                + "GET /health HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(try client.response().body == pattern(5))
        #expect(try client.response().text == "ok")
    }

    private static let broken: [String: String] = [
        "a TLS hello": "\u{16}\u{3}\u{1}\u{0}\u{0}\r\n\r\n",
        "no target": "GET\r\n\r\n",
        "another version": "GET / HTTP/9.9\r\n\r\n",
        "bare line feeds": "GET / HTTP/1.1\n\n",
        "a space in a name": "GET / HTTP/1.1\r\nBad Name: x\r\n\r\n",
        "a negative length": "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "two framings": "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "a bad chunk": "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "a body beyond the limit": "POST / HTTP/1.1\r\nContent-Length: 2000000000\r\n\r\nx",
        "a target beyond the limit": "GET /\(String(repeating: "x", count: 20_000)) HTTP/1.1\r\n\r\n",
        "a head beyond the limit": "GET / HTTP/1.1\r\nX: \(String(repeating: "y", count: 20_000))\r\n\r\n",
    ]

    @Test("An invalid request gets a 400 and the end", arguments: broken.keys.sorted())
    func malformed(name: String) throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send(try #require(Self.broken[name]))
        let response = try client.response()
        #expect(response.status == 400)
        #expect(response.field("Connection") == "close")
        #expect(try client.readToEnd().isEmpty)
        client.finish()
        let counts = target.counts { $0.connectionsOpen == 0 }
        #expect(counts.malformedRequests == 1 && counts.requests == 0 && counts.responses == 1)
        #expect(counts.bytesReceived == UInt64(client.bytesSent))
    }

    @Test("A good request before a bad one is answered first")
    func goodThenBad() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /bytes/9 HTTP/1.1\r\nHost: test\r\n\r\nnonsense\r\n\r\n")
        #expect(try client.response().body == pattern(9))
        #expect(try client.response().status == 400)
        #expect(try client.readToEnd().isEmpty)
    }

    @Test("HTTP/1.0 ends the connection unless asked to keep it")
    func version10() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /bytes/3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let kept = try client.response()
        #expect(kept.field("Connection") == "keep-alive")
        try client.send("GET /bytes/3 HTTP/1.0\r\n\r\n")
        #expect(try client.response().field("Connection") == "close")
        #expect(try client.readToEnd().isEmpty)
        let other = try target.client()
        try other.send("GET /chunked/300 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        let unchunked = try other.response()
        #expect(unchunked.field("Transfer-Encoding") == nil)
        #expect(unchunked.body == pattern(300))
    }

    @Test("A client that only ended its own side still gets its answer")
    func halfClosed() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /delay/20/bytes/200000 HTTP/1.1\r\nHost: test\r\n\r\n")
        client.finish()
        #expect(try client.response().body == pattern(200_000))
        #expect(try client.readToEnd().isEmpty)
        #expect(target.counts { $0.connectionsOpen == 0 }.responses == 1)
    }

    @Test("Seeded nonsense never ends the server")
    func nonsense() throws {
        let target = try RunningTarget()
        let request = Array("POST /bytes/9 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc".utf8)
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            var bytes = request + request
            for _ in 0...Int(random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            let client = try target.client()
            try client.send(bytes)
            client.finish()
            _ = try client.readToEnd()
        }
        #expect(try target.client().get("/health").text == "ok")
    }
}

/// Numbers from a seed (xorshift64).
struct SeededRandom {
    private var state: UInt64
    init(seed: UInt64) { self.state = seed }
    mutating func next() -> UInt64 {
        self.state ^= self.state << 13
        self.state ^= self.state >> 7
        self.state ^= self.state << 17
        return self.state
    }
}
