import Options
import Testing
import Units
import YAML

@testable import Workload

/// An option is declared once, and appears in everything that is made from the list.
@Suite("What is made from the list of options")
struct OptionOutputsTests {
    private static let key = ProfileKey(
        .load, "dummy_knob", "integer, 3", "turns so far", "dummy_knob: 4", .integer { $1.load.seed = $0 })
    private static let dummy = Option(
        "dummy-knob", short: "Y", ValueType("KNOBS", read: Self.read), "turns [so far], it's a test: a\\b", standard: "3",
        section: .judgement, keys: [Self.key], sets: { $1.load.seed = $0 })
    @Sendable private static func read(_ text: String) throws(ParseError) -> UInt64 {
        guard let knobs = UInt64(text) else { throw ParseError("\(text) is no number of knobs") }
        return knobs
    }
    private static let command = Command(
        "spin", summary: "spins the dummy", usage: [("spin URL [OPTIONS]", "what it spins")], about: ["A first paragraph."],
        examples: [.init("spin http://host -Y 4", "four"), .init("spin http://host", "three")],
        options: [Option("quiet", short: "q", "prints nothing", section: .output), Self.dummy])

    @Test("the command line reads it, in its long and its short form")
    func parsed() throws {
        for words in [["--dummy-knob", "4"], ["--dummy-knob=4"], ["-Y", "4"], ["-Y4"], ["-qY4"]] {
            let arguments = try ParsedArguments(words, options: Self.command.options)
            #expect(arguments.last(Self.dummy) == "4")
            #expect(arguments.words.last == .value(of: Self.dummy, "4"))
        }
    }

    private static let profile = Profile(
        name: "dummy", target: TargetURL(scheme: .http, host: "host", port: 80, path: "/"), session: [Step(path: "/")])

    @Test("it sets what its effect prescribes, and errors name it, from its own value or from the whole profile")
    func effect() throws {
        func applied(_ words: String...) throws -> Profile {
            var profile = Self.profile
            let arguments = try ParsedArguments(words, options: Self.command.options)
            try LoadOptions.apply(arguments, to: &profile, options: Self.command.options)
            return profile
        }
        #expect(try applied("-Y", "4", "--dummy-knob=7").load.seed == 7 && applied("-q") == Self.profile)
        #expect(throws: UsageError("-Y/--dummy-knob: many is no number of knobs")) { try applied("-Y", "many") }
        let flaw = ProfileFlaw(path: "load.dummy_knob", message: "too many")
        let arguments = try ParsedArguments(["-Y4"], options: Self.command.options)
        #expect(
            FlagMessages.lines([flaw], arguments: arguments, options: Self.command.options)
                == ["-Y/--dummy-knob 4: too many"])
    }

    @Test("its key is read from a profile, suggested for a typing error with line and column, and in the reference")
    func key() throws {
        func parse(_ load: String) throws(DocumentErrors) -> Profile {
            let text = "version: 1\nname: dummy\ntarget: {url: http://host/}\nsession: [{get: /}]\nload:\n  \(load)\n"
            return try Profile.parse(Array(text.utf8), file: "p.yaml", keys: ProfileKey.all + [Self.key]) {
                _ throws(ParseError) in []
            }
        }
        #expect(try parse("dummy_knob: 4").load.seed == 4)
        let typo = #expect(throws: DocumentErrors.self) { try parse("dumy_knob: 4") }
        #expect(typo?.description == "p.yaml:6:3: unknown key `dumy_knob`; did you mean `dummy_knob`?")
        let type = #expect(throws: DocumentErrors.self) { try parse("dummy_knob: many") }
        #expect(type?.description == "p.yaml:6:15: load.dummy_knob: `many` is not a whole number")
        let tables = ProfileKeyReference.tables(of: ProfileKey.all + [Self.key])
        #expect(
            tables.first { $0.name == "every load" }?.lines.last
                == "| `dummy_knob` | integer, 3 | turns so far | `dummy_knob: 4` |")
    }

    @Test("the options of a record have it with its value")
    func recorded() throws {
        let arguments = try ParsedArguments(["-Y", "3", "-Y4"], options: Self.command.options)
        let recorded = arguments.recordedOptions
        #expect(recorded.map(\.name) == ["dummy-knob"] && recorded.map(\.value) == ["4"])
    }

    @Test("help has its section, its value, its text and its default, after two examples")
    func help() {
        #expect(
            HelpText.text(of: Self.command) == """
                usage: headroom spin URL [OPTIONS]    what it spins

                A first paragraph.

                examples:
                  headroom spin http://host -Y 4
                      four
                  headroom spin http://host
                      three

                Judgement and limits:
                  -Y, --dummy-knob KNOBS  turns [so far], it's a test: a\\b (3)

                Record and output:
                  -q, --quiet             prints nothing

                """)
    }

    @Test("a long description is wrapped at 96 columns, under itself")
    func wrapped() {
        let words = Array(repeating: "word", count: 60).joined(separator: " ")
        let command = Command(
            "x", summary: "x", usage: [("x", "")], about: [words], examples: [],
            options: [Option("long-option", value: "N", words, section: .load)])
        let lines = HelpText.text(of: command).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 96 && !$0.hasSuffix(" ") })
        #expect(lines.count { $0.hasPrefix(String(repeating: " ", count: 23) + "word") } >= 3)
    }

    @Test("the reference has it with its key")
    func reference() {
        let text = OptionReference.text(of: [Self.command], about: ["About."])
        #expect(text.hasPrefix("# Options\n\nAbout.\n\n## headroom spin\n\n- `headroom spin URL [OPTIONS]`: what it spins\n"))
        #expect(text.contains("\nA first paragraph.\n\n- four: `headroom spin http://host -Y 4`\n- three: "))
        #expect(text.contains("### Judgement and limits (spin)\n\n- `-Y`, `--dummy-knob KNOBS`: turns [so far], it's"))
        #expect(text.contains("(3). Key: `load.dummy_knob`.\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 120 } && !text.hasSuffix("\n\n"))
    }

    @Test("the manual page has it, and no line of text is a request to groff")
    func manual() {
        let text = ManualPage.text(of: [Self.command], version: "1.2", exits: [(10, ".not met")])
        #expect(text.contains(".TP\n\\fB\\-Y\\fR, \\fB\\-\\-dummy\\-knob\\fR \\fIKNOBS\\fR\nturns [so far], it\\(aqs a test: a\\eb (3)\n"))
        #expect(text.contains(".TP\n\\fB10\\fR\n\\&.not met\n"))
        let macros = [".TH", ".SH", ".SS", ".PP", ".TP", ".RS", ".RE", ".nf", ".fi"]
        for line in text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
            #expect(macros.contains { line == $0 || line.hasPrefix($0 + " ") }, "\(line)")
        }
    }

    @Test("the completions of each shell have it, with quotes that the shell reads")
    func completions() {
        let bash = Completions.text(for: .bash, of: [Self.command], impliedName: "spin")
        #expect(bash.contains("options='--quiet -q --dummy-knob -Y'") && bash.contains("valued=' --dummy-knob -Y '"))
        #expect(bash.contains("        spin | *)\n"))
        let zsh = Completions.text(for: .zsh, of: [Self.command], impliedName: "spin")
        #expect(zsh.contains(#"'*--dummy-knob=[turns \[so far\], it'\''s a test\: a\\b (3)]:KNOBS:_files'"#))
        let fish = Completions.text(for: .fish, of: [Self.command], impliedName: "spin")
        #expect(fish.contains("-n 'not __fish_seen_subcommand_from help' -s q -l quiet -d 'prints nothing'\n"))
        #expect(fish.contains(#"-s Y -l dummy-knob -r -d 'turns [so far], it'\''s a test: a\b (3)'"#))
    }

    @Test(
        "for an unknown option the name is printed, and no value, which may be a secret",
        arguments: [
            ("--headr=Authorization: Bearer CANARY7", "unknown option --headr;"),
            ("--headr Authorization: Bearer CANARY7", "unknown option --headr…;"),
            ("-YAuthorization: Bearer CANARY7", "-Y in -YAuthorization…;"),
            ("-Y9CANARY7", "-Y in -Y…;"), ("-9CANARY7", "-9 in -9…;"),
        ])
    func secret(_ word: String, _ shown: String) {
        let known = Option("header", short: "H", value: "FIELD", "a field", section: .requests)
        do throws(UsageError) {
            _ = try ParsedArguments([word, "http://127.0.0.1:9/"], options: [known])
            Issue.record("\(word) is known")
        } catch {
            #expect(error.message.contains(shown), "\(error.message)")
            #expect(!error.message.contains("CANARY"))
        }
    }
}
