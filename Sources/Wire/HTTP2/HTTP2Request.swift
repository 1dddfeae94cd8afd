import CNghttp2

/// A request ready to be sent: pointers into the memory of its `HTTP2RequestTemplate`, which must outlive it. Plain
/// data. Sendable, because its memory is written before the first thread starts.
public struct HTTP2Request: @unchecked Sendable {
    let fields: UnsafePointer<nghttp2_nv>
    let fieldCount: Int
    /// Most bytes that the compressed fields need.
    let headerBound: Int
    let body: UnsafePointer<UInt8>
    let bodyCount: Int
    let isHead: Bool
}

/// Builds the header list of a request once, before the run, and owns its memory.
public final class HTTP2RequestTemplate: @unchecked Sendable {  // Written by init only.
    /// The request for `HTTP2ClientSession.submit`.
    public let request: HTTP2Request
    private let memory: UnsafeMutablePointer<UInt8>
    private let list: UnsafeMutablePointer<nghttp2_nv>

    /// Lists the pseudo fields, then the caller's in their order with names in lower case.
    ///
    /// A Host field replaces `authority` (RFC 9113 section 8.3.1). Content-Length is added as for HTTP/1.1: if there is
    /// a body, or if the method usually sends one. It throws before a byte gets through that a server must not see:
    /// names and the method must be tokens, the path visible ASCII, values free of control bytes. Fields of an HTTP/1.1
    /// connection are refused.
    public init(
        method: String, scheme: String, authority: String, path: String,
        fields: [(name: String, value: String)], body: [UInt8] = []
    ) throws(HTTP2EncodeFault) {
        let lines = try Self.lines(
            method: method, scheme: scheme, authority: authority, path: path, fields: fields,
            bodyCount: body.count)
        let byteCount = lines.reduce(body.count) { $0 + $1.name.count + $1.value.count }
        memory = .allocate(capacity: max(1, byteCount))
        list = .allocate(capacity: lines.count)
        var next = memory
        for (index, line) in lines.enumerated() {
            let name = next
            next = Self.append(line.name, at: next)
            let value = next
            next = Self.append(line.value, at: next)
            (list + index).initialize(
                to: nghttp2_nv(
                    name: name, value: value, namelen: line.name.count, valuelen: line.value.count,
                    flags: UInt8(NGHTTP2_NV_FLAG_NONE.rawValue)))
        }
        _ = Self.append(body, at: next)
        request = HTTP2Request(
            fields: UnsafePointer(list), fieldCount: lines.count,
            headerBound: Self.bound(lines), body: UnsafePointer(next), bodyCount: body.count,
            isHead: method == "HEAD")
    }

    deinit {
        memory.deallocate()
        list.deallocate()
    }

    /// An upper bound for the encoded fields: a literal costs its bytes and two lengths of at most six bytes, and two
    /// table size updates may come before (nghttp2_hd_deflate_bound's formula).
    private static func bound(_ lines: [(name: [UInt8], value: [UInt8])]) -> Int {
        lines.reduce(12) { $0 + $1.name.count + $1.value.count + 12 }
    }

    private static func append(
        _ bytes: [UInt8], at start: UnsafeMutablePointer<UInt8>
    ) -> UnsafeMutablePointer<UInt8> {
        bytes.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { start.initialize(from: base, count: bytes.count) }
        }
        return start + bytes.count
    }

    private static func lines(
        method: String, scheme: String, authority: String, path: String,
        fields: [(name: String, value: String)], bodyCount: Int
    ) throws(HTTP2EncodeFault) -> [(name: [UInt8], value: [UInt8])] {
        guard HTTP1FieldEncoder.isToken(method), method != "CONNECT" else { throw .method }
        guard isVisible(path), path.hasPrefix("/") || path == "*" else { throw .path }
        var authority = authority
        var regular: [(name: [UInt8], value: [UInt8])] = []
        var hasHost = false
        var hasLength = false
        for (index, field) in fields.enumerated() {
            guard HTTP1FieldEncoder.isToken(field.name) else { throw .fieldName(index: index) }
            guard isValue(field.value) else { throw .fieldValue(index: index) }
            let name = field.name.lowercased()
            switch name {
            case "host":
                guard !hasHost else { throw .secondHost(index: index) }
                hasHost = true
                authority = field.value
                continue
            case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
                throw .connectionField(index: index)
            case "te":
                guard field.value == "trailers" else { throw .connectionField(index: index) }
            case "content-length":
                guard !hasLength, field.value == String(bodyCount) else {
                    throw .contentLength(index: index)
                }
                hasLength = true
            default: break
            }
            regular.append((Array(name.utf8), Array(field.value.utf8)))
        }
        guard isVisible(authority) else { throw .authority }
        if !hasLength, bodyCount > 0 || ["POST", "PUT", "PATCH"].contains(method) {
            regular.append((Array("content-length".utf8), Array(String(bodyCount).utf8)))
        }
        let pseudo = [(":method", method), (":scheme", scheme), (":authority", authority), (":path", path)]
        return pseudo.map { (Array($0.0.utf8), Array($0.1.utf8)) } + regular
    }

    private static func isVisible(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > HTTP1Byte.space && $0 < 0x7F }
    }

    private static func isValue(_ text: String) -> Bool {
        let bytes = text.utf8
        if let first = bytes.first, HTTP1Byte.isBlank(first) { return false }
        if let last = bytes.last, HTTP1Byte.isBlank(last) { return false }
        return bytes.allSatisfy(HTTP1Byte.isText)
    }
}

/// Why a request cannot be sent over HTTP/2. Nothing of it reaches the wire.
public enum HTTP2EncodeFault: Error, Sendable, Equatable {
    /// The method is no token, or is CONNECT.
    case method
    /// The path does not begin with a slash, or has a byte that is not visible ASCII.
    case path
    /// The authority is empty or has a byte that is not visible ASCII.
    case authority
    /// The name of the field at this index is no token.
    case fieldName(index: Int)
    /// The value of the field at this index has a control byte, or begins or ends with a blank.
    case fieldValue(index: Int)
    /// The field at this index belongs to an HTTP/1.1 connection (RFC 9113 section 8.2.2).
    case connectionField(index: Int)
    /// The Content-Length at this index is not the size of the body, or is there twice.
    case contentLength(index: Int)
    /// The field at this index is a second Host.
    case secondHost(index: Int)

    /// The fault and how to fix it, in plain words.
    public var sentence: String {
        switch self {
        case .method: "the method must be a token of letters, digits and !#$%&'*+-.^_`|~, and not CONNECT"
        case .path: "the path must begin with / and be visible ASCII characters: percent-encode the others"
        case .authority: "the host must be visible ASCII characters: write it in punycode"
        case .fieldName(let index):
            "the name of field \(index + 1) must be a token of letters, digits and !#$%&'*+-.^_`|~"
        case .fieldValue(let index):
            "the value of field \(index + 1) must not hold control bytes, nor begin or end with a blank"
        case .connectionField(let index):
            "field \(index + 1) belongs to an HTTP/1.1 connection, which HTTP/2 forbids: leave it out"
        case .contentLength(let index):
            "field \(index + 1) is a Content-Length that differs from the body or a second one: leave it out"
        case .secondHost(let index): "field \(index + 1) is a second Host: leave it out"
        }
    }
}
