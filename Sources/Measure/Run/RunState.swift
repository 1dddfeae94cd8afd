/// How a run ended.
public enum RunState: String, Sendable {
    case running, complete, interrupted, partial
}
