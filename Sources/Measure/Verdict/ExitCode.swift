/// How the process ends; the numbers are part of the interface (DESIGN.md, "Commands").
public enum ExitCode: Int32, CaseIterable, Sendable {
    case success = 0
    case objectiveNotMet = 10
    /// An assumption was refuted.
    case refuted = 11
    /// What was measured decides nothing about an assumption.
    case undecided = 12
    /// An objective is UNKNOWN; with `--strict` a claim that one rests on is SUSPECT.
    case unknown = 20
    case usage = 64
    case badInput = 65
    case targetUnusable = 69
    case defect = 70
    case outputFailed = 74
    case interrupted = 130
    case terminated = 143

    /// Where several hold, the process ends with the first of these: a certain FAIL is not hidden by an UNKNOWN.
    public static let precedence: [ExitCode] = [
        .defect, .outputFailed, .interrupted, .terminated, .targetUnusable, .objectiveNotMet, .unknown,
        .refuted, .undecided,
    ]

    /// The one to end with, of all that hold.
    public static func first(of codes: Set<ExitCode>) -> ExitCode {
        Self.precedence.first { codes.contains($0) } ?? .success
    }
}
