import Measure

extension RecordFolder {
    /// Writes the files that need the whole run. run.json comes last, because it makes the folder a record. Returns
    /// run.json as it was written, or would have been.
    @discardableResult
    public func complete(with run: RunRecord, redactor: Redactor) -> [UInt8] {
        let json = RunJSON.encode(run, redactor: redactor)
        self.write("percentiles.csv", percentilesCSV(of: run.hold))
        self.write(
            "errors.json",
            ErrorsJSON.encode(run.outcome.examples, resent: run.outcome.resentExamples, redactor: redactor))
        self.write("run.json", json)
        return json
    }

    /// Repairs the record of a run that was cut off: first the whole files, then the cuts. Until the cuts a second try
    /// finds all that this one found. `json`: the run as run.json. `report` gets a sentence about each cut.
    ///
    /// Writes nothing where a newer headroom wrote the record: what is not known here would be lost.
    public func repair(from reader: RecordReader, run: RunRecord, json: [UInt8], report: (String) -> Void) {
        if reader.isNewer { return }
        self.write("percentiles.csv", percentilesCSV(of: run.hold))
        for (name, extent) in [("latency.hlog", reader.log), ("intervals.csv", reader.intervals)]
        where extent.isCut && self.failure == nil {
            self.cut(name, to: extent.committed)
            report("\(name): the last \(extent.size - extent.committed) bytes were never committed and are cut")
        }
        self.write("run.json", json)
    }
}
