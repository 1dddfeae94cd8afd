/// All valid trials at one load.
struct TrialLevel: Equatable {
    var load: Double
    var passed = 0
    var failed = 0
    /// Failures because users were lost or refused.
    var failedHard = 0
    private var passedDuration = 0.0
    private var failedDuration = 0.0
    /// Whether a confirmation passed here.
    var isConfirmed = false
    /// Most users that a failed trial held throughout: a hard limit may be there.
    var heldWhenFailed = 0.0

    init(load: Double) { self.load = load }

    mutating func add(_ trial: Search.Trial) {
        if trial.result.passed {
            self.passed += 1
            self.passedDuration += Double(trial.plan.duration)
            if trial.plan.purpose == .confirmation { self.isConfirmed = true }
        } else {
            self.failed += 1
            self.failedDuration += Double(trial.plan.duration)
            if trial.result.failedHard {
                self.failedHard += 1
                self.heldWhenFailed = max(self.heldWhenFailed, Double(trial.result.lowestHeld))
            }
        }
    }

    /// It failed for a larger share of its trial time than the exceed ratio allows.
    func fails(exceedRatio: Double) -> Bool {
        self.failedDuration > exceedRatio * (self.passedDuration + self.failedDuration)
    }

    /// Outcomes differ, and there are too few trials for the exceed ratio to decide.
    var isConflicted: Bool {
        self.passed > 0 && self.failed > 0 && self.passed + self.failed < SearchGoal.repeatLimit
    }
}

extension Search {
    /// The levels of all valid trials, by rising load.
    var levels: [TrialLevel] {
        var levels: [TrialLevel] = []
        for trial in Search.counted(self.trials) {
            if let index = levels.firstIndex(where: { $0.load == trial.plan.load }) {
                levels[index].add(trial)
            } else {
                var level = TrialLevel(load: trial.plan.load)
                level.add(trial)
                levels.append(level)
            }
        }
        return levels.sorted { $0.load < $1.load }
    }
}
