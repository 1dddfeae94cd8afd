import Numerics
import Testing
import Wire

/// Exchanges damaged by a seeded loop: however the bytes are cut, the result is the same, nothing traps, and every
/// request ends once.
@Suite(.timeLimit(.minutes(3)))
struct HTTP2CorruptionTests {
    typealias F = HTTP2Frames

    private static let head: [(String, String)] = [(":status", "200"), ("content-length", "20")]
    private static let exchanges: [[UInt8]] = [
        F.settings([(3, 100), (4, 65_535)]) + F.settingsAcknowledged
            + F.frame(1, F.endHeaders, 1, [0x88, 0x40] + F.string("server") + F.string("x"))
            + F.data(1, 20, end: true)
            + F.headers(3, head) + F.data(3, 20, end: true) + F.frame(1, F.endHeaders, 5, [0x88, 0xBE])
            + F.frame(0, F.padded | F.endStream, 5, [3, 1, 2, 0, 0, 0]),
        F.settings([]) + F.headers(1, [(":status", "103")]) + F.headers(1, head, flags: 0)
            + F.frame(9, F.endHeaders, 1, F.block([("x", "y")])) + F.data(1, 10) + F.windowUpdate(0, 100)
            + F.data(1, 10) + F.headers(1, [("x-sum", "1")], end: true) + F.reset(3, 7) + F.goAway(1, 0),
        F.settings([(2, 0), (5, 20_000), (1, 0)]) + F.frame(6, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8])
            + F.frame(1, F.padded | F.priority | F.endHeaders, 5, [2, 0, 0, 0, 0, 1, 0x3F, 0x01, 0x88, 0, 0])
            + F.data(5, 100) + F.frame(2, 0, 1, [0, 0, 0, 0, 1]) + F.frame(0xEE, 3, 1, [1, 2, 3])
            + F.data(5, 0, end: true) + F.headers(1, [(":status", "404")], end: true),
    ]
    /// Lengths, types, flags, ids and prefixes that mean something.
    private static let turning: [UInt8] = [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0x20, 0x3F, 0x40, 0x7F, 0x80, 0x88, 0xBE, 0xFF,
    ]

    @Test("10,000 damaged exchanges have the same result however they are cut", arguments: 1...4)
    func damaged(seed: UInt64) throws {
        var generator = RandomGenerator(seed: seed)
        var broken = 0
        var ended = 0
        for _ in 0..<2_500 {
            let bytes = damage(Self.exchanges.randomElement(using: &generator) ?? [], &generator)
            let whole = try outcome(bytes, cuts: [])
            broken += whole.isOver ? 1 : 0
            ended += whole.events.contains { $0.kind == .ended } ? 1 : 0
            var cuts: [Int] = []
            for _ in 0..<4 { cuts.append(Int.random(in: 0...bytes.count, using: &generator)) }
            for other in [
                try outcome(bytes, cuts: Array(1..<max(2, bytes.count))),
                try outcome(bytes, cuts: cuts.sorted()),
            ] where other != whole {
                Issue.record("\(bytes): \(other), whole: \(whole)")
                return
            }
        }
        // The damage must not be so bad that everything fails, nor so slight that nothing does.
        #expect(broken > 500 && ended > 500, "broken \(broken), with an answer \(ended)")
    }

    @Test("5,000 streams of random frames end or continue, and never trap")
    func noise() throws {
        var generator = RandomGenerator(seed: 77)
        for _ in 0..<5_000 {
            var bytes = F.settings()
            for _ in 0..<Int.random(in: 1...12, using: &generator) {
                let count = Int.random(in: 0...24, using: &generator)
                let payload = (0..<count).map { _ in Self.turning.randomElement(using: &generator) ?? 0 }
                bytes += F.frame(
                    UInt8.random(in: 0...10, using: &generator), UInt8.random(in: 0...255, using: &generator),
                    UInt32.random(in: 0...7, using: &generator), payload)
            }
            let whole = try outcome(bytes, cuts: [])
            let pieces = try outcome(bytes, cuts: Array(1..<bytes.count))
            if pieces != whole {
                Issue.record("\(bytes): \(pieces), whole: \(whole)")
                return
            }
        }
    }

    /// The result of an exchange, without what depends on the cuts: body events, and the part of a block that was there
    /// when the block turned out to be broken.
    private struct Outcome: Equatable {
        struct End: Equatable {
            let kind: HTTP2Event.Kind
            let tag: UInt32
            let status: UInt16
            let code: UInt32?
            let bodyBytes: UInt64
            let headerBytes: UInt32?
        }
        let events: [End]
        let sent: [UInt8]
        let isOver: Bool
        let bodyBytes: UInt64
        let socketBytes: UInt64
    }

    private func outcome(_ bytes: [UInt8], cuts: [Int] = []) throws -> Outcome {
        var client = try HTTP2Client(requests: 3)
        client.feed(bytes, cuts: cuts)
        let (isOver, open, available) = client.standing
        let ends = client.events.filter { $0.endsRequest }.map(\.tag)
        #expect(Set(ends).count == ends.count, "a request ended twice: \(bytes)")
        #expect(ends.count + open == 3, "a request is lost: \(bytes)")
        #expect(!isOver || (open == 0 && available == 0))
        let (all, counts) = (client.events, client.counts)
        return Outcome(
            events: all.filter { $0.kind != .body }.map {
                Outcome.End(
                    kind: $0.kind, tag: $0.tag, status: $0.status, code: $0.fault?.code.rawValue ?? $0.code,
                    bodyBytes: $0.bodyBytes, headerBytes: $0.kind == .ended ? $0.headerBytes : nil)
            },
            sent: client.sent, isOver: isOver, bodyBytes: counts.receivedBody,
            socketBytes: counts.receivedSocket)
    }

    /// One to three changes, most of them small: a byte changed, dropped or inserted, a part repeated or cut off.
    private func damage(_ bytes: [UInt8], _ generator: inout RandomGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &generator)
            let byte = Self.turning.randomElement(using: &generator) ?? 0
            switch Int.random(in: 0..<9, using: &generator) {
            case 0, 1, 2, 3: bytes[at] = byte
            case 4: bytes[at] = UInt8.random(in: 0...255, using: &generator)
            case 5: bytes.insert(byte, at: at)
            case 6: bytes.remove(at: at)
            case 7:
                let end = min(bytes.count, at + Int.random(in: 1...40, using: &generator))
                bytes.insert(contentsOf: bytes[at..<end], at: at)
            default: bytes.removeLast(min(bytes.count, Int.random(in: 0...20, using: &generator)))
            }
        }
        return bytes
    }
}
