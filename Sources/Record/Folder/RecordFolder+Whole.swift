import Measure

extension RecordFolder {
    /// Writes the files that are made of a whole run. run.json comes last: a folder without it is no record. Returns
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
    /// finds all that this one found. `report` gets a sentence about each cut.
    public func repair(
        from reader: RecordReader, run: RunRecord, redactor: Redactor, report: (String) -> Void
    ) {
        self.write("percentiles.csv", percentilesCSV(of: run.hold))
        for (name, extent) in [("latency.hlog", reader.log), ("intervals.csv", reader.intervals)]
        where extent.isCut && self.failure == nil {
            self.cut(name, to: extent.committed)
            report("\(name): the last \(extent.size - extent.committed) bytes were never committed and are cut")
        }
        self.write("run.json", RunJSON.encode(run, redactor: redactor))
    }
}
