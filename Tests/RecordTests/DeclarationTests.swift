import Foundation
import Measure
import Testing
import Workload
import YAML

@testable import Record

/// Everything that is declared once appears in each output, and a new one needs one more declaration only.
@Suite("Declarations")
struct DeclarationTests {
    private static let redactor = Redactor(key: (1, 2))

    private static func record() -> RunRecord {
        let plan = RunRecord.Plan(
            name: "n", url: "http://h/", session: "GET /", requestsPerSession: 1, model: .closed,
            pace: LoadPace(text: "every 1s", isPlanned: true, isConstant: true, requestsPerSecond: 10),
            connection: .perUser, usersAsked: 10, threads: 1, ramp: 0, warmup: 0, hold: 1, sessions: nil, seed: 1)
        return RunRecord(state: .complete, plan: plan, hold: Window(), outside: Window())
    }

    private static func json(_ record: RunRecord) throws -> [String: Any] {
        let bytes = RunJSON.encode(record, redactor: Self.redactor)
        return try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    /// The cell of a column in the row of these counters.
    private static func cell(_ name: String, _ counters: Counters, isHold: Bool) -> String? {
        var row = IntervalRow(
            start: 0, end: 1, phase: .hold, inFlightAtStart: 0, inFlightAtEnd: 0,
            counters: isHold ? Counters() : counters, established: 0, usersHeld: Held(), connectionsHeld: Held(),
            responseP50: 0, responseP99: 0, responseMaximum: 0, serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
        if isHold { row.hold.counters = counters }
        return IntervalsCSV.readable[name]?.cell(row)
    }

    @Test("Each error class has its columns, its members of run.json and its example", arguments: ErrorClass.allCases)
    func errorClass(error: ErrorClass) throws {
        var record = Self.record()
        record.total[Counter.failed(error)] = 3
        record.total[Counter.connectionFaults(error)] = 4
        record.hold.counters[Counter.failed(error)] = 2
        let json = try Self.json(record)
        #expect(json["errors"] as? [String: Int] == [error.name: 3])
        #expect((json["hold"] as? [String: Any])?["errors"] as? [String: Int] == [error.name: 2])
        #expect((json["connections"] as? [String: Any])?["faults"] as? [String: Int] == [error.name: 4])
        #expect((json["requests"] as? [String: Any])?["failed"] as? Int == 3)
        #expect(Self.cell("error_\(error.name)", record.total, isHold: false) == "3")
        #expect(Self.cell("connection_fault_\(error.name)", record.total, isHold: false) == "4")
        #expect(Self.cell("hold_error_\(error.name)", record.total, isHold: true) == "3")
        let example = ErrorExample(error: error, at: 5, request: "GET /", detail: "d", excerpt: [])
        let examples = String(decoding: ErrorsJSON.encode([example], redactor: Self.redactor), as: UTF8.self)
        #expect(examples.contains("\"class\": \"\(error.name)\""))
    }

    @Test("Each metric has its columns, its tags and its members of run.json", arguments: Metric.allCases)
    func metric(metric: Metric) throws {
        let record = Self.record()
        record.hold.succeeded[metric.rawValue].record(1_000_000)
        let json = try Self.json(record)
        for member in ["latency", "latency_all"] {
            let figures = (json[member] as? [String: Any])?[metric.name] as? [String: Any]
            #expect(figures?["count"] as? Int == 1, "\(member)")
        }
        let figures = (json["latency"] as? [String: Any])?[metric.name] as? [String: Any]
        #expect((figures?["unended"] != nil) == Metric.bounded.contains(metric))
        for name in ["hold_\(metric.name)_min", "hold_\(metric.name)_failed_max"] {
            #expect(IntervalsCSV.readable[name] != nil, "\(name)")
        }
        #expect((IntervalsCSV.readable["hold_\(metric.name)_min"]?.since == .first) == metric.isFirst)
        #expect(HistogramTag(metric).text == metric.name)
    }

    @Test("Each counter has its two columns and is read back from them", arguments: Counter.all.map(\.name))
    func counter(name: String) throws {
        let counter = try #require(Counter.all.first { $0.name == name })
        var counters = Counters()
        counters[counter] = 9
        #expect(Self.cell(name, counters, isHold: false) == "9")
        #expect(Self.cell("hold_" + name, counters, isHold: true) == "9")
        #expect((IntervalsCSV.readable[name]?.since == .first) == counter.isFirst)
    }

    /// A made-up part of a record, with one field of each kind.
    private struct Dummy: Sendable, Equatable {
        var knob: UInt64 = 7
        var ratio = 0.5
        var isOn = true
        var name = "a?token=hunter2"
        var silence: UInt64?
        var words = ["x", "y"]
        var inner: Inner?

        struct Inner: Sendable, Equatable {
            var depth: UInt64 = 1
        }

        static let fields = Fields<Dummy>([
            .value("knob", \.knob, absence: .damage), .value("ratio", \.ratio, since: .named), .flag("on", \.isOn),
            .text("name", \.name), .optional("silence", \.silence), .texts("words", \.words, limit: 2),
            .object("inner", optional: \.inner, from: Inner(depth: 0), Fields([.value("depth", \.depth)])),
            .derived("twice") { dummy, _ in .integer(2 * dummy.knob) },
        ])
    }

    private func text(_ dummy: Dummy, unknown: Set<String> = []) -> String {
        let writing = FieldWriting(redactor: Self.redactor, unknown: unknown)
        return String(decoding: JSONWriter.encode(Dummy.fields.json(dummy, writing)), as: UTF8.self)
    }

    private func read(_ text: String, into dummy: Dummy = Dummy()) throws -> (dummy: Dummy, notes: FieldNotes) {
        var (dummy, notes) = (dummy, FieldNotes())
        try Dummy.fields.read(
            DataNode.read(Array(text.utf8), kind: "dummy"), into: &dummy, FieldReading(notes: notes))
        return (dummy, notes)
    }

    @Test("A field is declared in one place: it is written, hides secrets, and is read back")
    func dummyField() throws {
        var dummy = Dummy(knob: 3, ratio: 0.25, isOn: false, silence: 9, words: ["z"], inner: .init(depth: 4))
        #expect(!self.text(dummy).contains("hunter2") && self.text(dummy).contains("\"twice\": 6"))
        dummy.name = "plain"
        #expect(try self.read(self.text(dummy), into: Dummy(isOn: false)).dummy == dummy)
    }

    @Test("A missing field is unknown, a null one is known to have no value, and an unexpected one is named")
    func dummyVersions() throws {
        let (dummy, notes) = try self.read(#"{"knob": 1, "silence": null, "ratio": "half", "colour": {"x": 1}}"#)
        #expect(dummy.knob == 1 && dummy.silence == nil && dummy.ratio == 0.5)
        #expect(notes.missing == ["ratio", "name"] && notes.unexpected == ["colour"])
        let again = self.text(dummy, unknown: notes.missing)
        #expect(again.contains("\"ratio\": null") && again.contains("\"name\": null"))
        for damaged in [#"{"ratio": 1}"#, #"{"knob": -1}"#, #"{"knob": 1.5}"#, "[]"] {
            #expect(throws: (any Error).self) { try self.read(damaged) }
        }
    }

    @Test("An interval column is declared in one place: it is written, and read back into its row")
    func dummyColumn() throws {
        let column = IntervalsColumn("dummy", since: .named, \IntervalRow.inFlightAtEnd)
        var row = IntervalRow(
            start: 0, end: 1, phase: .hold, inFlightAtStart: 0, inFlightAtEnd: 6, counters: Counters(), established: 0,
            usersHeld: Held(), connectionsHeld: Held(), responseP50: 0, responseP99: 0, responseMaximum: 0,
            serviceP50: 0, serviceP99: 0, serviceMaximum: 0)
        let cell = column.cell(row)
        row.inFlightAtEnd = 0
        #expect(cell == "6" && column.take(cell[...], &row) && row.inFlightAtEnd == 6)
        #expect(!column.take("-1", &row) && !column.take("", &row))
    }

    /// An objective of each kind: a new kind does not compile until it is here.
    private static func text(of objective: SLO.Objective) -> String {
        switch objective {
        case .percentile: "p99 < 5ms"
        case .mean: "mean < 5ms"
        case .maximum: "max < 5ms"
        case .errors: "errors < 1%"
        case .resent: "resent < 1%"
        case .heldEqualsAsked: "held = asked"
        case .connectionsEqualAsked: "connections = asked"
        case .rate: "rate > 5/s"
        case .throughput: "throughput > 1Mbps"
        }
    }

    @Test(
        "An objective of each kind is read, has a member of run.json, and is read back from it",
        arguments: [
            "p99 < 5ms", "mean < 5ms", "max < 5ms", "errors < 1%", "resent < 1%", "rate > 5/s", "throughput > 1Mbps",
        ])
    func objective(text: String) throws {
        let objective = try SLO.parse(text)
        #expect(Self.text(of: objective.objective) == text)
        var record = Self.record()
        record.slo = [SLOOutcome(text: objective.text, verdict: .pass, measured: nil)]
        let members = try #require(try Self.json(record)["slo"] as? [[String: Any]])
        #expect(members.count == 1 && members[0]["text"] as? String == objective.text)
        let again = try RunJSON.decode(RunJSON.encode(record, redactor: Self.redactor)).record
        #expect(try again.slo.map { try SLO.parse($0.text) } == [objective])
    }

    @Test("No two members of run.json and no two columns have the same name")
    func names() {
        let names = RunJSON.fields.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(IntervalsCSV.columns.map(\.name)).count == IntervalsCSV.columns.count)
    }
}
