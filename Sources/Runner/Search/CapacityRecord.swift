import Capacity
import Record
import Report

/// The record of a search: capacity.json, trials.csv, frontier.csv, and a folder for each trial, which is the record of
/// an ordinary run. Row n of trials.csv belongs to the folder trial-n.
final class CapacityRecord {
    private let folder: RecordFolder
    /// Prints a sentence about what could not be written.
    private let notice: (String) -> Void
    private var trials = 0
    private var trialFailed = false

    var path: String { self.folder.path }
    /// Something could not be written.
    var hasFailed: Bool { self.folder.failure != nil || self.trialFailed }

    init(_ folder: RecordFolder, start: [UInt8], notice: @escaping (String) -> Void) {
        self.folder = folder
        self.notice = notice
        folder.write("capacity.json", start)
        folder.write("trials.csv", TrialsCSV.header)
    }

    /// The folder of the next trial; nil where it cannot be made, which is reported once.
    func beginTrial() -> RecordFolder? {
        self.trials += 1
        if self.hasFailed { return nil }
        let digits = String(self.trials)
        let number = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
        do {
            return try self.folder.makeFolder("trial-\(number)")
        } catch {
            self.trialFailed = true
            self.notice("\(error.sentence); the search goes on without records of its trials")
            return nil
        }
    }

    /// The next trial has a row but no folder: it sent nothing.
    func skipTrial() { self.trials += 1 }

    /// A trial has ended.
    func endTrial(_ row: [UInt8], record: RecordFolder?) {
        self.folder.append(to: "trials.csv", row)
        if record?.failure != nil { self.trialFailed = true }
    }

    /// The search has ended.
    func end(_ json: [UInt8], _ findings: [CapacityFinding], redactor: Redactor) {
        self.folder.write("frontier.csv", FrontierCSV.encode(findings, redactor: redactor))
        self.folder.write("capacity.json", json)
    }
}
