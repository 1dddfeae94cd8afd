import Engine
import Measure
import Options
import Runner
import Workload

extension RunContext {
    /// What the loads of a command line have in common. Call it before any thread starts. `defaultThreads`: as many
    /// threads as there are cores for the load.
    init(
        _ profile: Profile, _ arguments: ParsedArguments, _ settings: LoadSettings, cpus: [Int] = [],
        defaultThreads: Int, profileHash: String?
    ) throws(CommandError) {
        try self.init(
            profile, threads: settings.threads ?? max(1, defaultThreads), version: Headroom.version,
            userAgent: Headroom.userAgent, notice: Output.warn)
        self.cpus = cpus
        self.spins = settings.spins
        self.isStrict = settings.isStrict
        self.profileHash = profileHash
        self.stamp = RunStamp(arguments)
        self.target = try Self.watch(settings)
    }

    private static func watch(_ settings: LoadSettings) throws(CommandError) -> TargetWatch? {
        if let number = settings.targetProcess { return try Self.watch(.process(number), of: .targetPid) }
        if let url = settings.targetMetrics { return try Self.watch(.metrics(url), of: .targetMetrics) }
        return nil
    }

    private static func watch(_ source: TargetWatch.Source, of option: Option) throws(CommandError) -> TargetWatch {
        do {
            return try TargetWatch(source)
        } catch {
            throw CommandError(sentence: "\(option.flag): \(error.sentence)", code: .usage)
        }
    }
}
