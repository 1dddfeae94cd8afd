import Fleet
import Record
import Units

/// A comparison of scaling policies for people: the best one, all of them as a table, and one over time as a plot. At
/// most 100 columns wide.
public enum ScalingText {
    /// The whole page. `plotted`: the policy of the plot; nil: the best one, or the first dynamic one.
    public static func page(_ comparison: ScalingComparison, plotting plotted: ScalingPolicy.Kind? = nil) -> String {
        Self.lines(comparison, plotting: plotted).joined(separator: "\n") + "\n"
    }

    /// Its lines, for a page that has more.
    public static func lines(_ comparison: ScalingComparison, plotting plotted: ScalingPolicy.Kind? = nil) -> [String] {
        var lines = Self.wrapped(Self.verdict(comparison)) + [""]
        lines += Self.table(comparison)
        lines += [""] + Self.legend(comparison)
        lines += Self.service(comparison)
        if comparison.scenario.settings.queue != nil { lines.append("") }
        lines += Self.assumptions(comparison)
        lines += comparison.cautions.flatMap { Self.wrapped("! " + Self.words($0)) }
        let run = plotted.flatMap { comparison.run(of: $0) } ?? Self.shown(comparison)
        if let run, run.regions.count > 1 { lines += [""] + Self.regions(run) }
        if let run, !run.steps.isEmpty {
            let every = run.stepSeconds / max(1, Int(comparison.scenario.settings.stepLength.seconds))
            lines += [""] + ScalingPlot.lines(run, every: every)
        }
        return lines
    }

    /// The regions under one policy. Instances and money add up to its row of the other table; peaks and minutes do
    /// not, where regions have them at different times.
    private static func regions(_ run: ScalingRun) -> [String] {
        var table = TextTable(right: Set(1...5))
        table.add([Self.name(run.policy.kind), "instances", "peak", "hours", "a day", "minutes over"])
        for part in run.regions {
            let summary = part.summary
            table.add([
                TerminalText.sanitised(part.region.name), Self.count(summary.averageInstances),
                Self.count(summary.peakInstances), Self.count(summary.instanceHours.value),
                summary.costPerDay?.text ?? "unknown", Self.minutes(summary.secondsOver),
            ])
        }
        return table.lines(indent: 0)
    }

    /// The run worth a plot.
    private static func shown(_ comparison: ScalingComparison) -> ScalingRun? {
        if let best = comparison.best, best.policy.kind != .fixed { return best }
        let own = comparison.runs.filter { ![.fixed, .perfect].contains($0.policy.kind) }
        return own.first(where: comparison.keepsReserve) ?? own.first ?? comparison.runs.first
    }

    /// One sentence: which policy needs the fewest instance-hours of those that hold the objective with the reserve.
    public static func verdict(_ comparison: ScalingComparison) -> String {
        let reserve = comparison.scenario.settings.safety < 1 ? " with the plan's reserve" : ""
        guard let best = comparison.best else { return "no policy holds the objective\(reserve)" }
        let start = "\(Self.name(best.policy.kind)) is the cheapest that holds the objective\(reserve)"
        guard best.policy.kind != .fixed, let share = comparison.againstStatic(best) else { return start }
        return "\(start): \(Self.percent(share)) instance-hours against the static peak"
    }

    private static func table(_ comparison: ScalingComparison) -> [String] {
        var table = TextTable(right: Set(1...9))
        table.add(["", "peak", "hours", "a day", "vs", "short", "idle", "minutes", "at a", "refused"])
        table.add(["policy", "", "billed", "", "static", "", "", "over", "time", ""])
        for run in comparison.runs {
            let summary = run.summary
            let against = run.policy.kind == .fixed ? nil : comparison.againstStatic(run)
            table.add([
                Self.name(run.policy.kind) + (comparison.keepsReserve(run) ? "" : "*"),
                Self.count(summary.peakInstances), Self.count(summary.instanceHours.value),
                summary.costPerDay?.text ?? "unknown", against.map(Self.percent) ?? "-",
                Self.small(summary.shortShare), Self.small(summary.idleShare),
                Self.minutes(summary.secondsOver),
                Self.minutes(summary.longestRecoverySeconds) + (Self.isOverAtEnd(run) ? "+" : ""),
                Self.small(summary.refusedShare),
            ])
        }
        return table.lines(indent: 0)
    }

    private static func isOverAtEnd(_ run: ScalingRun) -> Bool { run.regions.contains { $0.summary.isOverAtEnd } }

    /// Estimated response times, where an instance is described as a queue.
    private static func service(_ comparison: ScalingComparison) -> [String] {
        guard let queue = comparison.scenario.settings.queue else { return [] }
        var table = TextTable(right: [1, 2])
        let limit = queue.limit.map { "minutes above \(Self.time($0))" }
        table.add(["response time of \(Quantity.percent(queue.quantile))", "at the fullest", limit ?? ""])
        for run in comparison.runs {
            let slowest = queue.response(users: run.summary.mostUsersPerInstance)?.seconds
            table.add([
                Self.name(run.policy.kind),
                slowest.map { Quantity.duration(UInt64(exactly: ($0 * 1e9).rounded()) ?? .max) } ?? "without end",
                limit == nil ? "" : Self.minutes(run.summary.secondsSlow),
            ])
        }
        let every = Self.time(.seconds(1 / queue.perUser.perSecond))
        let note =
            "an estimate, Erlang C: Poisson arrivals, \(Self.time(queue.serviceTime)) of exponential service on "
            + "\(Quantity.plural(UInt64(max(0, queue.servers)), "server")), a request of each user in \(every)"
        return [""] + table.lines(indent: 0) + Self.wrapped(note)
    }

    /// What the table shows, and which policies it compares at less than the reserve.
    private static func legend(_ comparison: ScalingComparison) -> [String] {
        let scenario = comparison.scenario
        let safety = scenario.settings.safety
        var sentences = [
            "short: instance-time missing, of what demand needs without a reserve; idle: beyond that, of what is in "
                + "service; refused: of the users' time; a policy holds the objective where at most "
                + "\(Quantity.percent(ScalingComparison.toleratedShare)) of that time is refused or over it"
        ]
        if safety < 1 {
            sentences.append(
                "reserve: static peak, schedule, forecast, tracking and perfect foresight use an instance up to "
                    + "\(Self.small(safety)), the plan's utilisation and its zones that may fail")
        }
        let without = comparison.runs.filter { !comparison.keepsReserve($0) }.map { Self.name($0.policy.kind) }
        if !without.isEmpty {
            let what = safety < 1 ? "does not keep this reserve" : "has fewer instances than the peak needs"
            sentences.append("* \(what): \(without.joined(separator: ", "))")
        }
        if comparison.runs.contains(where: Self.isOverAtEnd) {
            sentences.append("+ still over the objective at the end")
        }
        return sentences.flatMap { Self.wrapped($0) }
    }

    /// What was assumed, in the unit in which it is set.
    private static func assumptions(_ comparison: ScalingComparison) -> [String] {
        let scenario = comparison.scenario
        let settings = scenario.settings
        let days = Quantity.plural(UInt64(max(0, settings.days)), "day")
        let peak = Self.ratio(scenario.curve.peakOverAverage)
        let isSpread = scenario.regions.count > 1
        let regions = isSpread ? " in \(scenario.regions.count) regions" : ""
        let most = Self.count(comparison.runs.first?.summary.peakDemand.value ?? 0)
        let peaks = isSpread ? "the peaks of all regions, at most \(most) at once" : "the peak"
        var sentences = [
            "\(days) of \(Self.curve(scenario.curve))\(regions): \(Self.count(scenario.peakUsers.value)) users at "
                + "\(peaks), \(peak) times the average; \(Self.count(scenario.usersPerInstance.value)) users an "
                + "instance",
            "an instance serves \(Self.time(settings.launchTime)) after its launch (boot \(Self.time(settings.boot)), "
                + "application \(Self.time(settings.appStart)), health check \(Self.time(settings.healthCheck))), is "
                + "in the metric \(Self.time(settings.warmup)) after its boot, and drains "
                + "\(Self.time(settings.drain))",
            "\(Self.metric(settings.metric)); steps of \(Self.time(settings.stepLength)); instance-hours are billed "
                + "from running (\(Self.time(settings.pending)) after the launch) to the end of the drain",
        ]
        if let visits = scenario.visits, let simulated = comparison.runs.first?.summary.averageDemand {
            let rate = Quantity.rate(visits.daily.value / Duration.day.seconds)
            sentences.append(
                "users arrive at \(rate)/s and stay \(Self.clock(visits.time)) a day: "
                    + "\(Self.count(visits.average.value)) at once on average (Little's law), "
                    + "\(Self.count(simulated.value)) in the simulation")
        }
        if scenario.curve.shape != .event, scenario.curve.days == 1 {
            sentences.append("every day is like the one before: forecasts and schedules are at their best")
        }
        if scenario.curve.days > 1 {
            sentences.append(
                "forecasts begin with the \(scenario.daysBefore) days before the first one; a schedule of its own has "
                    + "the highest need of each hour on any of the \(scenario.curve.days)")
        }
        if settings.appStart == .zero {
            sentences.append(
                "the start of the application is not known and counts as 0: every recovery is a lower bound")
        }
        return sentences.flatMap { Self.wrapped($0) }
    }

    /// A curve by its name: `sine`, `csv of 7 days`.
    private static func curve(_ curve: TrafficCurve) -> String {
        if let intervals = curve.intervals {
            let count = Quantity.plural(UInt64(max(0, intervals.count)), "interval")
            return "\(curve.shape.rawValue) (\(count) of \(Self.time(intervals.length)), spread over 24 h)"
        }
        return curve.shape.rawValue + (curve.days > 1 ? " of \(curve.days) days" : "")
    }

    private static func metric(_ metric: ScalingMetric) -> String {
        switch metric {
        case .cpu(let share): "alarms look at CPU, \(Quantity.percent(share)) at capacity"
        case .requests: "alarms look at requests per target, as a share of those at capacity"
        case .connections: "alarms look at connections per instance, as a share of those at capacity"
        }
    }

    /// A caution as a sentence.
    static func words(_ caution: ScalingCaution) -> String {
        switch caution {
        case .neverScalesOut(let policy, let metric, let full, let threshold):
            "the alarm of \(Self.name(policy)) never fires: a full instance shows \(Quantity.percent(full)) "
                + "\(metric == .cpu ? "CPU" : metric.rawValue), and it waits for \(Quantity.percent(threshold)); "
                + "scale on what binds"
        case .minimumAboveAverage(let minimum, let average):
            "the minimum of \(Self.count(minimum)) instances is no less than the average need, "
                + "\(Self.count(average)): there is little to scale in"
        case .addsNothing(let policy):
            "the steps of \(Self.name(policy)) add nothing: it never grows"
        case .deadGroups(let policy, let dead, let regions, let seconds):
            "\(Self.name(policy)) leaves \(regions == 1 ? "the region" : "\(dead) of \(regions) regions") without an "
                + "instance for \(Self.clock(.seconds(seconds))) while users come: no alarm has data then; a `minimum` "
                + "of one in each region prevents it"
        case .queueBelowCapacity(let most, let capacity):
            "`service` lets an instance serve less than \(Self.count(most.value)) users before its queue grows without "
                + "end, and it is planned with \(Self.count(capacity.value)): one of them is wrong"
        case .otherUsers(let simulated, let planned):
            "the simulated days have \(Self.count(simulated.value)) users each, with their time (Little's law), and "
                + "the plan \(Self.count(planned.value))"
        case .maximumBelowPeak(let maximum, let needed, let short, let regions):
            "the maximum of \(Self.count(maximum)) instances is less than the \(Self.count(needed)) that "
                + "\(Self.peaks(short, of: regions))"
        case .maximumBelowReserve(let maximum, let needed, let short, let regions):
            "the maximum of \(Self.count(maximum)) instances is less than the \(Self.count(needed)) that, with the "
                + "reserve, \(Self.peaks(short, of: regions)): then the fleet has less of it"
        }
    }

    private static func clock(_ time: Duration) -> String { Quantity.clock(UInt64(max(0, time.seconds * 1e9))) }

    private static func peaks(_ short: Int, of regions: Int) -> String {
        regions == 1 ? "the peak needs" : "the peaks of the regions need (\(short) of \(regions) have too few)"
    }

    /// A policy's name for people.
    static func name(_ kind: ScalingPolicy.Kind) -> String {
        switch kind {
        case .fixed: "static peak"
        case .perfect: "perfect foresight"
        case .simple: "simple scaling"
        case .step: "step scaling"
        case .targetTracking: "target tracking"
        case .scheduled: "scheduled"
        case .predictive: "predictive alone"
        case .combined: "tracking + forecast"
        }
    }

    static func count(_ value: Double) -> String { Quantity.count(UInt64(exactly: value.rounded()) ?? 0) }

    static func count(_ value: Int) -> String { Quantity.count(UInt64(max(0, value))) }

    /// A change in whole percent, with its sign.
    private static func percent(_ share: Double) -> String {
        let whole = (share * 100).rounded()
        guard abs(whole) < 1e9 else { return "more than can be shown" }
        return "\(whole > 0 ? "+" : whole < 0 ? "-" : "")\(Quantity.count(UInt64(abs(whole)))) %"
    }

    /// A share in percent with a digit after the point below 10 %: "0.3 %", "47 %"; "<0.1 %" for less.
    static func small(_ share: Double) -> String {
        guard share.isFinite, share > 0 else { return "0 %" }
        if share < 0.001 { return share < 1e-12 ? "0 %" : "<0.1 %" }
        let exact = DecimalDigits(share * 100).rounded(fraction: share < 0.1 ? 1 : 0)
        return share < 1e7 ? "\(exact.text(fraction: exact.fractionDigits)) %" : "more than can be shown"
    }

    private static func minutes(_ seconds: Int) -> String {
        let exact = DecimalDigits(Double(max(0, seconds)) / 60).rounded(fraction: 1)
        return exact.text(fraction: exact.fractionDigits)
    }

    private static func ratio(_ value: Double) -> String {
        DecimalDigits(value).rounded(fraction: 2).text(fraction: 2)
    }

    private static func time(_ time: Duration) -> String {
        Quantity.planned(UInt64(exactly: (time.seconds * 1e9).rounded()) ?? 0)
    }

    /// A sentence in lines of the page's width.
    private static func wrapped(_ sentence: String) -> [String] {
        var lines: [String] = []
        // A percentage stays in one line.
        for word in sentence.replacing(" %", with: "\u{a0}%").split(separator: " ") {
            let word = word.replacing("\u{a0}", with: " ")
            if let last = lines.last, last.count + 1 + word.count <= Self.columns {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append((lines.isEmpty ? "" : "  ") + word)
            }
        }
        return lines
    }

    /// So that a page may set it in by two.
    private static let columns = 98
}

/// Instances over time: `─` those in service, `·` those needed, `x` needed ones where some were missing. 72 columns
/// wide.
enum ScalingPlot {
    private static let rows = 12
    private static let columns = 60
    /// Columns of the axis: a number and a line.
    private static let axis = 12

    /// `every`: one step of so many is in the run.
    static func lines(_ run: ScalingRun, every: Int) -> [String] {
        let steps = run.steps
        guard let last = steps.last, let top = steps.map({ max($0.inService, $0.needed) }).max(), top > 0 else {
            return []
        }
        var grid = [[Character]](repeating: [Character](repeating: " ", count: Self.columns), count: Self.rows)
        var before: (needed: Int, serving: Int)?
        for column in 0..<Self.columns {
            let first = column * steps.count / Self.columns
            let end = max(first + 1, (column + 1) * steps.count / Self.columns)
            let part = steps[min(first, steps.count - 1)..<min(end, steps.count)]
            guard let needed = part.map(\.needed).max() else { continue }
            let isMissing = part.contains { $0.missing > 0 }
            let serving = (isMissing ? part.map(\.inService).min() : part.map(\.inService).max()) ?? 0
            let mark: Character = isMissing ? "x" : "·"
            let now = (needed: Self.row(needed, top), serving: Self.row(serving, top))
            // A jump is drawn as a line.
            for row in Self.between(before?.serving, now.serving) { grid[row][column] = "│" }
            for row in Self.between(before?.needed, now.needed) { grid[row][column] = mark }
            grid[now.needed][column] = mark
            if grid[now.serving][column] != "x" { grid[now.serving][column] = "─" }
            before = now
        }
        let title = "instances, \(ScalingText.name(run.policy.kind)): ─ in service, · needed, x needed and missing"
        var lines = [title + (every > 1 ? "; one step in \(every)" : "")]
        for row in (0..<Self.rows).reversed() {
            let label = row == Self.rows - 1 ? ScalingText.count(top) : row == 0 ? "0" : ""
            lines.append(Self.labelled(label, "│", String(grid[row])))
        }
        lines.append(Self.labelled("", "└", String(repeating: "─", count: Self.columns)))
        lines.append(Self.labelled("", " ", Self.hours(last.second + run.stepSeconds)))
        return lines
    }

    /// The times below the plot: a quarter of its width apart.
    private static func hours(_ seconds: Int) -> String {
        var line = ""
        for quarter in 0..<4 {
            let second = seconds * quarter / 4
            let day = second / 86_400
            let clock = ClockTime(second: second / 60 * 60).text
            line += seconds > 86_400 ? "day \(day + 1) \(clock)" : clock
            let next = Self.columns * (quarter + 1) / 4
            line += String(repeating: " ", count: max(1, next - line.count))
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func labelled(_ label: String, _ line: String, _ rest: String) -> String {
        var text = String(repeating: " ", count: max(0, Self.axis - 2 - label.count)) + label + " " + line + rest
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The rows between two, both left out.
    private static func between(_ first: Int?, _ second: Int) -> Range<Int> {
        guard let first, abs(first - second) > 1 else { return 0..<0 }
        return min(first, second) + 1..<max(first, second)
    }

    /// Which of the rows a number falls into; 0 is the lowest.
    private static func row(_ value: Int, _ top: Int) -> Int {
        min(max((value * (Self.rows - 1) + top / 2) / max(top, 1), 0), Self.rows - 1)
    }
}
