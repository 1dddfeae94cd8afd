import Engine
import Measure
import Options
import Runner
import Workload

/// `headroom capacity`: how many users a target holds inside its SLO, and the verdict on an assumption.
enum CapacityCommand {
    static let command = Command(
        "capacity", summary: "search the users that a server holds inside an SLO, and judge an assumption",
        usage: [
            ("capacity URL [OPTIONS]", "the session of `headroom run URL`"),
            ("capacity PROFILE [OPTIONS]", "a profile in YAML, see profiles/"),
        ],
        about: [
            "Searches the largest number of users that the target holds inside its SLO: tries what --assume says and "
                + "confirms it, or begins where a trial has enough samples; from there up or down, closes in, and "
                + "confirms. Each trial is a run with a record of its own. The answer is a bracket at a pace.",
            "exit codes: as of `headroom run`, and 11 the assumption is refuted · 12 undecided · 20 nothing valid was "
                + "measured",
        ],
        examples: [
            .init(
                "capacity http://127.0.0.1:8080 --every 10s --slo 'p99 < 500ms' --assume 2000",
                "does the server hold 2,000 users, and how many does it hold?"),
            .init(
                "capacity http://127.0.0.1:8080 --every 1s --assume 2000 --trial 5s --verdict-only",
                "only the verdict: less than a minute"),
        ],
        options: CapacityOptions.options + LoadOptions.all.filter { !CapacityOptions.meaningless.contains($0) }
            + LoadArguments.outputOptions(json: .capacityJSON))

    static func run(_ words: [String]) throws(UsageError) -> ExitCode {
        let arguments = try ParsedArguments(words, options: Self.command.options)
        if arguments.has(.help) { return Headroom.printed(HelpText.text(of: Self.command)) }
        guard let (given, hash) = try RunCommand.profile(arguments) else { return .badInput }
        var profile = given
        let options = try CapacityOptions(arguments)
        let effective = Self.command.options.filter { !CapacityOptions.ofRate.contains($0) }
        try LoadOptions.apply(arguments, to: &profile, options: effective)
        let plans = try options.plans(of: profile, arguments)
        for plan in plans { try RunCommand.check(plan.profile, arguments) }
        let load = try LoadSettings(arguments)
        do throws(CommandError) {
            let context = try RunContext(
                profile, arguments, load, defaultThreads: AllowedCPUs.read().count, profileHash: hash)
            let screen = CapacityScreen(arguments, redactor: context.redactor)
            let runner = try CapacityRunner(plans, options.settings, context, observer: screen)
            return screen.finish(try runner.carryOut(into: RunCommand.openRecord(arguments, name: runner.name)))
        } catch {
            Output.warn(error.sentence)
            return error.code
        }
    }
}
