import Kernel

extension EngineError {
    /// The error of a call that failed: a limit of the machine where its error number stands for one.
    public static func failed(_ what: String, _ error: Errno) -> EngineError {
        ResourceLimit.advice(error).map { .limits("\(what): \(error): \($0)") } ?? .system(what: what, error: error)
    }
}
