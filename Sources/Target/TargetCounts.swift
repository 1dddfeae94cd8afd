import CLinux

/// What a reference server has seen. Exact when no request is under way.
public struct TargetCounts: Sendable, Equatable {
    /// Connections accepted, without those refused.
    public var connectionsAccepted: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen: UInt64 = 0
    /// Connections accepted and reset at once because there was no room.
    public var connectionsRefused: UInt64 = 0
    /// Complete and well-formed requests.
    public var requests: UInt64 = 0
    /// Answers whose last byte the kernel has taken, with those of `/truncate` and `/garbage`.
    public var responses: UInt64 = 0
    /// Bytes received from the kernel, with those of TLS.
    public var bytesReceived: UInt64 = 0
    /// Bytes that the kernel took from us, with those of TLS.
    public var bytesSent: UInt64 = 0
    /// The part of `bytesSent` that is bodies, without chunk framing and TLS.
    public var bodyBytesSent: UInt64 = 0
    /// Requests answered with 400.
    public var malformedRequests: UInt64 = 0
    /// TLS handshakes completed.
    public var tlsHandshakes: UInt64 = 0
    /// The part of `tlsHandshakes` that resumed a session.
    public var tlsResumptions: UInt64 = 0
    /// TLS handshakes that failed.
    public var tlsFailures: UInt64 = 0

    /// All zero.
    public init() {}

    /// Writes the JSON object of `/stats`, one line with its newline, at most 490 bytes: the counts, and the process,
    /// so that a load generator can watch its usage.
    func writeJSON(into writer: inout TextWriter) {
        writer.write("{")
        Self.write("connectionsAccepted", self.connectionsAccepted, &writer)
        writer.write(",")
        Self.write("connectionsOpen", self.connectionsOpen, &writer)
        writer.write(",")
        Self.write("connectionsRefused", self.connectionsRefused, &writer)
        writer.write(",")
        Self.write("requests", self.requests, &writer)
        writer.write(",")
        Self.write("responses", self.responses, &writer)
        writer.write(",")
        Self.write("bytesReceived", self.bytesReceived, &writer)
        writer.write(",")
        Self.write("bytesSent", self.bytesSent, &writer)
        writer.write(",")
        Self.write("bodyBytesSent", self.bodyBytesSent, &writer)
        writer.write(",")
        Self.write("malformedRequests", self.malformedRequests, &writer)
        writer.write(",")
        Self.write("tlsHandshakes", self.tlsHandshakes, &writer)
        writer.write(",")
        Self.write("tlsResumptions", self.tlsResumptions, &writer)
        writer.write(",")
        Self.write("tlsFailures", self.tlsFailures, &writer)
        writer.write(",")
        Self.write("pid", UInt64(clamping: getpid()), &writer)
        writer.write("}\n")
    }

    /// Bytes of the JSON object.
    var jsonBytes: UInt64 {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Answer.textLimit) { room in
            guard let start = room.baseAddress else { return 0 }
            var writer = TextWriter(start, capacity: room.count)
            self.writeJSON(into: &writer)
            return UInt64(writer.count)
        }
    }

    private static func write(_ name: StaticString, _ value: UInt64, _ writer: inout TextWriter) {
        writer.write("\"")
        writer.write(name)
        writer.write("\":")
        writer.write(decimal: value)
    }
}
