import Foundation
import Measure
import Testing

extension EndToEnd {
    @Suite("headroom merge", .timeLimit(.minutes(3)))
    struct MergeTests {
        /// Two runs at the same time and a third one afterwards, of the same load.
        private static let runs = Result {
            let server = try Server.target()
            func begin(_ users: Int, _ seed: Int) throws -> Pending {
                try Pending(
                    Plan(
                        url: server.url("/"),
                        steps: ["get: /bytes/900, repeat: 4, every: 10ms", "get: /status/503, every: 10ms"],
                        load: "users: \(users), hold: 1500ms, seed: \(seed)", slo: "errors < 90%"))
            }
            let together = try [begin(6, 1), begin(4, 2)]
            let first = together.map { $0.running.wait() }
            let later = try begin(6, 3)
            let last = later.running.wait()
            #expect((first + [last]).allSatisfy { $0.status == 0 })
            withExtendedLifetime(server) {}
            return (together + [later]).map(\.record.folder)
        }

        private func merge(_ folders: [URL], _ more: [String] = []) throws -> (command: Command, folder: URL)
        {
            let folder = try Scratch.folder().appendingPathComponent("union")
            let command = try Command.run(["merge"] + folders.map(\.path) + ["-o", folder.path] + more)
            return (command, folder)
        }

        @Test(
            "a union's histograms equal, byte for byte, those of one that recorded everything",
            arguments: [[0, 1], [0, 2]])
        func exact(indices: [Int]) throws {
            let folders = try Self.runs.get()
            let parts = indices.map { folders[$0] }
            let (command, folder) = try self.merge(parts)
            #expect(command.status == 0, "\(command.errors)")
            let log = try folder.bytes("latency.hlog")
            let logs = try parts.map { try $0.bytes("latency.hlog") }
            for metric in Metric.allCases {
                for tag in [
                    metric.name, metric.name + ".all", "warmup." + metric.name, "warmup.\(metric.name).all",
                ] {
                    let union = Histogram()
                    for part in logs { try union.merge(try histogram(of: tag, in: part)) }
                    let merged = try histogram(of: tag, in: log)
                    if union.totalCount == 0 && merged.totalCount == 0 { continue }
                    #expect(HistogramEncoding.encode(merged) == HistogramEncoding.encode(union), "\(tag)")
                }
            }
            let json = try Record(folder: folder).json("run.json")
            let jsons = try parts.map { try Record(folder: $0).json("run.json") }
            for key in [
                "requests.started", "requests.ok", "requests.failed", "requests.in_flight_at_end",
                "sessions.started", "sessions.failed", "bytes.received.socket", "errors.status",
                "hold.requests.ok", "hold.requests.failed", "hold.sessions.in_flight_at_end",
                "latency.response.count", "latency_all.response.count", "connections.opened",
            ] {
                let sum = jsons.reduce(0) { $0 + $1.number(key) }
                #expect(json.number(key) == sum, "\(key)")
            }
            let maxima = jsons.map { $0.number("latency.response.max") }
            #expect(json.number("latency.response.max") == maxima.max())
            #expect(json["merged_from"] as? [String] == parts.map(\.path))
        }

        @Test("users held at the same time add up; users held in turn are as many, for longer")
        func held() throws {
            let folders = try Self.runs.get()
            let together = try Record(folder: self.merge([folders[0], folders[1]]).folder).json("run.json")
            #expect(together.number("users.asked") == 10)
            #expect(together.number("users.held.lowest") == 10)
            #expect(together.number("hold.duration") < 2_500_000_000)
            let inTurn = try Record(folder: self.merge([folders[0], folders[2]]).folder).json("run.json")
            #expect(inTurn.number("users.asked") == 6)
            #expect(inTurn.number("users.held.lowest") == 6)
            #expect(inTurn.number("hold.duration") == 3_000_000_000)
        }

        @Test("the reading is printed and recorded: from the clocks, or as given")
        func reading() throws {
            let folders = try Self.runs.get()
            let (guessed, folder) = try self.merge([folders[0], folders[1]])
            let json = try Record(folder: folder).json("run.json").object("merged_as")
            #expect(json["reading"] as? String == "together" && json["given"] as? Bool == false)
            #expect(guessed.output.contains("2 records, run together") && guessed.output.contains("by their clocks"))
            let (turn, other) = try self.merge([folders[0], folders[2]], ["--in-turn"])
            let given = try Record(folder: other).json("run.json").object("merged_as")
            #expect(given["reading"] as? String == "in_turn" && given["given"] as? Bool == true)
            #expect((given["notes"] as? [String])?.isEmpty == true)
            #expect(turn.output.contains("run in turn") && turn.output.contains("--in-turn"))
            #expect(try self.merge([folders[0], folders[1]], ["--in-turn"]).command.status == 65, "6 and 4 users")
            #expect(try self.merge([folders[0], folders[1]], ["--in-turn", "--together"]).command.status == 64)
            let (all, _) = try self.merge(folders)
            #expect(all.status == 65 && all.errors.contains("--together or --in-turn"), "\(all.errors)")
        }

        @Test("records that the user calls simultaneous add up even if their clocks disagree, which is reported")
        func clocks() throws {
            let folders = try Self.runs.get()
            let (command, folder) = try self.merge([folders[0], folders[2]], ["--together"])
            let json = try Record(folder: folder).json("run.json")
            #expect(json.number("users.asked") == 12)
            #expect(json.number("users.held.lowest") == 12, "all holds are taken to have begun together")
            #expect(json.number("hold.duration") < 1_700_000_000)
            let notes = try #require(json.object("merged_as")["notes"] as? [String])
            #expect(notes.count == 1 && notes[0].contains("clocks disagree"), "\(notes)")
            #expect(command.output.contains("clocks disagree"))
            // report makes the same of the union again.
            let report = try Command.run(["report", folder.path, "--json"])
            #expect(try report.json().object("merged_as")["notes"] as? [String] == notes)
        }

        @Test("two open loads that drew from one seed are reported")
        func seeds() throws {
            let server = try Server.target()
            let pending = try [5, 5, 6, 7].map { seed in
                try Pending([server.url("/bytes/10"), "-R", "50sessions/s", "-d", "1s", "--seed", "\(seed)"])
            }
            for run in pending { _ = run.running.wait() }
            /// A union of these folders, and its notes about seeds.
            func union(_ folders: [URL], _ how: String = "--together") throws -> (folder: URL, notes: [String]) {
                let (_, folder) = try self.merge(folders, [how])
                let merged = try Record(folder: folder).json("run.json").object("merged_as")
                return (folder, (merged["notes"] as? [String] ?? []).filter { $0.contains("same seed") })
            }
            let runs = pending.map(\.record.folder)
            let same = try union([runs[0], runs[1]])
            #expect(same.notes.count == 1 && same.notes[0].contains("the same seed (5)"), "\(same.notes)")
            // Unions of different loads, of which one of each drew from the same seed, and a union of these two.
            let (left, right) = (try union([runs[0], runs[2]]), try union([runs[3], runs[1]]))
            #expect(left.notes == [] && right.notes == [])
            #expect(try Record(folder: left.folder).json("run.json").object("plan")["seeds"] as? [Int] == [5, 6])
            let both = try union([left.folder, right.folder]).notes
            #expect(both.count == 1 && both[0].contains("the same seed (5)"), "\(both)")
            let inside = try union([runs[2], same.folder]).notes
            #expect(inside.count == 1 && inside[0].hasPrefix("records of "), "\(inside)")
            // In turn, their sessions arrived at different times.
            let inTurn = try union([runs[0], runs[1]], "--in-turn")
            let later = try union([runs[2], inTurn.folder])
            #expect(inTurn.notes == [] && later.notes == [])
            withExtendedLifetime(server) {}
        }

        @Test("a union is a record: report leaves it as it is, export reads it, and it merges again")
        func isARecord() throws {
            let folders = try Self.runs.get()
            let (_, folder) = try self.merge([folders[0], folders[1]])
            let names = ["errors.json", "intervals.csv", "latency.hlog", "percentiles.csv", "run.json"]
            #expect(try folder.names() == names)
            let before = try names.map { try folder.bytes($0) }
            #expect(try Command.run(["report", folder.path, "-q"]).status == 0)
            #expect(try names.map { try folder.bytes($0) } == before)
            let rows = try Record(folder: folder).rows()
            #expect(rows.map { $0["start"] } == rows.map { $0["start"] }.sorted())
            #expect(try Command.run(["export", folder.path]).status == 0)
            let swapped = try self.merge([folders[1], folders[0]]).folder
            #expect(try swapped.bytes("percentiles.csv") == folder.bytes("percentiles.csv"))
        }

        @Test("the union has the first example of each failure and of each resent request, by its clock")
        func examples() throws {
            let folders = try Self.runs.get()
            let resent = { (cause: String) in
                #"{"schema":"headroom.errors/1","examples":[],"resent":[{"cause":"\#(cause)","at":5,"request":"GET /","#
                    + #""detail":"the server ended the connection: GOAWAY with NO_ERROR"}]}"#
            }
            let later = try SampleRecord.copy(of: folders[2])
            try later.write("errors.json", resent("goaway").utf8)
            let (command, folder) = try self.merge([folders[0], later])
            #expect(command.status == 0, "\(command.errors)")
            let errors = try Record(folder: folder).json("errors.json")
            let failed = try #require(errors["examples"] as? [[String: Any]])
            #expect(failed.map { $0["class"] as? String } == ["status"])
            let sent = try #require(errors["resent"] as? [[String: Any]])
            #expect(sent.map { $0["cause"] as? String } == ["goaway"])
            // The second run began after the first one's hold at the earliest.
            #expect(try #require(sent.first?["at"] as? Int) > 1_500_000_000)
        }

        @Test("records that do not fit together are refused by name, and nothing is left behind")
        func refused() throws {
            let folders = try Self.runs.get()
            let (one, other) = (folders[0], folders[1])
            let paced = try SampleRecord.shared.get().folder
            let foreign = try SampleRecord.copy(of: other)
            let text = String(decoding: try foreign.bytes("run.json"), as: UTF8.self)
            try foreign.write("run.json", text.replacing("headroom.run/1", with: "headroom.run/2").utf8)
            let coarse = try SampleRecord.copy(of: other)
            try Self.coarsen(coarse)
            let cut = try SampleRecord.copy(of: other)
            try cut.write("latency.hlog", try cut.bytes("latency.hlog").dropLast(5))
            let union = try self.merge([one, other]).folder
            for (folders, words) in [
                ([one, paced], "its session is"), ([one, foreign], "headroom.run/2"),
                ([one, coarse], "line "), ([one, cut], "headroom report \(cut.path)"),
                ([one, one], "named twice"), ([one, union], "merged_from"),
                ([one, one.appendingPathComponent("nothing")], "is not a record"),
            ] {
                let (command, folder) = try self.merge(folders)
                #expect(command.status == 65, "\(words)")
                #expect(command.errors.contains(words), "\(command.errors)")
                if let last = folders.last, last != union { #expect(command.errors.contains(last.path)) }
                #expect(!FileManager.default.fileExists(atPath: folder.path))
            }
            let existing = try SampleRecord.copy(of: one)
            let command = try Command.run(["merge", one.path, other.path, "-o", existing.path])
            #expect(command.status == 74)
            #expect(try Command.run(["merge", one.path, "-o", "x"]).status == 64)
            #expect(try Command.run(["merge", one.path, other.path]).status == 64)
        }

        /// Writes a record's log with histograms of two digits.
        private static func coarsen(_ folder: URL) throws {
            let log = try folder.bytes("latency.hlog")
            var text: [UInt8] = []
            for line in log.split(separator: UInt8(ascii: "\n")) {
                guard let comma = line.lastIndex(of: UInt8(ascii: ",")), line.first == UInt8(ascii: "T")
                else {
                    text += line + [UInt8(ascii: "\n")]
                    continue
                }
                let coarse = Histogram(significantDigits: 2)
                coarse.record(100)
                text += line[...comma] + HistogramEncoding.encodeBase64(coarse) + [UInt8(ascii: "\n")]
            }
            // As long as before, so that the rows still commit it.
            let rest = log.count - text.count
            try folder.write(
                "latency.hlog",
                text + [UInt8(ascii: "#")] + [UInt8](repeating: 0x20, count: max(0, rest - 2)) + [0x0A])
        }
    }
}
