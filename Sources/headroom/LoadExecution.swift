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
}

/// One load carried out in this process, from its plan to its record: a run, or a trial of a search.
final class LoadExecution {
    let profile: Profile
    let setting: LoadSetting
    let run: LoadRun
    let plan: RunPlan
    private let probe: Probe?

    /// Prepares a load; nothing is sent yet. Throws what stands against it.
    init(_ profile: Profile, _ setting: LoadSetting) throws(Refusal) {
        self.profile = profile
        self.setting = setting
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
    }

    /// Carries the load out and sums it up; `began` is called once it sends, `each` after every interval, whose
    /// histograms the run still has. The record grows meanwhile; `write(_:to:)` completes it.
    func carryOut(
        into record: RecordFolder?, began: () -> Void = {}, each: (IntervalRow) -> Void
    ) throws(Refusal) -> RunSummary {
        var summary = RunSummary(state: .running, plan: self.plan, hold: self.run.hold, outside: self.run.outside)
        summary.conditions = Conditions.gather(
            version: Headroom.version, addresses: self.setting.addresses, profileHash: self.setting.profileHash)
        self.begin(record, summary.conditions)
        do {
            try self.run.start()
        } catch {
            throw Refusal(engine: error)
        }
        began()
        let series = self.lead(record, each)
        summary.probe = self.probe?.finish()
        summary.complete(from: self.run, profile: self.profile)
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
    private func lead(_ record: RecordFolder?, _ each: (IntervalRow) -> Void) -> HoldSeries {
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
            if row.phase == .hold {
                series.take(
                    self.run.intervalHold.succeeded[Metric.response.rawValue], length: row.end - row.start)
            }
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
    }
}
