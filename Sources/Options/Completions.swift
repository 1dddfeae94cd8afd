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
        case .fish: self.fish(commands)
        }
    }

    private static func bash(_ commands: [Command], _ pattern: (Command) -> String) -> String {
        let names = commands.map(\.name).joined(separator: " ")
        var cases = ""
        for command in commands {
            let flags = command.options.flatMap { [$0.flag] + ($0.short.map { ["-\($0)"] } ?? []) }
            let valued = command.options.filter { $0.value != nil }
                .flatMap { [$0.flag] + ($0.short.map { ["-\($0)"] } ?? []) }
            cases += "        \(pattern(command)))\n"
            cases += "            options=\(Self.quoted(flags.joined(separator: " ")))\n"
            cases += "            valued=\(Self.quoted(" " + valued.joined(separator: " ") + " "))\n"
            cases += "            ;;\n"
        }
        return """
            # bash completion for headroom
            _headroom() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
                local command=${COMP_WORDS[1]} options= valued=
                COMPREPLY=()
                if [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
                    COMPREPLY=($(compgen -W "\(names) help" -- "$current") $(compgen -f -- "$current"))
                    return
                fi
                case $command in
            \(cases)    esac
                [[ $valued == *" $previous "* ]] && { COMPREPLY=($(compgen -f -- "$current")); return; }
                if [[ $current == -* ]]; then
                    COMPREPLY=($(compgen -W "$options" -- "$current"))
                else
                    COMPREPLY=($(compgen -f -- "$current"))
                fi
            }
            complete -o filenames -F _headroom headroom

            """
    }

    private static func zsh(_ commands: [Command], _ pattern: (Command) -> String) -> String {
        var text = "#compdef headroom\n\n_headroom() {\n    local -a commands\n    commands=(\n"
        for command in commands {
            text += "        \(Self.quoted("\(command.name):\(command.summary)"))\n"
        }
        text += "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        _files\n"
        text += "        return\n    fi\n    case $words[2] in\n"
        for command in commands {
            text += "        \(pattern(command)))\n            _arguments -s"
            for option in command.options {
                let help = Self.zshHelp(option.helpWithStandard)
                let value = option.value.map { ":\(Self.zshHelp($0)):_files" } ?? ""
                for name in [option.flag] + (option.short.map { ["-\($0)"] } ?? []) {
                    text += " \\\n                \(Self.quoted("*\(name)[\(help)]\(value)"))"
                }
            }
            text += " \\\n                '*:file:_files'\n            ;;\n"
        }
        return text + "    esac\n}\n\n_headroom \"$@\"\n"
    }

    private static func fish(_ commands: [Command]) -> String {
        var text = "# fish completion for headroom\n"
        let names = commands.map(\.name).joined(separator: " ")
        for command in commands {
            text += "complete -c headroom -n \(Self.quoted("not __fish_seen_subcommand_from \(names)"))"
            text += " -a \(command.name) -d \(Self.quoted(command.summary))\n"
        }
        for command in commands {
            for option in command.options {
                text += "complete -c headroom -n \(Self.quoted("__fish_seen_subcommand_from \(command.name)"))"
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
