/// A JSON value whose objects keep their order and whose integers stay integers.
public indirect enum JSON: Sendable {
    case object([(key: String, value: JSON)])
    case array([JSON])
    case string(String)
    case integer(UInt64)
    /// NaN and the infinities have no form in JSON: they are written as null.
    case number(Double)
    case bool(Bool)
    case null

    /// An integer, or null where there is none.
    public static func integerOrNull(_ value: UInt64?) -> JSON {
        value.map { .integer($0) } ?? .null
    }

    /// A string, or null where there is none.
    public static func stringOrNull(_ value: String?) -> JSON {
        value.map { .string($0) } ?? .null
    }
}
