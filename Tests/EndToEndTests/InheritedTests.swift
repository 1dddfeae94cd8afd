import Foundation
import Testing

extension EndToEnd {
    /// What a process inherits and did not choose: ignored signals and limits. If a limit is reached, headroom names
    /// it, and ends neither by a signal nor as a defect.
    @Suite(.serialized, .timeLimit(.minutes(2))) struct InheritedTests {
        private static let server = Result { try Server.target() }

        private let server: Server

        init() throws { self.server = try Self.server.get() }

        /// Runs a line of shell; `$0` is the binary under test, `$1` a URL of the server.
        private func shell(_ script: String, in folder: URL? = nil) throws -> Command {
            try Command.run(
                "sh", ["-c", script, Command.headroom, self.server.url("/bytes/100")], in: folder, limit: 30)
        }

        @Test("SIGHUP that is ignored at the start stays ignored, as below nohup; Ctrl-C still ends the run")
        func hangUp() throws {
            let folder = try Scratch.folder()
            let running = try Running(
                "sh",
                [
                    "-c", "trap '' HUP; exec \"$0\" \"$1\" -c 2 --every 100ms -d 30s -o record", Command.headroom,
                    self.server.url("/bytes/100"),
                ], in: folder)
            let record = Record(folder: folder.appendingPathComponent("record"))
            func rows() -> Int { ((try? record.rows()) ?? []).filter { $0.phase == "hold" }.count }
            #expect(Running.until { rows() > 0 })
            running.signal(SIGHUP)
            let before = rows()
            #expect(Running.until { rows() > before + 1 }, "it goes on")
            running.signal(SIGINT)
            #expect(running.wait(limit: 10).status == 130)
        }

        @Test("serve below nohup goes on as well")
        func hangUpOfServe() throws {
            let running = try Running(
                "sh", ["-c", "trap '' HUP; exec \"$0\" serve -p 0 -t 1", Command.headroom])
            #expect(Running.until { running.output.contains("ready") })
            running.signal(SIGHUP)
            running.signal(SIGTERM)
            let command = running.wait(limit: 10)
            #expect(command.output.contains("0 requests"), "SIGTERM ended it, and its summary was printed")
            #expect(command.status == 0)
        }

        @Test("a file at its limit (ulimit -f) is exit 74 with its name, and no signal")
        func fileSize() throws {
            let folder = try Scratch.folder()
            let command = try self.shell("ulimit -f 4; exec \"$0\" \"$1\" -c 2 -d 2s -q -o record", in: folder)
            #expect(command.status == 74, "\(command.errors)")
            #expect(command.errors.contains("ulimit -f") && command.errors.contains("record/"), "\(command.errors)")
            let shown = try self.shell("ulimit -f 4; exec \"$0\" \"$1\" -c 2 -n 20 -o second | cat", in: folder)
            #expect(shown.output.contains("incomplete: cannot write second/"), "\(shown.output)")
            #expect(!shown.output.contains("--no-record"), "a record that could not be written was not left out")
        }

        @Test("a file that reaches its limit during the run is named, too: exit 74, and what was written is a record")
        func fileSizeMeanwhile() throws {
            let folder = try Scratch.folder()
            let command = try self.shell(
                "ulimit -f 20; exec \"$0\" \"$1\" -c 4 --every 100ms -d 4s -t 1 -q -o record", in: folder)
            #expect(command.status == 74, "\(command.errors)")
            let words = ["record/latency.hlog", "File too large", "may grow to 10240 bytes", "`ulimit -f`"]
            for word in words { #expect(command.errors.contains(word), "\(word): \(command.errors)") }
            // The seconds before that were written, and can be read once there is space.
            let record = Record(folder: folder.appendingPathComponent("record"))
            #expect(try !record.rows().filter { $0.phase == "hold" }.isEmpty)
            let report = try Command.run(["report", record.folder.path, "-q"])
            #expect([0, 20].contains(report.status), "\(report.errors)")
            #expect(try record.json("run.json")["state"] as? String == "partial")
        }

        @Test("export, report and merge reach the limit of a file's size with exit 74, too")
        func fileSizeOfReaders() throws {
            let runs = try [1, 2].map { _ in try Run([self.server.url("/bytes/100"), "-c", "1", "-n", "5"]) }
            let paths = runs.map(\.record.folder.path)
            for words in [
                "export \(paths[0]) --format buckets-csv > full", "export \(paths[0]) -o full",
                "report \(paths[0]) > full", "merge \(paths[0]) \(paths[1]) -o union -q",
            ] {
                let command = try self.shell("ulimit -f 0; exec \"$0\" \(words)", in: try Scratch.folder())
                #expect(command.status == 74, "\(words): \(command.errors)")
            }
        }

        @Test("ulimit -f also limits what serve and demo keep in memory files: exit 64 with its name")
        func fileSizeOfServe() throws {
            let serve = try self.shell("ulimit -f 4; exec \"$0\" serve -p 0")
            #expect(serve.status == 64 && serve.errors.contains("ulimit -f"), "\(serve.errors)")
            let demo = try self.shell("ulimit -f 4; exec \"$0\" demo -d 1s --no-record")
            #expect(demo.status == 64 && demo.errors.contains("ulimit -f"), "\(demo.errors)")
        }

        /// As an unprivileged user of its own, because root has no such limit.
        private static let alone = "prlimit --nproc=NUMBER setpriv --reuid=45123 --clear-groups"
        private static let hasUsers =
            (try? Command.run("sh", ["-c", "setpriv --reuid=45123 --clear-groups \"$0\" --version", Command.headroom])
                .status) == 0

        @Test(
            "threads or processes beyond the user's limit (ulimit -u) are exit 64 before anything is written",
            .enabled(if: Self.hasUsers),
            arguments: [
                (1, "\"$1\" -t 4 -d 1s"), (3, "\"$1\" -t 4 -d 1s"), (1, "capacity \"$1\" -t 4 --trial 1s"),
                (1, "demo -d 1s"), (1, "serve -p 0"), (2, "serve -p 0 -t 4"),
            ])
        func processes(_ number: Int, _ words: String) throws {
            let folder = try Scratch.folder()
            chmod(folder.path, 0o777)
            let prefix = Self.alone.replacingOccurrences(of: "NUMBER", with: "\(number)")
            let command = try self.shell("exec \(prefix) \"$0\" \(words)", in: folder)
            #expect(command.status == 64, "\(command.errors)")
            #expect(command.errors.contains("`ulimit -u`"), "\(command.errors)")
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(left.isEmpty, "no record of what never ran: \(left)")
        }

        private static let pids = "/sys/fs/cgroup/pids"
        private static let hasPids = FileManager.default.isWritableFile(atPath: Self.pids + "/tasks")

        @Test("threads beyond the control group's limit (pids.max) are exit 64", .enabled(if: Self.hasPids))
        func controlGroup() throws {
            let group = "\(Self.pids)/headroom-test-\(getpid())"
            try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: false)
            defer { rmdir(group) }
            let command = try self.shell(
                "echo 2 > \(group)/pids.max; echo $$ > \(group)/tasks; exec \"$0\" \"$1\" -t 4 -d 1s --no-record")
            #expect(command.status == 64, "\(command.errors)")
            #expect(command.errors.contains("the control group 2 (pids.max)"), "\(command.errors)")
        }

        @Test("a process that may lock no memory (ulimit -l) runs like any other")
        func lockedMemory() throws {
            let command = try self.shell("ulimit -l 0; exec \"$0\" \"$1\" -c 2 -n 4 -q --no-record")
            #expect(command.status == 0, "\(command.errors)")
            let demo = try self.shell("ulimit -l 0; exec \"$0\" demo --tls -c 1 -n 2 --every 0 --ramp 0s -q --no-record")
            #expect(demo.status == 0, "\(demo.errors)")
        }
    }
}
