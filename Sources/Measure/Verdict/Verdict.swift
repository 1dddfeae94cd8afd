/// The verdict on an objective, or on all of them.
///
/// The generator can only make a response time too long. So a measured percentile is an upper bound, and without the
/// generator's own delays it is a lower bound. PASS needs the upper bound inside the limit and the load delivered; FAIL
/// needs the lower bound outside.
public enum Verdict: String, Sendable, CaseIterable {
    /// It held.
    case pass = "PASS"
    /// It did not hold, whatever the generator added.
    case fail = "FAIL"
    /// The run does not show which.
    case unknown = "UNKNOWN"

    /// The word in every output.
    public var word: String { self.rawValue }

    /// One verdict for several: an UNKNOWN does not hide a certain FAIL.
    public static func union(_ verdicts: some Sequence<Verdict>) -> Verdict {
        var union = Verdict.pass
        for verdict in verdicts {
            if verdict == .fail { return .fail }
            if verdict == .unknown { union = .unknown }
        }
        return union
    }
}

/// The verdict on a whole run, for its last line and its exit code.
public struct RunVerdict: Sendable, Equatable {
    /// The verdict.
    public var word: Verdict
    /// What it rests on; Report makes a sentence of it.
    public var basis: Basis
    /// The exit code of the process.
    public var exit: ExitCode

    /// What a verdict rests on.
    public enum Basis: Sendable, Equatable {
        /// Every objective held: users held, of those asked for (nil: an open load), at so many requests per second.
        /// `on`: set if they had fewer connections than there are users.
        case held(users: UInt64?, asked: UInt64, requestsPerSecond: Double, on: FewerConnections? = nil)
        /// The objective that decided; `others`: how many more have the same verdict.
        case objective(SLOOutcome, others: Int)
        /// `--abort` ended the run, with the reason.
        case aborted(String)
        /// A claim is SUSPECT, and `--strict` needs VALID.
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

    /// The process ends with this code, unless a code of higher precedence is set already.
    public mutating func end(with code: ExitCode) { self.exit = ExitCode.first(of: [self.exit, code]) }
}
