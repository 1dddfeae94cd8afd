/// How the process ends; the numbers are part of the interface (DESIGN.md, "Commands").
enum ExitCode: Int32, CaseIterable {
    case success = 0
    case objectiveNotMet = 10
    /// An assumption was refuted.
    case refuted = 11
    /// What was measured decides nothing about an assumption.
    case undecided = 12
    /// A claim that an objective rests on is INVALID; with `--strict` SUSPECT.
    case notValid = 20
    case usage = 64
    case badInput = 65
    case targetUnusable = 69
    case defect = 70
    case outputFailed = 74
    case interrupted = 130
    case terminated = 143

    /// Where several hold, the first of these is told.
    static let precedence: [ExitCode] = [
        .defect, .outputFailed, .interrupted, .terminated, .targetUnusable, .notValid,
        .objectiveNotMet, .refuted, .undecided,
    ]

    /// The one to exit with, of all that hold.
    static func first(of codes: Set<ExitCode>) -> ExitCode {
        Self.precedence.first { codes.contains($0) } ?? .success
    }
}
