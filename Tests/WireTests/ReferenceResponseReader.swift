import Wire

/// A second implementation of the response rules, slow and plain: it holds the whole stream, reads by recursive
/// descent, keeps names and values as arrays and judges them as text. It shares no code with the parser.
struct ReferenceResponseReader {
    enum Stop: Error {
        case more
        case fault(HTTP1Fault)
    }

    let bytes: [UInt8]
    var at = 0
    var extensionBytes = 0
    var fieldCount = 0
    var status = 0
    var minor = 1
    var hasLength = false
    var length: UInt64?
    var isChunked = false
    var options: [String] = []
    var facts = Facts()

    static func read(_ bytes: [UInt8], isHead: Bool, closing: Bool) -> Reading {
        var reader = ReferenceResponseReader(bytes: bytes)
        var end: Reading.End
        var isUntilClose = false
        do throws(Stop) {
            isUntilClose = try reader.message(isHead: isHead)
            end = .complete
        } catch {
            switch error {
            case .more: end = closing ? .failed(.truncated) : .more
            case .fault(let fault): end = .failed(fault)
            }
        }
        if isUntilClose, !closing { end = .more }
        var facts = reader.facts
        facts.start = "\(reader.status)"
        facts.hasStarted = !bytes.isEmpty
        facts.keepAlive =
            !isUntilClose && !reader.options.contains("close")
            && (reader.minor == 1 || reader.options.contains("keep-alive"))
        if case .failed = end { return Reading(end: end, consumed: 0, facts: facts) }
        return Reading(end: end, consumed: reader.at, facts: facts)
    }

    /// True: the body continues to the end of the stream.
    mutating func message(isHead: Bool) throws(Stop) -> Bool {
        while true {
            try statusLine()
            try fields(inTrailers: false)
            if status >= 200 { break }
            if status == 101 { throw .fault(.unexpectedUpgrade) }
            if facts.interimCount == 32 { throw .fault(.tooManyInterim) }
            facts.interimCount += 1
            (status, minor, hasLength, length, isChunked, options) = (0, 1, false, nil, false, [])
        }
        facts.isHeadComplete = true
        if isHead || status == 204 || status == 304 { return false }
        if isChunked {
            try chunks()
        } else if let length {
            try data(length)
        } else {
            facts.bodyBytes = UInt64(bytes.count - at)
            at = bytes.count
            return true
        }
        return false
    }

    mutating func statusLine() throws(Stop) {
        for (place, expected) in "HTTP/1.".utf8.enumerated() {
            if try peekHeader() != expected { throw .fault(place < 5 ? .startLine : .version) }
            acceptHeader()
        }
        let digit = try peekHeader()
        guard digit == 0x30 || digit == 0x31 else { throw .fault(.version) }
        minor = Int(digit) - 0x30
        acceptHeader()
        let space = try peekHeader()
        if space == 0x0A { throw .fault(.lineEnding) }
        if space != 0x20 { throw .fault(Self.isToken(space) ? .version : .status) }
        acceptHeader()
        for place in 0..<3 {
            let byte = try peekHeader()
            if byte == 0x0A { throw .fault(.lineEnding) }
            guard (place == 0 ? 0x31...0x39 : 0x30...0x39).contains(byte) else { throw .fault(.status) }
            status = status * 10 + Int(byte) - 0x30
            acceptHeader()
        }
        switch try peekHeader() {
        case 0x0D: break
        case 0x0A: throw .fault(.lineEnding)
        case 0x20:
            while try peekHeader() != 0x0D {
                let byte = try peekHeader()
                if byte == 0x0A { throw .fault(.lineEnding) }
                if !Self.isText(byte) { throw .fault(.startLine) }
                acceptHeader()
            }
        default: throw .fault(.status)
        }
        try headerLineEnd()
    }

    mutating func fields(inTrailers: Bool) throws(Stop) {
        while true {
            let first = try peekHeader()
            if first == 0x0D { return try headerLineEnd() }
            if first == 0x20 || first == 0x09 { throw .fault(.foldedLine) }
            if first == 0x0A { throw .fault(.lineEnding) }
            if !Self.isToken(first) { throw .fault(.headerName) }
            if fieldCount == 256 { throw .fault(.headerLimit) }
            fieldCount += 1
            try field(inTrailers: inTrailers)
        }
    }

    mutating func field(inTrailers: Bool) throws(Stop) {
        var nameBytes: [UInt8] = []
        while try peekHeader() != 0x3A {
            let byte = try peekHeader()
            if !Self.isToken(byte) { throw .fault(.headerName) }
            nameBytes.append(byte)
            acceptHeader()
        }
        let name = String(decoding: nameBytes, as: UTF8.self).lowercased()
        if name == "content-length" {
            if inTrailers || isChunked { throw .fault(.framing) }
        }
        if name == "transfer-encoding", inTrailers || isChunked || hasLength || minor == 0 {
            throw .fault(.framing)
        }
        acceptHeader()
        if name == "transfer-encoding" { isChunked = true }
        if name == "content-length" { hasLength = true }
        try value(of: name, inTrailers: inTrailers)
    }

    mutating func value(of name: String, inTrailers: Bool) throws(Stop) {
        var value: [UInt8] = []
        while true {
            let byte = try peekHeader()
            var isEnd = false
            if byte == 0x0D {
                try headerLineEnd()
                // A line that begins with a blank continues the value.
                isEnd = ![0x20, 0x09].contains(try peekHeader())
                if !isEnd { continue }
            }
            if byte == 0x0A { throw .fault(.lineEnding) }
            if !isEnd, !Self.isText(byte) { throw .fault(.headerValue) }
            if !isEnd { value.append(byte) }
            let text = String(value.map { Character(UnicodeScalar($0)) })
            if name == "content-length" {
                guard let lengths = Self.lengths(text, isEnd: isEnd) else { throw .fault(.contentLength) }
                if Set(lengths + (length.map { [$0] } ?? [])).count > 1 { throw .fault(.contentLength) }
                if isEnd { length = lengths.first }
            }
            if name == "transfer-encoding", !Self.isChunked(text, isEnd: isEnd) { throw .fault(.framing) }
            if name == "connection", !inTrailers {
                let parts = text.lowercased().split { $0 == "," || $0 == " " || $0 == "\t" }.map(String.init)
                // An option counts once something ends it.
                let ended = isEnd || text.hasSuffix(",") || text.hasSuffix(" ") || text.hasSuffix("\t")
                options += ended ? parts : Array(parts.dropLast())
            }
            if isEnd { return }
            acceptHeader()
        }
    }

    static func trim(_ text: String) -> String {
        var text = Substring(text)
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }

    /// The numbers of the complete list entries; nil if one is invalid or too large.
    static func lengths(_ text: String, isEnd: Bool) -> [UInt64]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { trim(String($0)) }
        var lengths: [UInt64] = []
        for (place, part) in parts.enumerated() {
            let isOver = isEnd || place < parts.count - 1
            if part.isEmpty, !isOver { continue }
            guard part.allSatisfy({ ("0"..."9").contains($0) }), let number = UInt64(part),
                number <= UInt64(Int64.max)
            else { return nil }
            if isOver { lengths.append(number) }
        }
        return lengths
    }

    static func isChunked(_ text: String, isEnd: Bool) -> Bool {
        let coding = trim(text).lowercased()
        if coding == "chunked" { return true }
        let isCut = !coding.isEmpty && (text.hasSuffix(" ") || text.hasSuffix("\t"))
        return !isEnd && !isCut && "chunked".hasPrefix(coding)
    }

    mutating func headerLineEnd() throws(Stop) {
        acceptHeader()
        if try peekHeader() != 0x0A { throw .fault(.lineEnding) }
        acceptHeader()
    }

    mutating func chunks() throws(Stop) {
        while true {
            let size = try chunkSizeLine()
            if size == 0 { return try fields(inTrailers: true) }
            try data(size)
            for expected in [0x0D, 0x0A] as [UInt8] {
                if try peek() != expected { throw .fault(.chunkEnd) }
                at += 1
            }
        }
    }

    mutating func chunkSizeLine() throws(Stop) -> UInt64 {
        var digits = ""
        while let digit = String(UnicodeScalar(try peek())).first, digit.isHexDigit, digit.isASCII {
            digits.append(digit)
            guard digits.count <= 16, UInt64(digits, radix: 16).map({ $0 <= UInt64(Int64.max) }) == true
            else {
                throw .fault(.chunkSize)
            }
            at += 1
        }
        let next = try peek()
        if next == 0x0A { throw .fault(.lineEnding) }
        guard let size = UInt64(digits, radix: 16), [0x0D, 0x3B, 0x20, 0x09].contains(next) else {
            throw .fault(.chunkSize)
        }
        while [0x20, 0x09].contains(try peek()) { try acceptExtension() }
        if try peek() == 0x3B {
            try extensions()
        } else if next != 0x0D {
            throw .fault(.chunkSize)
        }
        at += 1
        if try peek() != 0x0A { throw .fault(.lineEnding) }
        at += 1
        return size
    }

    /// `;name`, `;name=token` and `;name="text"`, with blanks around every `;` and `=`.
    mutating func extensions() throws(Stop) {
        while true {
            try acceptExtension()
            _ = try blanks()
            try extensionToken()
            var isBlank = try blanks()
            if try peek() == 0x3D {
                try acceptExtension()
                _ = try blanks()
                if try peek() == 0x22 { try quoted() } else { try extensionToken() }
                isBlank = try blanks()
            }
            switch try peek() {
            case 0x3B: continue
            case 0x0D where !isBlank: return
            default: throw try badExtension()
            }
        }
    }

    mutating func blanks() throws(Stop) -> Bool {
        var isBlank = false
        while [0x20, 0x09].contains(try peek()) {
            try acceptExtension()
            isBlank = true
        }
        return isBlank
    }

    mutating func extensionToken() throws(Stop) {
        let start = at
        while Self.isToken(try peek()) { try acceptExtension() }
        if at == start { throw try badExtension() }
    }

    mutating func quoted() throws(Stop) {
        try acceptExtension()
        while try peek() != 0x22 {
            if try peek() == 0x5C { try acceptExtension() }
            if !Self.isText(try peek()) { throw try badExtension() }
            try acceptExtension()
        }
        try acceptExtension()
    }

    func badExtension() throws(Stop) -> Stop {
        .fault(try peek() == 0x0A ? .lineEnding : .chunkExtension)
    }

    mutating func data(_ length: UInt64) throws(Stop) {
        let there = min(length, UInt64(bytes.count - at))
        at += Int(there)
        facts.bodyBytes += there
        if there < length { throw .more }
    }

    func peek() throws(Stop) -> UInt8 {
        if at >= bytes.count { throw .more }
        return bytes[at]
    }

    func peekHeader() throws(Stop) -> UInt8 {
        let byte = try peek()
        if Int(facts.headerBytes) + extensionBytes >= 262_144 { throw .fault(.headerLimit) }
        return byte
    }

    mutating func acceptHeader() {
        at += 1
        facts.headerBytes += 1
    }

    mutating func acceptExtension() throws(Stop) {
        if Int(facts.headerBytes) + extensionBytes >= 262_144 { throw .fault(.headerLimit) }
        at += 1
        extensionBytes += 1
    }

    static func isToken(_ byte: UInt8) -> Bool {
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8.contains(byte)
    }

    static func isText(_ byte: UInt8) -> Bool { byte == 0x09 || (0x20...0x7E).contains(byte) || byte >= 0x80 }
}
