import CLinux
import Engine
import Measure
import Options
import Record
import Report
import Runner
import Workload

/// One run from a validated profile to an exit code: preflight, record, live view, summary.
extension RunCommand {
    /// Runs a profile with these arguments. `target`: the process to watch if no option names another.
    static func run(
        profile: Profile, arguments: ParsedArguments, profileHash: String?, cpus: [Int], defaultThreads: Int,
        target: Int32? = nil
    ) throws(UsageError) -> ExitCode {
        let settings = try LoadSettings(arguments)
        try Self.check(profile, arguments)
        do {
            var context = try RunContext(
                profile, arguments, settings, cpus: cpus, defaultThreads: defaultThreads, profileHash: profileHash)
            if context.target == nil, let target { context.target = try? TargetWatch(.process(target)) }
            try context.askServer(profile)
            let load = try RunRecorder(profile.unfolded(), context)
            if let words = load.plan.burstWords { Output.warn(words) }
            return try Self.execute(load, arguments, redactor: context.redactor)
        } catch {
            Output.warn(error.sentence)
            return error.code
        }
    }

    /// Throws the errors of a profile and of the record's options, in the words of the command line.
    static func check(_ profile: Profile, _ arguments: ParsedArguments) throws(UsageError) {
        if let word = arguments.last(.fsync), FlushPolicy(rawValue: word) == nil {
            throw UsageError("--fsync: \(word) is none of off, interval, end")
        }
        try RunStamp.check(arguments)
        let problems = profile.validate()
        if !problems.isEmpty {
            let lines = FlagMessages.lines(problems, arguments: arguments, options: LoadOptions.all)
            throw UsageError(lines.joined(separator: "\nheadroom: "))
        }
        if profile.tls.isInsecure {
            Output.complain(
                "headroom: --insecure: the certificate of \(profile.target.host) is not verified; "
                    + "the record says so")
        }
    }

    private static func execute(
        _ load: RunRecorder, _ arguments: ParsedArguments, redactor: Redactor
    ) throws(CommandError) -> ExitCode {
        let record = try Self.openRecord(arguments, name: load.profile.name)
        let screen = Screen(plan: load.plan, mode: .init(arguments), redactor: redactor)
        var summary = try load.carryOut(
            into: record, began: { screen.begin(load.run) }, each: { screen.show($0, run: load.run) })
        screen.end()
        let json = load.write(summary, to: record)
        summary.recordFailure = record?.failure?.sentence
        if let defect = load.run.defect {
            Output.warn("a defect of headroom, please report it: \(defect)")
            summary.verdict?.end(with: .defect)
        }
        if record?.failure != nil { summary.verdict?.end(with: .outputFailed) }
        screen.finish(summary, json: json, recordPath: record?.path)
        if screen.output.error != nil { summary.verdict?.end(with: .outputFailed) }
        return summary.verdict?.exit ?? .success
    }

    /// The record that the arguments request; nil if they request none.
    static func openRecord(
        _ arguments: ParsedArguments, name: String
    ) throws(CommandError) -> RecordFolder? {
        if arguments.has(.noRecord) { return nil }
        let flush = arguments.last(.fsync).flatMap(FlushPolicy.init) ?? .interval
        do {
            if let path = arguments.last(.output) {
                return try RecordFolder(path: path, force: arguments.has(.force), flush: flush, complain: Output.warn)
            }
            return try RecordFolder.atUsualPath(name: name, flush: flush, complain: Output.warn)
        } catch {
            throw CommandError(sentence: error.sentence, code: .outputFailed)
        }
    }
}
