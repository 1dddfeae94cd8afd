import CLinux
import Engine
import Measure
import Options
import Record
import Report
import Runner
import Units
import Workload
import YAML

/// `headroom run`: sessions against a URL or a profile.
enum RunCommand {
    static let nothingGiven =
        "no URL and no profile: nothing to run. Try `headroom demo`, or `headroom http://HOST:PORT/PATH`; "
        + "see `headroom --help`"

    static let command = Command(
        "run", summary: "replay per-user sessions against a URL or a profile, and check the SLO",
        usage: [
            ("run URL [OPTIONS]", "10 GETs of the URL per session, 50 users, 10 s"),
            ("run PROFILE [OPTIONS]", "a profile in YAML, see profiles/"),
        ],
        about: [
            "Holds users that replay sessions, each on a connection of its own (--connection says how long it lives); "
                + "measures latency from the intended start of every request; writes a record; checks the SLO. Options "
                + "override the profile."
        ],
        examples: [
            .init(
                "http://127.0.0.1:8080 -c 2000 --every 43.2s -d 60s --slo 'p99 < 500ms'",
                "2,000 users that each ask every 43.2 s, held for a minute: is p99 below 500 ms?"),
            .init(
                "run profiles/spike.yaml -o results/spike",
                "the load of a profile, its record in a folder of your choice"),
        ],
        options: LoadOptions.all + LoadArguments.outputOptions())

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        guard let (given, profileHash) = try Self.profile(arguments) else { return .badInput }
        var profile = given
        try LoadOptions.apply(arguments, to: &profile)
        return try RunCommand.run(
            profile: profile, arguments: arguments, profileHash: profileHash,
            cpus: [], defaultThreads: AllowedCPUs.read().count)
    }

    /// The profile of the one URL or file that was given, and the hash of the file. Nil for a bad profile, which was
    /// reported.
    static func profile(_ arguments: ParsedArguments) throws(UsageError) -> (profile: Profile, hash: String?)?
    {
        guard let what = arguments.positionals.first, !what.isEmpty else {
            throw UsageError(Self.nothingGiven)
        }
        if arguments.positionals.count > 1 {
            throw UsageError("one URL or profile at a time; \(arguments.positionals[1]) is one too many")
        }
        if what.contains("://") {
            do {
                return (Profile.forURL(try TargetURL.parse(what)), nil)
            } catch {
                throw UsageError("\(Redactor.withDrawnKey().text(what)): \(error.message)")
            }
        } else {
            if !InputFile.isThere(what), let hint = Self.withoutScheme(what) { throw UsageError(hint) }
            do {
                let loaded = try Profile.loadKeepingBytes(path: what)
                return (loaded.profile, Environment.hash(loaded.bytes))
            } catch {
                Output.complain(error.description)
                return nil
            }
        }
    }

    /// The message for a word that looks like a URL without its scheme, such as `localhost:8080/x`; nil for any other.
    /// The scheme is not guessed: with the wrong one a run would measure nothing but redirects.
    static func withoutScheme(_ word: String) -> String? {
        let authority = word.prefix { $0 != "/" && $0 != "?" }
        if authority.isEmpty || word.hasPrefix(".") { return nil }
        let isProfile = [".yaml", ".yml", ".json"].contains { word.hasSuffix($0) }
        let isHost = authority == "localhost" || authority.contains(":") || authority.contains(".") && !isProfile
        guard isHost, let url = try? TargetURL.parse("http://\(word)") else { return nil }
        let meant = Redactor.withDrawnKey().text("http://\(url.authority)\(url.path)")
        return "no file has the name that was given, and a URL begins with its scheme: did you mean \(meant)?"
    }
}
