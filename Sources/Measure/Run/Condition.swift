/// A value of `conditions` in run.json.
public enum Condition: Sendable, Equatable {
    case text(String)
    case number(UInt64)
    case list([String])
}

extension Condition {
    /// Whether all addresses of the target are this machine's own: the condition `loopback`.
    public static func loopback(_ isLocal: Bool) -> (key: String, value: Condition) {
        ("loopback", .text(isLocal ? "yes: the network was not measured" : "no"))
    }
}

extension RunRecord {
    /// All addresses of the target are this machine's own.
    public var isLoopback: Bool {
        let local = Condition.loopback(true)
        return self.conditions.contains { $0.key == local.key && $0.value == local.value }
    }
}
