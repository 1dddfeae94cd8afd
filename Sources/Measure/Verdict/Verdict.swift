/// What a run shows of an objective, or of all of them.
///
/// What the generator adds only makes a response time too long: a measured percentile is an upper bound, and without
/// the generator's own delays a lower one. PASS needs the upper bound inside the limit and the load delivered, FAIL the
/// lower bound outside.
public enum Verdict: String, Sendable, CaseIterable {
    /// It held.
    case pass = "PASS"
    /// It did not hold, whatever the generator added.
    case fail = "FAIL"
    /// The run does not show which.
    case unknown = "UNKNOWN"

    /// The word of every output.
    public var word: String { self.rawValue }

    /// One verdict of several: a certain FAIL is not hidden by an UNKNOWN.
    public static func union(_ verdicts: some Sequence<Verdict>) -> Verdict {
        var union = Verdict.pass
        for verdict in verdicts {
            if verdict == .fail { return .fail }
            if verdict == .unknown { union = .unknown }
        }
        return union
    }
}

/// The verdict on a whole run: what its last line says and its exit code is.
public struct RunVerdict: Sendable, Equatable {
    /// The verdict.
    public var word: Verdict
    /// What it rests on; Report puts it into a sentence.
    public var basis: Basis
    /// How the process ends.
    public var exit: ExitCode

    /// What a verdict rests on.
    public enum Basis: Sendable, Equatable {
        /// Every objective held: users held, of those asked (nil: an open load), at so many requests per second.
        /// `on`: where they had fewer connections than they are.
        case held(users: UInt64?, asked: UInt64, requestsPerSecond: Double, on: FewerConnections? = nil)
        /// The objective that decided; `others`: how many more have the same verdict.
        case objective(SLOOutcome, others: Int)
        /// `--abort` ended the run, for a reason in words.
        case aborted(String)
        /// A claim is SUSPECT and `--strict` asked for VALID.
        case suspect(Claim, ValidityFinding)
        /// No request was ever answered.
        case targetUnusable
        /// Answers came, and none was as expected: how many of each status.
        case noneExpected([StatusCount])
        /// A signal ended it before its hold.
        case interrupted
    }

    /// A verdict with every value given.
    public init(word: Verdict, basis: Basis, exit: ExitCode) {
        self.word = word
        self.basis = basis
        self.exit = exit
    }

    /// The process ends with this code, unless one that goes before it is known already.
    public mutating func end(with code: ExitCode) { self.exit = ExitCode.first(of: [self.exit, code]) }
}
