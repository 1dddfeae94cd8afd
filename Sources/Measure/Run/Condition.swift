/// A value of `conditions` in run.json.
public enum Condition: Sendable, Equatable {
    case text(String)
    case number(UInt64)
    case list([String])
}

extension RunRecord {
    /// All addresses of the target are this machine's own.
    public var isLoopback: Bool {
        self.conditions.contains { key, value in
            if key == "loopback", case .text(let text) = value { return text.hasPrefix("yes") }
            return false
        }
    }
}
