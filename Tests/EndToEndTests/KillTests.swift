import Foundation
import Measure
import Numerics
import Testing

extension EndToEnd {
    /// What remains of a run that does not end normally.
    @Suite("A killed run", .timeLimit(.minutes(5)))
    struct KillTests {
        /// Times at which runs are killed: `scripts/test` takes 20, `HEADROOM_KILLS=100` a hundred.
        static let kills = Int(ProcessInfo.processInfo.environment["HEADROOM_KILLS"] ?? "") ?? 20
        /// Runs at the same time.
        static let batch = 5

        @Test("SIGKILL at any time loses at most the current interval, and everything can be read")
        func killed() throws {
            let server = try Server.target()
            var random = RandomGenerator(seed: 37)
            var kept = 0
            for begin in stride(from: 0, to: Self.kills, by: Self.batch) {
                let count = min(Self.batch, Self.kills - begin)
                var runs: [(pending: Pending, at: Double)] = []
                for _ in 0..<count {
                    let pending = try Pending([
                        server.url("/bytes/500"), "-c", "4", "--every", "10ms", "-d", "60s", "-t", "1",
                    ])
                    runs.append((pending, Double.random(in: 0...3, using: &random)))
                }
                let start = Date()
                for run in runs.sorted(by: { $0.at < $1.at }) {
                    // The test is about the time, so it waits for nothing.
                    usleep(UInt32(max(0, run.at - Date().timeIntervalSince(start)) * 1e6))
                    run.pending.running.signal(SIGKILL)
                    _ = run.pending.running.wait()
                    kept += try self.check(run.pending)
                }
            }
            #expect(kept > Self.kills / 2)
        }

        /// Rebuilds a record and returns how many intervals it has.
        private func check(_ pending: Pending) throws -> Int {
            let folder = pending.record.folder
            guard FileManager.default.fileExists(atPath: folder.path + "/run.json") else {
                // Killed before it began: then there is nothing, and headroom printed nothing.
                #expect(pending.running.output.isEmpty)
                return 0
            }
            let lines = pending.running.output.split(separator: "\n").dropFirst().count
            let log = (try? folder.bytes("latency.hlog")) ?? []
            let command = try Command.run(["report", folder.path, "-q"])
            // 20: cut off before there was anything to judge.
            #expect([0, 10, 20].contains(command.status), "\(command.errors)")
            let json = try pending.record.json("run.json")
            #expect(json["state"] as? String == "partial")
            guard FileManager.default.fileExists(atPath: folder.path + "/intervals.csv") else { return 0 }
            let rows = try pending.record.rows()
            // Everything that the run printed is there. There may also be intervals that were too short to be printed.
            #expect(rows.filter { $0.seconds >= 0.02 }.count >= lines)
            // And at most one interval was written without being committed.
            let starts = Set(try Self.starts(in: log, from: rows.last?["log_bytes"] ?? 0))
            #expect(starts.count <= 1)
            let ok = rows.reduce(0) { $0 + $1["hold_requests_ok"] }
            #expect(json.number("latency.response.count") == ok)
            if ok > 0 {
                #expect(try Command.run(["export", folder.path]).status == 0)
            }
            return rows.count
        }

        /// The start times of whole lines after a byte.
        private static func starts(in log: [UInt8], from first: Int) throws -> [Double] {
            var reader = HistogramLogReader()
            var starts: [Double] = []
            let ours = Array(log.dropFirst(first))
            guard !ours.isEmpty else { return [] }
            try reader.feed(ours[...]) { starts.append($0.timestamp) }
            return starts
        }

        @Test(
            "what was on disk at the last fdatasync before a power cut holds all but one interval",
            .enabled(if: Sandbox.hasTracing))
        func powerCut() throws {
            let server = try Server.target()
            let folder = try Scratch.folder()
            let trace = folder.appendingPathComponent("trace").path
            let command = try Command.run(
                "strace",
                ["-f", "-y", "-e", "trace=write,fdatasync", "-e", "signal=none", "-s", "8", "-o", trace]
                    + [Command.headroom, server.url("/bytes/500"), "-c", "4", "--every", "10ms", "-d", "4s"]
                    + ["-t", "1", "-o", folder.path + "/record", "-q"])
            #expect(command.status == 0, "\(command.errors)")
            let whole = folder.appendingPathComponent("record")
            let files = ["latency.hlog", "intervals.csv"]
            let bytes = try Dictionary(uniqueKeysWithValues: files.map { ($0, try whole.bytes($0)) })
            let moments = try Self.moments(String(contentsOfFile: trace, encoding: .utf8), files: files)
            #expect(moments.count >= 2 * 5)
            let json = String(decoding: try whole.bytes("run.json"), as: UTF8.self)
            for (index, moment) in moments.enumerated() {
                let copy = try SampleRecord.copy(of: whole, named: "cut-\(index)")
                try copy.write(
                    "run.json", json.replacing("\"state\": \"complete\"", with: "\"state\": \"running\"").utf8
                )
                for file in files {
                    try copy.write(file, bytes[file, default: []].prefix(moment.synced[file] ?? 0))
                }
                let report = try Command.run(["report", copy.path, "-q"])
                #expect([0, 10, 20].contains(report.status), "\(report.errors)")
                let rows = try Record(folder: copy).rows().count
                #expect(rows >= moment.rowsWritten - 1 && rows <= moment.rowsWritten)
            }
        }

        /// What had been written and synced when a file was synced: one entry per fdatasync of a growing file.
        private struct Moment {
            var synced: [String: Int]
            var rowsWritten: Int
        }

        /// Reads lines such as `write(9</…/intervals.csv>, "0,293164"..., 812) = 812`.
        private static func moments(_ trace: String, files: [String]) throws -> [Moment] {
            var written: [String: Int] = [:]
            var synced: [String: Int] = [:]
            var rows = -1  // The header is no row.
            var moments: [Moment] = []
            for line in trace.split(separator: "\n") {
                guard let file = files.first(where: { line.contains("/\($0)>") }) else { continue }
                let result = line.split(separator: " ").last.flatMap { Int($0) } ?? 0
                if line.contains(" write(") || line.contains("] write(") {
                    written[file, default: 0] += result
                    if file == "intervals.csv" { rows += 1 }
                } else if line.contains("fdatasync(") {
                    // If the power is cut now, this file keeps its bytes. The other files lose what they wrote after
                    // their own syncs.
                    synced[file] = written[file]
                    moments.append(Moment(synced: synced, rowsWritten: max(0, rows)))
                }
            }
            return moments
        }

        @Test(
            "--fsync sets when: after every interval, at the end, or never", .enabled(if: Sandbox.hasTracing))
        func policies() throws {
            let server = try Server.target()
            for (word, expected) in [("off", 0...0), ("end", 2...2), ("interval", 6...20)] {
                let folder = try Scratch.folder()
                let trace = folder.appendingPathComponent("trace").path
                let command = try Command.run(
                    "strace",
                    ["-f", "-y", "-e", "trace=fdatasync", "-e", "signal=none", "-o", trace, Command.headroom]
                        + [server.url("/"), "-c", "2", "--every", "50ms", "-d", "2s", "--fsync", word]
                        + ["-o", folder.path + "/record", "-q"])
                #expect(command.status == 0, "\(command.errors)")
                let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
                let count = lines.filter { $0.contains("/latency.hlog>") || $0.contains("/intervals.csv>") }
                    .count
                #expect(expected.contains(count), "\(word): \(count)")
            }
            let refused = try Command.run([server.url("/"), "--fsync", "always"])
            #expect(refused.status == 64)
            #expect(refused.errors.contains("none of off, interval, end"))
        }
    }
}
