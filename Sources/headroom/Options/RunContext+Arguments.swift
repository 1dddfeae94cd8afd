import Engine
import Measure
import Options
import Runner
import Units
import Workload

extension RunContext {
    /// What the loads of a command line have in common. Call it before any thread starts.
    init(
        _ profile: Profile, _ arguments: ParsedArguments, threads: Int, cpus: [Int] = [], profileHash: String?
    ) throws(CommandError) {
        try self.init(
            profile, threads: threads, version: Headroom.version, userAgent: Headroom.userAgent, notice: Output.warn)
        self.cpus = cpus
        self.spins = arguments.has(.spin)
        self.isStrict = arguments.has(.strict)
        self.profileHash = profileHash
        self.stamp = RunStamp(arguments)
        self.target = try Self.target(arguments)
    }

    private static func target(_ arguments: ParsedArguments) throws(CommandError) -> TargetWatch? {
        let source: TargetWatch.Source
        switch (arguments.last(.targetPid), arguments.last(.targetMetrics)) {
        case (nil, nil): return nil
        case (_?, _?):
            throw CommandError(
                sentence: "--target-pid and --target-metrics both say how the target's CPU is read: give one",
                code: .usage)
        case (let pid?, nil):
            guard let number = Int32(pid), number > 0 else {
                throw CommandError(sentence: "--target-pid: \(pid) is not a process number", code: .usage)
            }
            source = .process(number)
        case (nil, let text?):
            do {
                let url = try TargetURL.parse(text)
                if url.scheme != .http {
                    throw CommandError(
                        sentence: "--target-metrics: node_exporter is asked over http://", code: .usage)
                }
                source = .metrics(url)
            } catch let error as ParseError {
                throw CommandError(sentence: "--target-metrics: \(error.message)", code: .usage)
            } catch let error as CommandError {
                throw error
            } catch {
                throw CommandError(sentence: "--target-metrics: \(error)", code: .usage)
            }
        }
        do {
            return try TargetWatch(source)
        } catch {
            let flag = arguments.has(.targetPid) ? "--target-pid" : "--target-metrics"
            throw CommandError(sentence: "\(flag): \(error.sentence)", code: .usage)
        }
    }
}
