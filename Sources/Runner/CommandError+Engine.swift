import Engine
import Measure

extension CommandError {
    /// The error for an engine error.
    public init(engine error: EngineError) {
        switch error {
        case .unsendable(let what): self.init(sentence: "this request cannot be sent: \(what)", code: .usage)
        case .tls(let error): self.init(sentence: "\(error)", code: .usage)
        case .limits(let what): self.init(sentence: what, code: .usage)
        case .system(let what, let error): self.init(sentence: "\(what): \(error)", code: .defect)
        }
    }
}
