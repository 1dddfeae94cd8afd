import Testing

@testable import Target

struct AnswerTests {
    private static let sizes: [UInt64] = [0, 1, 25, 26, 27, 16_379, 16_380, 16_381, 32_760, 50_000]

    private func body(_ answer: Answer, from start: UInt64, capacity: Int, _ pattern: BodyPattern) -> [UInt8]
    {
        var bytes = [UInt8](repeating: 0, count: max(1, capacity))
        let count = bytes.withUnsafeMutableBufferPointer { buffer -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            return answer.fillBody(from: start, into: base, capacity: capacity, pattern: pattern)
        }
        return Array(bytes[..<count])
    }

    /// Chunks as in RFC 9112, 7.1, written in the slow and obvious way.
    private func chunked(_ count: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var done: UInt64 = 0
        while done < count {
            let size = min(Answer.chunkBytes, count - done)
            bytes += Array("\(String(size, radix: 16))\r\n".utf8)
            bytes += TargetTests.pattern(Int(size), from: Int(done)) + [13, 10]
            done += size
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    @Test("A body is the alphabet, repeated up to its size", arguments: sizes)
    func plainBody(size: UInt64) throws {
        let answer = Answer.bytes(size)
        #expect(answer.wireBodyBytes == size)
        #expect(
            self.body(answer, from: 0, capacity: 60_000, try BodyPattern()) == TargetTests.pattern(Int(size)))
    }

    @Test("A chunked body equals what the obvious encoder makes of it", arguments: sizes)
    func chunkedBody(size: UInt64) throws {
        let answer = Answer.chunked(size)
        let expected = self.chunked(size)
        #expect(answer.wireBodyBytes == UInt64(expected.count))
        #expect(self.body(answer, from: 0, capacity: 60_000, try BodyPattern()) == expected)
    }

    @Test("A chunked body goes on byte-exact from every offset near its seams")
    func chunkedSplits() throws {
        let pattern = try BodyPattern()
        for size in [0, 3, 16_380, 16_400, 32_765] as [UInt64] {
            let answer = Answer.chunked(size)
            let expected = self.chunked(size)
            let seams = [0, 16_388, 32_776, expected.count]
            for offset in 0...expected.count where seams.contains(where: { abs($0 - offset) < 40 }) {
                for capacity in [1, 2, 7, 40] {
                    let part = self.body(answer, from: UInt64(offset), capacity: capacity, pattern)
                    if part != Array(expected[offset..<min(offset + capacity, expected.count)]) {
                        Issue.record("size \(size), offset \(offset), capacity \(capacity): \(part)")
                        return
                    }
                }
            }
        }
    }

    @Test("Payload in the first bytes of a chunked body is counted without its framing")
    func payload() {
        for size in [0, 5, 16_380, 16_385, 32_760] as [UInt64] {
            let answer = Answer.chunked(size)
            let bytes = self.chunked(size)
            // Lower-case letters that are not hexadecimal: they occur only inside chunks.
            var isPayload = [Bool](repeating: false, count: bytes.count)
            var position = 0
            var left = size
            while left > 0 {
                let chunk = min(left, Answer.chunkBytes)
                position += String(chunk, radix: 16).utf8.count + 2
                for index in position..<(position + Int(chunk)) { isPayload[index] = true }
                position += Int(chunk) + 2
                left -= chunk
            }
            var count: UInt64 = 0
            for offset in 0...bytes.count {
                if answer.payloadBytes(inFirst: UInt64(offset)) != count {
                    Issue.record("size \(size), offset \(offset): \(count)")
                    return
                }
                if offset < bytes.count && isPayload[offset] { count += 1 }
            }
            #expect(count == size)
        }
    }

    @Test("The pattern joins onto itself at its end")
    func patternSeam() throws {
        let start = BodyPattern.period - 5
        var bytes = [UInt8](repeating: 0, count: 40)
        bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            if let pattern = try? BodyPattern() { pattern.copy(from: UInt64(start), into: base, count: 40) }
        }
        #expect(bytes == TargetTests.pattern(40, from: start))
    }

    private func head(_ answer: Answer) -> String {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Answer.headLimit) { room in
            guard let base = room.baseAddress else { return "" }
            var writer = TextWriter(base, capacity: room.count)
            answer.writeHead(into: &writer)
            return String(decoding: room[..<writer.count], as: UTF8.self)
        }
    }

    @Test("Heads have status, type, length and whether the connection ends")
    func heads() {
        let type = "Server: headroom\r\nContent-Type: application/octet-stream\r\n"
        #expect(self.head(.bytes(50_000)) == "HTTP/1.1 200 OK\r\n\(type)Content-Length: 50000\r\n\r\n")
        #expect(self.head(.chunked(1)) == "HTTP/1.1 200 OK\r\n\(type)Transfer-Encoding: chunked\r\n\r\n")
        #expect(self.head(.status(204)) == "HTTP/1.1 204 No Content\r\nServer: headroom\r\n\r\n")
        var closing = Answer(framing: .untilClose, bodyBytes: 3)
        closing.closes = true
        #expect(self.head(closing) == "HTTP/1.1 200 OK\r\n\(type)Connection: close\r\n\r\n")
    }

    @Test("No head comes close to the room that it has")
    func headSize() {
        for status in UInt16(101)...599 {
            var answer = Answer.status(status)
            answer.saysKeepAlive = true
            answer.announcedBytes = .max
            #expect(self.head(answer).utf8.count < Answer.headLimit / 2)
        }
    }
}
