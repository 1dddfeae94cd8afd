/// Revisions of the record format `headroom.run/1`. A record names its own in run.json (`"revision"`); a revision only
/// adds members and columns. A reader takes what it knows, and what a record does not have is unknown, never 0.
public enum Revision: UInt64, Sendable, Comparable {
    /// What every record has.
    case first = 1
    /// Added before records named their revision: a record without a revision may have it or not.
    case unnamed
    /// `revision` itself, the pace as values, and the options of the command line.
    case named

    /// The revision that is written here.
    public static let current = Revision.named

    public static func < (left: Revision, right: Revision) -> Bool { left.rawValue < right.rawValue }
}
