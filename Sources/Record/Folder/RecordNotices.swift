/// What to report about a record that another version of headroom wrote.
struct RecordNotices {
    /// The revision of its run.json; nil where it names none.
    let revision: UInt64?
    /// Members and columns that are not known here.
    let unexpected: [String]
    /// Members and columns that it does not have.
    let missing: Set<String>
    /// Members that every record of its revision has, and this one does not.
    let removed: [String]

    /// Most names in a sentence.
    private static let namesShown = 4
    /// Most characters of a name.
    private static let nameLength = 60

    /// The sentences; none for a record of this version.
    var sentences: [String] {
        var sentences: [String] = []
        if !self.unexpected.isEmpty {
            let writer =
                self.isNewer
                ? "a newer headroom wrote this record (revision \(self.revision ?? 0), and "
                    + "\(Revision.current.rawValue) is known here)"
                : "this record has values that are not known here"
            sentences.append("\(writer): left out are \(Self.listed(self.unexpected))")
        } else if self.isNewer {
            sentences.append(
                "a newer headroom wrote this record (revision \(self.revision ?? 0), and "
                    + "\(Revision.current.rawValue) is known here): it is read as far as it is known")
        }
        if !self.removed.isEmpty {
            sentences.append(
                "run.json was changed after it was written: the headroom that wrote it always writes "
                    + "\(Self.listed(self.removed)); unknown here")
        }
        let others = self.missing.subtracting(self.removed)
        if !others.isEmpty {
            sentences.append("unknown, as this record does not have them: \(Self.listed(others.sorted()))")
        }
        return sentences
    }

    private var isNewer: Bool { self.revision ?? 0 > Revision.current.rawValue }

    private static func listed(_ names: [String]) -> String {
        let shown = names.prefix(Self.namesShown).map { TerminalText.sanitised(String($0.prefix(Self.nameLength))) }
        let more = names.count - Self.namesShown
        return shown.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
    }
}
