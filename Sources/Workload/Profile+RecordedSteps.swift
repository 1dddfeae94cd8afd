/// A step whose latencies are recorded apart.
public struct RecordedStep: Sendable, Equatable {
    /// Its index in the session, from 0.
    public var index: Int
    /// Its name, else method and path.
    public var title: String
    /// The words after `for` in the objectives about it, each once; empty if there is no such objective.
    public var words: [String]
}

extension Profile {
    /// Most steps that are recorded apart: each takes some hundred KB in each worker, depending on its values.
    public static let recordedStepsLimit = 64

    /// Steps that objectives name, by index in the session, with the words that name them.
    var namedSteps: [Int: [String]] {
        var words: [Int: [String]] = [:]
        for slo in self.slo {
            guard let word = slo.step else { continue }
            for index in self.steps(of: slo) where words[index]?.contains(word) != true {
                words[index, default: []].append(word)
            }
        }
        return words
    }

    /// The steps that are recorded apart, in the order of the session: all of them, or in a longer session those that
    /// objectives name and then the first ones. In a session of one step, that step only if it is named.
    public var recordedSteps: [RecordedStep] {
        let words = self.namedSteps
        var indices = Set(words.keys)
        if self.session.count > 1 {
            for index in self.session.indices where indices.count < Self.recordedStepsLimit { indices.insert(index) }
        }
        return indices.sorted().map { index in
            let step = self.session[index]
            return RecordedStep(
                index: index, title: step.name ?? "\(step.method) \(step.path)", words: words[index] ?? [])
        }
    }
}
