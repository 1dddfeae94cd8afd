/// Field lines, checked when they are written: the last place to stop an injection.
enum HTTP1FieldEncoder {
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(HTTP1Byte.isToken)
    }

    /// Appends the fields. With `bodyCount` it checks those that frame the body against it; returns whether
    /// Content-Length was among them.
    @discardableResult
    static func append(
        _ fields: [(name: String, value: String)], bodyCount: Int?, to bytes: inout [UInt8]
    ) throws(HTTP1EncodeFault) -> Bool {
        var hasLength = false
        for (index, field) in fields.enumerated() {
            guard isToken(field.name) else { throw .fieldName(index: index) }
            guard field.value.utf8.allSatisfy(HTTP1Byte.isText) else { throw .fieldValue(index: index) }
            let name = field.name.utf8.map(HTTP1Byte.lowercased)
            if bodyCount != nil, name == Array("transfer-encoding".utf8) {
                throw .transferEncoding(index: index)
            }
            if let bodyCount, name == Array("content-length".utf8) {
                guard !hasLength, field.value == String(bodyCount) else { throw .contentLength(index: index) }
                hasLength = true
            }
            bytes += Array(field.name.utf8)
            bytes += [HTTP1Byte.colon, HTTP1Byte.space]
            bytes += Array(field.value.utf8)
            bytes += [HTTP1Byte.carriageReturn, HTTP1Byte.lineFeed]
        }
        return hasLength
    }
}
