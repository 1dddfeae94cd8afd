import Numerics
import Testing
import Wire

/// Messages damaged by a seeded loop. A failure prints the bytes, so that they can become a row of a table.
@Suite(.timeLimit(.minutes(3)))
struct HTTP1CorruptionTests {
    private static let responses: [[UInt8]] = [
        response(nginxHead, body: "hello, world"),
        response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], body: "5\r\nhello\r\n0\r\n\r\n"),
        response(
            ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Connection: close"],
            body: "00a;x=y\r\n0123456789\r\n1 ;z\r\n!\r\n0;e=\"q\\\"\" ;f\r\nX-Sum: 1\r\nConnection: close\r\n\r\n"
        ),
        response(
            ["HTTP/1.1 200 OK", "Via: a", " b", "Content-Length: 2,", "\t2", "Connection: x,", " close", "content-length:2"],
            body: "ok"),
        response(["HTTP/1.1 700 High", "Transfer-Encoding:", " chunked"], body: "2\r\nok\r\n0\r\nX: 1\r\n y\r\n\r\n"),
        response(["HTTP/1.1 100 Continue"]) + response(["HTTP/1.1 103", "Link: </a>"])
            + response(["HTTP/1.1 200 OK", "Content-Length: 2"], body: "ok"),
        response(["HTTP/1.0 200 OK", "Connection: keep-alive, x", "content-length:\t3 "], body: "abc"),
        response(["HTTP/1.0 404 Not Found", "Server: old"], body: "to the end"),
        response(["HTTP/1.1 204 No Content", "Content-Length: 5"]),
        response(["HTTP/1.1 304", "Transfer-Encoding: chunked", "Connection: close"]),
        response(["HTTP/1.1 200 OK", "Content-Length: 9223372036854775807"], body: "x"),
        response(["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"], body: "7fffffffffffffff\r\nx"),
        response(["HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked"], body: "0\r\n\r\n"),
        response([
            "HTTP/1.1 200 OK", "Conn: a", "Content-Lengt: 1", "Transfer-Encodin: chunked", "Connection:close",
        ]),
        response(["HTTP/1.1 200 OK", "Content-Length: 0"]) + response(["HTTP/1.1 200 OK"]),
    ]
    private static let requests: [[UInt8]] = [
        response([
            "GET /bytes/50000?x=1 HTTP/1.1", "Host: a", "User-Agent: headroom", "Connection: keep-alive",
        ]),
        response(["POST /echo HTTP/1.1", "Host: a", "Content-Length: 5"], body: "hello"),
        response(["PUT / HTTP/1.1", "Transfer-Encoding: chunked"], body: "5\r\nhello\r\n0\r\nX: 1\r\n\r\n"),
        response(["HEAD / HTTP/1.0", "Connection: close"]), response(["", "", "DELETE /x HTTP/1.1"]),
        response(["OPTIONS * HTTP/1.1", "Host: a"]) + response(["GET / HTTP/1.1"]),
    ]
    /// Bytes at which the grammar branches; they are likelier to find something than random ones.
    private static let turning = Array("\r\n \t:;,0159afFgG-+xXcCtTkK/.\u{0}\u{7F}".utf8) + [0x80, 0xFF]

    @Test(
        "25,000 damaged responses read the same however they are cut, and as the reference reader reads them",
        arguments: 1...5)
    func responses(seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        var ends = [0, 0, 0]
        for _ in 0..<5_000 {
            let bytes = damage(Self.responses.randomElement(using: &generator) ?? [], &generator)
            let isHead = Int.random(in: 0..<8, using: &generator) == 0
            let closing = Bool.random(using: &generator)
            let fresh = HTTP1ResponseParser.standing(beforeHead: isHead)
            let expected = ReferenceResponseReader.read(bytes, isHead: isHead, closing: closing)
            guard expectAlike(bytes, fresh, closing: closing, expected: expected, &generator) else { return }
            switch expected.end {
            case .more: ends[0] += 1
            case .complete: ends[1] += 1
            case .failed: ends[2] += 1
            }
        }
        // The damage must not be so bad that everything fails at once, nor so slight that nothing does.
        #expect(ends.allSatisfy { $0 > 250 }, "more, complete, failed: \(ends)")
    }

    @Test("10,000 damaged requests read the same however they are cut", arguments: 11...12)
    func requests(seed: UInt64) {
        var generator = RandomGenerator(seed: seed)
        for _ in 0..<5_000 {
            let bytes = damage(Self.requests.randomElement(using: &generator) ?? [], &generator)
            let closing = Bool.random(using: &generator)
            var parser = HTTP1RequestParser()
            let expected = read(bytes, Delivery(closing: closing), into: &parser)
            let fresh = HTTP1RequestParser()
            guard expectAlike(bytes, fresh, closing: closing, expected: expected, &generator) else { return }
        }
    }

    @Test("5,000 streams of random bytes end in a fault or go on, and never trap")
    func noise() {
        var generator = RandomGenerator(seed: 99)
        for _ in 0..<5_000 {
            let count = Int.random(in: 0..<200, using: &generator)
            let isTurning = Bool.random(using: &generator)
            let noise = (0..<count).map { _ in
                isTurning
                    ? Self.turning.randomElement(using: &generator) ?? 0
                    : UInt8.random(in: 0...255, using: &generator)
            }
            let starts = [
                "", "HTTP/1.1 200 ", "HTTP/1.1 200 OK\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            ]
            let bytes = Array((starts.randomElement(using: &generator) ?? "").utf8) + noise
            let expected = ReferenceResponseReader.read(bytes, isHead: false, closing: false)
            let fresh = HTTP1ResponseParser.standing()
            guard expectAlike(bytes, fresh, closing: false, expected: expected, &generator) else { return }
        }
    }

    /// One to three changes: a byte changed, dropped or inserted, a part repeated or cut off.
    private func damage(_ bytes: [UInt8], _ generator: inout RandomGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = Self.turning.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<8, using: &generator) {
            case 0, 1: bytes[at] = byte
            case 2: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 3: bytes[at] ^= 0x20
            case 4: bytes.insert(byte, at: at)
            case 5: bytes.remove(at: at)
            case 6:
                let end = min(bytes.count, at + Int.random(in: 1...40, using: &generator))
                bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...20, using: &generator)))
            }
        }
        return bytes
    }

    /// Whole, byte by byte, and in random pieces, fed and dropped. False: it recorded a difference.
    private func expectAlike<Parser: MessageParsing>(
        _ bytes: [UInt8], _ fresh: Parser, closing: Bool, expected: Reading,
        _ generator: inout RandomGenerator
    ) -> Bool {
        var cuts: [Int] = []
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            cuts.append(Int.random(in: 0...bytes.count, using: &generator))
        }
        let deliveries = [
            Delivery(closing: closing), .everyByte(of: bytes.count, closing: closing),
            Delivery(cuts: cuts.sorted(), closing: closing),
            Delivery(cuts: cuts.sorted(), discarding: true, closing: closing),
        ]
        for delivery in deliveries {
            var parser = fresh
            let reading = read(bytes, delivery, into: &parser)
            if reading != expected {
                let text = String(decoding: bytes, as: UTF8.self).debugDescription
                Issue.record("\(text) cut at \(delivery.cuts): \(reading), expected \(expected)")
                return false
            }
        }
        return true
    }
}
