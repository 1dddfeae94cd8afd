import Glibc
import Target
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TargetServerPathTests {
    @Test(
        "Bodies have their size and their letters, copied, from a file, and over the pattern's end",
        arguments: [0, 1, 100, 16_384, 16_385, 49_999, 50_000, 1_064_960, 1_064_961, 3_000_000])
    func bytes(count: Int) throws {
        let target = try RunningTarget()
        let client = try target.client()
        for _ in 0..<3 {
            let response = try client.get("/bytes/\(count)")
            #expect(response.status == 200)
            #expect(response.field("Content-Length") == "\(count)")
            #expect(response.body == pattern(count))
        }
        let counts = target.counts { $0.responses == 3 && $0.bytesSent == client.bytesReceived }
        #expect(counts.bodyBytesSent == UInt64(3 * count))
        #expect(counts.bytesSent == UInt64(client.bytesReceived))
        #expect(counts.bytesReceived == UInt64(client.bytesSent))
    }

    @Test(
        "The default answer has the default size, from nothing to beyond the pattern",
        arguments: [0, 100, 16_000, 50_000, 1_064_960, 2_000_000])
    func root(count: Int) throws {
        let target = try RunningTarget { $0.defaultBytes = count }
        let client = try target.client()
        for _ in 0..<3 { #expect(try client.get("/").body == pattern(count)) }
        let counts = target.counts { $0.responses == 3 }
        #expect(counts.bytesSent == UInt64(client.bytesReceived))
        #expect(counts.bodyBytesSent == UInt64(3 * count))
    }

    @Test("Chunked bodies are exact", arguments: [0, 1, 16_380, 16_381, 50_000, 300_000])
    func chunked(count: Int) throws {
        let target = try RunningTarget()
        let client = try target.client()
        for _ in 0..<2 {
            let response = try client.get("/chunked/\(count)")
            #expect(response.field("Content-Length") == nil)
            #expect(response.body == pattern(count))
        }
        let counts = target.counts { $0.responses == 2 }
        #expect(counts.bytesSent == UInt64(client.bytesReceived))
        #expect(counts.bodyBytesSent == UInt64(2 * count))
    }

    @Test(
        "Statuses are answered as requested, with a body if one is allowed",
        arguments: [101, 103, 199, 200, 201, 204, 205, 299, 304, 400, 404, 418, 500, 503, 599])
    func status(code: Int) throws {
        let target = try RunningTarget()
        let client = try target.client()
        let response = try client.get("/status/\(code)")
        #expect(response.status == code)
        if code < 200 || code == 204 || code == 304 {
            #expect(response.field("Content-Length") == nil)
        } else if code == 205 {
            #expect(response.field("Content-Length") == "0")
        } else {
            #expect(response.text.hasPrefix("\(code) "))
        }
        // No bytes are left over that would count as the next answer.
        #expect(try client.get("/health").text == "ok")
    }

    @Test(
        "HEAD gets the head of GET and no body",
        arguments: ["/", "/bytes/70000", "/chunked/9", "/status/404", "/health", "/drip/3", "/stats"])
    func head(path: String) throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("HEAD \(path) HTTP/1.1\r\nHost: test\r\n\r\n")
        let head = try client.response(toHead: true)
        if path != "/stats" {
            let other = try target.client()
            #expect(head.head == (try other.get(path)).head)
        }
        #expect(try client.get("/health").text == "ok")
    }

    @Test("Unknown paths are 404 and the connection stays")
    func unknown() throws {
        let target = try RunningTarget()
        let client = try target.client()
        #expect(try client.get("/nothing").status == 404)
        #expect(try client.get("/bytes/9999999999").status == 404)
        #expect(try client.get("/health").text == "ok")
    }

    @Test("/close announces the end and closes")
    func close() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let response = try client.get("/close")
        #expect(response.field("Connection") == "close")
        #expect(response.body == pattern(50_000))
        #expect(try client.readToEnd().isEmpty)
    }

    @Test("/close-delimited has no length and ends with the connection", arguments: [0, 5, 200_000])
    func closeDelimited(count: Int) throws {
        let target = try RunningTarget()
        let client = try target.client()
        let response = try client.get("/close-delimited/\(count)")
        #expect(response.field("Content-Length") == nil)
        #expect(response.field("Transfer-Encoding") == nil)
        #expect(response.body == pattern(count))
    }

    @Test("/truncate ends one byte early without notice")
    func truncate() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /truncate HTTP/1.1\r\nHost: test\r\n\r\n")
        let bytes = try client.readToEnd()
        let head =
            "HTTP/1.1 200 OK\r\nServer: headroom\r\nContent-Type: application/octet-stream\r\n"
            + "Content-Length: 50000\r\n\r\n"
        #expect(bytes == Array(head.utf8) + pattern(49_999))
    }

    @Test("/garbage is not HTTP, and ends")
    func garbage() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /garbage HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect(String(decoding: try client.readToEnd(), as: UTF8.self) == "This is not HTTP.\r\n")
    }

    @Test("/reset resets")
    func reset() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /reset HTTP/1.1\r\nHost: test\r\n\r\n")
        #expect {
            _ = try client.receive()
        } throws: { error in "\(error)" == "receive: \(ECONNRESET)" }
        #expect(target.counts { $0.connectionsOpen == 0 }.responses == 0)
    }

    @Test("/silent never answers, and closes when the client does")
    func silent() throws {
        let target = try RunningTarget()
        let client = try target.client()
        try client.send("GET /silent HTTP/1.1\r\nHost: test\r\n\r\nGET /health HTTP/1.1\r\nHost: t\r\n\r\n")
        #expect(target.counts { $0.requests == 1 }.connectionsOpen == 1)
        client.finish()
        #expect(try client.readToEnd().isEmpty)
        let counts = target.counts { $0.connectionsOpen == 0 }
        #expect(counts.responses == 0 && counts.bytesSent == 0)
        #expect(counts.bytesReceived == UInt64(client.bytesSent))
    }

    @Test("Every second answer of /half-500 is a 500")
    func half500() throws {
        let target = try RunningTarget()
        let clients = [try target.client(), try target.client()]
        let statuses = try (0..<6).map { try clients[$0 % 2].get("/half-500").status }
        #expect(statuses == [200, 500, 200, 500, 200, 500])
    }

    @Test("/stats has the counts from before its own request")
    func stats() throws {
        let target = try RunningTarget()
        let client = try target.client()
        let first = try client.get("/bytes/1000")
        let request = client.bytesSent
        let response = try client.get("/stats")
        #expect(response.field("Content-Type") == "application/json")
        #expect(
            response.text == """
                {"connectionsAccepted":1,"connectionsOpen":1,"connectionsRefused":0,"requests":1,"responses":1,\
                "bytesReceived":\(request),"bytesSent":\(first.wireBytes),"bodyBytesSent":1000,\
                "malformedRequests":0,"tlsHandshakes":0,"tlsResumptions":0,"tlsFailures":0,\
                "pid":\(getpid())}

                """)
    }
}
