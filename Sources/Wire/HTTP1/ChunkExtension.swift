/// A place in the extensions of a chunk (RFC 9112 section 7.1.1):
///
///     chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] )
enum ChunkExtension: UInt8 {
    /// After a semicolon: a name must follow.
    case start
    case name
    /// After a name and a blank: only `=` or a further extension may follow.
    case afterName
    /// After `=`: a value must follow.
    case beforeValue
    case token
    /// Inside quotes, and after a backslash there.
    case quoted, escaped
    /// After the closing quote.
    case closed
    /// After a value and a blank: only a further extension may follow.
    case afterValue

    /// The line may end here.
    var mayEnd: Bool { self == .name || self == .token || self == .closed }

    /// The place after `byte`; nil: the byte is not allowed here.
    func next(_ byte: UInt8) -> ChunkExtension? {
        if self == .escaped { return HTTP1Byte.isText(byte) ? .quoted : nil }
        if self == .quoted {
            switch byte {
            case HTTP1Byte.quote: return .closed
            case HTTP1Byte.backslash: return .escaped
            default: return HTTP1Byte.isText(byte) ? .quoted : nil
            }
        }
        if HTTP1Byte.isBlank(byte) { return self.afterBlank }
        switch self {
        case .start: return HTTP1Byte.isToken(byte) ? .name : nil
        case .beforeValue:
            if byte == HTTP1Byte.quote { return .quoted }
            return HTTP1Byte.isToken(byte) ? .token : nil
        case .name where HTTP1Byte.isToken(byte), .token where HTTP1Byte.isToken(byte): return self
        default:
            if byte == HTTP1Byte.semicolon { return .start }
            let isNamed = self == .name || self == .afterName
            return isNamed && byte == HTTP1Byte.equals ? .beforeValue : nil
        }
    }

    private var afterBlank: ChunkExtension {
        switch self {
        case .name: .afterName
        case .token, .closed: .afterValue
        default: self
        }
    }
}
