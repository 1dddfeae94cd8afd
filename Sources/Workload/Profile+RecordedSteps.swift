/// A step whose latencies are recorded apart, because an objective is about it.
public struct RecordedStep: Sendable, Equatable {
    /// Its place in the session, from 0.
    public var index: Int
    /// Its name, else method and path.
    public var title: String
    /// What stands after `for` in the objectives that are about it, each once.
    public var words: [String]
}

extension Profile {
    /// Steps that may be recorded apart: each takes about 2 MB in each worker.
    public static let recordedStepsLimit = 16

    /// The steps that objectives name, in the order of the session; none where all are about the whole session.
    public var recordedSteps: [RecordedStep] {
        var words: [Int: [String]] = [:]
        for slo in self.slo {
            guard let word = slo.step else { continue }
            for index in self.steps(of: slo) where words[index]?.contains(word) != true {
                words[index, default: []].append(word)
            }
        }
        return words.sorted { $0.key < $1.key }.map { index, words in
            let step = self.session[index]
            return RecordedStep(
                index: index, title: step.name ?? "\(step.method) \(step.path)", words: words)
        }
    }
}
