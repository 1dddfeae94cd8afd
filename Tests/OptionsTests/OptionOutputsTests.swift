import Options
import Testing

/// An option is declared once, and stands in everything that is made from the list.
@Suite("What is made from the list of options")
struct OptionOutputsTests {
    private static let dummy = Option(
        "dummy-knob", short: "Y", value: "KNOBS", "turns [so far], it's a test: a\\b", standard: "3", section: .judgement,
        keys: ["load.dummy_knob"])
    private static let command = Command(
        "spin", summary: "spins the dummy", usage: [("spin URL [OPTIONS]", "what it spins")], about: ["A first paragraph."],
        examples: [.init("spin http://host -Y 4", "four"), .init("spin http://host", "three")],
        options: [Option("quiet", short: "q", "prints nothing", section: .output), Self.dummy])

    @Test("the command line reads it, long and short")
    func parsed() throws {
        for words in [["--dummy-knob", "4"], ["--dummy-knob=4"], ["-Y", "4"], ["-Y4"], ["-qY4"]] {
            let arguments = try ParsedArguments(words, options: Self.command.options)
            #expect(arguments.last(Self.dummy) == "4")
            #expect(arguments.words.last == .value(of: Self.dummy, "4"))
        }
    }

    @Test("help has its section, its value, its text and what holds without it; two examples stand before")
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
        "of an option that is unknown the name is printed, and no value, which may be a secret",
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
