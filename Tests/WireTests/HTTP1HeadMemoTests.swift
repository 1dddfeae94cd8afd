import Numerics
import Testing

@testable import Wire

@Suite("A head that came before is recalled, without any visible difference")
struct HTTP1HeadMemoTests {
    /// Heads and bodies that a seeded loop puts one after another; many begin alike.
    private static let streams: [[UInt8]] = [
        response(["HTTP/1.1 200 OK", "Server: a", "Content-Length: 5"], body: "hello"),
        response(["HTTP/1.1 200 OK", "Server: b", "Content-Length: 5"], body: "hello"),
        response(["HTTP/1.1 200 OK", "Server: a", "Content-Length: 50"], body: "short"),
        response(["HTTP/1.1 200 OK", "Content-Length: 0"]),
        response(["HTTP/1.1 204 No Content"]),
        response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], body: "3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"),
        response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], body: "zz\r\n"),
        response(["HTTP/1.1 100 Continue"]) + response(["HTTP/1.1 200 OK", "Content-Length: 1"], body: "x"),
        response(["HTTP/1.1 503 Busy", "Connection: close", "Content-Length: 4"], body: "busy"),
        response(["HTTP/1.0 200 OK"], body: "until the end"),
        response(["HTTP/1.1 101 Switching Protocols"]),
        response(["HTTP/1.1 200 OK", "Bad name: x"]),
        response(["HTTP/1.1 200 OK", "Content-Length: 5", "X: \(String(repeating: "y", count: 2_000))"], body: "hello"),
        Array("HTTP/1.1 200 OK\r\nContent-Le".utf8),
        Array("not HTTP at all\r\n\r\n".utf8),
        [],
    ]

    @Test("with a memo and without one, every sequence of responses gives the same outcome and the same facts")
    func alike() {
        var generator = RandomGenerator(seed: 7)
        var memo = HTTP1HeadMemo()
        for _ in 0..<20_000 {
            var bytes = Self.streams[Int.random(in: 0..<Self.streams.count, using: &generator)]
            if !bytes.isEmpty, Int.random(in: 0..<8, using: &generator) == 0 {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            let isHead = Int.random(in: 0..<4, using: &generator) == 0
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            var plain = HTTP1ResponseParser.standing(beforeHead: isHead)
            var remembering = plain
            for piece in [bytes[..<cut], bytes[cut...]] {
                let piece = Array(piece)
                let expected = piece.withUnsafeBufferPointer { buffer in
                    buffer.baseAddress.map { plain.feed($0, count: piece.count) }
                }
                let found = piece.withUnsafeBufferPointer { buffer in
                    buffer.baseAddress.map { remembering.feed($0, count: piece.count, memo: &memo) }
                }
                #expect(found == expected)
                #expect(remembering.facts == plain.facts)
                #expect(remembering.discardable == plain.discardable)
            }
            #expect(remembering.endOfStream() == plain.endOfStream())
        }
    }

    @Test("the response to HEAD does not recall the head of a response to GET")
    func head() {
        let bytes = response(["HTTP/1.1 200 OK", "Content-Length: 5"])
        var memo = HTTP1HeadMemo()
        var get = HTTP1ResponseParser.standing(beforeHead: false)
        #expect(get.feed(bytes, count: bytes.count, memo: &memo) == .more)
        var head = HTTP1ResponseParser.standing(beforeHead: true)
        #expect(head.feed(bytes, count: bytes.count, memo: &memo) == .complete(consumed: bytes.count))
        var again = HTTP1ResponseParser.standing(beforeHead: false)
        #expect(again.feed(bytes, count: bytes.count, memo: &memo) == .more)
        #expect(again.discardable == 5)
    }

    @Test("bytes that end inside the kept head do not count as that head")
    func cut() {
        let bytes = response(["HTTP/1.1 200 OK", "Content-Length: 5"])
        var memo = HTTP1HeadMemo()
        var first = HTTP1ResponseParser.standing()
        _ = first.feed(bytes, count: bytes.count, memo: &memo)
        for count in 1..<bytes.count {
            var parser = HTTP1ResponseParser.standing()
            #expect(parser.feed(bytes, count: count, memo: &memo) == .more)
            #expect(!parser.isHeadComplete)
        }
    }
}
