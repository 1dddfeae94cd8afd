import Foundation
import Measure
import Testing

@testable import Record

/// Records in `Fixtures/`, in copies that a test may change.
struct RecordFixture {
    let folder: URL

    /// A copy of a record. `before` is from headroom before records named their revision, over TLS and HTTP/2, with
    /// failures, windows and a step recorded apart; `union` is two such runs in turn.
    init(_ name: String) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        self.folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("headroom-record-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: source, to: self.folder)
    }

    func remove() { try? FileManager.default.removeItem(at: self.folder) }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: self.folder.appendingPathComponent(name)))
    }

    func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: self.folder.appendingPathComponent(name))
    }

    /// Changes the rows of intervals.csv, the header first.
    func changeRows(_ change: ([[String]]) -> [[String]]) throws {
        let rows = String(decoding: try self.bytes("intervals.csv"), as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        try self.write(
            "intervals.csv", change(rows).map { $0.joined(separator: ",") + "\n" }.joined().utf8)
    }

    /// Leaves out columns.
    func drop(_ isDropped: (String) -> Bool) throws {
        try self.changeRows { rows in
            let kept = rows[0].indices.filter { !isDropped(rows[0][$0]) }
            return rows.map { row in kept.map { row[$0] } }
        }
    }

    /// Changes run.json.
    func changeRun(_ change: (inout [String: Any]) -> Void) throws {
        var object = try self.run()
        change(&object)
        try self.write("run.json", JSONSerialization.data(withJSONObject: object))
    }

    /// run.json as stored.
    func run() throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(self.bytes("run.json"))) as? [String: Any])
    }

    func reader() throws -> RecordReader {
        let folder = try RecordReader.open(self.folder.path)
        defer { close(folder.fd) }
        return try RecordReader(folder)
    }

    /// run.json, written again from what was read.
    func rewritten() throws -> [String: Any] {
        let bytes = RunJSON.encode(try self.reader().summary, redactor: Redactor(key: (1, 2)))
        return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}
