import Foundation
import Measure
import Testing

@testable import Record

@Suite("Records of other versions")
struct OtherVersionsTests {
    /// Members of run.json that came together with its revision.
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

    @Test("A record without a revision gives the same again, with the pace as values", arguments: ["before", "union"])
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

    @Test("Missing columns of a record are unknown: null, never 0, and named once")
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
        // Everything else stays the same, except the exact ends of the handshake times.
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

    @Test("Unknown columns and members are left out with a notice, and everything else is read")
    func newer() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let before = try fixture.rewritten()
        try fixture.changeRows { rows in
            [["quic_streams"] + rows[0] + ["zeal\u{1B}[2J"]] + rows.dropFirst().map { ["7"] + $0 + ["x"] }
        }
        try fixture.changeRun { run in
            run = before
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
        #expect(try fixture.reader().isNewer)
        // It stays as it is, to the byte.
        let files = try ["run.json", "intervals.csv"].map(fixture.bytes)
        let record = try RecordFolder(existing: fixture.folder.path) { Issue.record("\($0)") }
        let newer = try RecordReader(record.location)
        record.repair(from: newer, run: newer.summary, json: []) { Issue.record("\($0)") }
        #expect(try ["run.json", "intervals.csv"].map(fixture.bytes) == files && record.failure == nil)
        #expect(self.differences(before, try fixture.rewritten()).isEmpty)
    }

    @Test("A member that every record of its revision has is not one that came later: run.json was changed")
    func removedMember() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        func drop(_ key: String, of object: String) throws {
            try fixture.changeRun { run in
                var members = run[object] as? [String: Any] ?? [:]
                members[key] = nil
                run[object] = members
            }
        }
        // Without a revision, a record has the members of the first one.
        try drop("connection", of: "load")
        #expect(try fixture.reader().notices.first?.contains("was changed after it was written") == true)
        // With the revision that added them it has the values of the pace, too.
        let (fine, cut) = (try RecordFixture("before"), try RecordFixture("before"))
        defer {
            fine.remove()
            cut.remove()
        }
        let whole = try fine.rewritten()
        try fine.changeRun { $0 = whole }
        #expect(try fine.reader().notices.isEmpty)
        try cut.changeRun { run in
            run = whole
            var load = run["load"] as? [String: Any] ?? [:]
            load["planned"] = nil
            run["load"] = load
        }
        let notices = try cut.reader().notices
        #expect(notices.first?.contains("load.planned") == true, "\(notices)")
    }

    @Test("A run that goes on or was killed has no results yet, and nothing was taken out of its run.json")
    func runningRecord() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let run = try fixture.reader().summary
        let start = RunJSON.encodeStart(run, objectives: run.slo.map(\.text), redactor: Redactor(key: (1, 2)))
        try fixture.write("run.json", Data(start))
        #expect(try fixture.reader().stored.state == .running)
        #expect(!(try fixture.reader().notices.contains { $0.contains("was changed") }))
    }

    @Test("A lifetime of connections that is not known here is unknown, and does not count as any other")
    func newerConnection() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        #expect(try fixture.reader().stored.plan.connection == .perUser)
        try fixture.changeRun { run in
            var load = run["load"] as? [String: Any] ?? [:]
            load["connection"] = "per_planet"
            run["load"] = load
        }
        let reader = try fixture.reader()
        #expect(reader.stored.plan.connection == nil && reader.notices.first?.contains("load.connection") == true)
        let again = try #require(try fixture.rewritten()["load"] as? [String: Any])
        #expect(again["connection"] is NSNull)
    }

    @Test("An objective on a count that a record does not have is UNKNOWN")
    func unknownObjective() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        func verdict() throws -> Verdict? {
            try fixture.reader().summary.slo.first { $0.text.hasPrefix("resent") }?.verdict
        }
        #expect(try verdict() == .pass)
        try fixture.drop { $0.contains("resent_") }
        #expect(try verdict() == .unknown && fixture.reader().summary.verdict?.word == .unknown)
    }

    @Test("Failures of classes that are not known here are failures, in counts, objectives and run.json")
    func failuresOfOthers() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let before = try fixture.reader().summary
        #expect(before.total.failed(.status) > 0 && before.total.requestsFailed == before.total.failed(.status))
        // As a newer headroom would have counted them, and as a record that lacks the class.
        for rename in ["error_quic", nil] {
            let other = try RecordFixture("before")
            defer { other.remove() }
            try other.changeRows { rows in
                let kept = rows[0].indices.filter { rename != nil || !rows[0][$0].hasSuffix("error_status") }
                return rows.map { row in kept.map { row[$0].replacing("error_status", with: rename ?? "") } }
            }
            let after = try other.reader().summary
            #expect(after.total.requestsFailed == before.total.requestsFailed)
            #expect(after.slo.map(\.verdict) == before.slo.map(\.verdict))
            #expect(after.outcome.requestsInFlight == before.outcome.requestsInFlight)
            let errors = try #require(other.rewritten()["errors"] as? [String: UInt64])
            #expect(errors == ["not_known": before.total.requestsFailed])
        }
    }

    @Test("A sum of failures that no class explains is damage")
    func damagedSum() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        try fixture.changeRows { rows in
            let place = rows[0].firstIndex(of: "requests_failed") ?? 0
            return [rows[0]] + rows.dropFirst().map { row in row.enumerated().map { $0 == place ? "9999" : $1 } }
        }
        let error = #expect(throws: CommandError.self) { try fixture.reader() }
        #expect(error?.sentence.contains("requests_failed is 9999") == true)
    }

    @Test(
        "A union without what only its run.json has is refused",
        arguments: [
            "duration", "hold.duration", "users.established", "users.held", "connections.held",
            "requests.in_flight_at_end",
        ])
    func incompleteUnion(path: String) throws {
        let fixture = try RecordFixture("union")
        defer { fixture.remove() }
        try fixture.changeRun { run in
            let names = path.split(separator: ".").map(String.init)
            if names.count == 1 { run[path] = nil } else if var part = run[names[0]] as? [String: Any] {
                part[names[1]] = nil
                run[names[0]] = part
            }
        }
        let error = #expect(throws: CommandError.self) { try fixture.reader() }
        #expect(error?.sentence.contains(path) == true)
    }

    @Test("Members of the wrong kind hide no count, and half a health is none")
    func wrongKinds() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        let before = try fixture.reader().summary
        #expect(before.outcome.health != nil && before.outcome.strain != nil)
        try fixture.changeRun { run in
            for name in ["requests", "users", "connections", "redirects", "hold"] { run[name] = [1] }
            run["client"] = ["workers": NSNull(), "cpu_seconds": 1.5] as [String: Any]
            run["addresses"] = [
                ["address": "a:1", "connections": 1, "failed": 2, "requests": 3],
                ["address": "b:1", "connections": 1, "requests": 3],
            ]
        }
        let after = try fixture.reader().summary
        #expect(after.total == before.total && after.outcome.usersHeld == before.outcome.usersHeld)
        #expect(after.outcome.health == nil && after.cpuSeconds == 1.5)
        let again = try fixture.rewritten()
        #expect((again["requests"] as? [String: Any])?["ok"] as? UInt64 == before.total.requestsOK)
        let addresses = try #require(again["addresses"] as? [[String: Any]])
        #expect(addresses.map { $0["failed"] as? Int } == [2, nil])
    }

    @Test("No number of a plan traps")
    func largestPlan() throws {
        let fixture = try RecordFixture("before")
        defer { fixture.remove() }
        try fixture.changeRun { run in
            var plan = run["plan"] as? [String: Any] ?? [:]
            var load = run["load"] as? [String: Any] ?? [:]
            for (name, value) in plan where value is Int && name != "hold" { plan[name] = UInt64.max }
            load["streams"] = 2
            (run["plan"], run["load"]) = (plan, load)
        }
        #expect(try fixture.reader().summary.plan.usersAsked == .max)
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
        #expect(!reader.isNewer)
        var reports: [String] = []
        let run = reader.summary
        let json = RunJSON.encode(run, redactor: Redactor(key: (1, 2)))
        record.repair(from: reader, run: run, json: json) { reports.append($0) }
        #expect(record.failure == nil && reports.count == 2, "\(reports)")
        let again = try fixture.reader()
        #expect(again.totals.rows == rows - 1 && again.summary.state == .partial && !again.intervals.isCut)
        let client = try #require(fixture.run()["client"] as? [String: Any])
        #expect(client["cpu_seconds"] is NSNull)
    }
}

extension RecordFixture {
    /// A folder that does not exist yet.
    init(empty name: String) {
        self.folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("headroom-\(name)-\(UUID().uuidString)")
    }
}

extension Counters {
    /// The counters as read from a file without this column.
    fileprivate func without(_ counter: Counter) -> Counters {
        var rest = self
        rest[counter] = 0
        return rest
    }
}
