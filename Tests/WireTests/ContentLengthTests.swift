import Testing
import Wire

/// Content-Length in both protocols: one table (RFC 9110 section 8.6).
@Suite(.timeLimit(.minutes(1)))
struct ContentLengthTests {
    /// Field values, and their length; nil: they are refused.
    static let table: [(values: [String], length: UInt64?)] = [
        (["5"], 5), (["0"], 0), (["00005"], 5), ([String(repeating: "0", count: 40) + "5"], 5),
        (["5,5"], 5), (["5, 5"], 5), (["5 , 05,\t5"], 5), (["5", "5"], 5), (["5", "05"], 5), (["5, 5", "5"], 5),
        (["9223372036854775807, 9223372036854775807"], UInt64(Int64.max)),
        ([""], nil), (["-5"], nil), (["+5"], nil), (["5.0"], nil), (["5 5"], nil), (["5a"], nil),
        (["9223372036854775808"], nil), (["18446744073709551621"], nil),
        (["5, 6"], nil), (["5,5,6"], nil), (["5", "6"], nil), (["5, 5", "6"], nil), (["5", "5, 6"], nil),
        (["5,"], nil), ([",5"], nil), (["5,,5"], nil), (["5", ""], nil), (["5, -5"], nil),
        (["5, 18446744073709551621"], nil),
    ]

    @Test("over HTTP/1.1, at every split", arguments: table.indices)
    func http1(_ index: Int) {
        let (values, length) = Self.table[index]
        let bytes = response(["HTTP/1.1 200 OK"] + values.map { "Content-Length: \($0)" }, body: "hello")
        let reading = readEverySplit(bytes)
        guard let length else { return #expect(reading.end == .failed(.contentLength), "\(values)") }
        #expect(reading.end == (length <= 5 ? .complete : .more), "\(values)")
        #expect(reading.facts.bodyBytes == min(length, 5), "\(values)")
    }

    @Test("over HTTP/2, whole and byte by byte", arguments: table.indices)
    func http2(_ index: Int) throws {
        let (values, length) = Self.table[index]
        let fields = [(":status", "200")] + values.map { ("content-length", $0) }
        let bytes = HTTP2Frames.headers(1, fields)
        for cuts in [[], Array(1..<bytes.count)] {
            var client = try HTTP2Client()
            client.feed(HTTP2Frames.settings())
            client.feed(bytes, cuts: cuts)
            client.feed(HTTP2Frames.data(1, Int(min(length ?? 5, 5)), end: (length ?? 0) <= 5))
            let faults = client.events.compactMap(\.fault)
            #expect(faults == (length == nil ? [.contentLength] : []), "\(values)")
            let ended = client.events(.ended).map(\.bodyBytes)
            #expect(ended == (length.map { $0 <= 5 ? [$0] : [] } ?? []), "\(values)")
        }
    }

    @Test("a status from 600 to 999 ends a stream like any other", arguments: ["599", "600", "700", "999"])
    func highStatus(status: String) throws {
        let bytes = HTTP2Frames.answer(1, bytes: 2, status: status)
        for cuts in [[], Array(1..<bytes.count)] {
            var client = try HTTP2Client()
            client.feed(HTTP2Frames.settings())
            client.feed(bytes, cuts: cuts)
            #expect(client.events(.ended).map { String($0.status) } == [status])
        }
    }
}
