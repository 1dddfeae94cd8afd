import Capacity
import Measure
import Record

/// The verdict of a capacity command, for its last line and its exit code. Supported, refuted and undecided are PASS,
/// FAIL and UNKNOWN; without an assumption a capacity that was found is PASS.
public struct CapacityVerdict: Sendable, Equatable {
    public let word: Verdict
    /// The sentence without the word. It contains text from outside.
    public let sentence: String
    public let exit: ExitCode

    /// The verdict of finished searches, and of a process that ends with this code.
    public init(_ findings: [CapacityFinding], exit: ExitCode) {
        self.exit = exit
        self.word =
            switch exit {
            case .success: .pass
            case .refuted, .objectiveNotMet, .targetUnusable: .fail
            default: .unknown
            }
        self.sentence = Self.sentence(findings, exit)
    }

    private static func sentence(_ findings: [CapacityFinding], _ exit: ExitCode) -> String {
        switch exit {
        case .interrupted, .terminated: return "interrupted before the search had an answer"
        case .outputFailed: return "the record could not be written"
        case .defect: return "a defect of headroom"
        default: break
        }
        // The pace that decided: the first whose exit is that of the command.
        guard let finding = findings.first(where: { $0.exit.rawValue == exit.rawValue }) ?? findings.first else {
            return "nothing was measured"
        }
        let others = findings.count - 1
        let more = others > 0 ? " (one of \(others + 1) paces)" : ""
        return CapacityText.verdict(finding) + more
    }

    /// The last line of a summary.
    func line(_ redactor: Redactor) -> StyledLine {
        VerdictLine.styled(self.word, TerminalText.sanitised(redactor.text(self.sentence)), exit: self.exit)
    }

    /// The verdict in one line, newline at its end.
    public func text(style: TerminalStyle, redactor: Redactor) -> String {
        self.line(redactor).rendered(style, columns: .max) + "\n"
    }
}
