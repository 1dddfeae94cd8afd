import Units

/// What a request's head may contain. Every value of a profile, a flag or a URL is checked here before it goes there,
/// so that no value can end its line and begin another (CRLF injection, CVE-2022-3215).
public enum HTTPField {
    /// Most bytes of a method.
    public static let methodLengthLimit = 32
    /// Most bytes of a header field's name.
    public static let nameLengthLimit = 256
    /// Most bytes of a header field's value.
    public static let valueLengthLimit = 8_192
    /// Most bytes of a path with its query; servers accept about as much.
    public static let pathLengthLimit = 8_192
    /// Most header fields of one request that a profile may set.
    public static let countLimit = 100

    /// Fields that headroom writes itself, by lower-case name. A second one would let a server and a proxy disagree on
    /// where a request ends (request smuggling).
    private static let reserved = ["content-length", "transfer-encoding", "connection"]

    private static let usualMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]

    /// Checks a method: a token (RFC 9110 9.1, 5.6.2). CONNECT is refused, as it requests a tunnel.
    public static func checkMethod(_ method: String) throws(ParseError) {
        guard isToken(method), method.utf8.count <= methodLengthLimit else {
            throw ParseError("\(quoted(method)) is not an HTTP method; write one such as GET or POST")
        }
        let upper = asciiUppercased(method)
        if upper != method, usualMethods.contains(upper) {
            throw ParseError("\(quoted(method)): HTTP methods are case-sensitive; write \(upper)")
        }
        if upper == "CONNECT" {
            throw ParseError("CONNECT opens a tunnel and is no request of a session; use another method")
        }
    }

    /// Checks a header field's name: a token (RFC 9110 5.1), and none that headroom writes itself.
    public static func checkName(_ name: String) throws(ParseError) {
        guard isToken(name), name.utf8.count <= nameLengthLimit else {
            throw ParseError(
                "\(quoted(name)) is not a header name; use at most \(nameLengthLimit) letters, digits, `-`"
            )
        }
        if reserved.contains(asciiLowercased(name)) {
            throw ParseError("\(quoted(name)) is written by headroom and cannot be set; leave it out")
        }
    }

    /// Checks a header field's value: no control characters except a tab inside, no white space at its ends (RFC 9110
    /// 5.5). The message does not repeat the value, as it may be a secret.
    public static func checkValue(_ value: String, of name: String) throws(ParseError) {
        guard value.utf8.count <= valueLengthLimit else {
            throw ParseError(
                "the value of \(quoted(name)) is longer than \(valueLengthLimit) bytes; shorten it")
        }
        for byte in value.utf8 where byte == 0x7F || (byte < 0x20 && byte != 0x09) {
            throw ParseError(
                "the value of \(quoted(name)) holds \(controlName(byte)); a header value is one line of text")
        }
        let ends = [value.utf8.first, value.utf8.last]
        guard !ends.contains(0x20), !ends.contains(0x09) else {
            throw ParseError("the value of \(quoted(name)) begins or ends with white space; remove it")
        }
        if asciiLowercased(name) == "host" { try checkHost(value) }
    }

    /// Checks a request's header fields as a whole: each of them, their number, and `Host` at most once.
    public static func check(_ fields: [HeaderField]) throws(ParseError) {
        guard fields.count <= countLimit else {
            throw ParseError("\(fields.count) header fields are more than the \(countLimit) that are allowed")
        }
        var seenHost = false
        for field in fields {
            try checkName(field.name)
            try checkValue(field.value, of: field.name)
            guard asciiLowercased(field.name) == "host" else { continue }
            guard !seenHost else { throw ParseError("`Host` is given twice; a request has exactly one") }
            seenHost = true
        }
    }

    /// Checks a request's path with its query: begins with `/`, visible ASCII only, no fragment.
    public static func checkPath(_ path: String) throws(ParseError) {
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw ParseError("\(quoted(path)) is not a path; begin it with `/`, such as \(quoted("/" + path))")
        }
        guard path.utf8.count <= pathLengthLimit else {
            throw ParseError("the path is longer than \(pathLengthLimit) bytes; shorten it")
        }
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: " "): throw ParseError("\(quoted(path)) holds a space; write it as %20")
            case UInt8(ascii: "#"):
                throw ParseError("\(quoted(path)) holds a fragment, which is never sent; drop it or write %23")
            case 0x21...0x7E: continue
            case 0x80...: throw ParseError("\(quoted(path)) is not ASCII; percent-encode it")
            default: throw ParseError("\(quoted(path)) holds \(controlName(byte)); percent-encode it")
            }
        }
    }

    /// Checks a `Host`: like a URL's authority, a host and maybe a port.
    private static func checkHost(_ value: String) throws(ParseError) {
        let foreign: (UInt8) -> Bool = {
            [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0)
        }
        guard !value.isEmpty, !value.utf8.contains(where: foreign) else {
            throw ParseError(
                "the value of `Host` is not a host; write one such as shop.example.com or [::1]:8080")
        }
        do {
            _ = try TargetURL.parse("http://" + value)
        } catch {
            throw ParseError("the value of `Host` cannot be used: \(error.message)")
        }
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isTokenByte)
    }

    /// `tchar` of RFC 9110 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: tokenMarks.contains(byte)
        }
    }

    private static let tokenMarks = Array("!#$%&'*+-.^_`|~".utf8)
}

extension HeaderField {
    /// Reads a field from one line such as `Accept: text/html`, as `-H` takes it. White space around the value is
    /// dropped; an empty value is allowed. Throws for what may not be sent. Only `HTTPField.check` can see whether
    /// `Host` is given twice.
    public static func parse(_ text: String) throws(ParseError) -> HeaderField {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else {
            throw ParseError("the header has no colon; write it as 'Name: value'")
        }
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        var value = text[text.utf8.index(after: colon)...].drop(while: isBlank)
        while let last = value.last, isBlank(last) { value.removeLast() }
        let field = HeaderField(name: String(text[..<colon]), value: String(value))
        try HTTPField.checkName(field.name)
        try HTTPField.checkValue(field.value, of: field.name)
        return field
    }
}
