/// The instances of one Auto Scaling group, from launch to termination, in steps. Times are milliseconds from the
/// beginning of the simulation.
struct InstanceGroup {
    /// What all instances of a group take, in milliseconds.
    struct Times: Equatable {
        /// Not billed: AWS bills an instance from `running` on ("ec2-instance-lifecycle" of
        /// awsdocs/amazon-ec2-user-guide: `pending` and `shutting-down` are not billed).
        var pending: Int
        /// From the launch until it serves.
        var launch: Int
        /// From the launch until it counts in the metric.
        var warm: Int
        /// From its removal until it is gone; billed.
        var drain: Int
        /// The length of a step.
        var step: Int

        init(_ settings: ScalingSettings) {
            self.step = settings.stepSeconds * 1_000
            self.pending = settings.pending.wholeMilliseconds
            self.launch = settings.launchTime.wholeMilliseconds
            self.warm = max(self.launch, (settings.boot + settings.warmup).wholeMilliseconds)
            self.drain = settings.drain.wholeMilliseconds
        }

        /// Steps from the launch to the first step in which an instance serves.
        var launchSteps: Int { (self.launch + self.step - 1) / self.step }
    }

    /// Instances launched in one step.
    private struct Launch {
        var count = 0
        var billedFrom = 0
        var readyAt = 0
        var warmAt = 0
    }

    /// Instances removed in one step.
    private struct Removal {
        var count = 0
        var goneAt = 0
    }

    let times: Times
    /// In service and in the metric.
    private(set) var warmed: Int
    /// In service, and not yet in the metric.
    private(set) var warming = 0
    /// Launched, and not yet in service.
    private(set) var booting = 0
    /// Removed, and not yet gone.
    private(set) var draining = 0

    /// Launches in order; a step has at most one, so that the ring never overflows. Numbers of launches only grow.
    private var launches: [Launch]
    /// The oldest launch that still warms up, the oldest that still boots, and the next one.
    private var oldest = 0
    private var firstBooting = 0
    private var nextLaunch = 0

    private var removals: [Removal]
    private var firstRemoval = 0
    private var nextRemoval = 0

    /// A group with instances that have served for long.
    init(_ times: Times, instances: Int) {
        self.times = times
        self.warmed = instances
        self.launches = Array(repeating: Launch(), count: max(times.warm, times.launch) / times.step + 2)
        self.removals = Array(repeating: Removal(), count: times.drain / times.step + 2)
    }

    var inService: Int { self.warmed + self.warming }

    /// Whether a scale-out is in progress: nothing is scaled in before it has warmed up.
    var isScalingOut: Bool { self.warming + self.booting > 0 }

    /// Moves on to a time: instances serve from the first step on that begins when they are ready.
    mutating func advance(to now: Int) {
        while self.firstBooting < self.nextLaunch {
            let launch = self.launches[self.firstBooting % self.launches.count]
            guard launch.readyAt <= now else { break }
            self.booting -= launch.count
            self.warming += launch.count
            self.firstBooting += 1
        }
        while self.oldest < self.firstBooting {
            let launch = self.launches[self.oldest % self.launches.count]
            guard launch.warmAt <= now else { break }
            self.warming -= launch.count
            self.warmed += launch.count
            self.oldest += 1
        }
        while self.firstRemoval < self.nextRemoval {
            let removal = self.removals[self.firstRemoval % self.removals.count]
            guard removal.goneAt <= now else { break }
            self.draining -= removal.count
            self.firstRemoval += 1
        }
    }

    /// Launches instances; at most once a step.
    mutating func launch(_ count: Int, at now: Int) {
        guard count > 0, self.nextLaunch - self.oldest < self.launches.count else { return }
        self.launches[self.nextLaunch % self.launches.count] = Launch(
            count: count, billedFrom: now + self.times.pending, readyAt: now + self.times.launch,
            warmAt: now + self.times.warm)
        self.nextLaunch += 1
        self.booting += count
    }

    /// Removes instances; at most once a step. Those that boot go first, newest first, as they have no users; they are
    /// gone at once. The others drain.
    mutating func remove(_ count: Int, at now: Int, sparesBooting: Bool = false) {
        var rest = count
        var index = self.nextLaunch - 1
        while !sparesBooting, rest > 0, index >= self.firstBooting {
            let slot = index % self.launches.count
            let cancelled = min(rest, self.launches[slot].count)
            self.launches[slot].count -= cancelled
            self.booting -= cancelled
            rest -= cancelled
            index -= 1
        }
        let old = min(rest, self.warmed)
        self.warmed -= old
        rest -= old
        index = self.firstBooting - 1
        var new = 0
        while rest > 0, index >= self.oldest {
            let slot = index % self.launches.count
            let removed = min(rest, self.launches[slot].count)
            self.launches[slot].count -= removed
            self.warming -= removed
            new += removed
            rest -= removed
            index -= 1
        }
        let drained = old + new
        guard drained > 0, self.times.drain > 0, self.nextRemoval - self.firstRemoval < self.removals.count
        else { return }
        self.removals[self.nextRemoval % self.removals.count] = Removal(
            count: drained, goneAt: now + self.times.drain)
        self.nextRemoval += 1
        self.draining += drained
    }

    /// Instance-milliseconds billed in the step that begins now: all but the time until an instance runs and after it
    /// is gone.
    func billed(from now: Int) -> Int {
        let end = now + self.times.step
        var sum = (self.inService + self.booting + self.draining) * self.times.step
        var index = self.nextLaunch - 1
        while index >= self.firstBooting {
            let launch = self.launches[index % self.launches.count]
            guard launch.billedFrom > now else { break }
            sum -= launch.count * (min(launch.billedFrom, end) - now)
            index -= 1
        }
        index = self.firstRemoval
        while index < self.nextRemoval {
            let removal = self.removals[index % self.removals.count]
            guard removal.goneAt < end else { break }
            sum -= removal.count * (end - removal.goneAt)
            index += 1
        }
        return sum
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, of a time of at most `ScalingLimit.time`; longer ones are that, negative ones 0.
    var wholeMilliseconds: Int {
        Int((min(max(self, .zero), ScalingLimit.time * 3).seconds * 1_000).rounded(.up))
    }
}
