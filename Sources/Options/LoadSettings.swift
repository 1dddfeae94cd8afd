import Workload

/// What the options of a load say that is no part of a profile: how this machine makes it, and how it is judged.
public struct LoadSettings: Sendable {
    /// Worker threads; nil for one per core.
    public var threads: Int?
    /// The last microseconds before a due time are waited for actively.
    public var spins = false
    /// An objective may rest on nothing that is SUSPECT.
    public var isStrict = false
    /// The target's process on this machine.
    public var targetProcess: Int32?
    /// The URL of the node_exporter of the target's machine.
    public var targetMetrics: TargetURL?

    /// More threads than any machine has cores.
    public static let threadLimit = 1024

    /// Settings without any option.
    public init() {}

    /// What the arguments say.
    public init(_ arguments: ParsedArguments) throws(UsageError) {
        try arguments.apply(to: &self)
    }
}
