import Testing
import Wire

/// A response as bytes: the lines joined by CRLF, the blank line, and the body.
func response(_ lines: [String], body: String = "") -> [UInt8] {
    Array(latin1: lines.map { $0 + "\r\n" }.joined() + "\r\n" + body)
}

let nginxHead = [
    "HTTP/1.1 200 OK", "Server: nginx/1.22.1", "Date: Thu, 01 Oct 2026 10:00:00 GMT",
    "Content-Type: application/octet-stream", "Content-Length: 12",
    "Last-Modified: Thu, 01 Oct 2026 09:00:00 GMT", "Connection: keep-alive", "ETag: \"66fbc0a0-c800\"",
    "Accept-Ranges: bytes",
]

/// The response parser on honest servers. Faults are in `HTTP1ResponseFaultTests`.
@Suite(.timeLimit(.minutes(1)))
struct HTTP1ResponseParserTests {
    @Test("the parser is a plain value of at most 48 bytes")
    func isSmall() {
        #expect(MemoryLayout<HTTP1ResponseParser>.stride <= 48)
        #expect(_isPOD(HTTP1ResponseParser.self))
    }

    @Test("a fixed-length response is counted to the byte, however it is cut")
    func fixedLength() {
        let bytes = response(nginxHead, body: "hello, world")
        let reading = readEverySplit(bytes)
        #expect(reading.end == .complete)
        #expect(reading.consumed == bytes.count)
        #expect(
            reading.facts
                == Facts(
                    start: "200", headerBytes: UInt64(bytes.count - 12), bodyBytes: 12, interimCount: 0,
                    keepAlive: true, isHeadComplete: true, hasStarted: true
                )
        )
    }

    @Test("a length of 0 ends with the head")
    func emptyBody() {
        let bytes = response(["HTTP/1.1 200 OK", "Content-Length: 0"])
        #expect(readEverySplit(bytes + [0x58]).consumed == bytes.count)
    }

    @Test("chunks, extensions and trailers: content and header bytes are told apart, framing is neither")
    func chunked() {
        let head = response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"])
        let body = "5\r\nhello\r\n00A;name=\"v\";x\r\n0123456789\r\n1 \t;y\r\n!\r\n0\r\n"
        let trailers = "X-Sum: 1\r\nConnection: close\r\n\r\n"
        let bytes = head + Array(latin1: body + trailers)
        let reading = readEverySplit(bytes)
        #expect(reading.end == .complete)
        #expect(reading.consumed == bytes.count)
        #expect(reading.facts.bodyBytes == 16)
        #expect(reading.facts.headerBytes == UInt64(head.count + trailers.utf8.count))
        #expect(reading.facts.keepAlive, "a trailer says nothing about the connection")
    }

    @Test("status lines from real servers are read")
    func statusLines() {
        let lines = [
            ("HTTP/1.1 200 OK", 200), ("HTTP/1.1 200 ", 200), ("HTTP/1.1 200", 200),
            ("HTTP/1.0 404 Not\tFound", 404), ("HTTP/1.1 599 \u{E9}\u{FF}", 599),
            ("HTTP/1.1 500 a  b", 500),
        ]
        for (line, status) in lines {
            let reading = readEverySplit(response([line, "Content-Length: 0"]))
            #expect(reading.end == .complete, "\(line)")
            #expect(reading.facts.start == "\(status)", "\(line)")
        }
    }

    @Test("whether the connection continues follows RFC 9112 section 9.3")
    func keepAlive() {
        let table: [(version: String, fields: [String], keepAlive: Bool)] = [
            ("1.1", [], true), ("1.1", ["Connection: close"], false), ("1.1", ["connection:CLOSE"], false),
            ("1.1", ["Connection: keep-alive, close"], false),
            ("1.1", ["Connection: close,keep-alive"], false),
            ("1.1", ["Connection: x-close"], true), ("1.1", ["Connection: closed"], true),
            ("1.1", ["Connection: clos"], true), ("1.1", ["Connection: upgrade ,\tclose "], false),
            ("1.1", ["Connection: keep-alive", "Connection: close"], false),
            ("1.1", ["Connection:"], true), ("1.1", ["Connections: close"], true),
            ("1.1", ["Connectio: close"], true), ("1.1", ["X-Connection: close"], true),
            ("1.1", ["Content-Connection: close"], true), ("1.1", ["Proxy-Connection: close"], true),
            ("1.0", [], false), ("1.0", ["Connection: keep-alive"], true),
            ("1.0", ["Connection: Keep-Alive"], true), ("1.0", ["Connection: keep-alives"], false),
            ("1.0", ["Connection: kkeep-alive"], false), ("1.0", ["Connection: close, keep-alive"], false),
        ]
        for row in table {
            let lines = ["HTTP/\(row.version) 200 OK"] + row.fields + ["Content-Length: 1"]
            let reading = readEverySplit(response(lines, body: "x"))
            #expect(reading.end == .complete, "\(row)")
            #expect(reading.facts.keepAlive == row.keepAlive, "\(row)")
        }
    }

    @Test("names are matched whole and in any case")
    func nameMatching() {
        for name in ["content-length", "CONTENT-LENGTH", "Content-length", "cOnTeNt-LeNgTh"] {
            #expect(readEverySplit(response(["HTTP/1.1 200 OK", "\(name):3"], body: "abc")).end == .complete)
        }
        for name in [
            "content-lengt", "content-lengthx", "xcontent-length", "conntent-length", "con", "t", "c",
        ] {
            let reading = readEverySplit(response(["HTTP/1.1 200 OK", "\(name):3"], body: "abc"))
            #expect(reading.end == .more, "\(name) is no length, so the body ends with the stream")
        }
    }

    @Test("every token byte may stand in a name, and every text byte in a value")
    func byteClasses() {
        for byte in UInt8.min...UInt8.max {
            for filler in ["", "aaaaaaaa", "aaaaaaaaaaaaaaaa"] {
                let text = String(UnicodeScalar(byte))
                let name = readEverySplit(response(["HTTP/1.1 204 N", "X\(filler)\(text)\(filler): 1"]))
                let value = readEverySplit(response(["HTTP/1.1 204 N", "X: \(filler)\(text)\(filler)"]))
                let isName = ReferenceResponseReader.isToken(byte) || byte == UInt8(ascii: ":")
                #expect((name.end == .complete) == isName, "name byte \(byte)")
                #expect(
                    (value.end == .complete) == ReferenceResponseReader.isText(byte), "value byte \(byte)")
            }
        }
    }

    @Test("dropped body bytes count as fed ones, and one too many is surplus")
    func discarding() {
        let head = response(["HTTP/1.1 200 OK", "Content-Length: 9223372036854775807"])
        var parser = HTTP1ResponseParser.standing()
        #expect(parser.discardable == 0)
        _ = read(head, into: &parser)
        #expect(parser.discardable == UInt64(Int64.max))
        #expect(parser.discarded(7) == .more)
        let rest = UInt64(Int64.max) - 7
        var one = parser
        #expect(one.discarded(rest) == .complete(consumed: Int(rest)))
        #expect(one.bodyBytes == UInt64(Int64.max))
        #expect(one.discardable == 0)
        for tooMany in [rest + 1, UInt64.max] {
            var other = parser
            #expect(other.discarded(tooMany) == .failed(.surplus))
            #expect(other.feed([0x20], count: 1) == .failed(.surplus))
        }
    }

    @Test("bytes that must be parsed cannot be dropped")
    func discardingElsewhere() {
        for bytes in [
            response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], body: "5\r\nhe"),
            response(["HTTP/1.1 200 OK"], body: "he"), Array("HTTP/1.1 2".utf8), [],
        ] {
            var parser = HTTP1ResponseParser.standing()
            _ = read(bytes, into: &parser)
            #expect(parser.discardable == 0)
            #expect(parser.discarded(0) == .more)
            #expect(parser.discarded(1) == .failed(.surplus))
        }
    }

    @Test("a parser starts afresh after each response, whatever the one before left")
    func reuse() {
        let messages = [
            response(nginxHead, body: "hello, world"),
            response(["HTTP/1.0 200 OK", "Transfer-Encoding: chunked"]),
            response(
                ["HTTP/1.1 200 OK", "Connection: close", "Transfer-Encoding: chunked"], body: "0\r\n\r\n"),
            response(["HTTP/1.1 100 Continue"]) + response(["HTTP/1.1 200 OK"], body: "x"),
        ]
        var used = HTTP1ResponseParser()
        for first in messages {
            for second in messages {
                used.begin(isHead: true)
                _ = read(first, into: &used)
                used.begin(isHead: false)
                var fresh = HTTP1ResponseParser.standing()
                #expect(read(second, into: &used) == read(second, into: &fresh))
            }
        }
    }

    @Test("no byte after the given ones is read", arguments: [0, 1, 7, 8, 9, 16])
    func staysInside(offset: Int) throws {
        let bytes = response(nginxHead, body: "hello, world")
        let page = try GuardedPage()
        for count in 0...bytes.count {
            var parser = HTTP1ResponseParser.standing()
            let piece = Array(bytes.prefix(count).suffix(max(0, count - offset)))
            let skipped = min(offset, count)
            _ = read(Array(bytes.prefix(skipped)), into: &parser)
            let outcome = parser.feed(page.placeAtEnd(piece), count: piece.count)
            #expect(outcome == (count == bytes.count ? .complete(consumed: piece.count) : .more))
        }
    }
}
