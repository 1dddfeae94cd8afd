import Foundation
import Testing

/// One run of the binary under test with a record, and its results.
struct Run {
    let command: Command
    let record: Record
    /// run.json.
    let json: [String: Any]
    /// intervals.csv.
    let rows: [Row]

    /// An interval; -1 for an empty cell.
    struct Row {
        let cells: [String: String]

        subscript(_ column: String) -> Int { Int(self.cells[column] ?? "") ?? -1 }
        var phase: String { self.cells["phase"] ?? "" }
        var seconds: Double { Double(self["end"] - self["start"]) / 1e9 }
    }

    var status: Int32 { self.command.status }

    /// Runs `headroom` with arguments and a record of its own, waits for its end, and checks its accounts.
    init(_ arguments: [String], limit: Double = 60, _ location: SourceLocation = #_sourceLocation) throws {
        try self.init(try Pending(arguments), limit: limit, location)
    }

    /// Runs a profile.
    init(
        _ profile: Plan, _ arguments: [String] = [], limit: Double = 60,
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        try self.init(try Pending(profile, arguments), limit: limit, location)
    }

    /// Waits for the end of a run that was started before.
    init(_ pending: Pending, limit: Double = 60, _ location: SourceLocation = #_sourceLocation) throws {
        try self.init(command: pending.running.wait(limit: limit), record: pending.record, location)
    }

    init(command: Command, record: Record, _ location: SourceLocation = #_sourceLocation) throws {
        self.command = command
        self.record = record
        guard let json = try? record.json("run.json") else {
            throw RunError.noRecord(status: command.status, errors: command.errors)
        }
        self.json = json
        self.rows = try record.rows()
        self.checkAccounts(location)
    }

    enum RunError: Error { case noRecord(status: Int32, errors: String) }

    /// The errors by class.
    var errors: [String: Int] { self.json.object("errors").mapValues { ($0 as? NSNumber)?.intValue ?? -1 } }

    /// T10: nothing is lost and nothing is counted twice, in total, in the hold and in every interval.
    private func checkAccounts(_ location: SourceLocation) {
        #expect(
            ![70, 132, 133, 134, 135, 136, 139].contains(self.status), "\(self.command.errors)",
            sourceLocation: location)
        for prefix in ["", "hold."] {
            let started = self.json.number(prefix + "requests.started")
            let failed = self.json.number(prefix + "requests.failed")
            #expect(
                started == self.json.number(prefix + "requests.ok") + failed
                    + self.json.number(prefix + "requests.in_flight_at_end"),
                "requests of '\(prefix)'", sourceLocation: location)
            let errors =
                prefix.isEmpty ? self.json.object("errors") : self.json.object("hold").object("errors")
            let sum = errors.values.reduce(0) { $0 + (($1 as? NSNumber)?.intValue ?? -1_000_000) }
            #expect(sum == failed, "errors of '\(prefix)'", sourceLocation: location)
            #expect(
                self.json.number(prefix + "sessions.started") == self.json.number(
                    prefix + "sessions.completed")
                    + self.json.number(prefix + "sessions.failed")
                    + self.json.number(prefix + "sessions.in_flight_at_end"),
                "sessions of '\(prefix)'", sourceLocation: location)
        }
        var inFlight = 0
        var end = 0
        for row in self.rows {
            #expect(
                row["start"] == end && row["end"] > end, "rows follow each other", sourceLocation: location)
            #expect(row["in_flight_at_start"] == inFlight, sourceLocation: location)
            #expect(
                inFlight + row["requests_started"] == row["requests_ok"] + row["requests_failed"]
                    + row["in_flight_at_end"], sourceLocation: location)
            inFlight = row["in_flight_at_end"]
            end = row["end"]
        }
        for (column, key) in Self.sums {
            let sum = self.rows.reduce(0) { $0 + $1[column] }
            #expect(sum == self.json.number(key), "\(key) is the sum of \(column)", sourceLocation: location)
        }
        for (error, count) in self.errors {
            let sum = self.rows.reduce(0) { $0 + $1["error_" + error] }
            #expect(sum == count, "errors.\(error) is the sum of its column", sourceLocation: location)
        }
    }

    private static let sums = [
        ("requests_started", "requests.started"), ("requests_ok", "requests.ok"),
        ("requests_failed", "requests.failed"), ("resent_idle_close", "resent.idle_close"),
        ("sessions_started", "sessions.started"), ("connections_opened", "connections.opened"),
        ("received_body", "bytes.received.body"), ("received_header", "bytes.received.header"),
        ("received_socket", "bytes.received.socket"), ("sent_body", "bytes.sent.body"),
        ("sent_header", "bytes.sent.header"), ("sent_socket", "bytes.sent.socket"),
        ("status_1xx", "status.1xx"), ("status_2xx", "status.2xx"), ("status_3xx", "status.3xx"),
        ("status_4xx", "status.4xx"), ("status_5xx", "status.5xx"),
    ]
}

/// A run that is still going on.
struct Pending {
    let running: Running
    let record: Record
    private let folder: URL

    /// Starts `headroom` with arguments and a record of its own.
    init(_ arguments: [String]) throws {
        self.folder = try Scratch.folder()
        self.record = Record(folder: self.folder.appendingPathComponent("record"))
        self.running = try Running(arguments + ["-o", self.record.folder.path], in: self.folder)
    }

    /// Starts a profile.
    init(_ plan: Plan, _ arguments: [String] = []) throws {
        self.folder = try Scratch.folder()
        let file = self.folder.appendingPathComponent("profile.yaml")
        try plan.text.write(to: file, atomically: true, encoding: .utf8)
        self.record = Record(folder: self.folder.appendingPathComponent("record"))
        self.running = try Running(
            ["run", file.path] + arguments + ["-o", self.record.folder.path], in: self.folder)
    }

    /// Waits until an interval on disk meets a condition.
    func untilRow(limit: Double = 20, _ condition: (Run.Row) -> Bool) -> Bool {
        Running.until(limit: limit) { ((try? self.record.rows()) ?? []).contains(where: condition) }
    }
}

/// A profile in the form in which tests write it.
struct Plan {
    var url: String
    /// One line of YAML in braces for each step.
    var steps: [String]
    var load: String
    var timeouts = ""
    var slo = ""

    var text: String {
        """
        version: 1
        name: test
        target: {url: "\(self.url)"\(self.timeouts.isEmpty ? "" : ", timeouts: {\(self.timeouts)}")}
        session:
        \(self.steps.map { "  - {\($0)}" }.joined(separator: "\n"))
        load: {\(self.load)}
        \(self.slo.isEmpty ? "" : "slo: [\(self.slo)]")
        """
    }
}

/// A record in the form in which tests read it.
struct Record {
    let folder: URL

    func json(_ name: String) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(
            with: Data(contentsOf: self.folder.appendingPathComponent(name)))
        return try #require(object as? [String: Any])
    }

    func lines(_ name: String) throws -> [String] {
        try String(contentsOf: self.folder.appendingPathComponent(name), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    /// intervals.csv by column.
    func rows() throws -> [Run.Row] {
        let lines = try self.lines("intervals.csv")
        let names = (lines.first ?? "").split(separator: ",", omittingEmptySubsequences: false).map(
            String.init)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return Run.Row(cells: Dictionary(zip(names, cells)) { first, _ in first })
        }
    }
}

extension Dictionary where Key == String, Value == Any {
    /// The number at a path such as "hold.requests.ok"; -1 if there is none.
    func number(_ path: String) -> Int {
        var here: Any? = self
        for key in path.split(separator: ".") { here = (here as? [String: Any])?[String(key)] }
        return (here as? NSNumber)?.intValue ?? -1
    }

    /// The text at a path; empty if there is none.
    func text(_ path: String) -> String {
        var here: Any? = self
        for key in path.split(separator: ".") { here = (here as? [String: Any])?[String(key)] }
        return here as? String ?? ""
    }

    /// The object at a key.
    func object(_ key: String) -> [String: Any] { self[key] as? [String: Any] ?? [:] }
}
