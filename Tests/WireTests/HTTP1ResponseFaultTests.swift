import Testing
import Wire

/// Faults of an HTTP/1.1 response that its bytes alone decide. For faults that need a socket or a clock (reset, drip,
/// silence) the tests here check what the parser reports to the engine.
@Suite(.timeLimit(.minutes(1)))
struct HTTP1ResponseFaultTests {
    static let ok = "HTTP/1.1 200 OK"

    /// Expects that every text of the table, after `prefix`, ends with its fault.
    func expectFaults(
        after prefix: String = "", _ table: [(text: String, fault: HTTP1Fault)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (text, fault) in table {
            let reading = readEverySplit(Array(latin1: prefix + text), sourceLocation: sourceLocation)
            #expect(reading.end == .failed(fault), "\(text.debugDescription)", sourceLocation: sourceLocation)
        }
    }

    @Test("an invalid status line is refused by name")
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
            ("HTTP/1.1 1000 High\r\n\r\n", .status), ("HTTP/1.1 :00 High\r\n\r\n", .status),
            ("HTTP/1.1 -20 OK\r\n\r\n", .status), ("HTTP/1.1 0x2 OK\r\n\r\n", .status),
            ("HTTP/1.1 OK\r\n\r\n", .status), ("HTTP/1.1\r\n\r\n", .status), ("HTTP/1.1 \r\n\r\n", .status),
        ])
    }

    @Test("a malformed field is refused, not repaired; a folded line needs a field to continue")
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
                (" X: 1\r\n\r\n", .foldedLine), ("\tX: 1\r\n\r\n", .foldedLine), (" \r\n\r\n", .foldedLine),
                ("X: 1\r\n y\n\r\n", .lineEnding), ("X: 1\r\n \u{0}\r\n\r\n", .headerValue),
                ("Content-Length: 1\r\n 1\r\n\r\n", .contentLength),
                ("Content-Length:\r\n \r\n\r\n", .contentLength),
                ("Content-Length: 5\r\n ,6\r\n\r\n", .contentLength),
                ("Transfer-Encoding: chun\r\n ked\r\n\r\n", .framing),
                ("Transfer-Encoding:\r\n\tgzip\r\n\r\n", .framing),
            ])
    }

    @Test("LF alone and CR alone end no line")
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

    @Test("a folded line continues its field, and the fold is read as blanks")
    func folds() {
        let whole: [(lines: String, body: String, bytes: UInt64, keepAlive: Bool)] = [
            ("X: 1\r\n y\r\nContent-Length: 2", "ok", 2, true),
            ("Content-Length: 2\r\nX:\r\n\t\r\n  y\r\n z: 1", "ok", 2, true),
            ("Content-Length:\r\n 2", "ok", 2, true), ("Content-Length: 2\r\n \t ", "ok", 2, true),
            ("Content-Length: 2\r\n\t, 2", "ok", 2, true), ("Content-Length: 2,\r\n 2", "ok", 2, true),
            ("Transfer-Encoding:\r\n chunked\r\n ", "2\r\nok\r\n0\r\nX: 1\r\n y\r\n\r\n", 2, true),
            ("Connection: x,\r\n\tclose\r\nContent-Length: 2", "ok", 2, false),
            ("Connection: clo\r\n se\r\nContent-Length: 2", "ok", 2, true),
            ("Content-Length: 2\r\nConnection: close\r\n ", "ok", 2, false),
        ]
        for (lines, body, bytes, keepAlive) in whole {
            for before in ["", "HTTP/1.1 103 Early Hints\r\nLink: a\r\n b\r\n\r\n"] {
                let text = Array((before + "\(Self.ok)\r\n\(lines)\r\n\r\n\(body)").utf8)
                let reading = readEverySplit(text)
                #expect(reading.end == .complete && reading.consumed == text.count, "\(lines.debugDescription)")
                #expect(reading.facts.bodyBytes == bytes && reading.facts.keepAlive == keepAlive, "\(lines)")
            }
        }
        // A folded line cannot continue anything from before the interim head's end, or from before the trailers.
        expectFaults([
            ("HTTP/1.1 103\r\nLink: a\r\n\r\n\(Self.ok)\r\n b\r\n\r\n", .foldedLine),
            ("\(Self.ok)\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n b\r\n\r\n", .foldedLine),
        ])
        let endless = Array(repeatElement("\r\n a", count: HTTP1Limits.headerBytes / 4).joined().utf8)
        expectSame(Array("\(Self.ok)\r\nX: 1".utf8) + endless, end: .failed(.headerLimit))
    }

    @Test("a status from 600 to 999 is read like any other, and its connection may continue", arguments: [599, 600, 700, 999])
    func highStatus(status: Int) {
        let reading = readEverySplit(response(["HTTP/1.1 \(status) High", "Content-Length: 2"], body: "ok"))
        #expect(reading.end == .complete && reading.facts.start == "\(status)" && reading.facts.keepAlive)
    }

    @Test("Content-Length is plain numbers that fit and agree, or an error")
    func contentLength() {
        let good: [(value: String, length: UInt64)] = [
            ("0", 0), ("5", 5), (" 5", 5), ("5 ", 5), ("\t5\t ", 5), ("00005", 5),
            (String(repeating: "0", count: 40) + "5", 5), ("9223372036854775807", UInt64(Int64.max)),
            ("5,5", 5), ("5, 5", 5), (" 5\t,05 , 5 ", 5), ("5\r\nContent-Length: 5", 5),
            ("5,5\r\nX: 1\r\ncontent-length:5", 5), ("0, 0", 0),
        ]
        for (value, length) in good {
            let reading = readEverySplit(response([Self.ok, "Content-Length:\(value)"], body: "hello"))
            #expect(reading.end == (length <= 5 ? .complete : .more), "\(value)")
            #expect(reading.facts.bodyBytes == min(length, 5), "\(value)")
        }
        let bad = [
            "", " ", "\t", "-1", "-0", "+5", "5, 6", "5,5,6", "5 5", "5,,5", "5, 5,", "5,-5", "5\r\nContent-Length: 6",
            "5\r\nContent-Length:", "5, 6\r\nContent-Length: 5", "5,18446744073709551621", "5;", "5.0", "5e3", "0x5", "0x", "5a",
            "a5",
            "five", "\"5\"", "5,", ",5", "\u{B2}", "\u{FF}5", "9223372036854775808", "18446744073709551615",
            "18446744073709551616", "18446744073709551621", "99999999999999999999", "5\u{A0}", "_5", "1_000",
            String(repeating: "9", count: 400),
        ]
        expectFaults(bad.map { ("\(Self.ok)\r\nContent-Length: \($0)\r\n\r\nhello", .contentLength) })
        #expect(good.count + bad.count >= 30)
    }

    @Test("chunk sizes, their extensions and ends are read strictly and without overflow")
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
                ("5;\r\nhello", .chunkExtension), ("5; \r\n", .chunkExtension), ("5;;a\r\n", .chunkExtension),
                ("5;=b\r\n", .chunkExtension), ("5;\"a\"\r\n", .chunkExtension), ("5;a=\r\n", .chunkExtension),
                ("5;a=;b\r\n", .chunkExtension), ("5;a=\"b\r\n", .chunkExtension), ("5;a=\"b\n", .lineEnding),
                ("5;a=\"b\\\"\r\n", .chunkExtension), ("5;a=\"b\\\r\n", .chunkExtension),
                ("5;a=\"b\"c\r\n", .chunkExtension), ("5;a=b=c\r\n", .chunkExtension),
                ("5;a b\r\n", .chunkExtension), ("5;a \r\n", .chunkExtension), ("5;a=b c\r\n", .chunkExtension),
                ("5;a=\u{FF}\r\n", .chunkExtension), ("5;a;\r\n", .chunkExtension),
                ("5\r\nhello5\r\n", .chunkEnd), ("5\r\nhello\n", .chunkEnd), ("5\r\nhello\rx", .chunkEnd),
                ("5\r\nhello!\r\n", .chunkEnd), ("5\r\nhello\r\n\r\n", .chunkSize),
                ("0\r\nX y\r\n\r\n", .headerName),
                ("0\r\nX: 1\n\r\n", .lineEnding), ("0\r\nContent-Length: 5\r\n\r\n", .framing),
                ("0\r\nTransfer-Encoding: chunked\r\n\r\n", .framing), ("0\r\n\n", .lineEnding),
            ]
        )
        for size in [
            "7fffffffffffffff", "7FFFFFFFFFFFFFFF", "0000000000000006", "6;a", "6;a=b;c", "6\t ;a", "6;a=\"b;\\\"\u{FF}\\\\\"", "6 ; a\t= b ;c= \"\"",
        ] {
            let reading = readEverySplit(Array(latin1: "\(head)\(size)\r\nhello"))
            #expect(reading.end == .more, "\(size)")
            #expect(reading.facts.bodyBytes == 5, "\(size)")
        }
    }

    @Test("a megabyte of chunk extensions stops at the header cap")
    func extensionLimit() {
        let head = response([Self.ok, "Transfer-Encoding: chunked"])
        let room = HTTP1Limits.headerBytes - head.count
        let one = Array("1".utf8)
        // One long token as the name.
        func extensions(_ count: Int) -> [UInt8] {
            count == 0 ? [] : [UInt8(ascii: ";")] + [UInt8](repeating: UInt8(ascii: "a"), count: count - 1)
        }
        expectSame(head + one + extensions(room), end: .more)
        expectSame(head + one + extensions(room + 1), end: .failed(.headerLimit))
        expectSame(head + one + extensions(1 << 20), end: .failed(.headerLimit))
        // The same number, spread over chunks of one byte each.
        let chunk = Array("1".utf8) + extensions(1_024) + Array("\r\nx\r\n".utf8)
        let chunks = (0..<room / 1_024).flatMap { _ in chunk }
        expectSame(head + chunks + one + extensions(room % 1_024), end: .more)
        expectSame(head + chunks + one + extensions(room % 1_024 + 1), end: .failed(.headerLimit))
    }

    @Test("every smuggling shape is refused")
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
        let repeated = [[length, "Content-Length: 6"], [length, length, "content-length:4"]]
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

    /// For streams that are too long to cut at every offset: whole, in pieces of 4,096 and of 1,021 bytes.
    @discardableResult
    func expectSame(
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
