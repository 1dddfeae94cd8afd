import CLinux
import Engine
import Measure
import Report
import Workload

/// What the loads of one command share.
struct LoadSetting {
    let addresses: [SocketAddress]
    let signals: SignalSource
    /// Hides secrets. Its key is drawn once: the same secret is recognised within a record, and in no other.
    let redactor: Redactor
    let threads: Int
    /// Where the workers are pinned; empty for nowhere.
    var cpus: [Int] = []
    var spins = false
    var profileHash: String?
    /// Nanoseconds that users may take after the ramp until each was answered once.
    var settle = LoadRun.settleLimit
    /// Reads what the target uses; nil where nobody was asked to.
    var target: TargetWatch?
    /// Which HTTP the server picked; nil where the choice was not its own, or it made none.
    var serverChoice: ApplicationProtocol?
}

/// One load carried out in this process, from its plan to its record: a run, or a trial of a search.
final class LoadExecution {
    let profile: Profile
    let setting: LoadSetting
    let run: LoadRun
    let plan: RunPlan
    /// What the target used during the hold; nil where nobody watched.
    var targetUsage: TargetUsage? { self.targetLog?.hold }
    private let targetLog: TargetLog?
    private let probe: Probe?

    /// Prepares a load; nothing is sent yet. Throws what stands against it.
    init(_ given: Profile, _ setting: LoadSetting) throws(Refusal) {
        let profile = given.spoken(setting.serverChoice)
        self.profile = profile
        self.setting = setting
        self.targetLog = setting.target.map(TargetLog.init)
        do {
            try Preflight.ensure(profile, addresses: setting.addresses)
            let program = try RequestProgram(profile: profile, userAgent: Headroom.userAgent)
            self.run = try LoadRun(
                profile: profile, program: program, addresses: setting.addresses, threads: setting.threads,
                cpus: setting.cpus, spins: setting.spins, signals: setting.signals, settle: setting.settle)
            self.probe = try profile.load.probe.map { rate throws(EngineError) in
                try Probe(
                    beside: profile, rate: rate, addresses: setting.addresses, userAgent: Headroom.userAgent)
            }
        } catch {
            throw Refusal(engine: error)
        }
        self.plan = RunPlan(profile: profile, threads: self.run.threadCount, asked: self.run.usersAsked)
        if let log = self.targetLog { self.run.targetCPU = { log.share() } }
    }

    /// Carries the load out and sums it up; `began` is called once it sends, `each` after every interval, whose
    /// histograms the run still has. The record grows meanwhile; `write(_:to:)` completes it.
    func carryOut(
        into record: RecordFolder?, began: () -> Void = {}, each: (IntervalRow) -> Void
    ) throws(Refusal) -> RunSummary {
        var summary = RunSummary(
            state: .running, plan: self.plan, hold: self.run.hold, outside: self.run.outside)
        summary.conditions = Conditions.gather(
            version: Headroom.version, addresses: self.setting.addresses,
            profileHash: self.setting.profileHash)
        summary.conditions += Conditions.http(of: self.profile, isServersChoice: self.setting.serverChoice != nil)
        summary.conditions += Conditions.asked(of: self.profile)
        self.begin(record, summary.conditions)
        self.targetLog?.begin()
        do {
            try self.run.start()
        } catch {
            throw Refusal(engine: error)
        }
        began()
        var windows = ObjectiveWindows(self.profile.effectiveSLO, plan: self.plan)
        let series = self.lead(record, &windows, each)
        summary.probe = self.probe?.finish()
        summary.target = self.targetLog?.hold
        summary.complete(from: self.run, profile: self.profile, windows: windows.finish())
        summary.conditions += Conditions.agreed(self.run.tlsFacts)
        summary.appraise(series)
        return summary
    }

    /// The first files of the record.
    private func begin(_ record: RecordFolder?, _ conditions: [(key: String, value: Condition)]) {
        record?.write(
            "run.json",
            RunJSON.encodeStart(
                plan: self.plan, objectives: self.profile.effectiveSLO.map(\.text), conditions: conditions,
                redactor: self.setting.redactor))
        record?.beginSeries(
            log: HistogramLogWriter.header(
                writer: Headroom.userAgent, startedAt: linux_realtime_nanoseconds() / 1_000_000),
            intervals: IntervalsCSV.header)
    }

    /// From the first interval to the last.
    private func lead(
        _ record: RecordFolder?, _ windows: inout ObjectiveWindows, _ each: (IntervalRow) -> Void
    ) -> HoldSeries {
        let lines = IntervalLines()
        var series = HoldSeries()
        while let row = self.run.nextInterval() {
            if let record {
                record.append(
                    row,
                    lines: lines.lines(
                        hold: self.run.intervalHold, outside: self.run.intervalOutside, start: row.start,
                        end: row.end))
            }
            windows.take(self.run.intervalHold, duration: row.hold.duration)
            if row.phase == .hold {
                series.take(
                    self.run.intervalHold.succeeded[Metric.response.rawValue], length: row.end - row.start)
            }
            self.targetLog?.take(row.phase)
            each(row)
            do {
                try self.probe?.follow(self.run)
            } catch {
                Output.complain("headroom: there is no probe: \(Refusal(engine: error).sentence)")
            }
        }
        return series
    }

    /// Writes what is left of the record; run.json as it was written, or would have been.
    func write(_ summary: RunSummary, to record: RecordFolder?) -> [UInt8] {
        let json = RunJSON.encode(summary, redactor: self.setting.redactor)
        if let record {
            record.endSeries()
            record.write("percentiles.csv", percentilesCSV(of: summary.hold))
            record.write(
                "errors.json", ErrorsJSON.encode(summary.examples, redactor: self.setting.redactor))
            record.write("run.json", json)
        }
        return json
    }
}

extension LoadSetting {
    /// Resolves the target and takes over the signals; to be called before any thread is started.
    init(
        _ profile: Profile, _ arguments: ParsedArguments, threads: Int, cpus: [Int], profileHash: String?
    ) throws(Refusal) {
        let addresses: [SocketAddress]
        do {
            addresses = try SocketAddress.resolve(host: profile.target.host, port: profile.target.port)
        } catch {
            throw Refusal(
                sentence:
                    "dns: \(error.host) cannot be resolved: \(error.reason); check the spelling of the host",
                code: .targetUnusable)
        }
        let signals: SignalSource
        do {
            signals = try SignalSource()
        } catch {
            throw Refusal(sentence: "\(error)", code: .defect)
        }
        self.init(
            addresses: addresses, signals: signals, redactor: .withDrawnKey(), threads: threads, cpus: cpus,
            spins: arguments.has("spin"), profileHash: profileHash)
        self.target = try Self.target(arguments)
        if profile.http == .auto && profile.target.scheme == .https {
            do {
                self.serverChoice = try ServerChoice.ask(profile, at: addresses, signals: signals)
            } catch {
                throw Refusal(engine: error)
            }
            if self.serverChoice == .http11 && profile.streams > 1 {
                Output.complain(
                    "headroom: the server picked HTTP/1.1, where users share no connection: each has its own, and "
                        + "\(profile.streams) streams mean nothing")
            }
        }
    }
}

extension Profile {
    /// This profile in the protocol that the server picked.
    fileprivate func spoken(_ choice: ApplicationProtocol?) -> Profile {
        var profile = self
        switch choice {
        case .http2: profile.http = .http2
        case .http11: profile.http = .http11
        case nil: break
        }
        return profile
    }
}

extension LoadSetting {
    private static func target(_ arguments: ParsedArguments) throws(Refusal) -> TargetWatch? {
        let source: TargetWatch.Source
        switch (arguments.last("target-pid"), arguments.last("target-metrics")) {
        case (nil, nil): return nil
        case (_?, _?):
            throw Refusal(
                sentence: "--target-pid and --target-metrics both say how the target's CPU is read: give one",
                code: .usage)
        case (let pid?, nil):
            guard let number = Int32(pid), number > 0 else {
                throw Refusal(sentence: "--target-pid: \(pid) is not a process number", code: .usage)
            }
            source = .process(number)
        case (nil, let text?):
            do {
                let url = try TargetURL.parse(text)
                if url.scheme != .http {
                    throw Refusal(
                        sentence: "--target-metrics: node_exporter is asked over http://", code: .usage)
                }
                source = .metrics(url)
            } catch let error as WordError {
                throw Refusal(sentence: "--target-metrics: \(error.message)", code: .usage)
            } catch let error as Refusal {
                throw error
            } catch {
                throw Refusal(sentence: "--target-metrics: \(error)", code: .usage)
            }
        }
        do {
            return try TargetWatch(source)
        } catch {
            let flag = arguments.has("target-pid") ? "--target-pid" : "--target-metrics"
            throw Refusal(sentence: "\(flag): \(error.sentence)", code: .usage)
        }
    }
}

/// What a target used while a load went on.
final class TargetLog {
    private let watch: TargetWatch
    /// At the end of the interval before.
    private var before: TargetReading?
    private var holdStart: TargetReading?
    private var holdEnd: TargetReading?
    /// When `share` was asked last.
    private var asked: TargetReading?

    init(_ watch: TargetWatch) { self.watch = watch }

    /// The load is about to start.
    func begin() { self.before = self.watch.reading() }

    /// An interval of a phase has closed.
    func take(_ phase: Phase) {
        let now = self.watch.reading()
        if phase == .hold {
            self.holdStart = self.holdStart ?? self.before
            self.holdEnd = now
        }
        self.before = now
    }

    /// Over the hold; nil where readings are missing.
    var hold: TargetUsage? {
        guard let start = self.holdStart, let end = self.holdEnd else { return nil }
        return TargetUsage(from: start, to: end)
    }

    /// The share of the CPU since it was asked last.
    func share() -> Double? {
        guard let now = self.watch.reading() else { return nil }
        guard let last = self.asked else {
            self.asked = now
            return nil
        }
        // Too short a time says nothing: it is added to the next.
        guard let usage = TargetUsage(from: last, to: now) else { return nil }
        self.asked = now
        return usage.cpu
    }
}
