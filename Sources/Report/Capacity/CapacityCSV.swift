import Capacity
import Record

/// trials.csv: a row per trial, in order. Times are nanoseconds; a value that was not measured is an empty cell.
public enum TrialsCSV {
    static let columns = [
        "pace", "index", "load", "purpose", "duration", "passed", "validity", "held_shortfall", "refused", "p50",
        "p99", "errors", "requests_per_second", "sessions_per_second", "bits_per_second", "target_cpu",
        "longest_silence",
    ]

    /// The first line, newline included.
    public static let header: [UInt8] = CapacityCSV.line(Self.columns)

    /// One trial, newline included. Write it as soon as the trial has ended.
    public static func row(_ index: Int, _ trial: Search.Trial, pace: String, redactor: Redactor) -> [UInt8] {
        let (result, observed) = (trial.result, trial.result.observation)
        return CapacityCSV.line([
            CSVCell.escaped(redactor.text(pace)), String(index), CapacityCSV.cell(trial.plan.load),
            trial.plan.purpose.rawValue, String(trial.plan.duration), result.passed ? "true" : "false",
            CapacityText.key(result.validity), String(result.heldShortfall), String(result.refused),
            observed.p50.map { String($0) } ?? "", observed.p99.map { String($0) } ?? "",
            CapacityCSV.cell(observed.errorFraction), CapacityCSV.cell(observed.requestsPerSecond),
            CapacityCSV.cell(observed.sessionsPerSecond), CapacityCSV.cell(observed.bitsPerSecond),
            CapacityCSV.cell(observed.targetCPU), observed.longestSilence.map { String($0) } ?? "",
        ])
    }
}

/// frontier.csv: a row per pace.
public enum FrontierCSV {
    /// The whole file.
    public static func encode(_ findings: [CapacityFinding], redactor: Redactor) -> [UInt8] {
        let names = [
            "pace", "unit", "outcome", "lower", "upper", "confidence", "requests_per_second", "bits_per_second",
            "limited_by", "verdict",
        ]
        return CapacityCSV.line(names)
            + findings.flatMap { finding in
                let (answer, bracket) = (finding.answer, finding.answer.bracket)
                let observed = answer.conditional?.result.observation
                return CapacityCSV.line([
                    CSVCell.escaped(redactor.text(answer.pace)), answer.variable.rawValue,
                    CapacityText.key(answer.outcome), CapacityCSV.cell(bracket?.lower),
                    CapacityCSV.cell(bracket?.upper), CapacityCSV.cell(bracket?.confidence),
                    CapacityCSV.cell(observed?.requestsPerSecond), CapacityCSV.cell(observed?.bitsPerSecond),
                    answer.limitedBy?.rawValue ?? "", finding.judgement?.verdict.rawValue ?? "",
                ])
            }
    }
}

/// The common part of both files.
enum CapacityCSV {
    static func line(_ cells: [String]) -> [UInt8] { Array((cells.joined(separator: ",") + "\n").utf8) }

    /// The shortest decimal that reads back as the number; whole numbers without a point; empty for none.
    static func cell(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return UInt64(exactly: value).map { String($0) } ?? "\(value)"
    }
}
