import Testing
import Wire

/// Reads a response whole, cut at every offset into two, byte by byte, and with its body dropped unread; all must
/// agree, and so must the reference reader. Returns the common result.
@discardableResult
func readEverySplit(
    _ bytes: [UInt8], isHead: Bool = false, closing: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Reading {
    let fresh = HTTP1ResponseParser.standing(beforeHead: isHead)
    let whole = readEverySplit(bytes, fresh, closing: closing, sourceLocation: sourceLocation)
    let reference = ReferenceResponseReader.read(bytes, isHead: isHead, closing: closing)
    #expect(whole == reference, "against the reference reader", sourceLocation: sourceLocation)
    return whole
}

/// The same for a request, for which there is no reference reader.
@discardableResult
func readRequestEverySplit(
    _ bytes: [UInt8], closing: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
) -> Reading {
    readEverySplit(bytes, HTTP1RequestParser(), closing: closing, sourceLocation: sourceLocation)
}

private func readEverySplit<Parser: MessageParsing>(
    _ bytes: [UInt8], _ fresh: Parser, closing: Bool, sourceLocation: SourceLocation
) -> Reading {
    var parser = fresh
    let whole = read(bytes, Delivery(closing: closing), into: &parser)
    expectFinal(whole, parser, sourceLocation)

    var others = (0..<bytes.count).map { Delivery(cuts: [$0], closing: closing) }
    others += others.map { Delivery(cuts: $0.cuts, discarding: true, closing: closing) }
    others.append(.everyByte(of: bytes.count, closing: closing))
    for delivery in others {
        var parser = fresh
        let reading = read(bytes, delivery, into: &parser)
        if reading != whole {
            let cuts = delivery.cuts.count > 1 ? "every byte" : "\(delivery.cuts)"
            Issue.record(
                "cut at \(cuts), discarding \(delivery.discarding): \(reading), whole: \(whole)",
                sourceLocation: sourceLocation
            )
            return whole
        }
    }
    return whole
}

/// An end is final: later bytes change neither the answer nor the counters.
private func expectFinal<Parser: MessageParsing>(
    _ reading: Reading, _ parser: Parser, _ sourceLocation: SourceLocation
) {
    let expected: HTTP1Outcome
    switch reading.end {
    case .more: return
    case .complete: expected = .complete(consumed: 0)
    case .failed(let fault): expected = .failed(fault)
    }
    var parser = parser
    var byte = UInt8(ascii: "x")
    #expect(parser.feed(&byte, count: 1) == expected, sourceLocation: sourceLocation)
    #expect(parser.discarded(0) == expected, sourceLocation: sourceLocation)
    #expect(parser.endOfStream() == expected, sourceLocation: sourceLocation)
    #expect(parser.facts == reading.facts || !reading.facts.hasStarted, sourceLocation: sourceLocation)
}

extension [UInt8] {
    /// The bytes of a text, one per Unicode scalar below U+0100, so that a test can spell any byte.
    init(latin1 text: String) {
        self = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
}
