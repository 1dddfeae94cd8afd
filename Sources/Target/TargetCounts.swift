/// What a reference server has seen. Exact when no request is under way.
public struct TargetCounts: Sendable, Equatable {
    /// Connections taken; those refused are not among them.
    public var connectionsAccepted: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen: UInt64 = 0
    /// Connections accepted and reset at once, for want of room.
    public var connectionsRefused: UInt64 = 0
    /// Complete and well-formed requests.
    public var requests: UInt64 = 0
    /// Answers whose last byte the kernel has taken; `/truncate`'s and `/garbage`'s are among them.
    public var responses: UInt64 = 0
    /// Bytes that the kernel gave us.
    public var bytesReceived: UInt64 = 0
    /// Bytes that the kernel took from us.
    public var bytesSent: UInt64 = 0
    /// Of `bytesSent`, those of bodies, without chunk framing.
    public var bodyBytesSent: UInt64 = 0
    /// Requests answered with 400.
    public var malformedRequests: UInt64 = 0

    /// All zero.
    public init() {}

    /// The counts by name, in the order of the JSON object of `/stats`.
    var named: [(StaticString, UInt64)] {
        [
            ("connectionsAccepted", self.connectionsAccepted), ("connectionsOpen", self.connectionsOpen),
            ("connectionsRefused", self.connectionsRefused), ("requests", self.requests),
            ("responses", self.responses), ("bytesReceived", self.bytesReceived),
            ("bytesSent", self.bytesSent), ("bodyBytesSent", self.bodyBytesSent),
            ("malformedRequests", self.malformedRequests),
        ]
    }

    /// Writes the JSON object of `/stats`, one line with its end. At most `TextWriter`'s room.
    func writeJSON(into writer: inout TextWriter) {
        var separator: StaticString = "{\""
        for (name, value) in self.named {
            writer.write(separator)
            writer.write(name)
            writer.write("\":")
            writer.write(decimal: value)
            separator = ",\""
        }
        writer.write("}\n")
    }
}
