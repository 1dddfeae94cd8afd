/// Encodes the heads of the embedded server's responses, once for each kind of answer.
public enum HTTP1ResponseEncoder {
    /// Status line, fields in their order, blank line. The caller sets framing fields, as the body is not known here.
    /// Throws for bytes that could end a line, as the request encoder does.
    public static func head(
        status: UInt16, fields: [(name: String, value: String)]
    ) throws(HTTP1EncodeFault) -> [UInt8] {
        guard (100...599).contains(status) else { throw .status }
        var bytes = Array("HTTP/1.1 \(status) \(reason(of: status))\r\n".utf8)
        try HTTP1FieldEncoder.append(fields, bodyCount: nil, to: &bytes)
        bytes += [HTTP1Byte.carriageReturn, HTTP1Byte.lineFeed]
        return bytes
    }

    /// The reason phrase for statuses that such a server sends; empty for others, which is allowed.
    static func reason(of status: UInt16) -> String {
        switch status {
        case 100: "Continue"
        case 103: "Early Hints"
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 206: "Partial Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 307: "Temporary Redirect"
        case 308: "Permanent Redirect"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
