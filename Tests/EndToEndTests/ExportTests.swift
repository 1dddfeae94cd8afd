import Foundation
import Measure
import Record
import Testing

extension EndToEnd {
    @Suite("headroom export")
    struct ExportTests {
        static let java = "/usr/bin/java"
        static let jar = "/usr/share/java/hdrhistogram.jar"
        /// If Java and its library are installed, and in CI in any case.
        static let hasJava =
            (FileManager.default.isExecutableFile(atPath: java)
                && FileManager.default.fileExists(atPath: jar))
            || ProcessInfo.processInfo.environment["CI"] == "true"

        /// Tags, and a part of the log: all of it, or the intervals that start between two seconds.
        static let cases: [(String, [String])] =
            ["response", "service", "response.all"].flatMap {
                [($0, []), ($0, ["1"]), ($0, ["0.5", "2.25"])]
            }
            + ["ttfb", "session.all", "send_lag", "warmup.response", "warmup.connect"].map { ($0, []) }

        private func export(_ arguments: [String]) throws -> Command {
            try Command.run(["export", try SampleRecord.shared.get().folder.path] + arguments)
        }

        @Test(
            "T7: Java reads the log of a real run, and headroom's export equals what Java writes, to the letter",
            .enabled(if: hasJava), .timeLimit(.minutes(2)),
            arguments: Self.cases)
        func equalsJava(tag: String, range: [String]) throws {
            let folder = try Scratch.folder()
            let out = folder.appendingPathComponent("out")
            var java = ["-Duser.timezone=UTC", "-cp", Self.jar, "org.HdrHistogram.HistogramLogProcessor"]
            java += ["-i", try SampleRecord.shared.get().folder.path + "/latency.hlog", "-o", out.path]
            java += ["-tag", tag]
            var ours = ["--tag", tag]
            for (name, value) in zip(["start", "end"], range) {
                java += ["-\(name)", value]
                ours += ["--\(name)", value]
            }
            let text = try Command.run(Self.java, java)
            #expect(text.status == 0 && text.errors.isEmpty)
            #expect(try self.export(ours + ["--format", "hgrm"]).output == out.text(".hgrm"))
            let csv = try Command.run(Self.java, java + ["-csv"])
            #expect(csv.status == 0 && csv.errors.isEmpty)
            #expect(try self.export(ours + ["--format", "csv"]).output == out.text(".hgrm"))
            let rows = try self.export(ours + ["--format", "interval-csv"]).output
            #expect(rows == (try out.text("")))
        }

        @Test("the totals of the log equal those of run.json, for every metric and every attempt")
        func totals() throws {
            let folder = try SampleRecord.shared.get().folder
            let json = try Record(folder: folder).json("run.json")
            for metric in Metric.allCases {
                for (key, suffix) in [("latency", ""), ("latency_all", ".all")] {
                    let stored = json.object(key).object(metric.name)
                    let log = try folder.bytes("latency.hlog")
                    var logged = try histogram(of: metric.name + suffix, in: log)
                    if logged.isEmpty && [.connect, .tls].contains(metric) {
                        // Users connect before the hold: run.json then has the connects of the whole run.
                        logged = try histogram(of: "warmup." + metric.name + suffix, in: log)
                    }
                    #expect(stored.number("count") == Int(logged.totalCount), "\(metric.name)\(suffix)")
                    if let value = logged.supportedValue(atPercentile: 99) {
                        #expect(stored.number("p99") == Int(value))
                    }
                }
            }
            #expect(json.object("latency").object("response").number("count") > 1_000)
            #expect(
                json.number("latency_all.response.count")
                    == json.number("latency.response.count") + json.number("hold.requests.failed"))
        }

        @Test("JSON and buckets have every sample, in whole nanoseconds")
        func lossless() throws {
            let log = try SampleRecord.shared.get().folder.bytes("latency.hlog")
            let total = try histogram(of: "response", in: log)
            let json = try self.export(["--format", "json", "--percentiles", "50,p99,99.999999"]).json()
            #expect(json["count"] as? Int == Int(total.totalCount))
            #expect(json["max"] as? Int == Int(total.maximum))
            let rows = try #require(json["percentiles"] as? [[String: Any]])
            #expect(rows.map { $0["percentile"] as? Double } == [50, 99, 99.999999])
            #expect(rows[1]["value"] as? Int == Int(total.value(atPercentile: 99)))
            #expect(rows[2]["value"] is NSNull)
            let buckets = try self.export(["--format", "buckets-csv"]).output
            let again = Histogram()
            for line in buckets.split(separator: "\n").dropFirst() {
                let cells = line.split(separator: ",").compactMap { UInt64($0) }
                try #require(cells.count == 3 && cells[0] <= cells[1])
                for _ in 0..<cells[2] { again.record(cells[0]) }
            }
            #expect(HistogramEncoding.encode(again) == HistogramEncoding.encode(total))
        }

        @Test("chosen percentiles are rows of their own, in the unit asked for")
        func percentiles() throws {
            let log = try SampleRecord.shared.get().folder.bytes("latency.hlog")
            let total = try histogram(of: "service", in: log)
            let csv = try self.export(["--tag", "service", "--percentiles", "50,99.9", "--unit", "ns"])
            let lines = csv.output.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.last?.hasPrefix("\(total.value(atPercentile: 99.9)).000,0.999000000000,") == true)
        }

        @Test("a filtered log is a log: exporting it gives what the filter selected")
        func filtered() throws {
            let folder = try Scratch.folder()
            let file = folder.appendingPathComponent("cut.hlog").path
            let filter = ["--tag", "ttfb", "--start", "1s", "--end", "2500ms"]
            #expect(try self.export(filter + ["--format", "hlog", "-o", file]).status == 0)
            for format in ["interval-csv", "hgrm"] {
                let direct = try self.export(filter + ["--format", format]).output
                let again = try Command.run(["export", file, "--tag", "ttfb", "--format", format]).output
                #expect(again.split(separator: "\n").dropFirst() == direct.split(separator: "\n").dropFirst())
                #expect(direct.split(separator: "\n").count > 3)
            }
        }

        @Test("a file is written whole or not at all, and a full disk is exit 74")
        func fullDisk() throws {
            let folder = try Scratch.folder()
            let file = folder.appendingPathComponent("out.csv")
            #expect(try self.export(["-o", file.path]).status == 0)
            let direct = try self.export([]).output
            #expect(try folder.names() == ["out.csv"])
            #expect(String(decoding: try folder.bytes("out.csv"), as: UTF8.self) == direct)
            for arguments in [["-o", "/dev/full"], ["-o", folder.path], ["-o", "\(folder.path)/no/x"]] {
                let command = try self.export(arguments)
                #expect(command.status == 74, "\(arguments)")
                #expect(command.errors.contains("cannot write") || command.errors.contains("is a folder"))
            }
            #expect(try folder.names() == ["out.csv"])
        }

        @Test(
            "a disk that fills up while exporting leaves the old file and nothing else",
            .enabled(if: Sandbox.hasMounts))
        func smallDisk() throws {
            let folder = try Scratch.folder()
            let record = try SampleRecord.shared.get().folder.path
            let script = """
                mount -t tmpfs -o size=16k none "\(folder.path)"
                cd "\(folder.path)"; echo old > out; status=0
                "\(Command.headroom)" export "\(record)" --format hlog -o out || status=$?
                ls -A; cat out; exit $status
                """
            let command = try Command.run("unshare", ["--mount", "sh", "-uc", script])
            #expect(command.status == 74, "\(command.errors)")
            #expect(command.output == "out\nold\n")
            #expect(command.errors.contains("the disk is full"))
        }

        @Test(
            "what cannot be exported is named, with the choices that there are",
            arguments: [
                (["--tag", "respons"], Int32(65), "did you mean response?"),
                (["--tag", "a b"], 64, "is no tag"),
                (["--format", "cvs"], 64, "did you mean csv?"),
                (["--unit", "s"], 64, "none of ns, us, ms"),
                (["--percentiles", "50,101"], 64, "101 is no percentile"),
                (["--percentiles", "nan"], 64, "nan is no percentile"),
                (["--percentiles", "50", "--format", "hgrm"], 64, "belongs to csv and json"),
                (["--start", "3", "--end", "1"], 64, "--start is after --end"),
                (["--fromat", "json"], 64, "did you mean --format?"),
            ])
        func refused(arguments: [String], status: Int32, words: String) throws {
            let command = try self.export(arguments)
            #expect(command.status == status)
            #expect(command.errors.contains(words), "\(command.errors)")
            #expect(command.output.isEmpty)
        }

        @Test("a file that is neither a record nor a log is exit 65")
        func noRecord() throws {
            let folder = try Scratch.folder()
            try folder.write("empty", [])
            try folder.write("text", Array("hello, world\n".utf8))
            for path in [
                folder.path, folder.path + "/nothing", folder.path + "/empty", folder.path + "/text",
            ] {
                let command = try Command.run(["export", path])
                #expect(command.status == 65, "\(path)")
                #expect(command.errors.contains(path), "\(command.errors)")
            }
            #expect(try Command.run(["export"]).status == 64)
        }
    }
}

extension URL {
    /// The text of a file with that ending.
    fileprivate func text(_ ending: String) throws -> String {
        try String(contentsOfFile: self.path + ending, encoding: .utf8)
    }
}
