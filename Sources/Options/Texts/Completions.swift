/// Completions for bash, zsh and fish: commands, their options, and files.
public enum Completions {
    /// A shell that completions are made for.
    public enum Shell: String, Sendable, CaseIterable {
        case bash, zsh, fish
    }

    /// The script of a shell. `impliedName`: the command whose name may be left out.
    public static func text(for shell: Shell, of commands: [Command], impliedName: String) -> String {
        // Last, for its pattern takes every other word.
        let ordered = commands.filter { $0.name != impliedName } + commands.filter { $0.name == impliedName }
        func pattern(_ command: Command) -> String { command.name == impliedName ? "\(impliedName) | *" : command.name }
        return switch shell {
        case .bash: self.bash(ordered, pattern)
        case .zsh: self.zsh(ordered, pattern)
        case .fish: self.fish(ordered, impliedName)
        }
    }

    private static func bash(_ commands: [Command], _ pattern: (Command) -> String) -> String {
        let names = commands.map(\.name).joined(separator: " ")
        var cases = ""
        for command in commands {
            let flags = command.options.flatMap(\.names)
            let valued = command.options.filter { $0.value != nil }.flatMap(\.names)
            cases += "        \(pattern(command)))\n"
            cases += "            options=\(Self.quoted(flags.joined(separator: " ")))\n"
            cases += "            valued=\(Self.quoted(" " + valued.joined(separator: " ") + " "))\n"
            cases += "            ;;\n"
        }
        return """
            # bash completion for headroom; where it offers nothing, bash offers files
            _headroom() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
                local options= valued=
                COMPREPLY=()
                if [[ $current != -* ]]; then
                    if [[ $COMP_CWORD -eq 1 || ($COMP_CWORD -eq 2 && $previous == help) ]]; then
                        mapfile -t COMPREPLY < <(compgen -W "\(names) help" -- "$current")
                    fi
                    return
                fi
                case ${COMP_WORDS[1]} in
            \(cases)    esac
                [[ $valued == *" $previous "* ]] || mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
            }
            complete -o default -F _headroom headroom

            """
    }

    private static func zsh(_ commands: [Command], _ pattern: (Command) -> String) -> String {
        var text = "#compdef headroom\n\n_headroom() {\n    local -a commands\n    commands=(\n"
        for command in commands {
            text += "        \(Self.quoted("\(command.name):\(command.summary)"))\n"
        }
        text += "        'help:the options of a command'\n    )\n"
        text += "    if [[ $words[CURRENT] != -* ]] && (( CURRENT == 2 )); then\n"
        text += "        _describe command commands\n        _files\n        return\n    fi\n"
        text += "    case $words[2] in\n        help) _describe command commands ;;\n"
        for command in commands {
            text += "        \(pattern(command)))\n            _arguments -s"
            for option in command.options {
                let help = Self.zshHelp(option.helpWithStandard)
                let value = option.value.map { ":\(Self.zshHelp($0)):_files" } ?? ""
                // `=` and `+`: the value may also follow in the same word.
                let (equals, plus) = option.value == nil ? ("", "") : ("=", "+")
                for name in [option.flag + equals] + (option.short.map { ["-\($0)\(plus)"] } ?? []) {
                    text += " \\\n                \(Self.quoted("*\(name)[\(help)]\(value)"))"
                }
            }
            text += " \\\n                '*:file:_files'\n            ;;\n"
        }
        return text + "    esac\n}\n\n_headroom \"$@\"\n"
    }

    private static func fish(_ commands: [Command], _ impliedName: String) -> String {
        var text = "# fish completion for headroom\n"
        for (name, summary) in commands.map({ ($0.name, $0.summary) }) + [("help", "the options of a command")] {
            text += "complete -c headroom -n __fish_is_first_token -a \(name) -d \(Self.quoted(summary))\n"
        }
        let others = commands.map(\.name).filter { $0 != impliedName } + ["help"]
        for command in commands {
            let seen =
                command.name == impliedName
                ? "not __fish_seen_subcommand_from \(others.joined(separator: " "))"
                : "__fish_seen_subcommand_from \(command.name)"
            for option in command.options {
                text += "complete -c headroom -n \(Self.quoted(seen))"
                text += option.short.map { " -s \($0)" } ?? ""
                text += " -l \(option.long)\(option.value == nil ? "" : " -r")"
                text += " -d \(Self.quoted(option.helpWithStandard))\n"
            }
        }
        return text
    }

    /// A word of a shell in single quotes.
    private static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// zsh reads brackets and colons in a description as its own.
    private static func zshHelp(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "[]:\\".contains(character) { result.append("\\") }
            result.append(character)
        }
    }
}
