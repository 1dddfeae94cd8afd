import Capacity
import Measure
import Report

/// What the searches of a command leave.
public struct SearchEnd {
    /// The answer at each pace.
    public let findings: [CapacityFinding]
    public let verdict: CapacityVerdict
    /// capacity.json, as it is in the record, or would be in one.
    public let json: [UInt8]
    /// The folder of the record; nil without one, or where something of it could not be written.
    public let recordPath: String?
    /// The exit codes that the findings and the way in which the search ended ask for.
    public let exits: Set<ExitCode>
}
