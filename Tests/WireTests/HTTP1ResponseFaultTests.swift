import Testing
import Wire

/// FAULTS.md B.2, rows 1 to 17, as far as bytes alone decide them. What needs a socket or a clock (rows 10 to
/// 12: reset, drip, silence) is here as what the parser must tell the engine.
@Suite(.timeLimit(.minutes(1)))
struct HTTP1ResponseFaultTests {
    static let ok = "HTTP/1.1 200 OK"

    /// Every text of the table, behind `prefix`, ends with its fault.
    private func expectFaults(
        after prefix: String = "", _ table: [(text: String, fault: HTTP1Fault)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (text, fault) in table {
            let reading = readEverySplit(Array(latin1: prefix + text), sourceLocation: sourceLocation)
            #expect(reading.end == .failed(fault), "\(text.debugDescription)", sourceLocation: sourceLocation)
        }
    }

    @Test("row 1: what is no status line is refused by name")
    func statusLine() {
        expectFaults([
            ("garbage\r\n\r\n", .startLine), ("\r\nHTTP/1.1 200 OK\r\n\r\n", .startLine),
            ("\u{16}\u{03}\u{01}\u{00}\u{05}", .startLine), ("http/1.1 200 OK\r\n\r\n", .startLine),
            ("HTTQ/1.1 200 OK\r\n\r\n", .startLine), ("HTTP 200 OK\r\n\r\n", .startLine),
            (" HTTP/1.1 200 OK\r\n\r\n", .startLine), ("HTTP/1.1 200 O\u{0}K\r\n\r\n", .startLine),
            ("HTTP/1.1 200 O\u{7F}K\r\n\r\n", .startLine), ("SSH-2.0-OpenSSH\r\n", .startLine),
            ("HTTP/9.9 200 OK\r\n\r\n", .version), ("HTTP/2 200\r\n\r\n", .version),
            ("HTTP/1.2 200 OK\r\n\r\n", .version), ("HTTP/1.10 200 OK\r\n\r\n", .version),
            ("HTTP/11.1 200 OK\r\n\r\n", .version), ("HTTP/1,1 200 OK\r\n\r\n", .version),
            ("HTTP/1.1 2 OK\r\n\r\n", .status), ("HTTP/1.1 20 OK\r\n\r\n", .status),
            ("HTTP/1.1 2000 OK\r\n\r\n", .status), ("HTTP/1.1  200 OK\r\n\r\n", .status),
            ("HTTP/1.1\t200 OK\r\n\r\n", .status), ("HTTP/1.1 200\tOK\r\n\r\n", .status),
            ("HTTP/1.1 099 Low\r\n\r\n", .status), ("HTTP/1.1 000 Low\r\n\r\n", .status),
            ("HTTP/1.1 600 High\r\n\r\n", .status), ("HTTP/1.1 999 High\r\n\r\n", .status),
            ("HTTP/1.1 -20 OK\r\n\r\n", .status), ("HTTP/1.1 0x2 OK\r\n\r\n", .status),
            ("HTTP/1.1 OK\r\n\r\n", .status), ("HTTP/1.1\r\n\r\n", .status), ("HTTP/1.1 \r\n\r\n", .status),
        ])
    }

    @Test("row 2: a malformed field is refused, not repaired")
    func fields() {
        expectFaults(
            after: "\(Self.ok)\r\n",
            [
                ("X Y: 1\r\n\r\n", .headerName), ("X : 1\r\n\r\n", .headerName),
                ("X\t: 1\r\n\r\n", .headerName), (": 1\r\n\r\n", .headerName),
                ("X\r\n\r\n", .headerName), ("X\n\r\n", .headerName),
                ("\u{0}X: 1\r\n\r\n", .headerName), ("X\u{0}: 1\r\n\r\n", .headerName),
                ("X\u{E9}: 1\r\n\r\n", .headerName), ("(X): 1\r\n\r\n", .headerName),
                ("Content-Length : 1\r\n\r\n", .headerName),
                ("Content\rLength: 1\r\n\r\n", .headerName),
                ("Transfer-Encoding\t: chunked\r\n\r\n", .headerName),
                ("X: a\u{0}b\r\n\r\n", .headerValue), ("X: \u{1B}[2J\r\n\r\n", .headerValue),
                ("X: \u{7F}\r\n\r\n", .headerValue),
                ("Content-Length: 5\u{0}\r\n\r\n", .headerValue),
                ("Transfer-Encoding: chunked\u{0B}\r\n\r\n", .headerValue),
                ("Connection: close\u{0}\r\n\r\n", .headerValue),
                ("X: a\rb\r\n\r\n", .lineEnding), ("X: a\r\r\n\r\n", .lineEnding),
                ("X: 1\r\n y\r\n\r\n", .foldedLine), ("X: 1\r\n\ty\r\n\r\n", .foldedLine),
                (" X: 1\r\n\r\n", .foldedLine),
                ("Transfer-Encoding:\r\n chunked\r\n\r\n", .framing),
            ])
    }

    @Test("row 3: LF alone and CR alone end no line")
    func lineEndings() {
        expectFaults([
            ("\(Self.ok)\nContent-Length: 0\n\n", .lineEnding), ("\(Self.ok)\n\n", .lineEnding),
            ("\(Self.ok)\r\nX: 1\n\r\n", .lineEnding), ("\(Self.ok)\r\n\n", .lineEnding),
            ("\(Self.ok)\r\rX: 1\r\n\r\n", .lineEnding), ("\(Self.ok)\r\nX: 1\r\n\rX", .lineEnding),
            ("HTTP/1.1 200\n\n", .lineEnding), ("HTTP/1.1 20\n\n", .lineEnding),
            ("HTTP/1.1\n\n", .lineEnding),
            ("HTTP/1.1 200\r \n", .lineEnding), ("\(Self.ok)\r\nContent-Length: 5\n\r\n", .lineEnding),
            ("\(Self.ok)\r\nTransfer-Encoding: chunked\n\r\n", .lineEnding),
            ("\(Self.ok)\r\nConnection: close\n\r\n", .lineEnding),
        ])
    }

    @Test("row 4: Content-Length is one plain number that fits, or an error")
    func contentLength() {
        let good: [(value: String, length: UInt64)] = [
            ("0", 0), ("5", 5), (" 5", 5), ("5 ", 5), ("\t5\t ", 5), ("00005", 5),
            (String(repeating: "0", count: 40) + "5", 5), ("9223372036854775807", UInt64(Int64.max)),
        ]
        for (value, length) in good {
            let reading = readEverySplit(response([Self.ok, "Content-Length:\(value)"], body: "hello"))
            #expect(reading.end == (length <= 5 ? .complete : .more), "\(value)")
            #expect(reading.facts.bodyBytes == min(length, 5), "\(value)")
        }
        let bad = [
            "", " ", "\t", "-1", "-0", "+5", "5,5", "5, 6", "5 5", "5;", "5.0", "5e3", "0x5", "0x", "5a",
            "a5",
            "five", "\"5\"", "5,", ",5", "\u{B2}", "\u{FF}5", "9223372036854775808", "18446744073709551615",
            "18446744073709551616", "18446744073709551621", "99999999999999999999", "5\u{A0}", "_5", "1_000",
            String(repeating: "9", count: 400),
        ]
        expectFaults(bad.map { ("\(Self.ok)\r\nContent-Length: \($0)\r\n\r\nhello", .contentLength) })
        #expect(good.count + bad.count >= 30)
    }

    @Test("row 5: chunk sizes, their extensions and ends are read strictly and without overflow")
    func chunks() {
        let head = "\(Self.ok)\r\nTransfer-Encoding: chunked\r\n\r\n"
        expectFaults(
            after: head,
            [
                ("ffffffffffffffffff", .chunkSize), ("ffffffffffffffff", .chunkSize),
                ("8000000000000000", .chunkSize), ("10000000000000000", .chunkSize),
                ("00000000000000005\r\nhello\r\n", .chunkSize), ("-1\r\n", .chunkSize),
                ("+5\r\n", .chunkSize),
                ("0x10\r\n", .chunkSize), ("\r\n", .chunkSize), (";x\r\n", .chunkSize),
                (" 5\r\n", .chunkSize),
                ("5 \r\nhello\r\n", .chunkSize), ("5 5\r\n", .chunkSize), ("5\t,", .chunkSize),
                ("g\r\n", .chunkSize), ("@\r\n", .chunkSize), ("`\r\n", .chunkSize), ("5\u{0}", .chunkSize),
                ("5:\r\n", .chunkSize), ("5.\r\n", .chunkSize), ("\n", .lineEnding), ("5\n", .lineEnding),
                ("5\rhello", .lineEnding), ("5;a\nb\r\n", .lineEnding), ("5;a\rb\r\n", .lineEnding),
                ("5;a\u{0}\r\n", .chunkExtension), ("5;\u{1B}\r\n", .chunkExtension),
                ("5\r\nhello5\r\n", .chunkEnd), ("5\r\nhello\n", .chunkEnd), ("5\r\nhello\rx", .chunkEnd),
                ("5\r\nhello!\r\n", .chunkEnd), ("5\r\nhello\r\n\r\n", .chunkSize),
                ("0\r\nX y\r\n\r\n", .headerName), ("0\r\nX: 1\r\n y\r\n\r\n", .foldedLine),
                ("0\r\nX: 1\n\r\n", .lineEnding), ("0\r\nContent-Length: 5\r\n\r\n", .framing),
                ("0\r\nTransfer-Encoding: chunked\r\n\r\n", .framing), ("0\r\n\n", .lineEnding),
            ]
        )
        for size in [
            "7fffffffffffffff", "7FFFFFFFFFFFFFFF", "0000000000000006", "6;", "6;=;\"\u{FF}", "6\t ;a",
        ] {
            let reading = readEverySplit(Array(latin1: "\(head)\(size)\r\nhello"))
            #expect(reading.end == .more, "\(size)")
            #expect(reading.facts.bodyBytes == 5, "\(size)")
        }
    }

    @Test("row 5: a megabyte of chunk extensions stops at the header cap")
    func extensionLimit() {
        let head = response([Self.ok, "Transfer-Encoding: chunked"])
        let room = HTTP1Limits.headerBytes - head.count
        let one = Array("1".utf8)
        func extensions(_ count: Int) -> [UInt8] { [UInt8](repeating: UInt8(ascii: ";"), count: count) }
        expectSame(head + one + extensions(room), end: .more)
        expectSame(head + one + extensions(room + 1), end: .failed(.headerLimit))
        expectSame(head + one + extensions(1 << 20), end: .failed(.headerLimit))
        // As many spread over chunks of one byte each.
        let chunk = Array("1".utf8) + extensions(1_024) + Array("\r\nx\r\n".utf8)
        let chunks = (0..<room / 1_024).flatMap { _ in chunk }
        expectSame(head + chunks + one + extensions(room % 1_024), end: .more)
        expectSame(head + chunks + one + extensions(room % 1_024 + 1), end: .failed(.headerLimit))
    }

    @Test("row 6: a fixed-length body that ends early is truncated, and counted as far as it came")
    func truncatedFixed() {
        for missing in [1, 2, 11, 12] {
            let bytes = response(nginxHead, body: "hello, world").dropLast(missing)
            let reading = readEverySplit(Array(bytes), closing: true)
            #expect(reading.end == .failed(.truncated))
            #expect(reading.facts.bodyBytes == UInt64(12 - missing))
        }
    }

    @Test("row 7: a chunked body that ends anywhere before its last line is truncated")
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

    @Test("row 8: a body without length is complete at the end of the stream only, and ends the connection")
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

    @Test("rows 9, 10 and 12: an end before the first byte is told from one behind it")
    func closeBeforeStart() {
        #expect(!readEverySplit([], closing: true).facts.hasStarted)
        #expect(readEverySplit([], closing: true).end == .failed(.truncated))
        for bytes in [Array("H".utf8), Array("x".utf8), response(["HTTP/1.1 100 Continue"])] {
            #expect(readEverySplit(bytes, closing: true).facts.hasStarted)
        }
    }

    @Test("row 11: a body that drips in byte by byte makes progress with each byte")
    func drip() {
        let bytes = response(nginxHead, body: "hello, world")
        var parser = HTTP1ResponseParser.standing()
        for (offset, byte) in bytes.enumerated() {
            let outcome = parser.feed([byte], count: 1)
            #expect(outcome == (offset == bytes.count - 1 ? .complete(consumed: 1) : .more))
            #expect(parser.headerBytes + parser.bodyBytes == UInt64(offset + 1))
        }
    }

    @Test("row 13: an endless header stops at the cap, to the byte")
    func headerLimits() {
        let start = Array("\(Self.ok)\r\nX: ".utf8)
        let end = Array("\r\nContent-Length: 0\r\n\r\n".utf8)
        let room = HTTP1Limits.headerBytes - start.count - end.count
        for (count, expected) in [(room, Reading.End.complete), (room + 1, .failed(.headerLimit))] {
            let filler = [UInt8](repeating: UInt8(ascii: "a"), count: count)
            let reading = expectSame(start + filler + end, end: expected)
            #expect(reading.facts.headerBytes == UInt64(HTTP1Limits.headerBytes))
        }
        // Endless where nothing else bounds it: reason, name, value, blanks before a length.
        for start in ["HTTP/1.1 200 ", "\(Self.ok)\r\n", "\(Self.ok)\r\nX:", "\(Self.ok)\r\nConnection:"] {
            let filler = [UInt8](repeating: UInt8(ascii: "a"), count: HTTP1Limits.headerBytes)
            expectSame(Array(start.utf8) + filler, end: .failed(.headerLimit))
        }
    }

    @Test("row 13: the 257th field is one too many, trailers and interim heads included")
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

    @Test("row 14: interim responses are skipped up to 32, and 101 is an upgrade nobody asked for")
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

    @Test("row 15: HEAD, 204 and 304 have no body, whatever their fields say; what follows is surplus")
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

    @Test("row 16: bytes behind a complete response are left to the caller")
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

    @Test("row 17: every smuggling shape is refused")
    func smuggling() {
        let length = "Content-Length: 5"
        let coding = "Transfer-Encoding: chunked"
        let framing = [
            [length, coding], [coding, length], [coding, coding], ["Transfer-Encoding: chunkedchunked"],
            ["Transfer-Encoding: chunked, gzip"], ["Transfer-Encoding: gzip, chunked"],
            ["Transfer-Encoding: chunked,"], ["Transfer-Encoding: ,chunked"], ["Transfer-Encoding: xchunked"],
            ["Transfer-Encoding: chunke"], ["Transfer-Encoding: chunk ed"], ["Transfer-Encoding: identity"],
            ["Transfer-Encoding: \"chunked\""], ["Transfer-Encoding:"], ["Transfer-Encoding: chunked;q=1"],
            ["Transfer-Encoding: gzip"], ["transfer-encoding: chunked", "TRANSFER-ENCODING: gzip"],
            ["Transfer-Encoding: chunked chunked"], ["Transfer-Encoding: \u{A0}chunked"],
        ]
        let repeated = [[length, length], [length, "Content-Length: 6"], [length, "content-length:5"]]
        let body = "\r\n\r\n0\r\n\r\n"
        expectFaults(
            framing.map { (([Self.ok] + $0).joined(separator: "\r\n") + body, .framing) }
                + repeated.map { (([Self.ok] + $0).joined(separator: "\r\n") + body, .contentLength) }
                + [
                    ("HTTP/1.0 200 OK\r\n\(coding)\(body)", .framing),
                    ("HTTP/1.1 204 No Content\r\n\(coding)\r\n\(length)\(body)", .framing),
                ]
        )
        for value in ["chunked", "CHUNKED", "\tChunked \t"] {
            let bytes = response([Self.ok, "Transfer-Encoding:\(value)"], body: "0\r\n\r\n")
            #expect(readEverySplit(bytes).end == .complete, "\(value)")
        }
    }

    /// For streams too long to be cut at every offset: whole, in pieces of 4,096 and of 1,021 bytes.
    @discardableResult
    private func expectSame(
        _ bytes: [UInt8], end: Reading.End, sourceLocation: SourceLocation = #_sourceLocation
    ) -> Reading {
        var parser = HTTP1ResponseParser.standing()
        let whole = read(bytes, into: &parser)
        #expect(whole.end == end, sourceLocation: sourceLocation)
        for size in [4_096, 1_021] {
            var parser = HTTP1ResponseParser.standing()
            let cuts = Array(stride(from: size, to: bytes.count, by: size))
            #expect(read(bytes, Delivery(cuts: cuts), into: &parser) == whole, sourceLocation: sourceLocation)
        }
        return whole
    }
}
