import Foundation
import Measure
import Testing

extension EndToEnd {
    /// What a new user types: options of other load generators, a command without its name, help.
    @Suite(.timeLimit(.minutes(2))) struct CommandWordsTests {
        private static let url = "http://127.0.0.1:9/"

        @Test(
            "an option of another load generator names the one that was meant",
            arguments: [
                ([Self.url, "--duration", "10s"], "-d/--hold TIME"), ([Self.url, "--rps", "5"], "-R/--rate RATE"),
                ([Self.url, "--vus", "5"], "-c/--users N"), ([Self.url, "--connections", "5"], "-c/--users N"),
                ([Self.url, "--concurrency=5"], "-c/--users N"),
                ([Self.url, "--rate", "5"], "5req/s"), (["demo", "--vus", "5"], "-c/--users N"),
                (["capacity", Self.url, "--rate", "5"], "--search WORD"),
                (["capacity", Self.url, "--duration", "5s"], "--trial TIME"),
                (["capacity", Self.url, "-d5s"], "--trial TIME"), (["capacity", Self.url, "-c", "5"], "--max N"),
            ])
        func otherNames(_ arguments: [String], _ meant: String) throws {
            let command = try Command.run(arguments, limit: 20)
            #expect(command.status == 64)
            #expect(command.errors.contains(meant), "\(command.errors)")
        }

        @Test("several switches in one word, the last of which may have a value, are read letter by letter")
        func bundled() throws {
            let folder = try Scratch.folder()
            for (word, users) in [(["-qc", "3"], 3), (["-qc4"], 4)] {
                let command = try Command.run(
                    [Self.url] + word + ["-n", "5", "-t", "1", "--timeout", "300ms", "-o", "record\(users)"], in: folder, limit: 20)
                #expect(command.status == 69, "port 9 refuses: \(command.errors)")
                #expect(command.output.isEmpty, "-q was read")
                let record = Record(folder: folder.appendingPathComponent("record\(users)"))
                #expect(try record.json("run.json").number("plan.users") == users)
            }
            let none = try Command.run([Self.url, "-qc"], limit: 20)
            #expect(none.status == 64 && none.errors.contains("-c needs a value"), "\(none.errors)")
            let wrong = try Command.run([Self.url, "-qzk"], limit: 20)
            #expect(wrong.status == 64 && wrong.errors.contains("-z in -qzk"), "\(wrong.errors)")
        }

        @Test("20,000 letters in one word are read, and an unknown word is cut")
        func manyLetters() throws {
            let letters = String(repeating: "q", count: 20_000)
            let known = try Command.run(["report", "-" + letters, "/no/such/record"], limit: 20)
            #expect(known.status == 65, "\(known.errors)")
            let unknown = try Command.run([Self.url, "-" + letters + "z"], limit: 20)
            #expect(unknown.status == 64)
            #expect(unknown.errors.contains("-z in") && unknown.errors.utf8.count < 200)
        }

        @Test(
            "a URL without its scheme is exit 64 and named with it, by each command",
            arguments: [
                (["localhost:8080/x"], "http://localhost:8080/x"), (["localhost"], "http://localhost/"),
                (["run", "127.0.0.1:9/x"], "http://127.0.0.1:9/x"), (["capacity", "[::1]:9"], "http://[::1]:9/"),
                (["shop.example.com/a?b=1"], "http://shop.example.com/a?b=1"),
            ])
        func noScheme(_ arguments: [String], _ meant: String) throws {
            let command = try Command.run(arguments, limit: 20)
            #expect(command.status == 64)
            #expect(command.errors.contains("did you mean \(meant)?"), "\(command.errors)")
        }

        @Test(
            "an empty variable, a path or a missing file is never green, and no secret is repeated",
            arguments: ["", "/", "/x", ":8080/x", "profile.yaml", ".", "me:CANARY@host/x", "host/?token=CANARY"])
        func notGreen(_ word: String) throws {
            let command = try Command.run([word], limit: 20)
            #expect(command.status == 64 || command.status == 65, "\(command.errors)")
            #expect(!command.errors.contains("CANARY"), "\(command.errors)")
        }

        @Test("a profile that exists is run without the word `run`, and a record names `report`")
        func profile() throws {
            let folder = try Scratch.folder()
            let plan = Plan(url: Self.url, steps: ["get: /"], load: "users: 2, sessions: 2")
            try plan.text.write(
                to: folder.appendingPathComponent("mine.yaml"), atomically: true, encoding: .utf8)
            let run = try Command.run(["mine.yaml", "-o", "record", "-q", "--timeout", "300ms"], in: folder, limit: 20)
            #expect(run.status == 69, "port 9 refuses: \(run.errors)")
            let record = Record(folder: folder.appendingPathComponent("record"))
            #expect(try record.json("run.json").number("plan.users") == 2)
            let report = try Command.run(["record"], in: folder, limit: 20)
            #expect(report.status == 64 && report.errors.contains("headroom report record"), "\(report.errors)")
        }

        @Test(
            "help COMMAND is COMMAND --help",
            arguments: ["run", "demo", "capacity", "report", "export", "merge", "serve"])
        func help(_ name: String) throws {
            let one = try Command.run(["help", name], limit: 20)
            let other = try Command.run([name, "--help"], limit: 20)
            #expect(one.status == 0 && one.output.hasPrefix("usage: headroom \(name)"))
            #expect(one.output == other.output)
            let unknown = try Command.run(["help", "demmo"], limit: 20)
            #expect(unknown.status == 64 && unknown.errors.contains("headroom demo"))
        }

        @Test("options.md is what the list of options makes it; completions for bash complete; an unknown kind is refused")
        func generated() throws {
            let options = try Command.run(["--generate", "options"], limit: 20)
            let file = Repository.root.appendingPathComponent("docs/reference/options.md")
            #expect(
                try options.output == String(contentsOf: file, encoding: .utf8),
                "run `headroom --generate options > docs/reference/options.md`, and commit it")
            // Each text is read by the program that it is for, if this machine has it.
            for (kind, reader) in [
                ("man", "groff -k -man -ww -z"), ("bash", "bash -n"), ("zsh", "zsh -n"), ("fish", "fish -n"),
            ] {
                let text = try Command.run(["--generate", kind], limit: 20)
                #expect(text.status == 0 && text.output.contains("--slo") || text.output.contains("\\-\\-slo"))
                let script = "command -v ${1%% *} > /dev/null || exit 0; \"$0\" --generate \(kind) > text && $1 text"
                let read = try Command.run(
                    "bash", ["-c", script, Command.headroom, reader], in: try Scratch.folder(), limit: 20)
                #expect(read.status == 0 && read.errors.isEmpty, "\(kind): \(read.errors)")
            }
            let script = """
                source <("$0" --generate bash)
                COMP_WORDS=(headroom "$@") COMP_CWORD=$#
                _headroom
                printf '%s ' "${COMPREPLY[@]}"
                """
            for (words, found) in [
                (["ca"], "capacity "), (["run", "--sl"], "--slo "), (["serve", "--keep"], "--keep-alive-requests "),
                (["http://host", "--insec"], "--insecure "), (["help", "mer"], "merge "), (["run", "--slo", "-"], " "),
            ] {
                let completed = try Command.run("bash", ["-c", script, Command.headroom] + words, in: try Scratch.folder(), limit: 20)
                #expect(completed.output == found, "\(words): \(completed.output)\(completed.errors)")
            }
            #expect(try Command.run(["--generate", "tcsh"], limit: 20).status == 64)
        }

        @Test("help, the manual page and the reference describe each exit code as the list does")
        func exitCodes() throws {
            let codes = ExitCode.allCases.map { (number: $0.rawValue, meaning: $0.meaning) }
            #expect(codes.count >= 12)
            let help = try Command.run(["--help"], limit: 20).output.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
            let words = codes.map { "\($0.number) \($0.meaning.words)" }.joined(separator: " · ")
            #expect(help.hasSuffix("exit codes: \(words); after 130 and 143 the record is complete"), "\(help)")
            let page = try Command.run(["--generate", "man"], limit: 20).output.replacing("\\-", with: "-")
            let status = page.components(separatedBy: ".SH EXIT STATUS\n").last
            #expect(status == codes.map { ".TP\n\\fB\($0.number)\\fR\n\($0.meaning.sentence)\n" }.joined())
            let reference = try String(
                contentsOf: Repository.root.appendingPathComponent("docs/reference/exit-codes.md"), encoding: .utf8)
            let rows = reference.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
            #expect(rows == codes.map { "| `\($0.number)` | \($0.meaning.sentence) |" })
        }

        @Test("each command's help shows what holds in that command")
        func standards() throws {
            func line(_ command: String, _ option: String) throws -> String {
                let text = try Command.run([command, "--help"], limit: 20).output
                // An option's text may go on, until the next option.
                let rest = text.components(separatedBy: "--\(option) ").dropFirst().first ?? ""
                return rest.components(separatedBy: "\n  -").first?.components(separatedBy: "\n      --").first ?? ""
            }
            #expect(try line("run", "users N").contains("(50)"))
            #expect(try line("demo", "users N").contains("(2000)"))
            #expect(try line("demo", "every TIME").contains("(1s)"))
            #expect(try line("run", "json").contains("run.json"))
            #expect(try line("capacity", "json").contains("capacity.json"))
        }
    }
}
