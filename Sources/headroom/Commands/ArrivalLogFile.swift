import Measure
import Target

/// The CSV of `headroom serve --arrival-log`: an independent account of every request.
enum ArrivalLogFile {
    private static let header = "connection,request,first_byte_in,request_in,last_byte_out\n"
    /// Bytes gathered for one write.
    private static let pieceBytes = 1 << 20

    /// Writes the log of a server that has stopped; `last_byte_out` is empty where there was no answer.
    static func write(_ server: TargetServer, to file: OutputFile) throws(CommandError) {
        var bytes = Array(Self.header.utf8)
        bytes.reserveCapacity(Self.pieceBytes + 256)
        let dropped = server.forEachArrival { arrival in
            Self.append(arrival.connection, UInt8(ascii: ","), to: &bytes)
            Self.append(UInt64(arrival.number), UInt8(ascii: ","), to: &bytes)
            Self.append(arrival.firstByteIn, UInt8(ascii: ","), to: &bytes)
            Self.append(arrival.requestIn, UInt8(ascii: ","), to: &bytes)
            if let out = arrival.lastByteOut {
                Self.append(out, UInt8(ascii: "\n"), to: &bytes)
            } else {
                bytes.append(UInt8(ascii: "\n"))
            }
            if bytes.count >= Self.pieceBytes {
                file.write(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        file.write(bytes)
        try file.finish()
        if dropped > 0 {
            Output.complain("headroom: the arrival log was full: \(dropped) requests are not in it")
        }
    }

    private static func append(_ value: UInt64, _ end: UInt8, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: String(value).utf8)
        bytes.append(end)
    }
}
