/// Encodes a request once, at the start of a run; the engine then sends the same bytes every time.
public enum HTTP1RequestEncoder {
    /// The bytes of a request, and how many of them are header: request line, fields and blank line.
    ///
    /// Content-Length is added if there is a body, or if the method is one that usually sends one (RFC 9110 section
    /// 8.6: POST, PUT, PATCH). A Content-Length among the fields must be right, and is used instead. All other fields
    /// are the caller's, Host included, and are sent in their order and unchanged.
    ///
    /// It throws before a byte gets through that could end a line: names and the method must be tokens, the target
    /// visible ASCII, values free of control bytes.
    public static func encode(
        method: String, target: String, fields: [(name: String, value: String)], body: [UInt8] = []
    ) throws(HTTP1EncodeFault) -> (bytes: [UInt8], headerCount: Int) {
        guard HTTP1FieldEncoder.isToken(method) else { throw .method }
        guard !target.isEmpty, target.utf8.allSatisfy({ $0 > HTTP1Byte.space && $0 < 0x7F }) else {
            throw .target
        }
        var bytes = Array("\(method) \(target) HTTP/1.1\r\n".utf8)
        let hasLength = try HTTP1FieldEncoder.append(fields, bodyCount: body.count, to: &bytes)
        if !hasLength, !body.isEmpty || method == "POST" || method == "PUT" || method == "PATCH" {
            bytes += Array("Content-Length: \(body.count)\r\n".utf8)
        }
        bytes += [HTTP1Byte.carriageReturn, HTTP1Byte.lineFeed]
        let headerCount = bytes.count
        bytes += body
        return (bytes, headerCount)
    }
}
