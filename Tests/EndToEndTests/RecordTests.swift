import Foundation
import Testing

extension EndToEnd {
    /// The record is complete, or headroom reports clearly that it is not.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct RecordTests {
        static let server = Result { try Server.target() }

        let server: Server
        let folder: URL

        init() throws {
            self.server = try Self.server.get()
            self.folder = try Scratch.folder()
        }

        private var short: [String] {
            [self.server.url("/bytes/100"), "-c", "2", "-n", "4", "-t", "1"]
        }

        private func at(_ name: String) -> String { self.folder.appendingPathComponent(name).path }

        private func isComplete(_ record: String) throws -> Bool {
            try Record(folder: URL(fileURLWithPath: record)).json("run.json")["state"] as? String
                == "complete"
        }

        @Test("a record has its five files and nothing else, and only the user may read them")
        func files() throws {
            let run = try Run(self.short)
            #expect(run.status == 0)
            let path = run.record.folder.path
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: path).sorted()
                    == RecordFiles.names.sorted())
            for name in RecordFiles.names {
                let attributes = try FileManager.default.attributesOfItem(atPath: path + "/" + name)
                #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
            }
            let folder = try FileManager.default.attributesOfItem(atPath: path)
            #expect(folder[.posixPermissions] as? Int == 0o700)
            #expect(run.json["state"] as? String == "complete")
            #expect(run.json["schema"] as? String == "headroom.run/1")
        }

        @Test(
            "without -o the record goes below results/, named by time and name; --no-record makes none")
        func usualPlace() throws {
            #expect(try Command.run(self.short + ["--no-record"], in: self.folder).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: self.folder.path).isEmpty)
            for _ in 0..<2 { #expect(try Command.run(self.short, in: self.folder).status == 0) }
            let records = try FileManager.default.contentsOfDirectory(atPath: self.at("results"))
            #expect(records.count == 2, "two within a second get two names: \(records)")
            for record in records {
                #expect(record.wholeMatch(of: /\d{8}T\d{6}Z-127\.0\.0\.1(-2)?/) != nil, "\(record)")
                #expect(try self.isComplete(self.at("results/" + record)))
            }
        }

        @Test("an existing folder is refused with exit 74; --force replaces its files only")
        func existing() throws {
            let path = self.at("record")
            #expect(try Command.run(self.short + ["-o", path]).status == 0)
            let before = try String(contentsOfFile: path + "/run.json", encoding: .utf8)
            try "mine".write(toFile: path + "/notes.txt", atomically: true, encoding: .utf8)
            let refused = try Command.run(self.short + ["-o", path])
            #expect(refused.status == 74)
            #expect(refused.errors.contains("--force"))
            #expect(try String(contentsOfFile: path + "/run.json", encoding: .utf8) == before)
            #expect(try Command.run(self.short + ["-o", path, "--force"]).status == 0)
            #expect(try String(contentsOfFile: path + "/run.json", encoding: .utf8) != before)
            #expect(try String(contentsOfFile: path + "/notes.txt", encoding: .utf8) == "mine")
            #expect(try self.isComplete(path))
        }

        @Test(
            "a symbolic link in the place of the folder is not followed, with or without --force",
            arguments: [[], ["--force"]])
        func linkAsFolder(_ force: [String]) throws {
            let elsewhere = try Scratch.folder()
            try FileManager.default.createSymbolicLink(
                atPath: self.at("record"), withDestinationPath: elsewhere.path)
            let command = try Command.run(self.short + ["-o", self.at("record")] + force)
            #expect(command.status == 74)
            #expect(!command.errors.isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: elsewhere.path).isEmpty)
        }

        @Test(
            "a symbolic link in the place of a file is replaced, and what it points to is left alone",
            arguments: RecordFiles.names)
        func linkAsFile(_ name: String) throws {
            let victim = self.at("victim")
            try "precious".write(toFile: victim, atomically: true, encoding: .utf8)
            let path = self.at("record")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            for link in [name, ".\(name).partial"] {
                try FileManager.default.createSymbolicLink(
                    atPath: path + "/" + link, withDestinationPath: victim)
            }
            #expect(try Command.run(self.short + ["-o", path, "--force"]).status == 0)
            #expect(try String(contentsOfFile: victim, encoding: .utf8) == "precious")
            let type =
                try FileManager.default.attributesOfItem(atPath: path + "/" + name)[.type]
                as? FileAttributeType
            #expect(type == .typeRegular)
        }

        @Test(
            "a file in the place of a folder, and an impossible place, are exit 74 before anything is sent"
        )
        func impossiblePlace() throws {
            try "x".write(toFile: self.at("file"), atomically: true, encoding: .utf8)
            let before = try self.server.stats().number("requests")
            for path in [self.at("file"), self.at("file/record"), "/proc/record", ""] {
                let command = try Command.run(self.short + ["-o", path, "--force"])
                #expect(command.status == 74, "\(path): \(command.errors)")
                #expect(command.errors.hasPrefix("headroom: cannot "), "\(path): \(command.errors)")
            }
            #expect(try self.server.stats().number("requests") - before <= 1)
        }

        @Test("a read-only file system is exit 74", .enabled(if: Sandbox.hasMounts))
        func readOnly() throws {
            let command = try Command.run(
                "unshare",
                [
                    "--mount", "sh", "-euc", "mount -t tmpfs -o ro none \"$1\"; shift; exec \"$@\"", "sh",
                    self.folder.path,
                ]
                    + [Command.headroom] + self.short + ["-o", self.at("record")])
            #expect(command.status == 74)
            #expect(command.errors.contains("may not be written"))
        }

        @Test(
            "a disk that fills up: the run goes on, reports it once, and ends with 74; earlier intervals are whole",
            .enabled(if: Sandbox.hasMounts))
        func fullDisk() throws {
            // Space for the first run.json and some intervals; another file takes the rest in the meantime.
            let script = """
                mount -t tmpfs -o size=64k none "$PLACE"
                "$@" -o "$PLACE/record" > out & pid=$!
                for i in $(seq 1000); do
                    [ "$(grep -c ',hold,' "$PLACE/record/intervals.csv" 2>/dev/null || true)" -ge 1 ] 2>/dev/null && break
                    sleep 0.01
                done
                cat /dev/zero > "$PLACE/fill" 2>/dev/null || true
                status=0; wait $pid || status=$?
                cp -r "$PLACE/record" copy
                exit $status
                """
            let place = try Scratch.folder()
            let command = try Command.run(
                "unshare",
                [
                    "--mount", "sh", "-euc", script, "sh", Command.headroom, self.server.url("/bytes/100"),
                    "-c", "2",
                ]
                    + ["--every", "100ms", "-d", "4s", "-t", "1"],
                in: self.folder, limit: 30, environment: ["PLACE": place.path])
            #expect(command.status == 74, "\(command.errors)")
            #expect(command.errors.contains("the disk is full"))
            #expect(command.errors.split(separator: "\n").count == 1)
            let record = Record(folder: self.folder.appendingPathComponent("copy"))
            #expect(try record.json("run.json")["state"] as? String == "running")
            let columns = try record.lines("intervals.csv")
            #expect(columns.count >= 2)
            let width = columns[0].split(separator: ",", omittingEmptySubsequences: false).count
            for line in columns.dropLast() {
                #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == width)
            }
        }

        @Test(
            "every write that fails is exit 74 with a reason, and the load is not disturbed",
            .enabled(if: Sandbox.hasTracing), arguments: ["ENOSPC", "EIO", "EDQUOT"])
        func failingSync(_ error: String) throws {
            let command = try Command.run(
                "strace",
                [
                    "-f", "-qq", "-o", self.at("trace"), "-e", "trace=fdatasync", "-e",
                    "inject=fdatasync:error=\(error)",
                ]
                    + [Command.headroom] + self.short + ["-o", self.at("record"), "--json"], limit: 30)
            #expect(command.status == 74)
            #expect(command.errors.contains("cannot write"))
            // What could not be stored is still printed.
            #expect(try command.json().number("requests.ok") == 40)
        }

        @Test("a reader of standard output that goes away: exit 74, and the record is still complete")
        func closedOutput() throws {
            let script = """
                { "$@" -o "$RECORD" || echo $? > status; } | head -1 > first
                cat status
                """
            let command = try Command.run(
                "sh",
                ["-euc", script, "sh", Command.headroom] + [self.server.url("/bytes/100"), "-c", "2"]
                    + ["--every", "100ms", "-d", "3s", "-t", "1"],
                in: self.folder, limit: 30, environment: ["RECORD": self.at("record")])
            #expect(command.output == "74\n")
            #expect(command.errors.isEmpty)
            #expect(try self.isComplete(self.at("record")))
        }

        @Test("a folder that vanishes during the run is exit 74, and nothing is made in its place")
        func vanished() throws {
            let pending = try Pending([
                self.server.url("/bytes/100"), "-c", "2", "--every", "100ms", "-d", "2s",
            ])
            #expect(pending.untilRow { $0.phase == "hold" })
            try FileManager.default.removeItem(at: pending.record.folder)
            let command = pending.running.wait(limit: 20)
            #expect(command.status == 74)
            #expect(command.errors.contains(pending.record.folder.path))
            #expect(!FileManager.default.fileExists(atPath: pending.record.folder.path))
        }

        @Test("two runs with one folder: the second is refused, the first is not disturbed")
        func twoRuns() throws {
            let pending = try Pending([
                self.server.url("/bytes/100"), "-c", "2", "--every", "100ms", "-d", "2s",
            ])
            #expect(pending.untilRow { $0.phase == "hold" })
            for force in [[], ["--force"]] {
                let second = try Command.run(self.short + ["-o", pending.record.folder.path] + force)
                #expect(second.status == 74)
            }
            let run = try Run(pending)
            #expect(run.status == 0)
            #expect(run.json.number("plan.users") == 2)
        }
    }
}

/// The files of a record.
enum RecordFiles {
    static let names = ["run.json", "intervals.csv", "latency.hlog", "percentiles.csv", "errors.json"]
}
