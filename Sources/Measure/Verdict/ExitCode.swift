/// How the process ends; the numbers are part of the interface.
public enum ExitCode: Int32, CaseIterable, Sendable {
    case success = 0
    case objectiveNotMet = 10
    /// An assumption was refuted.
    case refuted = 11
    /// The measurements decide nothing about an assumption.
    case undecided = 12
    /// An objective is UNKNOWN; with `--strict` also if a claim that an objective rests on is SUSPECT.
    case unknown = 20
    case usage = 64
    case badInput = 65
    case targetUnusable = 69
    case defect = 70
    case outputFailed = 74
    case interrupted = 130
    case terminated = 143

    /// Where several apply, the process ends with the first of these: an UNKNOWN does not hide a certain FAIL.
    public static let precedence: [ExitCode] = [
        .defect, .outputFailed, .interrupted, .terminated, .targetUnusable, .objectiveNotMet, .unknown,
        .refuted, .undecided,
    ]

    /// The code to end with, of all that apply.
    public static func first(of codes: Set<ExitCode>) -> ExitCode {
        Self.precedence.first { codes.contains($0) } ?? .success
    }
}
