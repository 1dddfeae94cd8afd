import Foundation
import Measure
import Testing

/// A record of a real run, made once: three seconds of ten users, some of whose requests fail.
final class SampleRecord: Sendable {
    let folder: URL
    /// What the run itself printed, and its exit status.
    let summary: String
    let status: Int32

    static let shared = Result { try SampleRecord(users: 10) }

    /// Runs against a target of its own.
    init(users: Int, hold: String = "3s", seed: Int = 1) throws {
        let server = try Server.target()
        let plan = Plan(
            url: server.url("/"),
            steps: [
                "get: /bytes/2000, repeat: 8, every: 10ms", "get: /status/500, every: 10ms",
                "get: /delay/3, every: 10ms",
            ], load: "users: \(users), hold: \(hold), seed: \(seed)", slo: "errors < 50%")
        let pending = try Pending(plan)
        let command = pending.running.wait()
        self.folder = pending.record.folder
        self.summary = command.output
        self.status = command.status
        withExtendedLifetime(server) {}
    }

    /// A copy that a test may damage, under a name of its own.
    static func copy(of folder: URL? = nil, named name: String = "record") throws -> URL {
        let source = try folder ?? Self.shared.get().folder
        let copy = try Scratch.folder().appendingPathComponent(name)
        try FileManager.default.copyItem(at: source, to: copy)
        return copy
    }
}

/// A record's files as bytes.
extension URL {
    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.appendingPathComponent(name)))
    }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: self.appendingPathComponent(name))
    }

    /// The names of a folder's entries.
    func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: self.path).sorted()
    }
}

/// Everything of one tag of a log, added up.
func histogram(of tag: String, in log: [UInt8]) throws -> Histogram {
    var reader = HistogramLogReader()
    var series = HistogramLogSeries(tag: HistogramTag(tag), keepsRows: false)
    func add(_ entry: HistogramLogEntry) throws(HistogramLogFault) { try series.add(entry) }
    try reader.feed(log[...], add)
    _ = try reader.finish(add)
    return series.total ?? Histogram()
}
