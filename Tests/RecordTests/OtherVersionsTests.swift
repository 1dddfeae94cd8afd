import Foundation
import Measure
import Testing

@testable import Record

@Suite("Records of other versions")
struct OtherVersionsTests {
    /// Members that a run.json has since it names its revision.
    private static let added: Set<String> = [
        "revision", "load.planned", "load.all_at_once", "load.constant", "load.requests_per_second",
    ]

    /// Paths at which two JSON values differ.
    private func differences(_ one: Any?, _ other: Any?, at path: String = "") -> [String] {
        switch (one, other) {
        case (let one as [String: Any], let other as [String: Any]):
            return Set(one.keys).union(other.keys).sorted().flatMap { key in
                self.differences(one[key], other[key], at: path.isEmpty ? key : "\(path).\(key)")
            }
        case (let one as [Any], let other as [Any]) where one.count == other.count:
            return zip(one, other).flatMap { self.differences($0, $1, at: path) }
        case (let one as NSObject, let other as NSObject): return one == other ? [] : [path]
        case (nil, nil): return []
        default: return [path]
        }
    }

    @Test("A record from before revisions says the same again, with the pace as values", arguments: ["before", "union"])
    func before(name: String) throws {
        let fixture = try RecordFixture(name)
        defer { fixture.remove() }
        let (written, again) = (try fixture.run(), try fixture.rewritten())
        #expect(Set(self.differences(written, again)) == Self.added)
        let load = try #require(again["load"] as? [String: Any])
        #expect(load["planned"] as? Bool == true && load["all_at_once"] as? Bool == false)
        #expect(load["constant"] as? Bool == true && load["requests_per_second"] is NSNull)
        #expect(try fixture.reader().notices.isEmpty)
    }

    @Test("Columns that a record does not have are unknown: null, never 0, and named once")
    func missing() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        #expect(try fixture.reader().summary.total.handshakes == 8)
        try fixture.drop { name in
            ["error_proto_h2", "hold_error_proto_h2"].contains(name) || name.contains("handshakes")
                || name.contains("tls_")
        }
        let reader = try fixture.reader()
        #expect(reader.notices.count == 1 && reader.notices[0].contains("unknown"), "\(reader.notices)")
        let again = try fixture.rewritten()
        let connections = try #require(again["connections"] as? [String: Any])
        let tls = try #require(connections["tls"] as? [String: Any])
        #expect(tls["handshakes"] is NSNull && tls["resumed"] is NSNull)
        // All else is as it was, but for the exact ends of the handshake times.
        let differing = self.differences(try fixture.run(), again).filter { !Self.added.contains($0) }
        let isExpected = differing.allSatisfy { $0.hasPrefix("connections.tls.") || $0.contains(".tls.m") }
        #expect(isExpected, "\(differing)")
    }

    @Test("A union of records without a column does not have it either")
    func union() throws {
        let (one, other) = (try RecordFixture("before"), try RecordFixture("before"))
        defer {
            one.remove()
            other.remove()
        }
        try other.drop { $0.contains("handshakes") }
        try other.changeRun { run in
            var clock = run["wall_clock"] as? [String: Any] ?? [:]
            clock["start"] = 1
            run["wall_clock"] = clock
        }
        let folders = try [one, other].map { try RecordReader.open($0.folder.path) }
        defer { for folder in folders { close(folder.fd) } }
        let parts = try folders.map { RecordUnion.Part(name: $0.path, reader: try RecordReader($0)) }
        let union = try RecordUnion(parts, isTogether: true)
        let target = RecordFixture(empty: "union")
        defer { target.remove() }
        let record = try RecordFolder(path: target.folder.path, force: false, flush: .off) { Issue.record("\($0)") }
        let run = union.summary(try union.copy(from: folders, into: record, writer: "test"))
        record.complete(with: run, redactor: Redactor(key: (1, 2)))
        #expect(run.total.requestsOK == 2 * parts[0].reader.totals.total.requestsOK)
        let header = String(decoding: try target.bytes("intervals.csv").prefix { $0 != 0x0A }, as: UTF8.self)
        #expect(!header.contains("handshakes") && header.contains("error_proto_h2"))
        let again = try target.reader()
        #expect(again.stored.unknown.contains("handshakes") && again.summary.total == run.total.without(.handshakes))
        let tls = try #require((target.run()["connections"] as? [String: Any])?["tls"] as? [String: Any])
        #expect(tls["handshakes"] is NSNull)
    }

    @Test("Columns and members that are not known are left out with a notice, and all else is read")
    func newer() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let before = try fixture.rewritten()
        try fixture.changeRows { rows in
            [["quic_streams"] + rows[0] + ["zeal\u{1B}[2J"]] + rows.dropFirst().map { ["7"] + $0 + ["x"] }
        }
        try fixture.changeRun { run in
            run["revision"] = 99
            run["carbon"] = ["grams": 12]
            var plan = run["plan"] as? [String: Any] ?? [:]
            plan["colour"] = "green"
            run["plan"] = plan
        }
        let notices = try fixture.reader().notices
        #expect(notices.count == 1, "\(notices)")
        for word in ["newer", "99", "carbon", "plan.colour", "quic_streams"] {
            #expect(notices.first?.contains(word) == true, "\(word): \(notices)")
        }
        #expect(notices.first?.contains("\u{1B}") == false)
        #expect(self.differences(before, try fixture.rewritten()).isEmpty)
    }

    @Test("A record that is cut off is repaired by the library alone, and reads as partial")
    func repair() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let rows = try fixture.reader().totals.rows
        try fixture.changeRun { $0["state"] = "running" }
        let intervals = try fixture.bytes("intervals.csv")
        try fixture.write("intervals.csv", intervals.dropLast(9))
        let record = try RecordFolder(existing: fixture.folder.path) { Issue.record("\($0)") }
        let reader = try RecordReader(record.location)
        var reports: [String] = []
        record.repair(from: reader, run: reader.summary, redactor: Redactor(key: (1, 2))) { reports.append($0) }
        #expect(record.failure == nil && reports.count == 2, "\(reports)")
        let again = try fixture.reader()
        #expect(again.totals.rows == rows - 1 && again.summary.state == .partial && !again.intervals.isCut)
        let client = try #require(fixture.run()["client"] as? [String: Any])
        #expect(client["cpu_seconds"] is NSNull || client["cpu_seconds"] is Double)
    }
}

extension RecordFixture {
    /// A folder that is not there yet.
    init(empty name: String) {
        self.folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("headroom-\(name)-\(UUID().uuidString)")
    }
}

extension Counters {
    /// As read from a file without this column.
    fileprivate func without(_ counter: Counter) -> Counters {
        var rest = self
        rest[counter] = 0
        return rest
    }
}
