import Foundation
import Testing

extension EndToEnd {
    /// Logs that no writer produces.
    @Suite("Hostile logs", .timeLimit(.minutes(3)))
    struct HostileLogTests {
        /// Kilobytes of address space: far less than the bombs inflate to.
        static let memoryLimit = 420_000
        /// The logs' headers have five lines.
        static let line = "line 6"

        private static let logs = Result {
            let folder = try Scratch.folder()
            let script = Repository.fixtures.appendingPathComponent("hostilelogs.py").path
            let made = try Command.run("python3", [script, folder.path])
            try #require(made.status == 0, "\(made.errors)")
            return folder
        }

        /// Runs the binary with little memory.
        private func run(_ arguments: [String]) throws -> Command {
            let words = ([Command.headroom] + arguments).map { "'\($0)'" }.joined(separator: " ")
            return try Command.run("sh", ["-c", "ulimit -v \(Self.memoryLimit); exec \(words)"], limit: 20)
        }

        private func expectRefused(_ command: Command, _ what: String) {
            #expect(command.status == 65, "\(what): \(command.status) \(command.errors)")
            #expect(command.errors.contains(Self.line), "\(what): \(command.errors)")
            #expect(command.errors.utf8.allSatisfy { $0 == 0x0A || $0 >= 0x20 }, "\(what)")
            #expect(command.errors.utf8.count < 1_000, "\(what)")
            #expect(command.output.isEmpty)
        }

        @Test("export names the line and exits 65, within little memory, and writes nothing")
        func export() throws {
            let folder = try Self.logs.get()
            let names = try folder.names()
            #expect(names.count == 19)
            for name in names {
                for format in ["csv", "hlog"] {
                    let out = try Scratch.folder()
                    let command = try self.run([
                        "export", "\(folder.path)/\(name)", "--format", format, "-o", "\(out.path)/x",
                    ])
                    self.expectRefused(command, "\(name) as \(format)")
                    #expect(try out.names().isEmpty)
                }
            }
        }

        @Test("report and merge name the line and exit 65, and the record stays as it is")
        func report() throws {
            let folder = try Self.logs.get()
            let sample = try SampleRecord.shared.get().folder
            let log = try sample.bytes("latency.hlog")
            // The bombs' lines are longer than what the rows of this record commit.
            for name in try folder.names() where !name.hasPrefix("bomb") {
                let copy = try SampleRecord.copy()
                // The line comes first, and the rows commit it with what follows.
                try copy.write("latency.hlog", try folder.bytes(name) + log)
                let before = try copy.names().map { try copy.bytes($0) }
                self.expectRefused(try self.run(["report", copy.path]), name)
                #expect(try copy.names().map { try copy.bytes($0) } == before)
            }
            let copy = try SampleRecord.copy()
            try copy.write("latency.hlog", try folder.bytes("zero-run.hlog") + log)
            self.expectRefused(try self.run(["merge", sample.path, copy.path, "-o", "x"]), "merge")
        }

        @Test("a line without an end is given up at a limit, not when memory runs out")
        func endless() throws {
            let words = "'\(Command.headroom)' export - --format csv"
            let command = try Command.run(
                "sh", ["-c", "ulimit -v 800000; head -c 1000000000 /dev/zero | tr '\\0' 'x' | \(words)"],
                limit: 60)
            #expect(command.status == 65, "\(command.errors)")
            #expect(command.errors.contains("line 1: longer than"))
        }
    }
}
