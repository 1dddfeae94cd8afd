/// Field lines: of a head, and of the trailer section after the last chunk (RFC 9112 sections 5 and 7.1.2).
extension HTTP1Message {
    /// Reads field lines from `index` up to `end`, and at most to the end of the blank line. The state is then
    /// `.headEnd` (or `.complete` after trailers), `.failed` with `index` at the bad byte, or still one of a field.
    ///
    /// RFC 9112 lets a recipient repair bare LF and blanks before the colon. A repair is a guess, and two guesses make
    /// request smuggling, so each of them is a fault here. A folded line of a response is no guess: a user agent must
    /// read the fold as blanks (section 5.2). So a value ends where the next line begins without a blank.
    @inline(__always)
    mutating func readFields(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, end: Int) {
        while index < end {
            switch state {
            case .fieldStart:
                let byte = bytes[index]
                if HTTP1Byte.isBlank(byte), mayFold {
                    state = lastValue
                    continue
                }
                guard endValue() else { return }
                if byte == HTTP1Byte.carriageReturn {
                    state = .blankLineFeed
                } else if !openField(byte) {
                    return
                }
                index &+= 1
            case .fieldName: readName(bytes, &index, end: end)
            case .fieldValue: skipValue(bytes, &index, end: end)
            case .lengthValue, .codingValue, .connectionValue:
                guard readValueByte(bytes[index]) else { return }
                index &+= 1
            case .fieldLineFeed:
                guard bytes[index] == HTTP1Byte.lineFeed else { return fail(.lineEnding) }
                index &+= 1
                state = .fieldStart
            case .blankLineFeed:
                guard bytes[index] == HTTP1Byte.lineFeed else { return fail(.lineEnding) }
                index &+= 1
                state = flags.contains(.inTrailers) ? .complete : .headEnd
                return
            default: return
            }
        }
    }

    /// A line that begins with a blank continues the value of the line before it.
    private var mayFold: Bool { lastValue != .startLine && !flags.contains(.isRequest) }

    /// Ends the value of the line before. False: it was wrong as a whole.
    @inline(__always)
    private mutating func endValue() -> Bool {
        // No line came before, or its value has no meaning here.
        if lastValue.rawValue <= State.fieldValue.rawValue { return true }
        return endKnownValue()
    }

    private mutating func endKnownValue() -> Bool {
        switch lastValue {
        case .lengthValue:
            guard endLength() else {
                fail(.contentLength)
                return false
            }
        case .codingValue:
            guard match >= HTTP1Names.endOfChunked else {
                fail(.framing)
                return false
            }
        default: endOption()
        }
        return true
    }

    /// Reads the first byte of a field line. False: it begins no name.
    @inline(__always)
    private mutating func openField(_ byte: UInt8) -> Bool {
        guard HTTP1Byte.isToken(byte) else {
            switch byte {
            case HTTP1Byte.space, HTTP1Byte.tab: fail(.foldedLine)
            case HTTP1Byte.lineFeed: fail(.lineEnding)
            default: fail(.headerName)
            }
            return false
        }
        guard Int(fieldCount) < HTTP1Limits.fields else {
            fail(.headerLimit)
            return false
        }
        fieldCount &+= 1
        state = .fieldName
        lastValue = .fieldValue
        switch byte | 0x20 {
        case UInt8(ascii: "c"): match = 1
        case UInt8(ascii: "t"): match = HTTP1Names.transferEncoding &+ 1
        default: match = HTTP1Names.none
        }
        return true
    }

    /// Reads a name: byte by byte while it may still be one that matters, otherwise in runs.
    @inline(__always)
    private mutating func readName(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, end: Int) {
        let names = HTTP1Names.fields.utf8Start
        var match = self.match
        while match != HTTP1Names.none, index < end {
            let byte = HTTP1Byte.lowercased(bytes[index])
            if byte == names[Int(match)] {
                index &+= 1
                if byte == HTTP1Byte.colon { return openKnownValue(match, at: &index) }
                match &+= 1
            } else if match == HTTP1Names.afterCon, byte == UInt8(ascii: "n") {
                index &+= 1
                match = HTTP1Names.afterConn
            } else {
                match = HTTP1Names.none
            }
        }
        self.match = match
        index = HTTP1Byte.endOfToken(bytes, from: index, to: end)
        if index == end { return }
        guard bytes[index] == HTTP1Byte.colon else { return fail(.headerName) }
        index &+= 1
        state = .fieldValue
    }

    /// The colon after a name that matters was read. A fault here belongs to the name, and its place is the colon.
    private mutating func openKnownValue(_ name: UInt8, at index: inout Int) {
        match = 0
        if name == HTTP1Names.endOfConnection {
            state = flags.contains(.inTrailers) ? .fieldValue : .connectionValue
            lastValue = state
            return
        }
        let isLength = name == HTTP1Names.endOfContentLength
        if let fault = framingFault(isLength: isLength) {
            index &-= 1
            return fail(fault)
        }
        flags.insert(isLength ? .hasLength : .isChunked)
        state = isLength ? .lengthValue : .codingValue
        lastValue = state
    }

    /// The fault of one more field that frames the body (RFC 9112 section 6.1 and 6.3). Trailers come only after
    /// `chunked`, which refuses both fields there.
    private func framingFault(isLength: Bool) -> HTTP1Fault? {
        if isLength {
            if flags.contains(.isChunked) { return .framing }
            return flags.contains(.hasLength) && flags.contains(.isRequest) ? .contentLength : nil
        }
        return flags.isDisjoint(with: .againstCoding) ? nil : .framing
    }

    /// Skips a value without meaning here, and its line ending if that has come, too.
    @inline(__always)
    private mutating func skipValue(_ bytes: UnsafePointer<UInt8>, _ index: inout Int, end: Int) {
        index = HTTP1Byte.endOfText(bytes, from: index, to: end)
        if index == end { return }
        switch bytes[index] {
        case HTTP1Byte.carriageReturn:
            index &+= 1
            state = .fieldLineFeed
            if index < end, bytes[index] == HTTP1Byte.lineFeed {
                index &+= 1
                state = .fieldStart
            }
        case HTTP1Byte.tab: index &+= 1
        case HTTP1Byte.lineFeed: fail(.lineEnding)
        default: fail(.headerValue)
        }
    }

    /// Reads one byte of a value that matters. False: it was wrong.
    @inline(__always)
    private mutating func readValueByte(_ byte: UInt8) -> Bool {
        if byte == HTTP1Byte.carriageReturn {
            state = .fieldLineFeed
            return true
        }
        guard HTTP1Byte.isText(byte) else {
            fail(byte == HTTP1Byte.lineFeed ? .lineEnding : .headerValue)
            return false
        }
        switch state {
        case .lengthValue:
            guard readLength(byte) else {
                fail(.contentLength)
                return false
            }
        case .codingValue:
            guard readCoding(byte) else {
                fail(.framing)
                return false
            }
        default: readOption(byte)
        }
        return true
    }

    /// OWS 1*DIGIT OWS, and the same number again after a comma (RFC 9110 section 8.6). `match`: 0 before the digits, 1
    /// in them, 2 after them.
    @inline(__always)
    private mutating func readLength(_ byte: UInt8) -> Bool {
        if HTTP1Byte.isBlank(byte) {
            if match == 1 { match = 2 }
            return true
        }
        if byte == HTTP1Byte.comma {
            guard !flags.contains(.isRequest), endLength() else { return false }
            match = 0
            return true
        }
        let digit = UInt64(byte &- HTTP1Byte.zero)
        guard digit < 10, match < 2, bodyBytes <= (HTTP1Limits.bodyBytes &- digit) / 10 else { return false }
        match = 1
        bodyBytes = bodyBytes &* 10 &+ digit
        return true
    }

    /// Ends one number of a Content-Length. False: there was none, or a different one before.
    private mutating func endLength() -> Bool {
        guard match > 0, !flags.contains(.lengthKnown) || remaining == bodyBytes else { return false }
        flags.insert(.lengthKnown)
        remaining = bodyBytes
        bodyBytes = 0
        return true
    }

    /// OWS `chunked` OWS, in any case.
    private mutating func readCoding(_ byte: UInt8) -> Bool {
        if HTTP1Byte.isBlank(byte) {
            if match == 0 { return true }
            guard match >= HTTP1Names.endOfChunked else { return false }
            match = HTTP1Names.afterChunked
            return true
        }
        let chunked = HTTP1Names.chunked.utf8Start
        guard match < HTTP1Names.endOfChunked, HTTP1Byte.lowercased(byte) == chunked[Int(match)] else {
            return false
        }
        match &+= 1
        return true
    }

    /// Reads a list of options. A blank ends one just as a comma does, which can only find more of them. `match` is the
    /// place in `HTTP1Names.options`.
    @inline(__always)
    private mutating func readOption(_ byte: UInt8) {
        if byte == HTTP1Byte.comma || HTTP1Byte.isBlank(byte) {
            endOption()
        } else if match != HTTP1Names.none {
            let lower = HTTP1Byte.lowercased(byte)
            if match == 0, lower == UInt8(ascii: "k") {
                match = HTTP1Names.keepAlive &+ 1
            } else {
                match = lower == HTTP1Names.options.utf8Start[Int(match)] ? match &+ 1 : HTTP1Names.none
            }
        }
    }

    private mutating func endOption() {
        if match == HTTP1Names.endOfClose { flags.insert(.close) }
        if match == HTTP1Names.endOfKeepAlive { flags.insert(.keepAlive) }
        match = 0
    }
}
