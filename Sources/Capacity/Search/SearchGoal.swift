/// What a search looks for and how far it may go. The terms are MLRsearch's (draft-ietf-bmwg-mlrsearch): width, exceed
/// ratio, duration sum.
public struct SearchGoal: Sendable, Equatable {
    /// What varies between trials.
    public enum Variable: String, Sendable, Equatable {
        /// Users held at once: whole numbers.
        case users
        /// Sessions that arrive per second.
        case sessionsPerSecond = "sessions/s"
    }

    public let variable: Variable
    /// The smallest load to try.
    public let minimum: Double
    /// The largest load to try.
    public let maximum: Double
    /// Nanoseconds that an ordinary trial holds its load; others are multiples (`duration(of:)`).
    public let trial: UInt64
    /// Nanoseconds that the shortest trial holds its load.
    public let shortestTrial: UInt64
    /// Relative width, upper over lower less one, at which a bracket is narrow enough.
    public let width: Double
    /// Share of a load's trial time that may fail before the load counts as failed.
    public let exceedRatio: Double
    /// Nanoseconds that all trials together may take.
    public let durationSum: UInt64
    /// Whether `durationSum` was given: then it is kept, however long trials must be.
    public let isSumGiven: Bool
    /// A number that people planned with, tried first. Nil: the search begins at the smallest load with enough samples.
    public var assumption: Double?
    /// The search ends as soon as trials at the assumption decide.
    public var isVerdictOnly = false
    /// How many samples a trial needs, and how many a load gives; nil where the server's speed decides.
    public var samples: Samples?
    /// Nanoseconds that the first trial holds its load at least: users who join hold two cycles of their pace.
    public var firstHold: UInt64 = 0
    /// Somebody chose the length of a trial: too few samples do not make it longer.
    public var isTrialGiven = false

    /// How much the number of requests or sessions that begin varies, relative to random arrivals: 0 for an even plan,
    /// 1 for Poisson. Nil: measured from trials.
    public var arrivalIrregularity: Double?

    /// What a trial needs to support a percentile.
    public struct Samples: Sendable, Equatable {
        /// Samples of a trial: ten beyond the percentile that needs the most.
        public var needed: Double
        /// Samples per second of a load of one.
        public var perLoad: Double

        /// Both, above 0.
        public init(needed: Double, perLoad: Double) {
            self.needed = needed
            self.perLoad = perLoad
        }
    }
    /// Probability with which a bracket of a statistical limit contains the line.
    public let confidence: Double

    /// If trials fail because users were not held, the bracket closes to one user up to this number.
    public static let exactUsers = 10_000.0
    /// Relative width of a bracket of lost users beyond `exactUsers`.
    public static let hardWidth = 0.005
    /// Most trials of one search, whatever their length.
    public static let trialLimit = 200
    /// How often a void trial is repeated.
    public static let voidRepeats = 2
    /// How often a trial is repeated that failed in a target that had not recovered: each time after one more
    /// cool-down.
    public static let unrecoveredRepeats = 1
    /// Trials at one load with different outcomes, before the exceed ratio decides.
    public static let repeatLimit = 3
    /// Growth of the load until the first failure.
    public static let growth = 2.0
    /// Ordinary trials in the default duration sum.
    public static let trialsInSum: UInt64 = 30
    /// Ordinary trials in the default duration sum after which no more are placed near a statistical limit. By then the
    /// estimated capacity of M/M/1 is within 3 % in nine searches of ten.
    public static let trialsToLine: UInt64 = 15
    /// With fewer samples a trial proves nothing about a percentile.
    public static let fewestSamples = 10.0
    /// How often a search lengthens its trials because one was too short to show a growing queue.
    public static let lengthenings = 3
    /// Such a trial becomes at most this many times as long as usual: a few users at a slow pace would need minutes.
    public static let lengthenedAtMost: UInt64 = 8
    /// The growth of the load if no sample of the last trial was beyond a limit.
    public static let farGrowth = 4.0
    /// A trial lasts at most a day.
    public static let trialDurationLimit: UInt64 = 86_400_000_000_000
    /// The largest load to ask for: more than any machine can hold, and exact in a Double.
    public static let loadLimit = 1e9

    /// A goal; a nil `durationSum` means 30 trials. Throws the first part that is not valid.
    public init(
        variable: Variable, minimum: Double = 1, maximum: Double, trial: UInt64 = 10_000_000_000,
        shortestTrial: UInt64 = 1, width: Double = 0.02, exceedRatio: Double = 0.5, durationSum: UInt64? = nil,
        confidence: Double = 0.95
    ) throws(SearchGoalError) {
        guard minimum > 0, minimum <= maximum, maximum <= Self.loadLimit else {
            throw .range(minimum: minimum, maximum: maximum)
        }
        if variable == .users, minimum != minimum.rounded() || maximum != maximum.rounded() {
            throw .partialUsers
        }
        guard trial > 0, trial <= Self.trialDurationLimit else { throw .trialDuration(trial) }
        guard shortestTrial > 0, shortestTrial <= trial else { throw .trialDuration(shortestTrial) }
        guard width > 0, width <= 1 else { throw .width(width) }
        guard exceedRatio >= 0, exceedRatio < 1 else { throw .exceedRatio(exceedRatio) }
        guard confidence >= 0.5, confidence <= 0.999 else { throw .confidence(confidence) }
        let sum = durationSum ?? trial * Self.trialsInSum
        guard sum >= trial else { throw .durationSum(sum, trial: trial) }
        self.variable = variable
        self.minimum = minimum
        self.maximum = maximum
        self.trial = trial
        self.shortestTrial = shortestTrial
        self.width = width
        self.exceedRatio = exceedRatio
        self.durationSum = sum
        self.isSumGiven = durationSum != nil
        self.confidence = confidence
    }

    /// Nanoseconds of a trial: short ones far from the answer, long ones near it, and the longest to confirm.
    public func duration(of purpose: TrialPlan.Purpose) -> UInt64 {
        switch purpose {
        case .growth, .approach, .upperEnd: max(self.shortestTrial, self.trial / 2)
        case .assumption, .bisection, .repetition, .retest, .nearLine: self.trial
        case .confirmation: self.trial * 2
        }
    }

    /// The same at a load: as long as its samples take, unless the length was given.
    public func duration(of purpose: TrialPlan.Purpose, at load: Double) -> UInt64 {
        let usual = self.duration(of: purpose)
        guard let samples, !self.isTrialGiven, load > 0 else { return usual }
        let seconds = samples.needed / (samples.perLoad * load)
        let needed = min(seconds * 1e9, Double(Self.trialDurationLimit))
        return needed.isFinite && needed > 0 ? max(usual, Self.rounded(needed)) : usual
    }

    /// Nanoseconds rounded up to whole tenths of a second.
    static func rounded(_ nanoseconds: Double) -> UInt64 {
        UInt64((nanoseconds / Self.step).rounded(.up)) * UInt64(Self.step)
    }

    private static let step = 1e8

    /// The load of the first trial: what was assumed; else the smallest that gives it enough samples.
    public var start: Double {
        if let assumption { return self.feasible(assumption) }
        let held = max(self.duration(of: .assumption), self.firstHold)
        return self.feasible(self.enough(self.samples?.needed ?? 0, in: held).rounded(.up))
    }

    /// The first trial. Without an assumption it lasts until its samples are enough: a short one would ask for twice
    /// the load, which may be too much already.
    var first: TrialPlan {
        let load = self.start
        if self.assumption != nil {
            return TrialPlan(load: load, duration: self.duration(of: .assumption, at: load), purpose: .assumption)
        }
        let usual = self.duration(of: .growth, at: load)
        let needed = self.samples.map { min($0.needed / ($0.perLoad * load) * 1e9, Double(self.trial)) } ?? 0
        return TrialPlan(load: load, duration: max(usual, min(Self.rounded(needed), self.trial)), purpose: .growth)
    }

    /// The smallest load to try: one whose trial is expected to have some answers.
    var least: Double {
        guard self.isTrialGiven else { return self.minimum }
        return self.feasible(self.enough(Self.fewestSamples, in: self.duration(of: .growth)).rounded(.up))
    }

    /// The load that gives so many samples in a trial of so many nanoseconds.
    private func enough(_ samples: Double, in held: UInt64) -> Double {
        guard let given = self.samples else { return self.minimum }
        return samples / (given.perLoad * Double(held) / 1e9)
    }

    /// The same goal where every trial holds its load for at least so many nanoseconds.
    public func holding(atLeast length: UInt64) throws(SearchGoalError) -> SearchGoal {
        let trial = max(self.trial, length)
        var goal = try SearchGoal(
            variable: self.variable, minimum: self.minimum, maximum: self.maximum, trial: trial,
            shortestTrial: max(self.shortestTrial, length), width: self.width, exceedRatio: self.exceedRatio,
            durationSum: self.isSumGiven ? max(self.durationSum, trial) : nil, confidence: self.confidence)
        goal.assumption = self.assumption
        goal.isVerdictOnly = self.isVerdictOnly
        goal.samples = self.samples
        goal.isTrialGiven = self.isTrialGiven
        goal.firstHold = self.firstHold
        goal.arrivalIrregularity = self.arrivalIrregularity
        return goal
    }

    /// A load that can be tried: whole users, within the range.
    func feasible(_ load: Double) -> Double {
        let load = self.variable == .users ? load.rounded() : load
        return min(max(load, self.minimum), self.maximum)
    }
}

/// Why a goal is not valid, and what to change.
public enum SearchGoalError: Error, Equatable, CustomStringConvertible {
    case range(minimum: Double, maximum: Double)
    case partialUsers
    case trialDuration(UInt64)
    case width(Double)
    case exceedRatio(Double)
    case confidence(Double)
    case durationSum(UInt64, trial: UInt64)

    public var description: String {
        switch self {
        case .range(let minimum, let maximum):
            "a search from \(minimum) to \(maximum) has no load; use 0 < minimum <= maximum <= 1000000000"
        case .partialUsers: "users are whole numbers; give the range in whole users"
        case .trialDuration(let trial): "a trial of \(trial) ns is none; use more than 0 and at most 24h"
        case .width(let width): "a width of \(width) is none; use more than 0% and at most 100%"
        case .exceedRatio(let ratio): "an exceed ratio of \(ratio) is none; use 0 or more, below 1"
        case .confidence(let confidence): "a confidence of \(confidence) is none; use 50% to 99.9%"
        case .durationSum(let sum, let trial):
            "\(sum) ns in all are less than one trial of \(trial) ns; allow more or shorten the trial"
        }
    }
}
