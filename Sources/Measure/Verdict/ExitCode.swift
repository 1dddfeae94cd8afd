/// How the process ends; the numbers are part of the interface. The one list of them: help, the manual page and the
/// table in docs/reference/exit-codes.md say what stands here.
public enum ExitCode: Int32, CaseIterable, Sendable {
    case success = 0
    case objectiveNotMet = 10
    case refuted = 11
    case undecided = 12
    case unknown = 20
    case usage = 64
    case badInput = 65
    case targetUnusable = 69
    case defect = 70
    case outputFailed = 74
    case interrupted = 130
    case terminated = 143

    /// A few words for the overview, and a sentence for the manual page and the reference.
    public var meaning: (words: String, sentence: String) {
        switch self {
        case .success: ("all held", "Everything held.")
        case .objectiveNotMet:
            ("SLO not met", "An objective was not met, or a rule or a cap stopped the run.")
        case .refuted:
            (
                "assumption refuted",
                "The assumption is refuted, or a claim of an audit is wrong, inconsistent or refuted."
            )
        case .undecided:
            ("undecided", "The assumption or a claim of an audit is undecided, or the search found no answer.")
        case .unknown:
            (
                "an objective is UNKNOWN",
                "An objective is UNKNOWN, or with --strict SUSPECT; in a search nothing valid was measured."
            )
        case .usage: ("usage", "The command line is wrong.")
        case .badInput: ("bad profile or record", "The profile or the record is wrong.")
        case .targetUnusable:
            ("the target was unusable (nothing ever worked)", "The target was unusable: nothing ever worked.")
        case .defect: ("a defect of headroom", "A defect of headroom.")
        case .outputFailed: ("output could not be written", "An output could not be written.")
        case .interrupted:
            (
                "interrupted (Ctrl-C, or SIGHUP: the terminal went away)",
                "Interrupted by Ctrl-C or SIGHUP; the record is complete."
            )
        case .terminated: ("SIGTERM", "Ended by SIGTERM; the record is complete.")
        }
    }

    /// Where several apply, the process ends with the first of these: an UNKNOWN does not hide a certain FAIL.
    public static let precedence: [ExitCode] = [
        .defect, .outputFailed, .interrupted, .terminated, .targetUnusable, .objectiveNotMet, .unknown,
        .refuted, .undecided,
    ]

    /// The code to end with, of all that apply.
    public static func first(of codes: some Collection<ExitCode>) -> ExitCode {
        Self.precedence.first { codes.contains($0) } ?? .success
    }
}
