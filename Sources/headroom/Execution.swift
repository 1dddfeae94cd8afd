import CLinux
import Engine
import Measure
import Report
import Workload

/// One run from a validated profile to an exit code: preflight, record, live view, summary.
enum Execution {
    /// Runs a profile as the arguments say. `note` is a line that belongs to the result.
    static func run(
        profile: Profile, arguments: ParsedArguments, profileHash: String?, cpus: [Int], defaultThreads: Int,
        note: String? = nil
    ) throws(UsageError) -> ExitCode {
        let threads = try LoadArguments.threads(arguments, cores: defaultThreads)
        if let word = arguments.last("fsync"), FlushPolicy(rawValue: word) == nil {
            throw UsageError("--fsync: \(word) is none of off, interval, end")
        }
        let problems = profile.validate()
        if !problems.isEmpty {
            let lines = FlawWords.lines(problems, arguments: arguments, options: LoadArguments.options)
            throw UsageError(lines.joined(separator: "\nheadroom: "))
        }
        if profile.tls.isInsecure {
            Output.complain(
                "headroom: --insecure: the certificate of \(profile.target.host) is not verified; "
                    + "the record says so")
        }
        do {
            return try Self.execute(
                profile: profile, arguments: arguments, profileHash: profileHash, cpus: cpus,
                threads: threads,
                note: note)
        } catch {
            Output.complain("headroom: \(error.sentence)")
            return error.code
        }
    }

    private static func execute(
        profile: Profile, arguments: ParsedArguments, profileHash: String?, cpus: [Int], threads: Int,
        note: String?
    ) throws(Refusal) -> ExitCode {
        let addresses = try Self.resolve(profile.target)
        let run: LoadRun
        let signals: SignalSource
        do {
            try Preflight.ensure(profile, addresses: addresses)
            signals = try SignalSource()
            let program = try RequestProgram(profile: profile, userAgent: Headroom.userAgent)
            run = try LoadRun(
                profile: profile, program: program, addresses: addresses, threads: threads, cpus: cpus,
                spins: arguments.has("spin"), signals: signals)
        } catch let error as EngineError {
            throw Refusal(engine: error)
        } catch {
            throw Refusal(sentence: "\(error)", code: .defect)
        }
        let plan = RunPlan(profile: profile, threads: run.threadCount, asked: run.usersAsked)
        var summary = RunSummary(state: .running, plan: plan, hold: run.hold, outside: run.outside)
        summary.conditions = Conditions.gather(
            version: Headroom.version, addresses: addresses, profileHash: profileHash)
        summary.conditions += Conditions.http(of: profile) + Conditions.asked(of: profile)
        // A key of this run's own: the same secret is recognised within a record, and in no other.
        let redactor = Redactor.withDrawnKey()
        let record = try Self.openRecord(arguments, name: profile.name)
        let objectives = profile.effectiveSLO.map(\.text)
        record?.write(
            "run.json",
            RunJSON.encodeStart(
                plan: plan, objectives: objectives, conditions: summary.conditions, redactor: redactor))
        record?.beginSeries(
            log: HistogramLogWriter.header(
                writer: Headroom.userAgent, startedAt: linux_realtime_nanoseconds() / 1_000_000),
            intervals: IntervalsCSV.header)
        let screen = Screen(
            plan: plan, mode: .init(quiet: arguments.has("quiet"), json: arguments.has("json")),
            redactor: redactor)
        do {
            try run.start()
        } catch {
            throw Refusal(engine: error)
        }
        screen.begin(run)
        let lines = IntervalLines()
        while let row = run.nextInterval() {
            if let record {
                record.append(
                    row,
                    lines: lines.lines(
                        hold: run.intervalHold, outside: run.intervalOutside, start: row.start, end: row.end))
            }
            screen.show(row, run: run)
        }
        screen.end()
        summary.complete(from: run, profile: profile)
        summary.conditions += Conditions.agreed(run.tlsFacts)
        return Self.finish(
            summary, run: run, record: record, screen: screen, redactor: redactor, note: note)
    }

    private static func resolve(_ target: TargetURL) throws(Refusal) -> [SocketAddress] {
        do {
            return try SocketAddress.resolve(host: target.host, port: target.port)
        } catch {
            throw Refusal(
                sentence:
                    "dns: \(error.host) cannot be resolved: \(error.reason); check the spelling of the host",
                code: .targetUnusable)
        }
    }

    private static func openRecord(
        _ arguments: ParsedArguments, name: String
    ) throws(Refusal) -> RecordFolder? {
        if arguments.has("no-record") { return nil }
        let flush = arguments.last("fsync").flatMap(FlushPolicy.init) ?? .interval
        do {
            if let path = arguments.last("output") {
                return try RecordFolder(path: path, force: arguments.has("force"), flush: flush)
            }
            return try RecordFolder.atUsualPath(name: name, flush: flush)
        } catch {
            throw Refusal(sentence: error.sentence, code: .outputFailed)
        }
    }

    /// Writes what is left of the record, prints the summary, and says how it ended.
    private static func finish(
        _ summary: RunSummary, run: LoadRun, record: RecordFolder?, screen: Screen,
        redactor: Redactor, note: String?
    ) -> ExitCode {
        var codes: Set<ExitCode> = []
        let json = RunJSON.encode(summary, redactor: redactor)
        if let record {
            record.endSeries()
            record.write("percentiles.csv", percentilesCSV(of: summary.hold))
            record.write("errors.json", ErrorsJSON.encode(summary.examples, redactor: redactor))
            record.write("run.json", json)
            if record.failure != nil { codes.insert(.outputFailed) }
        }
        screen.finish(
            summary, json: json, recordPath: record?.failure == nil ? record?.path : nil, note: note)
        if screen.output.error != nil { codes.insert(.outputFailed) }
        if let defect = run.defect {
            Output.complain("headroom: a defect of headroom, please report it: \(defect)")
            codes.insert(.defect)
        }
        if let signal = run.interruption { codes.insert(signal == SIGTERM ? .terminated : .interrupted) }
        if summary.total.requestsOK == 0 && (summary.total.requestsFailed > 0 || run.interruption == nil) {
            codes.insert(.targetUnusable)
        }
        if run.isAborted || summary.slo.contains(where: { !$0.met }) { codes.insert(.objectiveNotMet) }
        return ExitCode.first(of: codes)
    }
}

extension Redactor {
    /// A redactor whose marks mean nothing to any other.
    static func withDrawnKey() -> Redactor {
        Redactor(key: (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max)))
    }
}

extension RunPlan {
    /// A profile in the words of the report.
    init(profile: Profile, threads: Int, asked: UInt64) {
        self.init(
            name: profile.name, url: profile.target.text, session: profile.sessionText,
            requestsPerSession: UInt64(profile.requestsPerSession ?? 0),
            model: profile.load.open == nil ? "closed" : "open", pace: profile.paceText,
            connection: profile.connection.rawValue, usersAsked: asked, threads: threads,
            ramp: profile.load.ramp, warmup: profile.load.warmup,
            hold: profile.load.sessions == nil || profile.load.holdGiven ? profile.load.holdLength : nil,
            sessions: profile.load.sessions.map(UInt64.init), seed: profile.load.seed,
            tick: profile.load.tick)
        self.streams = profile.sharing
    }
}
