import Foundation
import Record
import Testing

extension EndToEnd {
    /// The schemas in docs/reference describe what headroom writes.
    @Suite("JSON Schemas", .timeLimit(.minutes(2))) struct SchemaTests {
        static func check(_ name: String, _ files: [URL]) throws {
            let schema = Repository.root.appendingPathComponent("docs/reference/\(name).schema.json").path
            let script = Repository.fixtures.appendingPathComponent("validateschema.py").path
            // Debian's, which scripts/setup gave the library; another Python may come first in the path.
            let found = try Command.run("/usr/bin/python3", [script, schema] + files.map(\.path))
            #expect(found.status == 0, "\(found.output)\(found.errors)")
        }

        static func goldens(_ prefix: String, of target: String = "ReportTests") throws -> [URL] {
            let folder = Repository.root.appendingPathComponent("Tests/\(target)/Golden")
            let all = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            return all.filter { $0.pathExtension == "json" && $0.lastPathComponent.hasPrefix(prefix) }
        }

        @Test("every golden run.json, capacity.json and plan.json matches its schema")
        func goldens() throws {
            let (runs, searches) = (try Self.goldens("run-"), try Self.goldens("capacity"))
            #expect(runs.count >= 5 && searches.count >= 2)
            try Self.check("run", runs)
            try Self.check("capacity", searches)
            let plans = try Self.goldens("plan", of: "FleetReportTests")
            #expect(!plans.isEmpty)
            try Self.check("plan", plans)
        }

        @Test("so do the records of a run, of one that was killed and reported, of a union and of a search")
        func records() throws {
            let server = try Server.target()
            let folder = try Scratch.folder()
            func record(_ name: String) -> String { folder.appendingPathComponent(name).path }
            func json(_ path: String, _ file: String = "run.json") -> URL { URL(fileURLWithPath: "\(path)/\(file)") }
            let closed = try Command.run(
                [server.url("/bytes/100"), "-c", "5", "--every", "50ms", "-d", "1s", "--slo", "p99 < 5s", "--probe", "5/s"]
                    + ["--label", "team=a", "--target-pid", "\(getpid())", "-o", record("closed"), "-q"])
            // A claim that the machine disturbed is UNKNOWN, which the schema allows.
            #expect([0, 20].contains(closed.status), "\(closed.errors)")
            let open = try Command.run(
                [server.url("/bytes/100"), "--http", "h2c", "-R", "50sessions/s", "-d", "1s", "-o", record("open")]
                    + ["-q"])
            #expect([0, 20].contains(open.status), "\(open.errors)")
            let second = try Command.run(
                [server.url("/bytes/100"), "-c", "5", "--every", "50ms", "-d", "1s", "-o", record("second"), "-q"])
            #expect([0, 20].contains(second.status), "\(second.errors)")
            let union = try Command.run(["merge", record("closed"), record("second"), "-o", record("union")])
            #expect([0, 20].contains(union.status), "\(union.errors)")
            let search = try Command.run(
                ["capacity", server.url("/bytes/100"), "--every", "100ms", "--assume", "10", "--verdict-only"]
                    + ["--trial", "1s", "--slo", "p99 < 5s", "-o", record("search"), "-q"])
            #expect([0, 12, 20].contains(search.status), "\(search.errors)")
            let trials = try FileManager.default.subpathsOfDirectory(atPath: record("search"))
                .filter { $0.hasSuffix("run.json") }.map { json(record("search"), $0) }
            #expect(!trials.isEmpty)
            let killed = try Running(
                [server.url("/bytes/100"), "-c", "5", "--every", "50ms", "-d", "60s", "-o", record("killed")])
            #expect(Running.until { killed.output.split(separator: "\n").count > 2 })
            killed.signal(SIGKILL)
            _ = killed.wait()
            try Self.check("run", [json(record("killed"))])
            #expect(try Command.run(["report", record("killed"), "-q"]).status != 65)
            let runs = ["closed", "open", "union", "killed"].map { json(record($0)) }
            try Self.check("run", runs + trials)
            try Self.check("capacity", [json(record("search"), "capacity.json")])
        }
    }
}
