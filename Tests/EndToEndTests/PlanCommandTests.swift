import Foundation
import Testing

extension EndToEnd {
    /// `headroom plan` as it is typed.
    @Suite("headroom plan", .timeLimit(.minutes(2)))
    struct PlanCommandTests {
        private static let options = [
            "plan", "--daily-users", "500M", "--peak", "5%", "--session", "10 x 50KB", "--per-instance",
            "2000",
            "--instance", "m5.2xlarge",
        ]

        @Test("options alone describe a deployment; the last line has its instances")
        func optionsAlone() throws {
            let found = try Command.run(Self.options)
            #expect(found.status == 0, "\(found.errors)")
            let last = try #require(found.output.split(separator: "\n").last)
            #expect(
                last.hasPrefix("26,786 m5.2xlarge (12,500 bare, 17,858 at 70 %, 1 of 3 zones may fail)"),
                "\(last)")
            #expect(found.output.contains("23.1 Gbps") && found.output.contains("231 Gbps"))
        }

        @Test("an option replaces what the file says")
        func override() throws {
            let file = Repository.root.appendingPathComponent("profiles/fleet-500m.yaml").path
            let found = try Command.run(["plan", file, "--per-instance", "4000", "--format", "csv"])
            #expect(found.status == 0, "\(found.errors)")
            #expect(found.output.contains("\ninstances.connections.bare,6250,6250,6250,instances,derived,\n"))
        }

        @Test(
            "what cannot be planned names the option, and exits 64",
            arguments: [
                (["--daily-users", "500MM"], "--daily-users: `MM` in `500MM` is not known"),
                (["--daily-users", "0"], "--daily-users: "),
                (["--daily-users", "-5"], "--daily-users: "),
                (["--daily-users", "nan"], "--daily-users: "),
                (["--daily-users", "99999999999999999999"], "--daily-users: "),
                (["--peak", "5"], "--peak: `5` is not a percentage"),
                (["--peak", "0%"], "--peak: "),
                (["--peak-over-average", "0.5"], "the peak would be below the average"),
                (["--session", "10 50KB"], "--session: "),
                (["--session", "0 x 50KB"], "--session: "),
                (["--per-instance", "0"], "--per-instance: "),
                (["--utilisation", "0%"], "--utilisation: "),
                (["--survive", "3"], "--survive: with 3 of 3 zones failed nothing is left"),
                (["--zones", "1000000000000"], "--zones: "),
                (["--sesion", "10 x 50KB"], "unknown option --sesion; did you mean --session?"),
            ])
        func refused(words: [String], message: String) throws {
            let found = try Command.run(Self.options + words)
            #expect(found.status == 64 && found.errors.contains(message), "\(found.status) \(found.errors)")
            #expect(found.output.isEmpty)
        }

        @Test("a missing value is named by its option")
        func missing() throws {
            let found = try Command.run(["plan", "--daily-users", "500M"])
            let all = "these are missing: --peak PERCENT, --session 'N x SIZE', --per-instance N, --instance TYPE;"
            #expect(found.status == 64 && found.errors.contains(all), "\(found.errors)")
            let one = try Command.run(Self.options.filter { !["--peak", "5%"].contains($0) })
            #expect(one.status == 64 && one.errors.contains("--peak: this is missing"), "\(one.errors)")
        }

        @Test("a mistake in a file has line and column, and exits 65; a file that is not there, too")
        func badFile() throws {
            let file = try Scratch.folder().appendingPathComponent("fleet.yaml")
            try Data("version: 1\nusers: {daly: 500M}\n".utf8).write(to: file)
            let typo = try Command.run(["plan", file.path])
            #expect(
                typo.status == 65 && typo.errors.contains(":2:9: unknown key `daly`; did you mean `daily`?"),
                "\(typo.errors)")
            #expect(try Command.run(["plan", file.path + "x"]).status == 65)
            // What the file lacks, and a slip in a name, are its own, not an option's.
            try Data("version: 1\nusers: {daily: 500M, peak: 5%}\n".utf8).write(to: file)
            let lacking = try Command.run(["plan", file.path])
            #expect(lacking.status == 65 && lacking.errors.contains("session.size, instance.users, instance.type"))
            let words = ["plan", file.path, "--session", "10 x 50KB", "--per-instance", "2000", "--instance"]
            #expect(try Command.run(words + ["m5.2xlrage"]).status == 64)
        }

        @Test("a capacity record gives its bracket to the plan; one without a verdict is refused")
        func fromRecord() throws {
            let folder = try Scratch.folder()
            let text = try String(
                contentsOf: Repository.root.appendingPathComponent("Tests/ReportTests/Golden/capacity.json"),
                encoding: .utf8)
            let record = folder.appendingPathComponent("capacity.json")
            try Data(text.utf8).write(to: record)
            let options = Self.options.filter { !["--per-instance", "2000"].contains($0) }
            let plan = try Command.run(options + ["--from", folder.path, "--format", "csv"])
            #expect(plan.status == 0, "\(plan.errors)")
            // 869 users passed and 1,074 failed, at 0.5 requests a second each, and the processors ended it: at the
            // plan's pace the 434.5 requests a second count.
            #expect(plan.output.contains("\ninstances.connections,,,,,unknown,"), "\(plan.output)")
            #expect(plan.output.contains("\ninstances.cpu.bare,267,216,267,instances,derived,\n"), "\(plan.output)")
            let stated = try Command.run(Self.options + ["--from", folder.path, "--format", "csv"])
            #expect(stated.output.contains("\ninstances.connections.bare,12500,12500,12500,instances,derived,\n"))
            let unknown = text.replacingOccurrences(of: #""word": "FAIL""#, with: #""word": "UNKNOWN""#)
            try Data(unknown.utf8).write(to: record)
            let refused = try Command.run(Self.options + ["--from", folder.path])
            #expect(refused.status == 65 && refused.errors.contains("--allow-unknown"), "\(refused.errors)")
            let taken = try Command.run(Self.options + ["--from", folder.path, "--allow-unknown"])
            #expect(taken.status == 0 && taken.output.contains("- Doubtful: a record's verdict is UNKNOWN"))
            #expect(taken.output.split(separator: "\n").last?.contains("DOUBTFUL") == true)
        }

        @Test("a run gives the bytes of an answer as they were on the wire")
        func fromRun() throws {
            let record = try SampleRecord.shared.get().folder.path
            let plan = try Command.run(Self.options + ["--from", record])
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(!plan.output.contains("Heads, TLS and what is sent again are not counted"))
            let missing = try Command.run(Self.options + ["--from", record + "-not"])
            #expect(missing.status == 65 && missing.errors.contains("no record is there"), "\(missing.errors)")
        }

        @Test("-o writes a whole file or none")
        func output() throws {
            let folder = try Scratch.folder()
            let file = folder.appendingPathComponent("plan.json")
            let found = try Command.run(Self.options + ["--format", "json", "-o", file.path])
            #expect(found.status == 0 && found.output.isEmpty)
            #expect(found.errors.contains("m5.2xlarge (12,500 bare, ") && found.errors.hasSuffix("\n"), "\(found.errors)")
            #expect(try JSONSerialization.jsonObject(with: try Data(contentsOf: file)) is [String: Any])
            let failed = try Command.run(
                Self.options + ["-o", folder.appendingPathComponent("no/plan.json").path])
            #expect(failed.status == 74, "\(failed.errors)")
        }
    }
}
