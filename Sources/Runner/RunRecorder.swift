import CLinux
import Engine
import Judge
import Measure
import Record
import Report
import Workload

/// One load carried out in this process, from its plan to its record: a run, or a trial of a search.
public final class RunRecorder {
    public let profile: Profile
    let context: RunContext
    public let run: LoadRun
    public let plan: RunRecord.Plan
    /// The target's usage during the hold; nil where it was not watched.
    var targetUsage: TargetUsage? { self.targetLog?.hold }
    private let targetLog: TargetLog?
    private let probe: Probe?

    /// Prepares a load; nothing is sent yet. Throws why it cannot run. `kept`: users of the load before.
    public init(_ given: Profile, _ context: RunContext, kept: KeptUsers? = nil) throws(CommandError) {
        let profile = context.spoken(given)
        self.profile = profile
        self.context = context
        self.targetLog = context.target.map(TargetLog.init)
        do {
            try Preflight.ensure(profile, addresses: context.addresses)
            let program = try RequestProgram(profile: profile, userAgent: context.userAgent)
            self.run = try LoadRun(
                profile: profile, program: program, addresses: context.addresses, threads: context.threads,
                cpus: context.cpus, spins: context.spins, signals: context.signals, settle: context.settle,
                kept: kept)
            self.probe = try profile.load.probe.map { rate throws(EngineError) in
                try Probe(
                    beside: profile, rate: rate, addresses: context.addresses, userAgent: context.userAgent)
            }
            // The probe's worker and the thread that leads it.
            try Preflight.ensure(threads: self.run.threadCount + (self.probe == nil ? 0 : 2))
        } catch {
            throw CommandError(engine: error)
        }
        self.run.watchesTimer = true
        var plan = RunRecord.Plan(profile: profile, threads: self.run.threadCount, asked: self.run.usersAsked)
        plan.isStrict = context.isStrict
        self.plan = plan
        if let log = self.targetLog { self.run.targetCPU = { log.share() } }
    }

    /// Carries the load out and returns its summary. `began` is called once it sends, `each` after every interval,
    /// while the run still has its histograms. The record grows meanwhile; `write(_:to:)` completes it.
    public func carryOut(
        into record: RecordFolder?, began: () -> Void = {}, each: (IntervalRow) -> Void
    ) throws(CommandError) -> RunRecord {
        var summary = RunRecord(
            state: .running, plan: self.plan, hold: self.run.hold, outside: self.run.outside)
        summary.conditions = Environment.gather(
            version: self.context.version, addresses: self.context.addresses,
            profileHash: self.context.profileHash)
        summary.conditions += Environment.http(of: self.profile, choice: self.context.serverChoice)
        summary.conditions += Environment.asked(of: self.profile)
        summary.conditions += Environment.followHosts(self.context.followed, not: self.context.notFollowed)
        summary.stamp = self.context.stamp
        summary.stamp.start = linux_realtime_nanoseconds()
        self.begin(record, summary)
        self.targetLog?.begin()
        do {
            try self.run.start()
        } catch {
            throw CommandError(engine: error)
        }
        began()
        var windows = ObjectiveWindows(self.profile.effectiveSLO, plan: self.plan)
        var steadiness = SteadinessWatch()
        var pauses = OwnPauses()
        let series = self.lead(record, &windows) { row in
            steadiness.take(row)
            pauses.take(row)
            each(row)
        }
        summary.stamp.end = linux_realtime_nanoseconds()
        summary.probe = self.probe?.finish()
        summary.target = self.targetLog?.hold
        summary.complete(from: self.run)
        // Set before the objectives are judged, as they need it.
        summary.outcome.steadiness = steadiness.found
        summary.outcome.pauses = pauses
        summary.outcome.addresses += self.context.leftOut
        summary.conditions += Environment.agreed(self.run.tlsFacts)
        summary.conditions += Environment.missing(
            refused: KernelRefusals.ofProcess.all, targetReadings: self.targetLog?.missed)
        summary.conclude(self.profile.effectiveSLO, windows: windows.finish(), series: series)
        return summary
    }

    /// The first files of the record.
    private func begin(_ record: RecordFolder?, _ summary: RunRecord) {
        record?.write(
            "run.json",
            RunJSON.encodeStart(
                summary, objectives: self.profile.effectiveSLO.map(\.text), redactor: self.context.redactor))
        record?.beginSeries(
            log: HistogramLogWriter.header(
                writer: self.context.userAgent, startedAt: linux_realtime_nanoseconds() / 1_000_000))
    }

    /// Leads the run from the first interval to the last.
    private func lead(
        _ record: RecordFolder?, _ windows: inout ObjectiveWindows, _ each: (IntervalRow) -> Void
    ) -> ObjectiveSeries {
        let lines = IntervalLines()
        var series = ObjectiveSeries(self.profile.effectiveSLO, plan: self.plan)
        while let row = self.run.nextInterval() {
            if let record {
                record.append(
                    row,
                    lines: lines.lines(
                        hold: self.run.intervalHold, outside: self.run.intervalOutside, start: row.start,
                        end: row.end))
            }
            windows.take(row, self.run.intervalHold)
            series.take(row, hold: self.run.intervalHold, outside: self.run.intervalOutside)
            self.targetLog?.take(row.phase)
            each(row)
            do {
                try self.probe?.follow(self.run)
            } catch {
                self.context.notice("there is no probe: \(CommandError(engine: error).sentence)")
            }
        }
        series.finish()
        return series
    }

    /// Writes the rest of the record. Returns run.json as it was written, or would have been.
    public func write(_ summary: RunRecord, to record: RecordFolder?) -> [UInt8] {
        guard let record else { return RunJSON.encode(summary, redactor: self.context.redactor) }
        record.endSeries()
        return record.complete(with: summary, redactor: self.context.redactor)
    }
}
