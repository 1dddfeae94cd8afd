import Testing
import Wire

/// The server's side: what it reads from a request, and what it refuses.
@Suite(.timeLimit(.minutes(1)))
struct HTTP1RequestParserTests {
    @Test("a GET is read in full, however it is cut")
    func get() {
        let bytes = response(["GET /bytes/50000?x=1 HTTP/1.1", "Host: example:8080", "Accept: */*"])
        let reading = readRequestEverySplit(bytes)
        #expect(reading.end == .complete)
        #expect(reading.consumed == bytes.count)
        #expect(
            reading.facts
                == Facts(
                    start: "get /bytes/50000?x=1 1", headerBytes: UInt64(bytes.count), keepAlive: true,
                    isHeadComplete: true, hasStarted: true
                )
        )
    }

    @Test("methods are distinguished by their exact bytes")
    func methods() {
        let table: [(name: String, method: HTTP1Method)] = [
            ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete),
            ("PATCH", .other), ("get", .other), ("GETS", .other), ("XXXXXGET", .other),
            ("XXXXXXXXGET", .other),
            ("G", .other), ("OPTIONS", .other), (String(repeating: "M", count: 32), .other),
        ]
        for (name, method) in table {
            let reading = readRequestEverySplit(response(["\(name) / HTTP/1.1"]))
            #expect(reading.end == .complete, "\(name)")
            #expect(reading.facts.start == "\(method) / 1", "\(name)")
        }
    }

    @Test("bodies with a length and chunked ones are consumed and counted")
    func bodies() {
        let fixed = response(["POST / HTTP/1.1", "Content-Length: 5"], body: "hello")
        let chunked = response(
            ["POST / HTTP/1.1", "Transfer-Encoding: chunked"],
            body: "3;x\r\nhel\r\n2\r\nlo\r\n0\r\nX: 1\r\n\r\n")
        for bytes in [fixed, chunked] {
            let reading = readRequestEverySplit(bytes + Array("GET".utf8))
            #expect(reading.end == .complete)
            #expect(reading.consumed == bytes.count)
            #expect(reading.facts.bodyBytes == 5)
        }
        var parser = HTTP1RequestParser()
        _ = read(Array(fixed.dropLast(5)), into: &parser)
        #expect(parser.discardable == 5)
        #expect(parser.isHeadComplete)
    }

    @Test("pipelined requests are read one after another from one buffer")
    func pipelining() {
        let targets = ["/a", "/bb", "/", "/long" + String(repeating: "x", count: 300), "/c"]
        let stream = targets.enumerated().flatMap { index, target in
            response(
                ["POST \(target) HTTP/1.1", "Content-Length: \(index)"],
                body: String(repeating: "!", count: index))
        }
        var parser = HTTP1RequestParser()
        var rest = stream[...]
        for target in targets {
            parser.begin()
            #expect(!parser.hasStarted)
            let reading = read(Array(rest), into: &parser)
            #expect(reading.end == .complete)
            #expect(parser.target == target)
            rest = rest.dropFirst(reading.consumed)
        }
        #expect(rest.isEmpty)
    }

    @Test("whether the connection continues follows the version and the Connection field")
    func keepAlive() {
        for (version, field, expected) in [
            ("1.1", "X: 1", true), ("1.1", "Connection: close", false), ("1.0", "X: 1", false),
            ("1.0", "Connection: keep-alive", true), ("1.0", "Connection: close, keep-alive", false),
        ] {
            let reading = readRequestEverySplit(response(["GET / HTTP/\(version)", field]))
            #expect(reading.end == .complete)
            #expect(reading.facts.keepAlive == expected, "\(version) \(field)")
        }
    }

    @Test("empty lines before a request are skipped")
    func emptyLines() {
        #expect(readRequestEverySplit(Array("\r\n\r\nGET / HTTP/1.1\r\n\r\n".utf8)).end == .complete)
    }

    @Test("malformed requests are refused by name")
    func faults() {
        let table: [(text: String, fault: HTTP1Fault)] = [
            (" GET / HTTP/1.1\r\n\r\n", .startLine), ("GET  / HTTP/1.1\r\n\r\n", .startLine),
            ("GET\t/ HTTP/1.1\r\n\r\n", .startLine), ("G(T / HTTP/1.1\r\n\r\n", .startLine),
            ("GET /a\tb HTTP/1.1\r\n\r\n", .startLine), ("GET /\u{E9} HTTP/1.1\r\n\r\n", .startLine),
            ("GET /\u{0} HTTP/1.1\r\n\r\n", .startLine), ("GET /\u{7F} HTTP/1.1\r\n\r\n", .startLine),
            ("GET / FTP/1.1\r\n\r\n", .startLine), ("GET /a b HTTP/1.1\r\n\r\n", .startLine),
            ("GET /  HTTP/1.1\r\n\r\n", .startLine), ("\u{16}\u{03}\u{01}", .startLine),
            ("GET\r\n\r\n", .startLine),
            (String(repeating: "M", count: 33) + " / HTTP/1.1\r\n\r\n", .startLine),
            ("GET /\r\n\r\n", .version), ("GET / HTTP/2.0\r\n\r\n", .version),
            ("PRI * HTTP/2.0\r\n\r\n", .version),
            ("GET / HTTP/1.2\r\n\r\n", .version), ("GET / HTTP/1.1 \r\n\r\n", .version),
            ("GET / HTTP/1.11\r\n\r\n", .version), ("GET / HTTP/1.\r\n\r\n", .version),
            ("GET / HTTP/1.1\n\n", .lineEnding), ("GET /\n\n", .lineEnding),
            ("\nGET / HTTP/1.1\r\n\r\n", .lineEnding),
            ("\rGET / HTTP/1.1\r\n\r\n", .lineEnding), ("GET / HTTP/1.1\rX: 1\r\n\r\n", .lineEnding),
            ("GET / HTTP/1.1\r\nX Y: 1\r\n\r\n", .headerName),
            ("GET / HTTP/1.1\r\nX: \u{1}\r\n\r\n", .headerValue),
            ("GET / HTTP/1.1\r\nX: 1\r\n y\r\n\r\n", .foldedLine),
            ("POST / HTTP/1.1\r\nContent-Length: 5, 5\r\n\r\n", .contentLength),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", .contentLength),
            ("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", .framing),
            ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .framing),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", .framing),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n", .chunkSize),
        ]
        for (text, fault) in table {
            #expect(
                readRequestEverySplit(Array(latin1: text)).end == .failed(fault), "\(text.debugDescription)")
        }
    }

    @Test("an end of the stream is clean before the first byte only")
    func endOfStream() {
        let bytes = response(["POST / HTTP/1.1", "Content-Length: 2"], body: "ok")
        for count in 0..<bytes.count {
            let reading = readRequestEverySplit(Array(bytes.prefix(count)), closing: true)
            #expect(reading.end == .failed(.truncated))
            #expect(reading.facts.hasStarted == (count > 0))
        }
    }

    @Test("a target of 1,024 bytes fits, one of 1,025 does not; the header cap holds too")
    func limits() {
        #expect(HTTP1Limits.targetBytes == 1_024)
        for (count, end) in [(1_024, Reading.End.complete), (1_025, .failed(.headerLimit))] {
            var parser = HTTP1RequestParser()
            let target = "/" + String(repeating: "a", count: count - 1)
            #expect(read(response(["GET \(target) HTTP/1.1"]), into: &parser).end == end)
            #expect(parser.target == target.prefix(1_024))
        }
        for start in ["", "GET / HTTP/1.1\r\nX: "] {
            let filler = [UInt8](latin1: String(repeating: "\r\n", count: HTTP1Limits.headerBytes / 2 + 1))
            let values = [UInt8](repeating: 0x61, count: HTTP1Limits.headerBytes)
            var parser = HTTP1RequestParser()
            let reading = read(Array(start.utf8) + (start.isEmpty ? filler : values), into: &parser)
            #expect(reading.end == .failed(.headerLimit))
            #expect(reading.facts.headerBytes == UInt64(HTTP1Limits.headerBytes))
        }
        let fields = Array(repeating: "a:", count: 257)
        var parser = HTTP1RequestParser()
        #expect(read(response(["GET / HTTP/1.1"] + fields), into: &parser).end == .failed(.headerLimit))
    }
}
