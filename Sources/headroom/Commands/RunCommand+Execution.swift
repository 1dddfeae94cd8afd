import CLinux
import Engine
import Measure
import Options
import Record
import Report
import Units
import Workload

/// One run from a validated profile to an exit code: preflight, record, live view, summary.
extension RunCommand {
    /// Runs a profile with these arguments. `target`: the process to watch if no option names another.
    static func run(
        profile: Profile, arguments: ParsedArguments, profileHash: String?, cpus: [Int], defaultThreads: Int,
        target: Int32? = nil
    ) throws(UsageError) -> ExitCode {
        let threads = try LoadArguments.threads(arguments, cores: defaultThreads)
        try Self.check(profile, arguments)
        do {
            var setting = try RunContext(
                profile, arguments, threads: threads, cpus: cpus, profileHash: profileHash)
            if setting.target == nil, let target { setting.target = try? TargetWatch(.process(target)) }
            try Self.askServer(&setting, profile)
            let load = try RunRecorder(profile.unfolded(), setting)
            if let words = load.plan.burstWords { Output.complain("headroom: \(words)") }
            return try Self.execute(load, arguments: arguments)
        } catch {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        }
    }

    /// Finds out which HTTP the server picks. If it is silent until the connect timeout, no run begins: it would only
    /// wait once more and learn nothing new.
    private static func askServer(_ setting: inout RunContext, _ profile: Profile) throws(CommandError) {
        let timeout = profile.timeouts.connect
        let began = MonotonicClock.now()
        try setting.askServer(profile, limit: timeout)
        if case .noHandshake = setting.serverChoice, MonotonicClock.now() &- began >= timeout {
            throw CommandError(
                sentence: "no TLS handshake with the target was completed within the connect timeout "
                    + "(\(TimeSpan.text(timeout))): the target is unusable",
                code: .targetUnusable)
        }
        setting.complainOfNoChoice(profile)
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
        _ load: RunRecorder, arguments: ParsedArguments
    ) throws(CommandError) -> ExitCode {
        let record = try Self.openRecord(arguments, name: load.profile.name)
        let screen = Screen(
            plan: load.plan, mode: .init(arguments), redactor: load.setting.redactor)
        var summary = try load.carryOut(
            into: record, began: { screen.begin(load.run) }, each: { screen.show($0, run: load.run) })
        screen.end()
        let json = load.write(summary, to: record)
        summary.recordFailure = record?.failure?.sentence
        if let defect = load.run.defect {
            Output.complain("headroom: a defect of headroom, please report it: \(defect)")
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

extension Redactor {
    /// A redactor whose marks no other redactor repeats.
    static func withDrawnKey() -> Redactor {
        Redactor(key: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
    }
}
