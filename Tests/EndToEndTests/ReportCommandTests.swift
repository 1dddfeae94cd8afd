import Foundation
import Measure
import Testing

@testable import Record

extension EndToEnd {
    @Suite("headroom report", .timeLimit(.minutes(3)))
    struct ReportCommandTests {
        private func report(_ folder: URL, _ arguments: [String] = []) throws -> Command {
            try Command.run(["report", folder.path] + arguments, limit: 20)
        }

        @Test("a whole record is rebuilt to the byte, and its summary is the one that the run printed")
        func whole() throws {
            let sample = try SampleRecord.shared.get()
            let copy = try SampleRecord.copy()
            try FileManager.default.removeItem(at: copy.appendingPathComponent("percentiles.csv"))
            let command = try self.report(copy)
            #expect(command.status == sample.status)
            #expect(command.errors.isEmpty)
            for name in try sample.folder.names() {
                let isSame = try copy.bytes(name) == sample.folder.bytes(name)
                #expect(isSame, "\(name)")
            }
            let record = sample.folder.deletingLastPathComponent().path
            let printed = try #require(sample.summary.range(of: "\n\nheadroom  ")).upperBound
            let ours = command.output.replacing(copy.deletingLastPathComponent().path, with: record)
            #expect(ours == "headroom  " + sample.summary[printed...])
            #expect(
                try self.report(copy, ["--json"]).output
                    == String(decoding: copy.bytes("run.json"), as: UTF8.self))
            #expect(try self.report(copy, ["-q"]).output.isEmpty)
        }

        @Test("the objectives are judged again: exit 10 where one is not met")
        func judged() throws {
            let copy = try SampleRecord.copy()
            let json = String(decoding: try copy.bytes("run.json"), as: UTF8.self)
            try copy.write("run.json", json.replacing("errors \\u003c 50%", with: "errors \\u003c 0.001%").utf8)
            #expect(try SampleRecord.shared.get().status == 0)
            #expect(try self.report(copy).status == 10)
        }

        @Test("objectives other than the run's judge its record, and leave it as it is")
        func otherObjectives() throws {
            let copy = try SampleRecord.copy()
            let names = try copy.names()
            let before = try names.map { try copy.bytes($0) }
            for (text, status) in [("p50 < 1h", Int32(0)), ("rate > 1000000/s", 10)] {
                let command = try self.report(copy, ["--slo", text, "--slo", "errors < 50%", "--slo", "resent < 50%"])
                #expect(command.status == status, "\(text): \(command.output)")
                #expect(command.output.contains(text))
            }
            #expect(try self.report(copy, ["--slo", "p50 < nothing"]).status == 64)
            #expect(try copy.names() == names)
            #expect(try names.map { try copy.bytes($0) } == before)
        }

        @Test("a failure that the run itself recorded is no objective: the record is read, and judged again")
        func ownObjectives() throws {
            let copy = try SampleRecord.copy()
            let json = String(decoding: try copy.bytes("run.json"), as: UTF8.self)
            let failed = json.replacing("errors \\u003c 50%", with: "never started \\u003c 10%")
            #expect(failed != json)
            try copy.write("run.json", failed.utf8)
            let command = try self.report(copy, ["--json"])
            #expect(command.status == 0, "\(command.errors)")
            #expect(!command.output.contains("never started \\u003c"))
        }

        /// Checks a copy with cut files once it is rebuilt: its rows, and that nothing contradicts them.
        private func check(
            _ folder: URL, rows expected: Int, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let command = try self.report(folder, ["-q"])
            #expect([0, 10, 20].contains(command.status), "\(command.errors)", sourceLocation: sourceLocation)
            let record = Record(folder: folder)
            let rows = try record.rows()
            #expect(rows.count == expected, sourceLocation: sourceLocation)
            let json = try record.json("run.json")
            #expect(json["state"] as? String == "partial", sourceLocation: sourceLocation)
            let started = rows.reduce(0) { $0 + $1["requests_started"] }
            #expect(json.number("requests.started") == started, sourceLocation: sourceLocation)
            let ok = rows.reduce(0) { $0 + $1["hold_requests_ok"] }
            #expect(json.number("latency.response.count") == ok, sourceLocation: sourceLocation)
            #expect(json.object("connections")["longest_silence"] is NSNull, sourceLocation: sourceLocation)
            let bytes = try folder.bytes("latency.hlog")
            #expect(bytes.last == UInt8(ascii: "\n"), sourceLocation: sourceLocation)
            if expected > 0 {
                #expect(bytes.count == rows.last?["log_bytes"], sourceLocation: sourceLocation)
            }
        }

        @Test("T7: cut at every byte of its last 2 KB, a log keeps every complete interval")
        func cutAtEveryByte() throws {
            let whole = try SampleRecord.shared.get().folder
            let log = try whole.bytes("latency.hlog")
            let ends = try Record(folder: whole).rows().map { $0["log_bytes"] }
            let copy = try SampleRecord.copy()
            let folder = try RecordReader.open(copy.path)
            defer { close(folder.fd) }
            var decoded: Set<Int> = []
            for cut in (log.count - 2_048..<log.count).reversed() {
                try #require(truncate(copy.path + "/latency.hlog", cut) == 0)
                let complete = ends.filter { $0 <= cut }
                // Only committed bytes are ever decoded, and the same bytes need not be decoded twice.
                let isNew = decoded.insert(complete.count).inserted
                let reader = try RecordReader(folder, readsLog: isNew)
                #expect(reader.totals.rows == complete.count)
                #expect(reader.log.committed == UInt64(complete.last ?? -1))
                if isNew {
                    let response = reader.distributions.hold.succeeded[Metric.response.rawValue]
                    #expect(response.totalCount == reader.totals.hold.counters.requestsOK)
                    #expect(reader.summary.state == .partial)
                }
            }
            #expect(decoded.count >= 1 && !decoded.contains(ends.count))
        }

        @Test("report repairs a log that was cut at one of these bytes")
        func cutLog() throws {
            let whole = try SampleRecord.shared.get().folder
            let log = try whole.bytes("latency.hlog")
            let ends = try Record(folder: whole).rows().map { $0["log_bytes"] }
            let copy = try SampleRecord.copy()
            let fresh = try ["run.json", "intervals.csv"].map { ($0, try whole.bytes($0)) }
            // Each cut costs a process: the bytes around line ends, and every 101st of the others.
            let cuts = (log.count - 2_048..<log.count).filter { cut in
                cut % 101 == 0 || log[cut - 2...min(log.count - 1, cut + 1)].contains(UInt8(ascii: "\n"))
            }
            #expect(cuts.count > 20)
            for cut in cuts {
                for (name, bytes) in fresh { try copy.write(name, bytes) }
                try copy.write("latency.hlog", log.prefix(cut))
                try self.check(copy, rows: ends.filter { $0 <= cut }.count)
            }
        }

        @Test(
            "if cut anywhere, rows without their end are dropped, with the lines that they would have committed")
        func cutRows() throws {
            let whole = try SampleRecord.shared.get().folder
            let rows = try whole.bytes("intervals.csv")
            let copy = try SampleRecord.copy()
            let json = try whole.bytes("run.json")
            let log = try whole.bytes("latency.hlog")
            var random = SystemRandomNumberGenerator()
            let ends = rows.indices.filter { rows[$0] == UInt8(ascii: "\n") }
            let cuts = (0..<30).map { _ in Int.random(in: 0..<rows.count, using: &random) }
            let edges = [0, 1, rows.count - 1] + ends.map { $0 + 1 }
            for cut in edges + cuts where cut < rows.count {
                // A run that never ended may have no row at all; a run that ended has lost rows that it had.
                let text = String(decoding: json, as: UTF8.self)
                try copy.write(
                    "run.json", text.replacing("\"state\": \"complete\"", with: "\"state\": \"running\"").utf8
                )
                try copy.write("intervals.csv", rows.prefix(cut))
                try copy.write("latency.hlog", log)
                try self.check(copy, rows: max(0, ends.filter { $0 < cut }.count - 1))
            }
        }

        @Test("lines after the last committed row are not counted, and a second report changes nothing")
        func uncommitted() throws {
            let copy = try SampleRecord.copy()
            let before = try Record(folder: copy).json("run.json")
            let log = try copy.bytes("latency.hlog")
            let lines = log.split(separator: UInt8(ascii: "\n"))
            let last = try #require(lines.last)
            try copy.write("latency.hlog", log + last + [UInt8(ascii: "\n")] + last.prefix(100))
            let command = try self.report(copy, ["-q"])
            #expect(command.status == 0)
            #expect(command.errors.contains("were never committed"))
            #expect(try copy.bytes("latency.hlog") == log)
            let after = try Record(folder: copy).json("run.json")
            #expect(after["state"] as? String == "partial")
            #expect(after.number("latency.response.count") == before.number("latency.response.count"))
            let once = try copy.bytes("run.json")
            #expect(try self.report(copy, ["-q"]).errors.isEmpty)
            #expect(try copy.bytes("run.json") == once)
        }

        @Test("a run that is still going on is left alone")
        func goesOn() throws {
            let server = try Server.target()
            let pending = try Pending([server.url("/bytes/100"), "-c", "2", "--every", "20ms", "-d", "30s"])
            #expect(pending.untilRow { $0["requests_ok"] > 10 })
            for command in ["report", "merge"] {
                let more = command == "merge" ? [try SampleRecord.shared.get().folder.path, "-o", "x"] : []
                let refused = try Command.run([command, pending.record.folder.path] + more)
                #expect(refused.status == (command == "report" ? 74 : 65))
                #expect(refused.errors.contains("a run that goes on"))
            }
            // Reading does no harm.
            #expect(
                try Command.run(["export", pending.record.folder.path, "--tag", "warmup.response"]).status
                    == 0)
            pending.running.signal(SIGINT)
            let ended = pending.running.wait(limit: 20)
            #expect(ended.status == 130)
            // It ends as the run did.
            #expect(try self.report(pending.record.folder, ["-q"]).status == 130)
            #expect(try pending.record.json("run.json")["state"] as? String == "interrupted")
        }

        @Test("a folder that is not a record is exit 65, and stays as it is")
        func noRecord() throws {
            let empty = try Scratch.folder()
            let cases: [(String, [UInt8], String)] = [
                ("run.json", Array("[]".utf8), "no member \"schema\""),
                ("run.json", Array("{".utf8), "run.json"),
                ("run.json", Array("{\"schema\": \"headroom.run/99\"}".utf8), "headroom.run/99"),
                (
                    "run.json", Array("{\"schema\": \"headroom.run/1\", \"state\": \"asleep\"}".utf8),
                    "\"state\""
                ),
                ("run.json", [UInt8](repeating: 0x5B, count: 500_000), "run.json"),
                ("intervals.csv", Array("a,b\n1,2\n".utf8), "line 1"),
            ]
            #expect(try self.report(empty).status == 65)
            #expect(try empty.names().isEmpty)
            #expect(try self.report(empty.appendingPathComponent("nothing")).status == 65)
            #expect(try Command.run(["report"]).status == 64)
            for (name, bytes, words) in cases {
                let copy = try SampleRecord.copy()
                try copy.write(name, bytes)
                let names = try copy.names()
                let command = try self.report(copy)
                #expect(command.status == 65, "\(name): \(command.errors)")
                #expect(command.errors.contains(words), "\(command.errors)")
                #expect(try copy.names() == names && copy.bytes(name) == bytes)
            }
        }

        @Test("a read-only record is exit 74", .enabled(if: Sandbox.hasMounts))
        func readOnly() throws {
            let copy = try SampleRecord.copy()
            let script = """
                mount --bind "\(copy.path)" "\(copy.path)"; mount -o remount,ro,bind "\(copy.path)"
                exec "\(Command.headroom)" report "\(copy.path)" -q
                """
            let command = try Command.run("unshare", ["--mount", "sh", "-euc", script])
            #expect(command.status == 74, "\(command.errors)")
            #expect(command.errors.contains("run.json") || command.errors.contains("percentiles.csv"))
        }
    }
}
