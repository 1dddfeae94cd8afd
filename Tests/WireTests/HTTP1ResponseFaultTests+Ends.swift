import Testing
import Wire

/// Where a response ends, and what happens if it does not.
extension HTTP1ResponseFaultTests {
    @Test("a fixed-length body that ends early is truncated, and counted up to there")
    func truncatedFixed() {
        for missing in [1, 2, 11, 12] {
            let bytes = response(nginxHead, body: "hello, world").dropLast(missing)
            let reading = readEverySplit(Array(bytes), closing: true)
            #expect(reading.end == .failed(.truncated))
            #expect(reading.facts.bodyBytes == UInt64(12 - missing))
        }
    }

    @Test("a chunked body that ends anywhere before its last line is truncated")
    func truncatedChunked() {
        let bytes = response(
            [Self.ok, "Transfer-Encoding: chunked"], body: "5\r\nhello\r\n0\r\nX: 1\r\n\r\n")
        for count in 0..<bytes.count {
            let reading = readEverySplit(Array(bytes.prefix(count)), closing: true)
            #expect(reading.end == .failed(.truncated))
            #expect(reading.facts.hasStarted == (count > 0))
        }
        #expect(readEverySplit(bytes, closing: true).end == .complete)
    }

    @Test("a body without a length is complete only at the end of the stream, and ends the connection")
    func closeDelimited() {
        for version in ["1.0", "1.1"] {
            for body in ["", "x", "HTTP/1.1 200 OK\r\n\r\n"] {
                let lines = ["HTTP/\(version) 200 OK", "Connection: keep-alive"]
                let bytes = response(lines, body: body)
                #expect(readEverySplit(bytes).end == .more)
                let reading = readEverySplit(bytes, closing: true)
                #expect(reading.end == .complete)
                #expect(reading.consumed == bytes.count)
                #expect(reading.facts.bodyBytes == UInt64(body.utf8.count))
                #expect(!reading.facts.keepAlive)
            }
        }
    }

    @Test("an end before the first byte is distinguished from one after it")
    func closeBeforeStart() {
        #expect(!readEverySplit([], closing: true).facts.hasStarted)
        #expect(readEverySplit([], closing: true).end == .failed(.truncated))
        for bytes in [Array("H".utf8), Array("x".utf8), response(["HTTP/1.1 100 Continue"])] {
            #expect(readEverySplit(bytes, closing: true).facts.hasStarted)
        }
    }

    @Test("a body that drips in byte by byte makes progress with each byte")
    func drip() {
        let bytes = response(nginxHead, body: "hello, world")
        var parser = HTTP1ResponseParser.standing()
        for (offset, byte) in bytes.enumerated() {
            let outcome = parser.feed([byte], count: 1)
            #expect(outcome == (offset == bytes.count - 1 ? .complete(consumed: 1) : .more))
            #expect(parser.headerBytes + parser.bodyBytes == UInt64(offset + 1))
        }
    }

    @Test("an endless header stops at the cap, to the byte")
    func headerLimits() {
        let start = Array("\(Self.ok)\r\nX: ".utf8)
        let end = Array("\r\nContent-Length: 0\r\n\r\n".utf8)
        let room = HTTP1Limits.headerBytes - start.count - end.count
        for (count, expected) in [(room, Reading.End.complete), (room + 1, .failed(.headerLimit))] {
            let filler = [UInt8](repeating: UInt8(ascii: "a"), count: count)
            let reading = expectSame(start + filler + end, end: expected)
            #expect(reading.facts.headerBytes == UInt64(HTTP1Limits.headerBytes))
        }
        // Endless because nothing else limits it: reason, name, value, blanks before a length.
        for start in ["HTTP/1.1 200 ", "\(Self.ok)\r\n", "\(Self.ok)\r\nX:", "\(Self.ok)\r\nConnection:"] {
            let filler = [UInt8](repeating: UInt8(ascii: "a"), count: HTTP1Limits.headerBytes)
            expectSame(Array(start.utf8) + filler, end: .failed(.headerLimit))
        }
    }

    @Test("the 257th field is one too many, trailers and interim heads included")
    func fieldLimits() {
        func fields(_ count: Int) -> [String] { Array(repeating: "a:", count: count) }
        let chunked = "Transfer-Encoding: chunked"
        for (count, end) in [(255, Reading.End.complete), (256, .failed(.headerLimit))] {
            expectSame(response([Self.ok] + fields(count) + ["Content-Length: 0"]), end: end)
            let trailers = response(fields(count - 100))
            let head = response([Self.ok] + fields(100) + [chunked], body: "0\r\n")
            expectSame(head + trailers, end: end)
            let interim = response(["HTTP/1.1 103 Early Hints"] + fields(count - 100))
            expectSame(interim + response([Self.ok] + fields(100) + ["Content-Length: 0"]), end: end)
        }
    }

    @Test("interim responses are skipped up to 32, and 101 is an upgrade without a request for one")
    func interim() {
        let heads = ["100 Continue", "102 Processing", "103 Early Hints", "199"].map {
            response(["HTTP/1.1 \($0)", "Content-Length: 5", "Connection: close"])
        }
        let final = response([Self.ok, "Content-Length: 2"], body: "ok")
        for head in heads {
            let reading = readEverySplit(head + final)
            #expect(reading.end == .complete)
            #expect(reading.facts.start == "200")
            #expect(reading.facts.interimCount == 1)
            #expect(reading.facts.keepAlive, "what an interim response says is not of the final one")
            #expect(reading.facts.headerBytes == UInt64(head.count + final.count - 2))
        }
        let short = response(["HTTP/1.1 100"])
        let tooMany = Reading.End.failed(.tooManyInterim)
        for (count, end) in [(32, .complete), (33, tooMany), (999, tooMany)] {
            let bytes = (0..<count).flatMap { _ in short } + final
            #expect(expectSame(bytes, end: end).facts.interimCount == 32)
        }
        expectFaults([
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", .unexpectedUpgrade),
            ("HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\n\r\n", .unexpectedUpgrade),
            ("HTTP/1.1 100 C\r\n\r\nhello", .startLine),
        ])
    }

    @Test("HEAD, 204 and 304 have no body, whatever their fields say; what follows is surplus")
    func bodyless() {
        for (isHead, status) in [(true, "200 OK"), (false, "204 No Content"), (false, "304 Not Modified")] {
            for fields in [[], ["Content-Length: 5"], ["Transfer-Encoding: chunked"], ["Connection: close"]] {
                let head = response(["HTTP/1.1 \(status)"] + fields)
                for surplus in ["", "5\r\nhello\r\n0\r\n\r\n", "hello"] {
                    let reading = readEverySplit(head + Array(surplus.utf8), isHead: isHead)
                    #expect(reading.end == .complete, "\(status) \(fields)")
                    #expect(reading.consumed == head.count, "\(status) \(fields)")
                    #expect(reading.facts.bodyBytes == 0)
                    #expect(reading.facts.keepAlive == (fields != ["Connection: close"]))
                }
            }
        }
    }

    @Test("bytes after a complete response are left to the caller")
    func surplus() {
        let messages = [
            response(nginxHead, body: "hello, world"),
            response([Self.ok, "Transfer-Encoding: chunked"], body: "1\r\nx\r\n0\r\n\r\n"),
            response(["HTTP/1.1 204 No Content"]),
        ]
        for message in messages {
            for extra in ["x", "\r\n", "\u{0}", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"] {
                let reading = readEverySplit(message + Array(latin1: extra))
                #expect(reading.end == .complete)
                #expect(reading.consumed == message.count)
            }
        }
    }
}
