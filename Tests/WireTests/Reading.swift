import Wire

/// The common interface of the two parsers, so that one driver feeds both.
protocol MessageParsing {
    var discardable: UInt64 { get }
    mutating func feed(_ bytes: UnsafePointer<UInt8>, count: Int) -> HTTP1Outcome
    mutating func discarded(_ count: UInt64) -> HTTP1Outcome
    mutating func endOfStream() -> HTTP1Outcome
    /// Everything that the parser reports about the message.
    var facts: Facts { get }
}

/// Everything observable in a parser: two ways to cut one stream must agree in all of it.
struct Facts: Equatable {
    var start = ""
    var headerBytes: UInt64 = 0
    var bodyBytes: UInt64 = 0
    var interimCount: UInt8 = 0
    var keepAlive = false
    var isHeadComplete = false
    var hasStarted = false
}

extension HTTP1ResponseParser: MessageParsing {
    var facts: Facts {
        Facts(
            start: "\(status)", headerBytes: headerBytes, bodyBytes: bodyBytes, interimCount: interimCount,
            keepAlive: keepAlive, isHeadComplete: isHeadComplete, hasStarted: hasStarted
        )
    }

    static func standing(beforeHead isHead: Bool = false) -> HTTP1ResponseParser {
        var parser = HTTP1ResponseParser()
        parser.begin(isHead: isHead)
        return parser
    }
}

extension HTTP1RequestParser: MessageParsing {
    var target: String {
        withTarget { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }
    var facts: Facts {
        Facts(
            start: "\(method) \(target) \(minorVersion)", headerBytes: headerBytes, bodyBytes: bodyBytes,
            keepAlive: keepAlive, isHeadComplete: isHeadComplete, hasStarted: hasStarted
        )
    }
}

/// How a stream ended for a parser.
struct Reading: Equatable {
    enum End: Equatable {
        case more, complete
        case failed(HTTP1Fault)
    }
    var end: End
    /// Bytes up to the end of the message; 0 after a fault.
    var consumed = 0
    var facts: Facts
}

/// How to deliver a stream to a parser.
struct Delivery {
    /// Offsets at which the stream is cut, ascending.
    var cuts: [Int] = []
    /// Discardable bytes are dropped unread, as the kernel does with `MSG_TRUNC`.
    var discarding = false
    /// The peer closes after the last byte.
    var closing = false

    static func everyByte(of count: Int, closing: Bool = false) -> Delivery {
        Delivery(cuts: Array(stride(from: 1, to: count, by: 1)), closing: closing)
    }
}

/// Feeds `bytes` as `delivery` prescribes. Each piece is first copied into an allocation of its own size.
func read<Parser: MessageParsing>(
    _ bytes: [UInt8], _ delivery: Delivery = Delivery(), into parser: inout Parser
) -> Reading {
    var consumed = 0
    var outcome = HTTP1Outcome.more
    for (from, to) in zip([0] + delivery.cuts, delivery.cuts + [bytes.count]) {
        // A piece may begin inside bytes that have already been dropped.
        var at = max(from, consumed)
        if delivery.discarding, parser.discardable > 0, at < bytes.count {
            let dropped = Int(min(parser.discardable, UInt64(bytes.count - at)))
            outcome = parser.discarded(UInt64(dropped))
            if case .complete(let count) = outcome { return finish(outcome, consumed + count, parser) }
            consumed += dropped
            at = consumed
        }
        guard at < to else { continue }
        let piece = Array(bytes[at..<to])
        outcome = piece.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { parser.feed($0, count: buffer.count) } ?? .more
        }
        switch outcome {
        case .more: consumed += piece.count
        case .complete(let count): return finish(outcome, consumed + count, parser)
        case .failed: return finish(outcome, 0, parser)
        }
    }
    if delivery.closing { outcome = parser.endOfStream() }
    return finish(outcome, consumed, parser)
}

private func finish<Parser: MessageParsing>(
    _ outcome: HTTP1Outcome, _ consumed: Int, _ parser: Parser
) -> Reading {
    switch outcome {
    case .more: Reading(end: .more, consumed: consumed, facts: parser.facts)
    case .complete: Reading(end: .complete, consumed: consumed, facts: parser.facts)
    case .failed(let fault): Reading(end: .failed(fault), consumed: 0, facts: parser.facts)
    }
}
